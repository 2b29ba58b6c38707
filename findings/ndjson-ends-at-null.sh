#!/usr/bin/env bash
# ndjson's parser ends its stream at a line that is `null`, and drops all lines after it without an error.
#
# Versions: ndjson 2.0.0, can-ndjson-stream 1.0.2 (npm, for comparison), Node.js 20.
# Behaviour: the lines arrive in chunks of their own, as from a slow server. After the line `null`, the stream emits `end`. The value
#   `false` is passed on. Where the lines arrive in one chunk, there is an error, "stream.push() after EOF".
# Output seen:
#   ndjson: 1 end
#   can-ndjson-stream: 1 null 3 end
#   ndjson, false in place of null: 1 false 3 end
#
# Why it surprises: each line of NDJSON is a JSON text (ndjson-spec, section 3.1), and `null` is one of the values of a JSON text
#   (RFC 8259, sections 2 and 3). Where a batch is answered with one result a line, and null where there is none, the reader takes the
#   first missing result for the end, and loses the rest.
#
# Needs node and npm. It fails if a line after `null` or an error is emitted.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts ndjson@2.0.0 can-ndjson-stream@1.0.2
cat >read.js <<'JS'
const ndjson = require('ndjson');
const ndjsonStream = require('can-ndjson-stream');

async function slowly(chunks, push) {
  for (const chunk of chunks) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    push(chunk);
  }
}
async function byNdjson(chunks) {
  const seen = [];
  const parser = ndjson.parse();
  const ended = new Promise((resolve) => {
    parser.on('data', (value) => seen.push(JSON.stringify(value)));
    parser.on('end', () => resolve('end'));
    parser.on('error', () => resolve('error'));
  });
  await slowly(chunks, (chunk) => parser.write(chunk));
  parser.end();
  return [...seen, await ended].join(' ');
}
async function byCan(chunks) {
  const seen = [];
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async start(controller) {
      await slowly(chunks, (chunk) => controller.enqueue(encoder.encode(chunk)));
      controller.close();
    },
  });
  const reader = ndjsonStream(body).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) seen.push(JSON.stringify(next.value));
  return [...seen, 'end'].join(' ');
}
(async () => {
  console.log(`ndjson: ${await byNdjson(['1\n', 'null\n', '3\n'])}`);
  console.log(`can-ndjson-stream: ${await byCan(['1\n', 'null\n', '3\n'])}`);
  console.log(`ndjson, false in place of null: ${await byNdjson(['1\n', 'false\n', '3\n'])}`);
})();
JS
seen=$(node read.js)
echo "$seen"
[ "$seen" = 'ndjson: 1 end
can-ndjson-stream: 1 null 3 end
ndjson, false in place of null: 1 false 3 end' ]
