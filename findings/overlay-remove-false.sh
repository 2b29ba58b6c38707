#!/usr/bin/env bash
# openapi-overlays-js and oas-patch remove what an overlay says not to remove.
#
# Versions: openapi-overlays-js 0.2.0 (npm), oas-patch 0.6.0 (PyPI), Node.js 20, Python 3.11.
# Behaviour: an action has `remove: false` beside `update`. Both tools look only whether `remove` is there, delete the target, and
#   ignore the update. Without `remove`, both apply the update. Neither prints an error.
# Output seen:
#   openapi-overlays-js, without remove: get has summary "Tides"
#   openapi-overlays-js, remove: false: no get
#   oas-patch, without remove: get has summary "Tides"
#   oas-patch, remove: false: no get
#
# Why it surprises: Overlay 1.0.0, Action Object, has `remove` as a boolean with the default `false`, and ignores `update` only where
#   it is true. A program that writes overlays from records writes all members. Each action then deletes an operation, and a
#   client or a server made of the result is without it.
#
# Needs node, npm and python3 with pip. It fails if one of the tools preserves the operation.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-overlays-js@0.2.0
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'oas-patch==0.6.0'
cat >openapi.json <<'JSON'
{"openapi": "3.0.3", "info": {"title": "Tides", "version": "1"},
 "paths": {"/gauges": {"get": {"responses": {"200": {"description": "ok"}}}}}}
JSON
overlay() {
  cat <<JSON
{"overlay": "1.0.0", "info": {"title": "Titles", "version": "1"},
 "actions": [{"target": "\$.paths['/gauges'].get", "update": {"summary": "Tides"}$1}]}
JSON
}
overlay '' >plain.json
overlay ', "remove": false' >false.json
get() {
  case $(cat "$1") in
  *'"summary": "Tides"'* | *'summary: Tides'*) echo 'get has summary "Tides"' ;;
  *'"get"'* | *get:*) echo 'get without summary' ;;
  *) echo 'no get' ;;
  esac
}
by_overlayjs() {
  node_modules/.bin/overlayjs --openapi openapi.json --overlay "$1" >out
  get out
}
by_oas_patch() {
  PYTHONPATH=packages packages/bin/oas-patch overlay openapi.json "$1" -o out.json >log
  get out.json
}
seen=$(
  echo "openapi-overlays-js, without remove: $(by_overlayjs plain.json)"
  echo "openapi-overlays-js, remove: false: $(by_overlayjs false.json)"
  echo "oas-patch, without remove: $(by_oas_patch plain.json)"
  echo "oas-patch, remove: false: $(by_oas_patch false.json)"
)
echo "$seen"
[ "$seen" = 'openapi-overlays-js, without remove: get has summary "Tides"
openapi-overlays-js, remove: false: no get
oas-patch, without remove: get has summary "Tides"
oas-patch, remove: false: no get' ]
