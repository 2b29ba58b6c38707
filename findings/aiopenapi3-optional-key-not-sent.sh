#!/usr/bin/env bash
# aiopenapi3 does not send a key that it was given where the empty requirement stands first, and of two schemes at once sends one.
#
# Versions: aiopenapi3 0.11.0, httpx2 2.16.2 (PyPI), Python 3.11.
# Behaviour: an operation has the requirements `{}` and `{key: []}`, and the client was given the key with `authenticate`. With `{}`
#   first, the request has no key; with `{}` last, it has it. Of a requirement with the schemes `basic` and `bearer`, whose values
#   were both given, the request has `basic`, without an error.
# Output seen:
#   [{key}, {}]: X-Key: k
#   [{}, {key}]: nothing
#   [{key}]: X-Key: k
#   [{basic, bearer}]: Authorization: Basic dTpw
#   [{bearer, basic}]: Authorization: Basic dTpw
#
# Why it surprises: OpenAPI 3.0.3, Operation Object, says of a list of requirements that "only one" has to be satisfied, and gives
#   their order no meaning. Who authenticates and calls an operation that shows more to known callers gets what strangers see. Security
#   Requirement Object says of several schemes that "all schemes MUST be satisfied", and a request has one `Authorization`: nothing
#   tells that the document asks for what was not sent.
#
# Needs python3 with pip. It fails if a request has other credentials.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'aiopenapi3==0.11.0' 'httpx2==2.16.2'
cat >call.py <<'PY'
import httpx2
from aiopenapi3 import OpenAPI

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


def sent(security, **given):
    """The credentials of a request of a client that was given these."""
    get = {"operationId": "gauges", "security": security, "responses": {"204": {"description": "ok"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tides", "version": "1"},
        "servers": [{"url": "http://tides.test"}],
        "paths": {"/gauges": {"get": get}},
        "components": {"securitySchemes": SCHEMES},
    }
    seen = []

    def answer(request):
        names = [name for name in ("X-Key", "Authorization") if name in request.headers]
        seen.extend(f"{name}: {request.headers[name]}" for name in names)
        return httpx2.Response(204)

    def session(*args, **kwargs) -> httpx2.Client:
        return httpx2.Client(*args, transport=httpx2.MockTransport(answer), **kwargs)

    api = OpenAPI("http://tides.test/document.json", document, session_factory=session)
    api.authenticate(**given)
    api._.gauges()
    return ", ".join(seen) or "nothing"


print("[{key}, {}]:", sent([{"key": []}, {}], key="k"))
print("[{}, {key}]:", sent([{}, {"key": []}], key="k"))
print("[{key}]:", sent([{"key": []}], key="k"))
print("[{basic, bearer}]:", sent([{"basic": [], "bearer": []}], basic=("u", "p"), bearer="t"))
print("[{bearer, basic}]:", sent([{"bearer": [], "basic": []}], basic=("u", "p"), bearer="t"))
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "[{key}, {}]: X-Key: k
[{}, {key}]: nothing
[{key}]: X-Key: k
[{basic, bearer}]: Authorization: Basic dTpw
[{bearer, basic}]: Authorization: Basic dTpw" ]
