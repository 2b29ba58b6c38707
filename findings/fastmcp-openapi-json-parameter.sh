#!/usr/bin/env bash
# A server that FastMCP makes of an OpenAPI document sends a query parameter with `content: application/json` not as JSON.
#
# Versions: fastmcp 4.2.3, httpx2 2.16.2 (PyPI), Python 3.11.
# Behaviour: the parameter `filter` is an object that the document wants as JSON text in `filter=…`. The request has the object's
#   members as parameters of their own instead, and no `filter`. The tool reports success.
# Output seen:
#   the document asks for: /gauges?filter={"station":"pier","limit":3}
#   the request is: /gauges?station=pier&limit=3
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has two ways: `schema` with a style, or `content` with one media type, which
#   "can define the media type and schema of the parameter". FastMCP reads the schema from `content` and sends it in the style of
#   the first way. A server that ignores unknown parameters answers with everything, unfiltered.
#
# Needs python3 with pip. It fails if the request has the parameter `filter`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'fastmcp==4.2.3' 'httpx2==2.16.2'
cat >call.py <<'PY'
import asyncio
from urllib.parse import unquote

import httpx2
from fastmcp import Client, FastMCP

FILTER = {"type": "object", "properties": {"station": {"type": "string"}, "limit": {"type": "integer"}}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Tides", "version": "1"},
    "paths": {
        "/gauges": {
            "get": {
                "operationId": "gauges",
                "parameters": [
                    {"name": "filter", "in": "query", "content": {"application/json": {"schema": FILTER}}},
                ],
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}


def answer(request):
    print("the request is:", unquote(request.url.raw_path.decode()))
    return httpx2.Response(200, json={})


async def main():
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://tides.test")
    async with Client(FastMCP.from_openapi(DOCUMENT, client=http)) as client:
        await client.call_tool("gauges", {"filter": {"station": "pier", "limit": 3}})


print('the document asks for: /gauges?filter={"station":"pier","limit":3}')
asyncio.run(main())
PY
seen=$(PYTHONPATH=packages python3 call.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = 'the document asks for: /gauges?filter={"station":"pier","limit":3}
the request is: /gauges?station=pier&limit=3' ]
