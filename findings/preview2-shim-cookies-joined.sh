#!/usr/bin/env bash
# preview2-shim gives a component all cookies of a reply as one header with commas, and no trailers.
#
# Versions: @bytecodealliance/preview2-shim 0.26.1 (npm), Node.js 20.
# Behaviour: the reply has two `Set-Cookie` fields. `fields.entries` has one entry, in which both values stand with a comma between
#   them. `future-trailers.get` gives fields without the trailer that the server sent.
# Output seen:
#   Node's own client: 2 cookies, trailers {"x-sum":"7"}
#   preview2-shim: set-cookie: ["berth=7; Expires=Fri, 01 Jan 2100 00:00:00 GMT,tide=low"], trailers {}
#
# Why it surprises: wasi:http 0.2 (types.wit, `fields`) has a name with several values as several entries, and `trailers` as what a body
#   may end with. RFC 9110, section 5.3, excepts `Set-Cookie` from joining: a cookie's date has a comma, too, so nobody can take the value
#   apart again. The README calls Node.js support conformant, and names trailers as missing in browsers only. A component that logs in
#   with cookies sends a wrong one. A check-sum or a status in a trailer is missing.
#
# Needs node and npm. It fails if the component gets two entries, or the trailer.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @bytecodealliance/preview2-shim@0.26.1
cat >serve.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.setHeader('Set-Cookie', ['berth=7; Expires=Fri, 01 Jan 2100 00:00:00 GMT', 'tide=low']);
  response.setHeader('Trailer', 'X-Sum');
  response.write('high water');
  response.addTrailers({ 'X-Sum': '7' });
  response.end();
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
cat >call.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { http } from '@bytecodealliance/preview2-shim';

const { Fields, IncomingBody, OutgoingRequest } = http.types;
const authority = `127.0.0.1:${readFileSync('port', 'utf8')}`;
const text = (bytes) => new TextDecoder().decode(bytes);

await new Promise((resolve) => get(`http://${authority}/`, (reply) => reply.resume().on('end', () => {
  console.log(`Node's own client: ${reply.headers['set-cookie'].length} cookies, trailers ${JSON.stringify(reply.trailers)}`);
  resolve();
})));
const request = new OutgoingRequest(new Fields());
request.setScheme({ tag: 'HTTP' });
request.setAuthority(authority);
request.setPathWithQuery('/');
const future = http.outgoingHandler.handle(request);
future.subscribe().block();
const reply = future.get().val.val;
const cookies = reply.headers().entries().filter(([name]) => name === 'set-cookie').map(([, value]) => text(value));
const body = reply.consume();
const stream = body.stream();
while (true) {
  try {
    stream.blockingRead(1000n);
  } catch {
    break;
  }
}
stream[Symbol.dispose]();
const end = IncomingBody.finish(body);
end.subscribe().block();
const trailers = (end.get().val.val?.entries() ?? []).map(([name, value]) => [name, text(value)]);
console.log(`preview2-shim: set-cookie: ${JSON.stringify(cookies)}, trailers ${JSON.stringify(Object.fromEntries(trailers))}`);
process.exit();
JS
node serve.mjs &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s port ] || sleep 0.1; done
seen=$(node call.mjs)
echo "$seen"
[ "$seen" = "Node's own client: 2 cookies, trailers {\"x-sum\":\"7\"}
preview2-shim: set-cookie: [\"berth=7; Expires=Fri, 01 Jan 2100 00:00:00 GMT,tide=low\"], trailers {}" ]
