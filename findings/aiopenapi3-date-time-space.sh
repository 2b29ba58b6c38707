#!/usr/bin/env bash
# aiopenapi3 sends a date-time parameter with a space where RFC 3339 has the T.
#
# Versions: aiopenapi3 0.11.0, httpx2 2.16.2, rfc3339-validator 0.1.4 (PyPI), Python 3.11.
# Behaviour: a query or path parameter with `format: date-time` is turned into Python's datetime and written with `str`. So the text
#   `2026-05-01T06:00:00Z` becomes `2026-05-01 06:00:00+00:00`. In a JSON body the same value has the T. A header with this format
#   is refused with a TypeError of the HTTP client.
# Output seen:
#   query: since=2026-05-01 06:00:00+00:00, date-time: False
#   path: 2026-05-01 06:00:00+00:00, date-time: False
#   body: {"since": "2026-05-01T06:00:00Z"}, date-time: True
#
# Why it surprises: OpenAPI 3.0.3, "Data Types", has `date-time` "as defined by date-time - RFC3339", and section 5.6 there has "T"
#   in the grammar. A space is for other applications of that syntax, "for the sake of readability". A server that checks the format
#   refuses every such request. One that compares texts finds the wrong rows, since a space sorts before every T.
#
# Needs python3 with pip. It fails if the query or the path has a T.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages \
  'aiopenapi3==0.11.0' 'httpx2==2.16.2' 'rfc3339-validator==0.1.4'
cat >call.py <<'PY'
import json

import httpx2
from aiopenapi3 import OpenAPI
from rfc3339_validator import validate_rfc3339

TIME = {"type": "string", "format": "date-time"}
SINCE = {"type": "object", "properties": {"since": TIME}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Tides", "version": "1"},
    "servers": [{"url": "http://tides.test"}],
    "paths": {
        "/gauges/{from}": {
            "post": {
                "operationId": "gauges",
                "parameters": [
                    {"name": "since", "in": "query", "schema": TIME},
                    {"name": "from", "in": "path", "required": True, "schema": TIME},
                ],
                "requestBody": {"content": {"application/json": {"schema": SINCE}}},
                "responses": {"204": {"description": "ok"}},
            }
        }
    },
}


def answer(request):
    query, path, body = request.url.params["since"], request.url.path.rsplit("/", 1)[1], request.content.decode()
    print(f"query: since={query}, date-time: {validate_rfc3339(query)}")
    print(f"path: {path}, date-time: {validate_rfc3339(path)}")
    print(f"body: {body}, date-time: {validate_rfc3339(json.loads(body)['since'])}")
    return httpx2.Response(204)


def session(*args, **kwargs) -> httpx2.Client:
    return httpx2.Client(transport=httpx2.MockTransport(answer))


time = "2026-05-01T06:00:00Z"
api = OpenAPI("http://tides.test/document.json", DOCUMENT, session_factory=session)
api._.gauges(parameters={"since": time, "from": time}, data={"since": time})
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = 'query: since=2026-05-01 06:00:00+00:00, date-time: False
path: 2026-05-01 06:00:00+00:00, date-time: False
body: {"since": "2026-05-01T06:00:00Z"}, date-time: True' ]
