#!/usr/bin/env bash
# parse-link-header finds no next page in Link headers that are written in other valid ways than GitHub's.
#
# Versions: parse-link-header 2.0.0, http-link-header 1.1.4 (npm, for comparison), Node.js 20.
# Behaviour: spaces around `=` or a name in capitals make the link vanish, without an error. A title that has a semicolon and `rel=`
#   inside its quotes decides the relation.
# Output seen:
#   <…>; rel="next": next, http-link-header next
#   <…>; rel = "next": nothing, http-link-header next
#   <…>; REL="next": nothing, http-link-header next
#   <…>; rel="next"; title="a; rel=b": b, http-link-header next
#
# Why it surprises: RFC 8288, section 3, allows white space on both sides of `=` in a `link-param`, and a quoted text as a value. Appendix
#   B.3 has names of parameters put into small letters. A client that pages until there is no `next` reads the first page of such a
#   server and reports it as everything.
#
# Needs node and npm. It fails if the library finds `next` in one of the last three.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts parse-link-header@2.0.0 http-link-header@1.1.4
cat >read.js <<'JS'
const parse = require('parse-link-header');
const LinkHeader = require('http-link-header');

for (const rest of [
  'rel="next"',
  'rel = "next"',
  'REL="next"',
  'rel="next"; title="a; rel=b"',
]) {
  const header = `<https://tides.test/gauges?page=2>; ${rest}`;
  const found = Object.keys(parse(header)).join(', ') || 'nothing';
  console.log(`<…>; ${rest}: ${found}, http-link-header ${LinkHeader.parse(header).refs.map((link) => link.rel)}`);
}
JS
seen=$(node read.js)
echo "$seen"
[ "$seen" = '<…>; rel="next": next, http-link-header next
<…>; rel = "next": nothing, http-link-header next
<…>; REL="next": nothing, http-link-header next
<…>; rel="next"; title="a; rel=b": b, http-link-header next' ]
