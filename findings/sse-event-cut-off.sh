#!/usr/bin/env bash
# parse-sse and sseclient-py deliver an event that the end of the stream cut off as if it were complete.
#
# Versions: parse-sse 0.1.0, eventsource-parser 4.1.3 (npm, for comparison), sseclient-py 1.9.0 (PyPI), Node.js 20, Python 3.11.
# Behaviour: the event has two lines of data, and the connection ends after the first. Both libraries deliver an event with the one
#   line. Nothing tells it from a complete one. parse-sse delivers no event whose data is empty.
# Output seen:
#   complete: parse-sse ["pier\ndock"], sseclient-py ["pier\ndock"], eventsource-parser ["pier\ndock"]
#   cut off: parse-sse ["pier"], sseclient-py ["pier"], eventsource-parser []
#   empty data: parse-sse [], sseclient-py [""], eventsource-parser [""]
#
# Why it surprises: HTML, section 9.2.6, says that at the end of the stream "any pending data must be discarded" and an event
#   without the final blank line is not dispatched. An example there dispatches `data:` as an event with the empty string. A
#   client that gets half a list acts on it, and does not ask for it again with `Last-Event-ID`.
#
# Needs node, npm and python3 with pip. It fails if one of the two drops the cut-off event, or parse-sse delivers the empty one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts parse-sse@0.1.0 eventsource-parser@4.1.3
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'sseclient-py==1.9.0'
cat >read.mjs <<'JS'
import { createParser } from 'eventsource-parser';
import { parseServerSentEvents } from 'parse-sse';

const [library, text] = process.argv.slice(2);
const data = [];
if (library === 'parse-sse') {
  const response = new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
  for await (const event of parseServerSentEvents(response)) data.push(event.data);
} else {
  createParser({ onEvent: (event) => data.push(event.data) }).feed(text);
}
console.log(JSON.stringify(data));
JS
cat >read.py <<'PY'
import json
import sys

from sseclient import SSEClient

print(json.dumps([event.data for event in SSEClient([sys.argv[1].encode()]).events()]))
PY
read_all() {
  echo "$1: parse-sse $(node read.mjs parse-sse "$2"), sseclient-py $(PYTHONPATH=packages python3 read.py "$2")," \
    "eventsource-parser $(node read.mjs eventsource-parser "$2")"
}
seen=$(
  read_all complete $'data: pier\ndata: dock\n\n'
  read_all 'cut off' $'data: pier\n'
  read_all 'empty data' $'data:\n\n'
)
echo "$seen"
[ "$seen" = 'complete: parse-sse ["pier\ndock"], sseclient-py ["pier\ndock"], eventsource-parser ["pier\ndock"]
cut off: parse-sse ["pier"], sseclient-py ["pier"], eventsource-parser []
empty data: parse-sse [], sseclient-py [""], eventsource-parser [""]' ]
