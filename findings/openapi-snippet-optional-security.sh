#!/usr/bin/env bash
# openapi-snippet gives no snippets at all for a document in which one operation has optional security.
#
# Versions: openapi-snippet 0.14.0 (npm), Node.js 20.
# Behaviour: where one operation has an empty requirement among others, in either order, `getSnippets` prints a TypeError on standard
#   output and returns an empty list. Without that operation it gives a snippet for each of the others. Of a key in a cookie, a
#   snippet shows nothing.
# Output seen:
#   without the optional operation: 1 snippets
#   {} first: 0 snippets
#   {} last: 0 snippets
#   a key in the header X-Key: shown
#   a key in the cookie sid: not shown
#
# Why it surprises: OpenAPI 3.0.3, Operation Object: "To make security optional, an empty security requirement ({}) can be included
#   in the array." Its caller sees a document without operations, and the message names neither the operation nor its security.
#
# Needs node and npm. It fails if such a document has snippets, or if the cookie is shown.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-snippet@0.14.0
cat >make.js <<'JS'
const { getSnippets, getEndpointSnippets } = require('openapi-snippet');

const operation = (security) => ({ get: { security, responses: { 200: { description: 'ok' } } } });
const document = (paths) => ({
  openapi: '3.0.3',
  info: { title: 'Tides', version: '1' },
  servers: [{ url: 'http://tides.test' }],
  paths,
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      sid: { type: 'apiKey', in: 'cookie', name: 'sid' },
    },
  },
});
const other = { '/gauges': operation([{ key: [] }]) };
const count = (paths) => `${getSnippets(document(paths), ['shell_curl']).length} snippets`;
console.log(`without the optional operation: ${count(other)}`);
console.log(`{} first: ${count({ ...other, '/tides': operation([{}, { key: [] }]) })}`);
console.log(`{} last: ${count({ ...other, '/tides': operation([{ key: [] }, {}]) })}`);
for (const [scheme, place] of [['key', 'header X-Key'], ['sid', 'cookie sid']]) {
  const paths = { '/gauges': operation([{ [scheme]: [] }]) };
  const [{ content }] = getEndpointSnippets(document(paths), '/gauges', 'get', ['shell_curl']).snippets;
  const name = place.split(' ')[1];
  console.log(`a key in the ${place}: ${content.includes(name) ? 'shown' : 'not shown'}`);
}
JS
seen=$(node make.js | grep -v "^TypeError\|^    at ")
echo "$seen"
[ "$seen" = 'without the optional operation: 1 snippets
{} first: 0 snippets
{} last: 0 snippets
a key in the header X-Key: shown
a key in the cookie sid: not shown' ]
