#!/usr/bin/env bash
# jsf, a sampler of JSON Schema, makes the number 1 of `const: true` and the number 0 of `const: false`.
#
# Versions: jsf 0.11.2, jsonschema 4.26.0 (PyPI), Python 3.11.
# Behaviour: the values of `const` and `enum` are read as texts, numbers, objects or null. True and False are none of these, and
#   pydantic makes integers of them, also beside `type: boolean`. Without `const` and `enum` a boolean stays one, and so it does
#   inside a constant object. There is no warning.
# Output seen:
#   {"const": true}: 1, invalid
#   {"type": "boolean", "const": false}: 0, invalid
#   {"enum": [true]}: 1, invalid
#   {"const": {"open": true}}: {"open": true}, valid
#   {"type": "boolean"}: valid
#
# Why it surprises: JSON Schema 2020-12, Core, section 4.2.1, has true and false as values of another type than numbers, and
#   Validation, section 6.1.3, wants an instance equal to `const`. `const: true` is common as the tag of a successful reply. A mock
#   reply made so is refused by every typed client, although it comes from the client's own schema.
#
# Needs python3 with pip. It fails if one of the booleans is preserved.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'jsf==0.11.2' 'jsonschema==4.26.0'
cat >sample.py <<'PY'
import json

from jsf import JSF
from jsonschema import Draft202012Validator


def show(text, with_value=True):
    value = JSF(json.loads(text)).generate()
    verdict = "valid" if Draft202012Validator(json.loads(text)).is_valid(value) else "invalid"
    print(f"{text}: {json.dumps(value) + ', ' if with_value else ''}{verdict}")


show('{"const": true}')
show('{"type": "boolean", "const": false}')
show('{"enum": [true]}')
show('{"const": {"open": true}}')
show('{"type": "boolean"}', with_value=False)
PY
seen=$(PYTHONPATH=packages python3 sample.py)
echo "$seen"
[ "$seen" = '{"const": true}: 1, invalid
{"type": "boolean", "const": false}: 0, invalid
{"enum": [true]}: 1, invalid
{"const": {"open": true}}: {"open": true}, valid
{"type": "boolean"}: valid' ]
