#!/usr/bin/env bash
# ratelimit-header-parser reads `Retry-After: 120` as two minutes past midnight on 1 January 1970.
#
# Versions: ratelimit-header-parser 0.1.0 (npm), Node.js 20.
# Behaviour: where a reply has `X-RateLimit-Limit` and `X-RateLimit-Remaining` but no reset, the parser takes the reset from
#   `Retry-After`, and counts its seconds from 1970. A date there becomes an invalid date. The same 120 in `X-RateLimit-Reset` is
#   counted from now.
# Output seen:
#   Retry-After: 120: 1970-01-01T00:02:00.000Z
#   Retry-After: Thu, 01 Jan 2099 00:00:00 GMT: no date
#   X-RateLimit-Reset: 120: in 120 s
#
# Why it surprises: RFC 9110, section 10.2.3, has a number in `Retry-After` as the seconds "to delay after the response is received", or
#   an HTTP date. A client that waits until the reset does not wait at all: the reset is in the past, while the server says that
#   it is out of requests for two minutes.
#
# Needs node and npm. It fails if one of the first two is a time in the future, or the last is not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts ratelimit-header-parser@0.1.0
cat >read.mjs <<'JS'
import { parseRateLimit } from 'ratelimit-header-parser';

for (const [name, value] of [
  ['Retry-After', '120'],
  ['Retry-After', 'Thu, 01 Jan 2099 00:00:00 GMT'],
  ['X-RateLimit-Reset', '120'],
]) {
  const headers = { 'X-RateLimit-Limit': '10', 'X-RateLimit-Remaining': '0', [name]: value };
  const { reset } = parseRateLimit(new Headers(headers));
  const seconds = (reset - Date.now()) / 1000;
  const said = Number.isNaN(seconds) ? 'no date' : seconds > 0 ? `in ${Math.round(seconds)} s` : reset.toISOString();
  console.log(`${name}: ${value}: ${said}`);
}
JS
seen=$(node read.mjs)
echo "$seen"
[ "$seen" = 'Retry-After: 120: 1970-01-01T00:02:00.000Z
Retry-After: Thu, 01 Jan 2099 00:00:00 GMT: no date
X-RateLimit-Reset: 120: in 120 s' ]
