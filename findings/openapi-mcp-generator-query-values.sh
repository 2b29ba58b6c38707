#!/usr/bin/env bash
# An MCP server that openapi-mcp-generator makes sends lists and objects of a query in a form that the document does not have.
#
# Versions: openapi-mcp-generator 4.0.1, axios 1, typescript 5, @modelcontextprotocol/sdk 1 (npm, as the generated package has
#   them), Node.js 20.
# Behaviour: every list is joined with commas, and every object becomes the text "[object Object]", whatever `style` and `explode`
#   say. A cookie is not sent. The tool reports success.
# Output seen:
#   the document asks for: ?names=pier&names=dock&range[min]=1 and the cookie berth=7
#   the request is: ?names=pier,dock&range=[object Object] and no cookie
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has `form` with `explode: true` as the default of a query, so a list is
#   `names=…` twice, and "Style Examples" has `deepObject` with brackets. The tool's input schema, made of the same document, asks
#   the model for the list and the object, and accepts them. A server gets the one name "pier,dock", and finds nothing.
#
# Needs node and npm. It fails if the request is another one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-mcp-generator@4.0.1
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "tides", "version": "1.0.0" },
  "servers": [{ "url": "http://tides.test" }],
  "paths": {
    "/gauges": {
      "get": {
        "operationId": "gauges",
        "parameters": [
          { "name": "names", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
          {
            "name": "range",
            "in": "query",
            "style": "deepObject",
            "explode": true,
            "schema": { "type": "object", "properties": { "min": { "type": "integer" } } }
          },
          { "name": "berth", "in": "cookie", "schema": { "type": "string" } }
        ],
        "responses": { "200": { "description": "ok" } }
      }
    }
  }
}
JSON
node node_modules/openapi-mcp-generator/bin/openapi-mcp-generator.js --input document.json --output server --force \
  >log 2>&1 || { cat log >&2; exit 1; }
cd server
npm install --no-audit --no-fund --silent --ignore-scripts
node node_modules/typescript/bin/tsc
cat >call.mjs <<'JS'
import { createServer } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const api = createServer((request, response) => {
  const query = decodeURIComponent(request.url.replace(/^[^?]*/, '')).replaceAll('+', ' ');
  console.log(`the request is: ${query} and ${request.headers.cookie ?? 'no cookie'}`);
  response.setHeader('content-type', 'application/json').end('{}');
});
api.listen(0, '127.0.0.1', async () => {
  const env = { ...process.env, API_BASE_URL: `http://127.0.0.1:${api.address().port}` };
  const client = new Client({ name: 'pilot', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ['build/index.js'], env, stderr: 'ignore' }));
  await client.callTool({ name: 'gauges', arguments: { names: ['pier', 'dock'], range: { min: 1 }, berth: '7' } });
  await client.close();
  api.close();
});
JS
seen=$(echo 'the document asks for: ?names=pier&names=dock&range[min]=1 and the cookie berth=7'; node call.mjs)
echo "$seen"
[ "$seen" = 'the document asks for: ?names=pier&names=dock&range[min]=1 and the cookie berth=7
the request is: ?names=pier,dock&range=[object Object] and no cookie' ]
