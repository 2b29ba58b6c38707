#!/usr/bin/env bash
# mcp-openapi-proxy sends the query parameters of a DELETE or POST in the body, and reports a refused call as a success.
#
# Versions: mcp-openapi-proxy 0.4.0, mcp 2.3.0 (PyPI), Python 3.11.
# Behaviour: where the method is not GET, the arguments of the query go into a JSON body, and the URL has no query. A reply with status
#   403 gives a result with `isError` false, whose text is the HTTP client's message.
# Output seen:
#   the document asks for: DELETE /gauges/7?dry_run=true
#   the request is: DELETE /gauges/7 with the body {"dry_run": true}
#   the server answers 403, the result has isError False
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has a parameter in the query "appended to the URL", for all methods. The tool's
#   input schema has `dry_run`, and the model sets it to be safe. The server sees a deletion without it. The MCP specification (Tools,
#   "Error Handling") has failures of an API in results with `isError: true`.
#
# Needs python3 with pip. It fails if the request has a query, or the result is an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'mcp-openapi-proxy==0.4.0' 'mcp==2.3.0'
cat >call.py <<'PY'
import asyncio
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client


class Tides(BaseHTTPRequestHandler):
    def do_DELETE(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        print("the request is: DELETE", self.path, "with the body", body, flush=True)
        self.send_error(403)

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Tides)
threading.Thread(target=server.serve_forever, daemon=True).start()
document = {
    "openapi": "3.0.3",
    "info": {"title": "Tides", "version": "1"},
    "servers": [{"url": f"http://127.0.0.1:{server.server_port}"}],
    "paths": {"/gauges/{id}": {"delete": {
        "operationId": "remove",
        "summary": "Remove",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "dry_run", "in": "query", "schema": {"type": "boolean"}},
        ],
        "responses": {"204": {"description": "gone"}},
    }}},
}
with open("openapi.json", "w") as file:
    json.dump(document, file)


async def main():
    env = {**os.environ, "OPENAPI_SPEC_URL": f"file://{os.getcwd()}/openapi.json"}
    program = StdioServerParameters(command="packages/bin/mcp-openapi-proxy", env=env)
    async with Client(stdio_client(program)) as client:
        tool = (await client.list_tools()).tools[0]
        result = await client.call_tool(tool.name, {"id": "7", "dry_run": True})
        print("the server answers 403, the result has isError", result.is_error)


print("the document asks for: DELETE /gauges/7?dry_run=true", flush=True)
asyncio.run(main())
PY
seen=$(PYTHONPATH=packages python3 call.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = 'the document asks for: DELETE /gauges/7?dry_run=true
the request is: DELETE /gauges/7 with the body {"dry_run": true}
the server answers 403, the result has isError False' ]
