#!/usr/bin/env bash
# openapi-format takes properties that are called `example`, `type` or `nullable` for keywords when it converts a document to
# OpenAPI 3.1.
#
# Versions: openapi-format 1.33.6 (npm), Node.js 20.
# Behaviour: with `--convertTo 3.1` the property `example` becomes one called `examples`, whose schema is a list. The property
#   `type` becomes the list ["[object Object]"]. The property `nullable` is gone, and `required` still names it. The value of an
#   `example` is converted like a schema, too. The tool reports success.
# Output seen:
#   properties of Column before: example, name, nullable, type
#   after: examples [{"type":"string"}], name {"type":"string"}, type ["[object Object]"]
#   example of Row before: {"nullable":true,"type":"depth"}, after: {"type":["depth","null"]}
#
# Why it surprises: OpenAPI 3.0.3, Schema Object, takes `properties` from JSON Schema, where its members are names of properties,
#   not keywords (Validation, draft 5, section 5.16). `type` is a common name. A client that is generated of the converted
#   document has no such fields, or does not compile.
#
# Needs node and npm. It fails if one of the properties or the example is preserved.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-format@1.33.6
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Tides", "version": "1" },
  "paths": {
    "/columns": {
      "get": {
        "responses": {
          "200": {
            "description": "ok",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Column" } } }
          }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "Column": {
        "type": "object",
        "required": ["name", "nullable"],
        "properties": {
          "name": { "type": "string" },
          "type": { "type": "string" },
          "nullable": { "type": "boolean" },
          "example": { "type": "string" }
        }
      },
      "Row": { "type": "object", "example": { "type": "depth", "nullable": true } }
    }
  }
}
JSON
node node_modules/openapi-format/bin/cli.js document.json --output converted.json --convertTo 3.1 >log 2>&1 \
  || { cat log >&2; exit 1; }
cat >show.mjs <<'JS'
import { readFileSync } from 'node:fs';

const schemas = (name) => JSON.parse(readFileSync(name)).components.schemas;
const sorted = (object) => Object.fromEntries(Object.entries(object).sort());
const [before, after] = [schemas('document.json'), schemas('converted.json')];
console.log(`properties of Column before: ${Object.keys(sorted(before.Column.properties)).join(', ')}`);
const written = Object.entries(sorted(after.Column.properties)).map(([name, schema]) => `${name} ${JSON.stringify(schema)}`);
console.log(`after: ${written.join(', ')}`);
const row = JSON.stringify(sorted(after.Row.example ?? after.Row.examples[0]));
console.log(`example of Row before: ${JSON.stringify(sorted(before.Row.example))}, after: ${row}`);
JS
seen=$(node show.mjs)
echo "$seen"
[ "$seen" = 'properties of Column before: example, name, nullable, type
after: examples [{"type":"string"}], name {"type":"string"}, type ["[object Object]"]
example of Row before: {"nullable":true,"type":"depth"}, after: {"type":["depth","null"]}' ]
