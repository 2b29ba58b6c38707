#!/usr/bin/env bash
# json-schema-to-openapi-schema turns "a model or null" into the model alone, "not null" into nothing at all, and drops a `minimum`.
#
# Versions: @openapi-contrib/json-schema-to-openapi-schema 4.3.4 (npm), openapi-schema-validator 0.9.0 (PyPI), Node.js 20, Python 3.11.
# Behaviour: `{"type": "null"}` becomes `{"nullable": true}`. In an `anyOf` it is written beside the `$ref` of the model, where OpenAPI
#   3.0 ignores it. Of `minimum: 5` and `exclusiveMinimum: 0` only the second is left. The package reports success.
# Output seen:
#   Model or null: null was valid, is invalid
#   Not null: "pier" was valid, is invalid
#   At least 5: 3 was invalid, is valid
#
# Why it surprises: OpenAPI 3.0.3, Reference Object, has all members beside `$ref` ignored, and Schema Object has `nullable` as an
#   addition to a `type` in the same schema. Alone it allows every value, so `not` forbids every value. JSON Schema 2020-12, Validation,
#   section 6.2, has both bounds apply. `anyOf` with a reference and null is how pydantic writes an optional model, and a client made of
#   the converted document refuses the null.
#
# Needs node, npm and python3 with pip. It fails if one of the schemas accepts the same as before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @openapi-contrib/json-schema-to-openapi-schema@4.3.4
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'openapi-schema-validator==0.9.0'
cat >schemas.json <<'JSON'
[
  ["Model or null", null, {"definitions": {"Gauge": {"type": "object"}}, "anyOf": [{"$ref": "#/definitions/Gauge"}, {"type": "null"}]}],
  ["Not null", "pier", {"not": {"type": "null"}}],
  ["At least 5", 3, {"type": "number", "minimum": 5, "exclusiveMinimum": 0}]
]
JSON
cat >convert.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { convert } from '@openapi-contrib/json-schema-to-openapi-schema';

const rows = JSON.parse(readFileSync('schemas.json', 'utf8'));
for (const row of rows) row.push(await convert(structuredClone(row[2])));
console.log(JSON.stringify(rows));
JS
cat >check.py <<'PY'
import json
import sys

from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator

for name, value, before, after in json.load(sys.stdin):
    said = ["valid" if kind(schema).is_valid(value) else "invalid" for kind, schema in
            ((Draft202012Validator, before), (OAS30Validator, after))]
    print(f"{name}: {json.dumps(value)} was {said[0]}, is {said[1]}")
PY
seen=$(node convert.mjs | PYTHONPATH=packages python3 check.py)
echo "$seen"
[ "$seen" = 'Model or null: null was valid, is invalid
Not null: "pier" was valid, is invalid
At least 5: 3 was invalid, is valid' ]
