#!/usr/bin/env bash
# openapi-backend splits a path with a dot between two parameters at the wrong place.
#
# Versions: openapi-backend 5.21.2 (npm), Node.js 20.
# Behaviour: for the template `/files/{name}.{ext}`, the request for `/files/report.json` reaches the operation with another name and an
#   empty `ext`. With a hyphen, a comma or a colon between the two, and with one parameter before a dot, the values are right.
# Output seen:
#   /files/{name}.{ext}: /files/report.json is {"name":"report.jso","ext":""}
#   /files/{name}-{ext}: /files/report-json is {"name":"report","ext":"json"}
#   /files/{name}.json: /files/report.json is {"name":"report"}
#
# Why it surprises: OpenAPI 3.0.3, "Path Templating", has curly braces around the parts that are replaced. What stands between them is
#   text. An API that gives files in several formats is written so. The request is answered as one for another file, without an
#   error of the library.
#
# Needs node and npm. It fails if the first path gives "report" and "json", or one of the others does not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-backend@5.21.2
cat >route.js <<'JS'
const { OpenAPIBackend } = require('openapi-backend');

async function show(template, path) {
  const parameters = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const operation = { operationId: 'file', parameters, responses: { 200: { description: 'ok' } } };
  const backend = new OpenAPIBackend({
    definition: { openapi: '3.0.3', info: { title: 'Tides', version: '1' }, paths: { [template]: { get: operation } } },
    handlers: { file: (context) => context.request.params },
  });
  await backend.init();
  const values = await backend.handleRequest({ method: 'GET', path, headers: {} });
  console.log(`${template}: ${path} is ${JSON.stringify(values)}`);
}
(async () => {
  await show('/files/{name}.{ext}', '/files/report.json');
  await show('/files/{name}-{ext}', '/files/report-json');
  await show('/files/{name}.json', '/files/report.json');
})();
JS
seen=$(node route.js)
echo "$seen"
[ "$seen" = '/files/{name}.{ext}: /files/report.json is {"name":"report.jso","ext":""}
/files/{name}-{ext}: /files/report-json is {"name":"report","ext":"json"}
/files/{name}.json: /files/report.json is {"name":"report"}' ]
