#!/usr/bin/env bash
# Prism gives an empty answer for a Swagger 2.0 schema, and refuses each JSON body, unless the document names media types.
#
# Versions: @stoplight/prism-cli 5.14.2 (npm), Node.js 20.
# Behaviour: with `--errors`, an operation without `produces` gets 200 with `Content-Length: 0`, although its answer has a schema with
#   a required member, and no violation is reported. An operation without `consumes` gets 415 for any JSON body. With
#   `application/json` in both members, Prism gives the member and accepts the body.
# Output seen:
#   GET without produces: 200 ""
#   GET with produces: 200 {"depth":3}
#   POST without consumes: 415
#   POST with consumes: 204
#
# Why it surprises: OpenAPI 2.0 has `consumes` and `produces` as members that may be absent. Response Object says of `schema`: "If this
#   field does not exist, it means no content is returned". Here it exists. A client reads a good mock as a vendor without content.
#
# Needs node and npm. It fails if Prism gives the member without `produces`, or takes the body without `consumes`.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>kill.log || true; rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @stoplight/prism-cli@5.14.2
cat >document.mjs <<'JS'
const depth = { type: 'object', required: ['depth'], properties: { depth: { type: 'integer', example: 3 } } };
const item = (media) => ({
  get: { ...(media && { produces: media }), responses: { 200: { description: 'ok', schema: depth } } },
  post: {
    ...(media && { consumes: media }),
    parameters: [{ name: 'gauge', in: 'body', required: true, schema: depth }],
    responses: { 204: { description: 'ok' } },
  },
});
const paths = { '/without': item(), '/with': item(['application/json']) };
console.log(JSON.stringify({ swagger: '2.0', info: { title: 'Tides', version: '1' }, paths }));
JS
node document.mjs >document.json
cat >call.mjs <<'JS'
const url = (path) => `http://127.0.0.1:${process.argv[2]}/${path}`;
for (const path of ['without', 'with']) {
  const reply = await fetch(url(path), { headers: { accept: 'application/json' } });
  console.log(`GET ${path} produces: ${reply.status} ${(await reply.text()) || '""'}`);
}
for (const path of ['without', 'with']) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url(path), { method: 'POST', headers, body: '{"depth":3}' });
  console.log(`POST ${path} consumes: ${reply.status}`);
}
JS
port=$((20000 + RANDOM % 20000))
node node_modules/@stoplight/prism-cli/dist/index.js mock --host 127.0.0.1 --port "$port" --errors document.json >log 2>&1 &
server=$!
for _ in $(seq 120); do grep -q 'is listening' log && break; sleep 0.5; done
seen=$(node call.mjs "$port")
echo "$seen"
[ "$seen" = 'GET without produces: 200 ""
GET with produces: 200 {"depth":3}
POST without consumes: 415
POST with consumes: 204' ]
