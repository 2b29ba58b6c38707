#!/usr/bin/env bash
# Prism does not check a query parameter whose type is in `content` at all.
#
# Versions: @stoplight/prism-cli 5.14.2 (npm), Node.js 20.
# Behaviour: the parameter `filter` is JSON with a required integer `depth`. Prism, asked to report errors, answers 200 to a text
#   as `depth`, to an object without it, and to what is no JSON. It does refuse a request without the parameter. The same schema
#   below `schema` with `style: deepObject` is checked.
# Output seen:
#   filter={"depth":3} 200, filter={"depth":"deep"} 200, filter={} 200, filter=deep 200, without 422
#   range[depth]=3 200, range[depth]=deep 422
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has `content` as the way "for more complex scenarios", with a schema of its
#   own. A contract test with Prism is green for every value, and as a validating proxy it lets all of them through.
#
# Needs node and npm. It fails if one of the wrong values gets 422.
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
    "/json": {
      "get": {
        "parameters": [
          {
            "name": "filter",
            "in": "query",
            "required": true,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Filter" } } }
          }
        ],
        "responses": { "200": { "description": "ok" } }
      }
    },
    "/deep": {
      "get": {
        "parameters": [
          { "name": "range", "in": "query", "style": "deepObject", "schema": { "$ref": "#/components/schemas/Filter" } }
        ],
        "responses": { "200": { "description": "ok" } }
      }
    }
  },
  "components": {
    "schemas": { "Filter": { "type": "object", "required": ["depth"], "properties": { "depth": { "type": "integer" } } } }
  }
}
JSON
cat >call.mjs <<'JS'
const get = async (path, name, value) => {
  const query = value === undefined ? '' : `?${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const reply = await fetch(`http://127.0.0.1:${process.argv[2]}${path}${query}`);
  return `${value === undefined ? 'without' : `${name}=${value}`} ${reply.status}`;
};
const values = ['{"depth":3}', '{"depth":"deep"}', '{}', 'deep', undefined];
console.log((await Promise.all(values.map((value) => get('/json', 'filter', value)))).join(', '));
console.log((await Promise.all(['3', 'deep'].map((value) => get('/deep', 'range[depth]', value)))).join(', '));
JS
port=$((20000 + RANDOM % 20000))
node node_modules/@stoplight/prism-cli/dist/index.js mock --host 127.0.0.1 --port "$port" --errors document.json >log 2>&1 &
server=$!
for _ in $(seq 120); do grep -q 'is listening' log && break; sleep 0.5; done
seen=$(node call.mjs "$port")
echo "$seen"
[ "$seen" = 'filter={"depth":3} 200, filter={"depth":"deep"} 200, filter={} 200, filter=deep 200, without 422
range[depth]=3 200, range[depth]=deep 422' ]
