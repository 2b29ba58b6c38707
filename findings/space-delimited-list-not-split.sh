#!/usr/bin/env bash
# Prism and openapi-core take a list of `style: spaceDelimited` for one element, as long as it is written as OpenAPI has it.
#
# Versions: @stoplight/prism-cli 5.14.2 (npm), openapi-core 0.23.1, Werkzeug 3.1.9 (PyPI), Node.js 20, Python 3.11.
# Behaviour: both look for `%20` in the value after it was decoded. `names=pier%20dock` is the list with the one element "pier
#   dock", and `names=pier%2520dock` is the list of two. Prism even refuses the URL that it prints at its start as an example of
#   the operation.
# Output seen:
#   openapi-core: names=pier%20dock ['pier dock'], names=pier%2520dock ['pier', 'dock']
#   Prism, at least two elements: names=pier%20dock 422, names=pier%2520dock 200, its own example 422
#
# Why it surprises: OpenAPI 3.0.3, "Style Examples", writes the list so: `blue%20black%20brown`. With openapi-core a filter by two
#   names finds nothing, without an error. Both have code of their own for this style.
#
# Needs node, npm and python3 with pip. It fails if the first form is a list of two for one of them.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>kill.log || true; rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @stoplight/prism-cli@5.14.2
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'openapi-core==0.23.1' 'Werkzeug==3.1.9'
cat >document.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Tides", "version": "1" },
  "servers": [{ "url": "http://tides.test" }],
  "paths": {
    "/gauges": {
      "get": {
        "parameters": [
          {
            "name": "names",
            "in": "query",
            "required": true,
            "style": "spaceDelimited",
            "explode": false,
            "schema": { "type": "array", "minItems": 2, "items": { "type": "string" } }
          }
        ],
        "responses": { "200": { "description": "ok" } }
      }
    }
  }
}
JSON
cat >call.py <<'PY'
import json

from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

document = json.load(open("document.json"))
del document["paths"]["/gauges"]["get"]["parameters"][0]["schema"]["minItems"]


def read(query):
    environ = EnvironBuilder(path="/gauges", query_string=query, base_url="http://tides.test").get_environ()
    result = OpenAPI.from_dict(document).unmarshal_request(WerkzeugOpenAPIRequest(Request(environ)))
    return f"{query} {result.parameters.query['names']}"


print(f"openapi-core: {read('names=pier%20dock')}, {read('names=pier%2520dock')}")
PY
cat >call.mjs <<'JS'
import { readFileSync } from 'node:fs';

const base = `http://127.0.0.1:${process.argv[2]}`;
const status = async (url) => (await fetch(url)).status;
const [example] = readFileSync('log', 'utf8').match(/http:\S+names=[\w%]+/);
const own = [`names=pier%20dock`, `names=pier%2520dock`].map(async (query) => `${query} ${await status(`${base}/gauges?${query}`)}`);
console.log(`Prism, at least two elements: ${(await Promise.all(own)).join(', ')}, its own example ${await status(example)}`);
JS
port=$((20000 + RANDOM % 20000))
node node_modules/@stoplight/prism-cli/dist/index.js mock --host 127.0.0.1 --port "$port" --errors document.json >log 2>&1 &
server=$!
for _ in $(seq 120); do grep -q 'is listening' log && break; sleep 0.5; done
seen=$(PYTHONPATH=packages python3 call.py; node call.mjs "$port")
echo "$seen"
[ "$seen" = "openapi-core: names=pier%20dock ['pier dock'], names=pier%2520dock ['pier', 'dock']
Prism, at least two elements: names=pier%20dock 422, names=pier%2520dock 200, its own example 422" ]
