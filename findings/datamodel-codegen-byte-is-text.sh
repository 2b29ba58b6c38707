#!/usr/bin/env bash
# A model that datamodel-code-generator makes of an OpenAPI document refuses `format: byte` data that is not text.
#
# Versions: datamodel-code-generator 0.89.0, pydantic 2.14.4 (PyPI), Python 3.11.
# Behaviour: the property becomes pydantic's Base64Str, which decodes the Base64 and then reads the bytes as UTF-8. Base64 of a
#   text is accepted. Base64 of an image is refused with a message of a codec. The field's value is the decoded text, and the
#   constructor wants it encoded.
# Output seen:
#   Base64 of "tide": tide
#   Base64 of the first bytes of a PNG: 'utf-8' codec can't decode byte 0x89 in position 0: invalid start byte
#
# Why it surprises: OpenAPI 3.0.3, "Data Types", defines `byte` as "base64 encoded characters". What they encode is any octets
#   (RFC 4648, section 4). The model passes every test with text, and fails on the first reply with a picture or a signature.
#
# Needs python3 with pip. It fails if the second value is accepted.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'datamodel-code-generator==0.89.0' 'pydantic==2.14.4'
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Tides", "version": "1" },
  "paths": {},
  "components": {
    "schemas": {
      "Chart": { "type": "object", "required": ["data"], "properties": { "data": { "type": "string", "format": "byte" } } }
    }
  }
}
JSON
export PYTHONPATH=packages
python3 -m datamodel_code_generator --input document.json --input-file-type openapi --output-model-type pydantic_v2.BaseModel \
  --output model.py 2>err || { cat err >&2; exit 1; }
cat >call.py <<'PY'
from base64 import b64encode

from model import Chart
from pydantic import ValidationError


def read(data):
    try:
        return Chart.model_validate({"data": b64encode(data).decode()}).data
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")


print('Base64 of "tide":', read(b"tide"))
print("Base64 of the first bytes of a PNG:", read(b"\x89PNG\r\n\x1a\n"))
PY
seen=$(PYTHONPATH=packages:. python3 call.py)
echo "$seen"
[ "$seen" = "Base64 of \"tide\": tide
Base64 of the first bytes of a PNG: 'utf-8' codec can't decode byte 0x89 in position 0: invalid start byte" ]
