#!/usr/bin/env bash
# exegesis reads no header parameter whose name has a capital letter in the document, and no cookie parameter.
#
# Versions: exegesis 4.3.0 (npm), Node.js 20.
# Behaviour: it looks the name of the document up among Node's headers, whose names are in small letters. `X-Station` is never found. If
#   the parameter is required, each request gets 400. Of a cookie it has no reader at all. The document is accepted without a warning.
# Output seen:
#   header x-station, required: 200 {"x-station":"pier"}
#   header X-Station: 200 {}
#   header X-Station, required: 400 Missing required header parameter "X-Station"
#   cookie berth: 200 {}
#   cookie berth, required: 400 Missing required cookie parameter "berth"
#
# Why it surprises: RFC 9110, section 5.1, has field names without regard to case, and documents write them with capitals. OpenAPI 3.0.3,
#   "Parameter Locations", has `header` and `cookie`. An optional header is silently absent: the handler answers in the default
#   language or for no station, and every test that does not look for it passes.
#
# Needs node and npm. It fails if one of the last four requests is treated otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts exegesis@4.3.0
cat >serve.js <<'JS'
const http = require('node:http');
const { compileApi } = require('exegesis');

async function show(place, name, required) {
  const operation = {
    operationId: 'read',
    'x-exegesis-controller': 'tides',
    parameters: [{ name, in: place, required, schema: { type: 'string' } }],
    responses: { 200: { description: 'ok' } },
  };
  const document = { openapi: '3.0.3', info: { title: 'Tides', version: '1' }, paths: { '/gauges': { get: operation } } };
  const controllers = { tides: { read: (context) => context.params[place] } };
  const handle = await compileApi(document, { controllers, ignoreServers: true });
  const server = http.createServer((request, response) => handle(request, response, () => response.end()));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const headers = { 'X-Station': 'pier', Cookie: 'berth=7' };
  const reply = await fetch(`http://127.0.0.1:${server.address().port}/gauges`, { headers });
  const body = await reply.json();
  const said = reply.status === 200 ? JSON.stringify(body) : body.errors[0].message;
  console.log(`${place} ${name}${required ? ', required' : ''}: ${reply.status} ${said}`);
  server.close();
}
(async () => {
  await show('header', 'x-station', true);
  for (const [place, name] of [['header', 'X-Station'], ['cookie', 'berth']]) {
    await show(place, name, false);
    await show(place, name, true);
  }
})();
JS
seen=$(node serve.js)
echo "$seen"
[ "$seen" = 'header x-station, required: 200 {"x-station":"pier"}
header X-Station: 200 {}
header X-Station, required: 400 Missing required header parameter "X-Station"
cookie berth: 200 {}
cookie berth, required: 400 Missing required cookie parameter "berth"' ]
