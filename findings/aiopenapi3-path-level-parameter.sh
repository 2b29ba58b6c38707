#!/usr/bin/env bash
# aiopenapi3 checks an argument against the parameter of the path, although the operation overrides it.
#
# Versions: aiopenapi3 0.11.0, httpx2 2.16.2 (PyPI), Python 3.11.
# Behaviour: the path has the query parameter `depth` as a string, and the operation has it as an integer. The integer 3 is refused,
#   since it is no string, and the text "low" is sent. Without the parameter of the path, it is the other way round. A required
#   parameter that the operation makes optional stays required.
# Output seen:
#   only in the operation: 3 sent as ?depth=3, 'low' refused
#   in both: 3 refused, 'low' sent as ?depth=low
#   required in the path, optional in the operation: refused without it
#
# Why it surprises: OpenAPI 3.0.3, Operation Object, says of `parameters`: "If a parameter is already defined at the Path Item, the
#   new definition will override it but can never remove it". The client refuses what the document allows, and sends what the
#   server refuses.
#
# Needs python3 with pip. It fails if the operation's parameter is used.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'aiopenapi3==0.11.0' 'httpx2==2.16.2'
cat >call.py <<'PY'
import httpx2
from aiopenapi3 import OpenAPI
from pydantic import ValidationError


def parameter(kind, required=False):
    return [{"name": "depth", "in": "query", "required": required, "schema": {"type": kind}}]


def call(path_level, operation_level, arguments):
    """What happens to a call with these arguments, with these parameters of the path and of the operation."""
    get = {"operationId": "gauges", "parameters": operation_level, "responses": {"204": {"description": "ok"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tides", "version": "1"},
        "servers": [{"url": "http://tides.test"}],
        "paths": {"/gauges": {"parameters": path_level, "get": get}},
    }
    sent = []

    def answer(request):
        sent.append(request.url.query.decode())
        return httpx2.Response(204)

    def session(*args, **kwargs) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(answer))

    try:
        OpenAPI("http://tides.test/document.json", document, session_factory=session)._.gauges(parameters=arguments)
    except (ValidationError, ValueError):
        return "refused"
    return f"sent as ?{sent[0]}"


def both(path_level):
    return ", ".join(f"{value!r} {call(path_level, parameter('integer'), {'depth': value})}" for value in (3, "low"))


print("only in the operation:", both([]))
print("in both:", both(parameter("string")))
print(
    "required in the path, optional in the operation:",
    call(parameter("integer", required=True), parameter("integer"), {}),
    "without it",
)
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "only in the operation: 3 sent as ?depth=3, 'low' refused
in both: 3 refused, 'low' sent as ?depth=low
required in the path, optional in the operation: refused without it" ]
