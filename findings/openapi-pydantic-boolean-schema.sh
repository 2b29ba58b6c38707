#!/usr/bin/env bash
# openapi-pydantic refuses an OpenAPI 3.1 document that closes an object or a tuple, and rounds large bounds.
#
# Versions: openapi-pydantic 0.6.0, openapi-spec-validator 0.9.0, pydantic 2.14.4 (PyPI), Python 3.11.
# Behaviour: `unevaluatedProperties: false`, `items: false` behind `prefixItems`, and a property that is `true` make `parse_obj` fail for
#   the document. `additionalProperties: false` is accepted. `maximum: 9007199254740993` is written back as another number.
# Output seen:
#   {"additionalProperties": false}: valid, {"additionalProperties":false}
#   {"unevaluatedProperties": false}: valid, refused
#   {"prefixItems": [{}], "items": false}: valid, refused
#   {"properties": {"note": true}}: valid, refused
#   {"maximum": 9007199254740993}: valid, {"maximum":9007199254740992.0}
#
# Why it surprises: OpenAPI 3.1.0, Schema Object, takes its schemas from JSON Schema 2020-12, where `true` and `false` are schemas
#   wherever a schema may stand (Core, section 4.3.2). `unevaluatedProperties: false` is how one closes an object that is made of
#   others by `allOf` (section 11.3). A tool on top of the library reads none of such an API's operations, because of one schema.
#
# Needs python3 with pip. It fails if one of the documents is treated otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages \
  'openapi-pydantic==0.6.0' 'openapi-spec-validator==0.9.0' 'pydantic==2.14.4'
cat >read.py <<'PY'
import json

from openapi_pydantic import parse_obj
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

for schema in (
    {"additionalProperties": False},
    {"unevaluatedProperties": False},
    {"prefixItems": [{}], "items": False},
    {"properties": {"note": True}},
    {"maximum": 9007199254740993},
):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Tides", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Gauge": schema}},
    }
    valid = "valid" if OpenAPIV31SpecValidator(document).is_valid() else "invalid"
    try:
        read = parse_obj(document).components.schemas["Gauge"].model_dump_json(exclude_none=True)
    except ValidationError:
        read = "refused"
    print(f"{json.dumps(schema)}: {valid}, {read}")
PY
seen=$(PYTHONPATH=packages python3 read.py)
echo "$seen"
[ "$seen" = '{"additionalProperties": false}: valid, {"additionalProperties":false}
{"unevaluatedProperties": false}: valid, refused
{"prefixItems": [{}], "items": false}: valid, refused
{"properties": {"note": true}}: valid, refused
{"maximum": 9007199254740993}: valid, {"maximum":9007199254740992.0}' ]
