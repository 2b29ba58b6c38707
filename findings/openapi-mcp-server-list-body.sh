#!/usr/bin/env bash
# An MCP server that @ivotoby/openapi-mcp-server makes sends a body that is a list as an object with the member `body`.
#
# Versions: @ivotoby/openapi-mcp-server 1.16.1 (npm), mcp 2.3.0 (PyPI), Node.js 20, Python 3.11.
# Behaviour: the tool has the list as its argument `body`, and the request's body is the object of the arguments. A list in a form has
#   brackets behind its name. The tool reports success.
# Output seen:
#   the document asks for: POST /names ["pier", "dock"]
#   the request is: POST /names {"body":["pier","dock"]}
#   the document asks for: POST /form names=pier&names=dock
#   the request is: POST /form names[]=pier&names[]=dock
#
# Why it surprises: OpenAPI 3.0.3, Request Body Object, has the schema of the body, here of `type: array`. Encoding Object has for a list in
#   a form the defaults of query parameters, `form` with `explode: true`, which repeats the plain name ("Style Examples"). An
#   endpoint for several items gets an object and refuses it, and nothing that the model can change in its arguments helps.
#
# Needs node, npm and python3 with pip. It fails if one of the two bodies is another one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @ivotoby/openapi-mcp-server@1.16.1
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'mcp==2.3.0'
cat >call.py <<'PY'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

NAMES = {"type": "array", "items": {"type": "string"}}
FORM = {"type": "object", "properties": {"names": NAMES}}


class Tides(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print("the request is: POST", self.path, unquote(body), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def operation(name, media_type, schema):
    body = {"required": True, "content": {media_type: {"schema": schema}}}
    return {"post": {"operationId": name, "summary": name, "requestBody": body, "responses": {"204": {"description": "ok"}}}}


server = HTTPServer(("127.0.0.1", 0), Tides)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
document = {
    "openapi": "3.0.3",
    "info": {"title": "Tides", "version": "1"},
    "servers": [{"url": url}],
    "paths": {
        "/names": operation("names", "application/json", NAMES),
        "/form": operation("form", "application/x-www-form-urlencoded", FORM),
    },
}
with open("openapi.json", "w") as file:
    json.dump(document, file)


async def main():
    options = ["--api-base-url", url, "--openapi-spec", "openapi.json"]
    program = StdioServerParameters(command="node_modules/.bin/openapi-mcp-server", args=options)
    async with Client(stdio_client(program)) as client:
        tools = {tool.input_schema["x-content-type"]: tool.name for tool in (await client.list_tools()).tools}
        print('the document asks for: POST /names ["pier", "dock"]', flush=True)
        await client.call_tool(tools["application/json"], {"body": ["pier", "dock"]})
        print("the document asks for: POST /form names=pier&names=dock", flush=True)
        await client.call_tool(tools["application/x-www-form-urlencoded"], {"names": ["pier", "dock"]})


asyncio.run(main())
PY
seen=$(PYTHONPATH=packages python3 call.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = 'the document asks for: POST /names ["pier", "dock"]
the request is: POST /names {"body":["pier","dock"]}
the document asks for: POST /form names=pier&names=dock
the request is: POST /form names[]=pier&names[]=dock' ]
