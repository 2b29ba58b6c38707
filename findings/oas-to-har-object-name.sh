#!/usr/bin/env bash
# oas-to-har sends the members of an object as parts and headers of their own, and loses the object's name.
#
# Versions: @readme/oas-to-har 38.5.1, oas 38.6.0 (npm), Node.js 20.
# Behaviour: in a multipart body, the property `place`, an object with `contentType: application/json`, becomes one part for each of
#   its members. Two objects with a member `name` become two parts called `name`. A header parameter that is an object becomes one
#   header for each member, unless the document repeats the default `style: simple`. The function reports no error.
# Output seen:
#   the document asks for the parts: place={"name":"pier","depth":3}, owner={"name":"dock"}
#   the parts are: name=pier, depth=3, name=dock
#   the document asks for the headers: X-Range: from=1,to=9, X-Span: from=1,to=9
#   the headers are: from: 1, to: 9, X-Span: from=1,to=9
#
# Why it surprises: OpenAPI 3.0.3, Encoding Object, describes "a specific property", with `application/json` as the default of an
#   object, so each property is one part under its own name. Parameter Object has `simple` as the default style of headers, and
#   "Style Examples" writes an object so, with `explode`, as `R=100,G=200,B=150`. The server gets two names and no place.
#
# Needs node and npm. It fails if the parts or the headers are other ones.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @readme/oas-to-har@38.5.1 oas@38.6.0
cat >make.mjs <<'JS'
import Oas from 'oas';
import oasToHar from '@readme/oas-to-har';

const json = { contentType: 'application/json' };
const members = (...names) => ({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) });
const document = new Oas({
  openapi: '3.0.3',
  info: { title: 'Tides', version: '1' },
  servers: [{ url: 'http://tides.test' }],
  paths: {
    '/gauges': {
      post: {
        parameters: [
          { name: 'X-Range', in: 'header', explode: true, schema: members('from', 'to') },
          { name: 'X-Span', in: 'header', explode: true, style: 'simple', schema: members('from', 'to') },
        ],
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: { type: 'object', properties: { place: members('name', 'depth'), owner: members('name') } },
              encoding: { place: json, owner: json },
            },
          },
        },
        responses: { 204: { description: 'ok' } },
      },
    },
  },
});
const body = { place: { name: 'pier', depth: 3 }, owner: { name: 'dock' } };
const header = { 'X-Range': { from: 1, to: 9 }, 'X-Span': { from: 1, to: 9 } };
const { request } = oasToHar(document, document.operation('/gauges', 'post'), { body, header }).log.entries[0];
const written = (list, between) => list.map(({ name, value }) => `${name}${between}${value}`).join(', ');
const asked = Object.entries(body).map(([name, value]) => ({ name, value: JSON.stringify(value) }));
console.log(`the document asks for the parts: ${written(asked, '=')}`);
console.log(`the parts are: ${written(request.postData.params, '=')}`);
console.log('the document asks for the headers: X-Range: from=1,to=9, X-Span: from=1,to=9');
console.log(`the headers are: ${written(request.headers.filter(({ name }) => name !== 'content-type'), ': ')}`);
JS
seen=$(node make.mjs)
echo "$seen"
[ "$seen" = 'the document asks for the parts: place={"name":"pier","depth":3}, owner={"name":"dock"}
the parts are: name=pier, depth=3, name=dock
the document asks for the headers: X-Range: from=1,to=9, X-Span: from=1,to=9
the headers are: from: 1, to: 9, X-Span: from=1,to=9' ]
