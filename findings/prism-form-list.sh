#!/usr/bin/env bash
# Prism refuses a list in a form body unless the document repeats what OpenAPI has as the default.
#
# Versions: @stoplight/prism-cli 5.14.2 (npm), Node.js 20.
# Behaviour: the body `names=pier&names=dock` for a property `names` that is a list gets 422, "must be array". So do one value,
#   and two with a comma between them. With `encoding: {names: {style: form, explode: true}}` the same body is accepted.
# Output seen:
#   without encoding: names=pier&names=dock 422, names=pier 422, names=pier,dock 422
#   with the default encoding written out: names=pier&names=dock 200, names=pier 200
#
# Why it surprises: OpenAPI 3.0.3, Encoding Object, has for `style`: "The behavior follows the same values as query parameters,
#   including default values", and `explode` is true for `form`. Both documents say the same. The message blames the client.
#
# Needs node and npm. It fails if a list is accepted without `encoding`, or refused with it.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>kill.log || true; rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @stoplight/prism-cli@5.14.2
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Tides", "version": "1" },
  "paths": {
    "/default": {
      "post": {
        "requestBody": {
          "required": true,
          "content": { "application/x-www-form-urlencoded": { "schema": { "$ref": "#/components/schemas/Gauges" } } }
        },
        "responses": { "200": { "description": "ok" } }
      }
    },
    "/written": {
      "post": {
        "requestBody": {
          "required": true,
          "content": {
            "application/x-www-form-urlencoded": {
              "schema": { "$ref": "#/components/schemas/Gauges" },
              "encoding": { "names": { "style": "form", "explode": true } }
            }
          }
        },
        "responses": { "200": { "description": "ok" } }
      }
    }
  },
  "components": {
    "schemas": {
      "Gauges": {
        "type": "object",
        "required": ["names"],
        "properties": { "names": { "type": "array", "items": { "type": "string" } } }
      }
    }
  }
}
JSON
cat >call.mjs <<'JS'
const post = async (path, body) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await fetch(`http://127.0.0.1:${process.argv[2]}${path}`, { method: 'POST', headers, body });
  return `${body} ${reply.status}`;
};
const all = async (path, ...bodies) => (await Promise.all(bodies.map((body) => post(path, body)))).join(', ');
console.log(`without encoding: ${await all('/default', 'names=pier&names=dock', 'names=pier', 'names=pier,dock')}`);
console.log(`with the default encoding written out: ${await all('/written', 'names=pier&names=dock', 'names=pier')}`);
JS
port=$((20000 + RANDOM % 20000))
node node_modules/@stoplight/prism-cli/dist/index.js mock --host 127.0.0.1 --port "$port" --errors document.json >log 2>&1 &
server=$!
for _ in $(seq 120); do grep -q 'is listening' log && break; sleep 0.5; done
seen=$(node call.mjs "$port")
echo "$seen"
[ "$seen" = 'without encoding: names=pier&names=dock 422, names=pier 422, names=pier,dock 422
with the default encoding written out: names=pier&names=dock 200, names=pier 200' ]
