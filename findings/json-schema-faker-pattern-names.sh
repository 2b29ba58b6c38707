#!/usr/bin/env bash
# json-schema-faker makes objects that their own schema forbids: the names for `patternProperties` lose their hyphens.
#
# Versions: json-schema-faker 0.6.3, ajv 8.20.0 (npm), Node.js 20.
# Behaviour: for the pattern `^x-` the object has the property `x`, for `^id-[0-9]+` it has `id`, and for `-id$` letters and `id`.
#   With `additionalProperties: false` the object is invalid. As text, `{"type": "string", "pattern": "^x-"}` gives `x-`.
# Output seen:
#   ^x-: names without a hyphen, objects invalid
#   ^id-[0-9]+: names without a hyphen, objects invalid
#   ^[a-z]+$: names without a hyphen, objects valid
#   text for ^x-: valid
#
# Why it surprises: JSON Schema 2020-12, Core, section 10.3.2.2, has a name as it is matched with the pattern. `^x-` is the
#   pattern of OpenAPI's own extensions. Examples and mock replies made so fail the check against the schema they were made of.
#
# Needs node and npm. It fails if the objects are valid.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts json-schema-faker@0.6.3 ajv@8.20.0
cat >call.mjs <<'JS'
import Ajv from 'ajv/dist/2020.js';
import { generate } from 'json-schema-faker';

const ajv = new Ajv.default();
for (const pattern of ['^x-', '^id-[0-9]+', '^[a-z]+$']) {
  const schema = { type: 'object', patternProperties: { [pattern]: { type: 'integer' } }, additionalProperties: false, minProperties: 1 };
  const valid = ajv.compile(schema);
  const made = await Promise.all([1, 2, 3, 4, 5].map((seed) => generate(schema, { seed })));
  const hyphen = made.some((object) => Object.keys(object).some((name) => name.includes('-')));
  console.log(`${pattern}: names ${hyphen ? 'with' : 'without'} a hyphen, objects ${made.every(valid) ? 'valid' : 'invalid'}`);
}
const text = { type: 'string', pattern: '^x-' };
console.log(`text for ^x-: ${ajv.validate(text, await generate(text, { seed: 1 })) ? 'valid' : 'invalid'}`);
JS
seen=$(node call.mjs)
echo "$seen"
[ "$seen" = '^x-: names without a hyphen, objects invalid
^id-[0-9]+: names without a hyphen, objects invalid
^[a-z]+$: names without a hyphen, objects valid
text for ^x-: valid' ]
