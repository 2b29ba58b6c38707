#!/usr/bin/env bash
# Scalar's openapi-upgrader drops the request body of an operation that references a shared body parameter of Swagger 2.0.
#
# Versions: @scalar/openapi-upgrader 0.4.9, swagger2openapi 7.0.8 (npm, for comparison), Node.js 20.
# Behaviour: a body parameter in the operation becomes a `requestBody`. One under `parameters` of the document becomes an entry of
#   `components.requestBodies`, but the operation's reference to it stays in the list of parameters, and the operation has no
#   `requestBody`. A shared form field goes the same way. No error and no warning.
# Output seen:
#   body in the operation: body with gauge, parameters []
#   body by reference: no body, parameters ["#/components/requestBodies/Gauge"]
#   form field by reference: no body, parameters ["#/components/requestBodies/Label"]
#   swagger2openapi, body by reference: body with gauge, parameters []
#
# Why it surprises: Swagger 2.0, Parameters Definitions Object, is there so that operations share parameters, and OpenAPI 3.0.4,
#   Operation Object, allows in `parameters` only what is a Parameter Object. The converted document is invalid. A generator that
#   skips the unknown reference makes a client whose POST has no body.
#
# Needs node and npm. It fails if the two operations have a body.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @scalar/openapi-upgrader@0.4.9 swagger2openapi@7.0.8
cat >convert.mjs <<'JS'
import { upgrade } from '@scalar/openapi-upgrader';
import swagger2openapi from 'swagger2openapi';

const gauge = { name: 'gauge', in: 'body', schema: { type: 'object', properties: { gauge: { type: 'string' } } } };
const label = { name: 'label', in: 'formData', type: 'string' };
const post = (consumes, parameter) => ({
  post: { consumes: [consumes], parameters: [parameter], responses: { 204: { description: 'ok' } } },
});
const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Tides', version: '1' },
  parameters: { Gauge: gauge, Label: label },
  paths: {
    '/inline': post('application/json', gauge),
    '/body': post('application/json', { $ref: '#/parameters/Gauge' }),
    '/form': post('application/x-www-form-urlencoded', { $ref: '#/parameters/Label' }),
  },
});
const show = (converted, path) => {
  const { requestBody, parameters = [] } = converted.paths[path].post;
  const body = requestBody?.$ref ? converted.components.requestBodies[requestBody.$ref.split('/').pop()] : requestBody;
  const names = Object.values(body?.content ?? {}).flatMap(({ schema }) => Object.keys(schema.properties));
  return `${body ? `body with ${names}` : 'no body'}, parameters ${JSON.stringify(parameters.map(({ $ref }) => $ref))}`;
};
const converted = upgrade(JSON.parse(document), '3.0');
console.log(`body in the operation: ${show(converted, '/inline')}`);
console.log(`body by reference: ${show(converted, '/body')}`);
console.log(`form field by reference: ${show(converted, '/form')}`);
const { openapi } = await swagger2openapi.convertObj(JSON.parse(document), {});
console.log(`swagger2openapi, body by reference: ${show(openapi, '/body')}`);
JS
seen=$(node convert.mjs)
echo "$seen"
[ "$seen" = 'body in the operation: body with gauge, parameters []
body by reference: no body, parameters ["#/components/requestBodies/Gauge"]
form field by reference: no body, parameters ["#/components/requestBodies/Label"]
swagger2openapi, body by reference: body with gauge, parameters []' ]
