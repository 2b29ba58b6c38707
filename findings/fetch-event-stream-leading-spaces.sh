#!/usr/bin/env bash
# fetch-event-stream removes all white space at the start of an event's data, and an empty first line.
#
# Versions: fetch-event-stream 0.1.6, eventsource-parser 4.1.3 (npm, for comparison), Node.js 20.
# Behaviour: `data:  water`, with two spaces, gives "water". The indentation of a line of code is gone, and a tab, too. Data of an
#   empty and another line is the other line alone.
# Output seen:
#   fetch-event-stream: ["high","water"], joined "highwater"
#   eventsource-parser: ["high"," water"], joined "high water"
#   fetch-event-stream: ["if tide:","return 1"]
#   eventsource-parser: ["if tide:","    return 1"]
#   fetch-event-stream: ["pier"]
#   eventsource-parser: ["\npier"]
#
# Why it surprises: HTML, section 9.2.6 ("Interpreting an event stream"), removes one space after the colon, if there is one, and adds
#   a line feed after each line of data. A server that streams a text in pieces puts the spaces between words at the start of a piece.
#   The client shows one long word, and code without its indentation.
#
# Needs node and npm. It fails if the library gives the white space or the empty line.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts fetch-event-stream@0.1.6 eventsource-parser@4.1.3
cat >read.mjs <<'JS'
import { createParser } from 'eventsource-parser';
import { events } from 'fetch-event-stream';

async function show(text, join) {
  const ours = [];
  for await (const event of events(new Response(text))) ours.push(event.data);
  const theirs = [];
  createParser({ onEvent: (event) => theirs.push(event.data) }).feed(text);
  for (const [name, data] of [['fetch-event-stream', ours], ['eventsource-parser', theirs]]) {
    console.log(`${name}: ${JSON.stringify(data)}${join ? `, joined ${JSON.stringify(data.join(''))}` : ''}`);
  }
}
await show('data: high\n\ndata:  water\n\n', true);
await show('data: if tide:\n\ndata:     return 1\n\n');
await show('data:\ndata: pier\n\n');
JS
seen=$(node read.mjs)
echo "$seen"
[ "$seen" = 'fetch-event-stream: ["high","water"], joined "highwater"
eventsource-parser: ["high"," water"], joined "high water"
fetch-event-stream: ["if tide:","return 1"]
eventsource-parser: ["if tide:","    return 1"]
fetch-event-stream: ["pier"]
eventsource-parser: ["\npier"]' ]
