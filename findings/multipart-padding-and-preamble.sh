#!/usr/bin/env bash
# Three readers of multipart bodies do not read what stands before the first boundary, or white space behind one, as the standard has it.
#
# Versions: parse-multipart-data 1.5.0, @mjackson/multipart-parser 0.10.1 (npm), requests-toolbelt 1.0.0 (PyPI), Node.js 20, Python 3.11.
# Behaviour: with spaces behind the boundary, parse-multipart-data finds no part and reports no error. With a line of text before the
#   first boundary, the other two refuse the body. parse-multipart-data gives the type of a part only if it has a file name.
# Output seen:
#   plain: parse-multipart-data 1 part without a type, multipart-parser 1 part of application/json, toolbelt 1 part of application/json
#   padding: parse-multipart-data 0 parts, multipart-parser 1 part of application/json, toolbelt refused
#   preamble: parse-multipart-data 1 part without a type, multipart-parser refused, toolbelt refused
#   Python's email, all three: 1 part of application/json
#
# Why it surprises: RFC 2046, section 5.1.1, has `transport-padding` behind each boundary, which a receiver has to cope with, and a
#   `preamble`, which it has to ignore. RFC 7578, section 4.4, lets each part have a type. A reply to a batch of requests is empty or
#   refused although it is complete, and a JSON part looks like text.
#
# Needs node, npm and python3 with pip. It fails if one of the bodies is read otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts parse-multipart-data@1.5.0 @mjackson/multipart-parser@0.10.1
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'requests-toolbelt==1.0.0'
part='Content-Disposition: form-data; name="place"\r\nContent-Type: application/json\r\n\r\n{"name": "pier"}\r\n'
printf -- "--tide\r\n$part--tide--\r\n" >plain
printf -- "--tide  \r\n$part--tide--  \r\n" >padding
printf -- "A batch.\r\n--tide\r\n$part--tide--\r\n" >preamble
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { parseMultipart } from '@mjackson/multipart-parser';
import multipart from 'parse-multipart-data';

const body = readFileSync(process.argv[2]);
function said(read) {
  try {
    const types = [...read()];
    if (types.length === 0) return '0 parts';
    return `${types.length} part ${types[0] ? `of ${types[0]}` : 'without a type'}`;
  } catch {
    return 'refused';
  }
}
const first = said(() => multipart.parse(body, 'tide').map((part) => part.type));
const second = said(() => [...parseMultipart(body, { boundary: 'tide' })].map((part) => part.mediaType));
console.log(`${process.argv[2]}: parse-multipart-data ${first}, multipart-parser ${second}`);
JS
cat >read.py <<'PY'
import sys
from email import message_from_bytes

from requests_toolbelt.multipart.decoder import ImproperBodyPartContentException, MultipartDecoder

TYPE = 'multipart/form-data; boundary="tide"'
tool, name = sys.argv[1:]
body = open(name, "rb").read()
if tool == "toolbelt":
    try:
        types = [part.headers[b"Content-Type"].decode() for part in MultipartDecoder(body, TYPE).parts]
    except ImproperBodyPartContentException:
        types = None
else:
    message = message_from_bytes(f"Content-Type: {TYPE}\r\n\r\n".encode() + body)
    types = [part.get_content_type() for part in message.get_payload()]
print("refused" if types is None else f"{len(types)} part of {types[0]}")
PY
seen=$(
  for name in plain padding preamble; do
    echo "$(node read.mjs $name), toolbelt $(PYTHONPATH=packages python3 read.py toolbelt $name)"
  done
  for name in plain padding preamble; do
    PYTHONPATH=packages python3 read.py email $name
  done | sort -u | sed "s/^/Python's email, all three: /"
)
echo "$seen"
[ "$seen" = "plain: parse-multipart-data 1 part without a type, multipart-parser 1 part of application/json, toolbelt 1 part of application/json
padding: parse-multipart-data 0 parts, multipart-parser 1 part of application/json, toolbelt refused
preamble: parse-multipart-data 1 part without a type, multipart-parser refused, toolbelt refused
Python's email, all three: 1 part of application/json" ]
