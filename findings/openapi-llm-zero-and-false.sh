#!/usr/bin/env bash
# openapi-llm does not send a parameter whose value is 0 or false, and refuses the call if it is required.
#
# Versions: openapi-llm 0.4.3 (PyPI), Python 3.11.
# Behaviour: `offset=0` and `open=false` are left out of the query. With a required `offset` the same call fails with "Missing required
#   query parameter". Where the operation has a JSON body, the argument for the path is a member of the body as well.
# Output seen:
#   offset 5, open true: {"offset": 5, "open": true}
#   offset 0, open false: {}
#   offset required, 0: ValueError: Missing required query parameter: offset
#   body of PUT /gauges/7 with name: {"id": 7, "name": "pier"}
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has a required parameter as one that is there, whatever its value; the tool's
#   schema has 0 and false as values. `open=false` asks for the closed gauges; without it the server gives all. A body with
#   `additionalProperties: false` is refused for the `id`, which the document has in the path alone.
#
# Needs python3 with pip. It fails if 0 or false is sent, or the body has the name alone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'openapi-llm==0.4.3'
cat >call.py <<'PY'
import json

from openapi_llm.client.openapi import OpenAPIClient

OK = {"200": {"description": "ok"}}


def request(path, method, parameters, arguments, body=None):
    operation = {"operationId": "call", "summary": "Call", "parameters": parameters, "responses": OK}
    if body:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tides", "version": "1"},
        "servers": [{"url": "https://tides.test"}],
        "paths": {path: {method: operation}},
    }
    client = OpenAPIClient.from_spec(json.dumps(document), request_sender=lambda request: request)
    try:
        return client.invoke({"name": "call", "arguments": arguments})
    except ValueError as error:
        return f"ValueError: {error}"


def query(name, kind, required=False):
    return {"name": name, "in": "query", "required": required, "schema": {"type": kind}}


optional = [query("offset", "integer"), query("open", "boolean")]
for offset, is_open in ((5, True), (0, False)):
    sent = request("/gauges", "get", optional, {"offset": offset, "open": is_open})["params"]
    print(f"offset {offset}, open {json.dumps(is_open)}: {json.dumps(sent)}")
print("offset required, 0:", request("/gauges", "get", [query("offset", "integer", True)], {"offset": 0}))
gauge = {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": False}
identity = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
sent = request("/gauges/{id}", "put", identity, {"id": 7, "name": "pier"}, gauge)["json"]
print(f"body of PUT /gauges/7 with name: {json.dumps(sent)}")
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = 'offset 5, open true: {"offset": 5, "open": true}
offset 0, open false: {}
offset required, 0: ValueError: Missing required query parameter: offset
body of PUT /gauges/7 with name: {"id": 7, "name": "pier"}' ]
