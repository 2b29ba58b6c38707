#!/usr/bin/env bash
# swagger-parser drops what a schema of an OpenAPI 3.1 document adds beside its `$ref`, depending on what else the document
#   references.
#
# Versions: @apidevtools/swagger-parser 13.0.0 (npm), Node.js 20.
# Behaviour: `Gauge` is a `$ref` to `Place` with a further property and `required`. `dereference` and `validate` merge the two;
#   the `required` of `Gauge` replaces the one of `Place`. If an operation references `Place`, `Gauge` comes out as a copy of
#   `Place`, without the property and the `required` of its own. There is no warning.
# Output seen:
#   no operation: Gauge has depth, name; requires depth
#   an operation replies with Place: Gauge has name; requires name
#
# Why it surprises: JSON Schema 2020-12, Core, section 8.2.3.1, has `$ref` as an applicator beside others, so both schemas apply:
#   `Gauge` has both properties and requires both. Neither result is that. Which one it is changes when someone adds an operation
#   that has nothing to do with gauges.
#
# Needs node and npm. It fails if one of the two results changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @apidevtools/swagger-parser@13.0.0
cat >call.mjs <<'JS'
import SwaggerParser from '@apidevtools/swagger-parser';

const place = { $ref: '#/components/schemas/Place' };
const reply = { 200: { description: 'ok', content: { 'application/json': { schema: place } } } };
const gauge = async (paths) => {
  const document = await SwaggerParser.validate({
    openapi: '3.1.0',
    info: { title: 'Tides', version: '1' },
    paths,
    components: {
      schemas: {
        Place: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        Gauge: { $ref: '#/components/schemas/Place', required: ['depth'], properties: { depth: { type: 'integer' } } },
      },
    },
  });
  const { properties, required } = document.components.schemas.Gauge;
  return `Gauge has ${Object.keys(properties).sort().join(', ')}; requires ${required.join(', ')}`;
};
console.log(`no operation: ${await gauge({})}`);
console.log(`an operation replies with Place: ${await gauge({ '/place': { get: { responses: reply } } })}`);
JS
seen=$(node call.mjs)
echo "$seen"
[ "$seen" = 'no operation: Gauge has depth, name; requires depth
an operation replies with Place: Gauge has name; requires name' ]
