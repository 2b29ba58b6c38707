#!/usr/bin/env bash
# A model that datamodel-code-generator makes of an OpenAPI document writes stars in place of a property with `format: password`.
#
# Versions: datamodel-code-generator 0.89.0, pydantic 2.14.4 (PyPI), Python 3.11.
# Behaviour: the property becomes pydantic's SecretStr, whose JSON is ten stars. So the body of a login request, written with
#   `model_dump_json()` or `model_dump(mode="json")`, has the stars as the password. No warning at generation or at run time.
# Output seen:
#   class Login: user is str, secret is SecretStr
#   body: {"user":"pilot","secret":"**********"}
#
# Why it surprises: OpenAPI 3.0.3, "Data Types", calls the format "a hint to UIs to obscure input". It says nothing of the value
#   that is sent. The hint of the document and the redaction of pydantic, each sensible alone, together send another password than
#   the caller gave. A server that stores the value sets the password to ten stars.
#
# Needs python3 with pip. It fails if the body has the password.
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
      "Login": {
        "type": "object",
        "required": ["user", "secret"],
        "properties": { "user": { "type": "string" }, "secret": { "type": "string", "format": "password" } }
      }
    }
  }
}
JSON
export PYTHONPATH=packages
python3 -m datamodel_code_generator --input document.json --input-file-type openapi --output-model-type pydantic_v2.BaseModel \
  --output model.py 2>err || { cat err >&2; exit 1; }
cat >call.py <<'PY'
from model import Login

fields = Login.model_fields
print(f"class Login: user is {fields['user'].annotation.__name__}, secret is {fields['secret'].annotation.__name__}")
print("body:", Login(user="pilot", secret="high water").model_dump_json())
PY
seen=$(PYTHONPATH=packages:. python3 call.py)
echo "$seen"
[ "$seen" = 'class Login: user is str, secret is SecretStr
body: {"user":"pilot","secret":"**********"}' ]
