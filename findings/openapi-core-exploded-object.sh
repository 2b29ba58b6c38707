#!/usr/bin/env bash
# openapi-core does not read a query parameter that is an object in OpenAPI's default style, and reports no error.
#
# Versions: openapi-core 0.23.1, Werkzeug 3.1.9 (PyPI), Python 3.11.
# Behaviour: for the query parameter `depth`, an object with `min` and `max`, the request `?min=1&max=2` gives no parameter at
#   all. If the parameter is required, the same request is refused since it is missing. With `explode: false` or
#   `style: deepObject` the object is read.
# Output seen:
#   ?min=1&max=2: {}, errors []
#   required, ?min=1&max=2: {}, errors ['MissingRequiredParameter']
#   explode: false, ?depth=min,1,max,2: {'depth': {'min': 1, 'max': 2}}, errors []
#
# Why it surprises: OpenAPI 3.0.3, Parameter Object, has `style: form` with `explode: true` as the default of query parameters,
#   and "Style Examples" writes an object so as `R=100&G=200&B=150`. The library reads the other styles of objects, so its silence
#   looks like a caller who sent no filter.
#
# Needs python3 with pip. It fails if the object is read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'openapi-core==0.23.1' 'Werkzeug==3.1.9'
cat >call.py <<'PY'
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

DEPTH = {"type": "object", "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}}}


def read(query, **more):
    parameter = {"name": "depth", "in": "query", "schema": DEPTH, **more}
    operation = {"parameters": [parameter], "responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tides", "version": "1"},
        "servers": [{"url": "http://tides.test"}],
        "paths": {"/gauges": {"get": operation}},
    }
    environ = EnvironBuilder(path="/gauges", query_string=query, base_url="http://tides.test").get_environ()
    result = OpenAPI.from_dict(document).unmarshal_request(WerkzeugOpenAPIRequest(Request(environ)))
    return f"?{query}: {result.parameters.query}, errors {[type(error).__name__ for error in result.errors]}"


print(read("min=1&max=2"))
print("required,", read("min=1&max=2", required=True))
print("explode: false,", read("depth=min,1,max,2", explode=False))
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "?min=1&max=2: {}, errors []
required, ?min=1&max=2: {}, errors ['MissingRequiredParameter']
explode: false, ?depth=min,1,max,2: {'depth': {'min': 1, 'max': 2}}, errors []" ]
