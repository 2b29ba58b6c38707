#!/usr/bin/env bash
# express-openapi-validator refuses every request of an operation that has a header with a list in the default style.
#
# Versions: express-openapi-validator 5.6.2, express 5.3.0 (npm), Node.js 20.
# Behaviour: for the optional header `X-Gauges`, an array without `style`, a request gets 400 with "Parameter 'style' has
#   incorrect value 'undefined'", whether it has the header or not. With `style: simple` the list is read. For query parameters
#   the default is applied.
# Output seen:
#   no style: without the header 400 Parameter 'style' has incorrect value 'undefined' for [X-Gauges], with it the same
#   style: simple: with it 200
#   query without style: 200
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has `simple` as the default style of headers. The document passes the
#   library's own check at its start, and the message blames the client's request.
#
# Needs node and npm. It fails if the header is accepted without `style`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts express@5.3.0 express-openapi-validator@5.6.2
cat >call.mjs <<'JS'
import express from 'express';
import { middleware } from 'express-openapi-validator';

const schema = { type: 'array', items: { type: 'string' } };
const operation = (parameter) => ({ get: { parameters: [{ schema, ...parameter }], responses: { 200: { description: 'ok' } } } });
const app = express();
const apiSpec = {
  openapi: '3.0.3',
  info: { title: 'Tides', version: '1' },
  paths: {
    '/default': operation({ name: 'X-Gauges', in: 'header' }),
    '/written': operation({ name: 'X-Gauges', in: 'header', style: 'simple' }),
    '/query': operation({ name: 'gauges', in: 'query' }),
  },
};
app.use(middleware({ apiSpec }));
app.use((request, response) => response.end());
app.use((error, request, response, next) => response.status(error.status ?? 500).end(` ${error.message}`));
const server = app.listen(0, '127.0.0.1', async () => {
  const get = async (path, headers = {}) => {
    const reply = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers });
    return `${reply.status}${await reply.text()}`;
  };
  const headers = { 'X-Gauges': 'pier,dock' };
  const [without, sent] = [await get('/default'), await get('/default', headers)];
  console.log(`no style: without the header ${without}, with it ${sent === without ? 'the same' : sent}`);
  console.log(`style: simple: with it ${await get('/written', headers)}`);
  console.log(`query without style: ${await get('/query?gauges=pier&gauges=dock')}`);
  server.close();
});
JS
seen=$(node call.mjs)
echo "$seen"
[ "$seen" = "no style: without the header 400 Parameter 'style' has incorrect value 'undefined' for [X-Gauges], with it the same
style: simple: with it 200
query without style: 200" ]
