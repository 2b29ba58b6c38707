#!/usr/bin/env bash
# A client that openapi-python-client makes sends the defaults of all properties in a PATCH that sets one of them.
#
# Versions: openapi-python-client 0.29.1, ruff 0.17.6 (PyPI), Python 3.11.
# Behaviour: a property with `default` has it as the default of its argument, and is written whenever it is set. So the body of
#   `GaugeChange(name="pier")` has `interval` and `enabled`, too. The client has a value UNSET for "do not send"; a property
#   without a default starts as that.
# Output seen:
#   GaugeChange(name="pier") sends {"name": "pier", "interval": 60, "enabled": true}
#
# Why it surprises: OpenAPI 3.0.3, Schema Object, says of `default` that it is what "the consumer of the input" assumes "if one is
#   not provided". The consumer of a request is the server. RFC 7396 (JSON Merge Patch), section 2, leaves what is absent
#   unchanged. So renaming a gauge that someone switched off switches it on again.
#
# Needs python3 with pip. It fails if the body has only the name.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'openapi-python-client==0.29.1' 'ruff==0.17.6'
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Tides", "version": "1" },
  "paths": {
    "/gauges/{id}": {
      "patch": {
        "operationId": "change",
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "requestBody": {
          "required": true,
          "content": { "application/merge-patch+json": { "schema": { "$ref": "#/components/schemas/GaugeChange" } } }
        },
        "responses": { "204": { "description": "changed" } }
      }
    }
  },
  "components": {
    "schemas": {
      "GaugeChange": {
        "type": "object",
        "properties": {
          "name": { "type": "string" },
          "interval": { "type": "integer", "default": 60 },
          "enabled": { "type": "boolean", "default": true },
          "note": { "type": "string" }
        }
      }
    }
  }
}
JSON
export PYTHONPATH=packages PATH=$PWD/packages/bin:$PATH
python3 -c 'from openapi_python_client.cli import app; app()' generate --path document.json --meta none \
  --overwrite --output-path tides >log 2>&1 || { cat log >&2; exit 1; }
cat >call.py <<'PY'
import json

import httpx
from tides import Client
from tides.api.default import change
from tides.models import GaugeChange


def answer(request):
    print('GaugeChange(name="pier") sends', json.dumps(json.loads(request.read())))
    return httpx.Response(204)


client = Client(base_url="http://tides.test")
client.set_httpx_client(httpx.Client(base_url="http://tides.test", transport=httpx.MockTransport(answer)))
change.sync_detailed("7", client=client, body=GaugeChange(name="pier"))
PY
seen=$(PYTHONPATH=packages:. python3 call.py)
echo "$seen"
[ "$seen" = 'GaugeChange(name="pier") sends {"name": "pier", "interval": 60, "enabled": true}' ]
