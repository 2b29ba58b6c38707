#!/usr/bin/env bash
# @asyncapi/converter loses header parameters and media types of an OpenAPI document, and makes an invalid one of a query parameter.
#
# Versions: @asyncapi/converter 2.0.2, @asyncapi/parser 3.6.3 (npm), Node.js 20.
# Behaviour: `convertOpenAPI` makes a channel of a path. A reply with JSON and CSV becomes a message with the one that stands last. A
#   header parameter, also a required one, is nowhere in the result. A query parameter becomes a parameter of the channel, whose address
#   does not name it. AsyncAPI's own parser refuses that. The conversion succeeds without a warning.
# Output seen:
#   JSON alone: application/json, valid
#   JSON and CSV: text/csv, valid
#   a required header X-Station: X-Station not in the document, valid
#   a query parameter from: Channel's "parameters" object has redundant defined "from" parameter.
#
# Why it surprises: AsyncAPI 3.0.0, Channel Object, has `parameters` only for the parameters in the `address`, and Message Object has
#   `headers`, which would be the place for the header. OpenAPI 3.0.0, Response Object, has a map of media types. The README names one
#   limitation, external references. The converted document of an API with a query parameter cannot be used.
#
# Needs node and npm. It fails if one of the documents has what is missing, or the last one is valid.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @asyncapi/converter@2.0.2 @asyncapi/parser@3.6.3
cat >convert.js <<'JS'
const { convertOpenAPI } = require('@asyncapi/converter');
const { Parser } = require('@asyncapi/parser');

const json = { 'application/json': { schema: { type: 'object' } } };
const csv = { 'text/csv': { schema: { type: 'string' } } };
async function converted(content, parameters = []) {
  const document = convertOpenAPI({
    openapi: '3.0.0',
    info: { title: 'Tides', version: '1' },
    servers: [{ url: 'https://tides.test' }],
    paths: {
      '/gauges': { get: { operationId: 'gauges', parameters, responses: { 200: { description: 'ok', content } } } },
    },
  }, '3.0.0');
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  const errors = diagnostics.filter(({ severity }) => severity === 0).map(({ message }) => message);
  return { document, said: errors.join(' ') || 'valid' };
}
const types = ({ document }) =>
  Object.values(Object.values(document.channels)[0].messages).map((message) => message.contentType).join(' ');
(async () => {
  const one = await converted(json);
  console.log(`JSON alone: ${types(one)}, ${one.said}`);
  const two = await converted({ ...json, ...csv });
  console.log(`JSON and CSV: ${types(two)}, ${two.said}`);
  const schema = { type: 'string' };
  const header = await converted(json, [{ name: 'X-Station', in: 'header', required: true, schema }]);
  const there = JSON.stringify(header.document).includes('X-Station') ? 'in' : 'not in';
  console.log(`a required header X-Station: X-Station ${there} the document, ${header.said}`);
  const query = await converted(json, [{ name: 'from', in: 'query', schema }]);
  console.log(`a query parameter from: ${query.said}`);
})();
JS
seen=$(node convert.js)
echo "$seen"
[ "$seen" = 'JSON alone: application/json, valid
JSON and CSV: text/csv, valid
a required header X-Station: X-Station not in the document, valid
a query parameter from: Channel'\''s "parameters" object has redundant defined "from" parameter.' ]
