#!/usr/bin/env bash
# openapi-to-postmanv2 sends a key of a cookie as a header, and of two keys that are demanded at once the first alone.
#
# Versions: openapi-to-postmanv2 6.3.3 (npm), Node.js 20.
# Behaviour: a scheme `apiKey` with `in: cookie` becomes a request whose auth is a key in the header of the cookie's name. Of a
#   requirement with two schemes, the request has the first that the document lists. The conversion succeeds without a reason or a
#   warning.
# Output seen:
#   the document demands: the cookie sid
#   the request has: sid in the header
#   the document demands: the header X-Key and the parameter app
#   the request has: X-Key in the header, url /gauges
#
# Why it surprises: OpenAPI 3.0.3, Security Scheme Object, has "query", "header" and "cookie" as places of a key, and Security
#   Requirement Object says of several schemes that "all schemes MUST be satisfied for a request to be authorized". Both requests of
#   the collection get 401, and nothing in it tells which key is missing.
#
# Needs node and npm. It fails if the requests have other keys.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts openapi-to-postmanv2@6.3.3
cat >convert.js <<'JS'
const { convert } = require('openapi-to-postmanv2');

const key = (place, name) => ({ type: 'apiKey', in: place, name });
const document = (security) => ({
  openapi: '3.0.3',
  info: { title: 'Tides', version: '1' },
  servers: [{ url: 'http://tides.test' }],
  paths: { '/gauges': { get: { security, responses: { 200: { description: 'ok' } } } } },
  components: { securitySchemes: { sid: key('cookie', 'sid'), key: key('header', 'X-Key'), app: key('query', 'app') } },
});
const requests = (item) => (item.item ? item.item.flatMap(requests) : [item.request]);
const show = (demanded, security) =>
  new Promise((done) => {
    convert({ type: 'json', data: document(security) }, {}, (error, { result, reason, output }) => {
      if (error || !result) throw error ?? new Error(reason);
      const [request] = requests(output[0].data);
      const of = (name) => request.auth.apikey.find(({ key }) => key === name).value;
      const query = (request.url.query ?? []).map(({ key }) => key).join('&');
      const url = `/${request.url.path.join('/')}${query && `?${query}`}`;
      console.log(`the document demands: ${demanded}`);
      console.log(`the request has: ${of('key')} in the ${of('in')}${demanded.includes('app') ? `, url ${url}` : ''}`);
      done();
    });
  });
show('the cookie sid', [{ sid: [] }]).then(() =>
  show('the header X-Key and the parameter app', [{ key: [], app: [] }]),
);
JS
seen=$(node convert.js)
echo "$seen"
[ "$seen" = 'the document demands: the cookie sid
the request has: sid in the header
the document demands: the header X-Key and the parameter app
the request has: X-Key in the header, url /gauges' ]
