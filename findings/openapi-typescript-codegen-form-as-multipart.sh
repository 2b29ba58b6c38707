#!/usr/bin/env bash
# A client that openapi-typescript-codegen makes sends a form as multipart, although the document has it URL-encoded.
#
# Versions: openapi-typescript-codegen 0.31.0, oazapfts 7.5.0, @oazapfts/runtime 1.2.0 (for comparison), tsx 4.23.1 (npm), Node.js 20.
# Behaviour: the body of the operation has the media type `application/x-www-form-urlencoded` alone. The generated function has the
#   argument `formData`, as for `multipart/form-data`, and sends a FormData object, so the type is multipart. The generator reports
#   success.
# Output seen:
#   document with application/x-www-form-urlencoded: openapi-typescript-codegen multipart/form-data, oazapfts application/x-www-form-urlencoded
#   document with multipart/form-data: openapi-typescript-codegen multipart/form-data, oazapfts multipart/form-data
#
# Why it surprises: OpenAPI 3.0.3, "Support for x-www-form-urlencoded Request Bodies", has the encoding of RFC 1866 for this type. RFC 6749,
#   section 4.1.3, has it for token endpoints, for example. A server that reads what its document says answers 415, or finds
#   no field in the body.
#
# Needs node and npm. It fails if the first document is sent as URL-encoded.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"type": "module"}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts \
  openapi-typescript-codegen@0.31.0 oazapfts@7.5.0 @oazapfts/runtime@1.2.0 tsx@4.23.1
cat >call.ts <<'TS'
const { GaugeService } = await import('./codegen/index.ts');
const { add } = await import('./oazapfts.ts');

const types: string[] = [];
globalThis.fetch = async (input, init) => {
  const { headers } = new Request(new URL(input as string, 'http://tides.test'), init);
  types.push(headers.get('Content-Type')!.split(';')[0]);
  return new Response(null, { status: 204 });
};
await GaugeService.add({ name: 'pier' });
await add({ name: 'pier' });
console.log(`openapi-typescript-codegen ${types[0]}, oazapfts ${types[1]}`);
TS
seen=$(
  for type in application/x-www-form-urlencoded multipart/form-data; do
    cat >openapi.json <<JSON
{
  "openapi": "3.0.3",
  "info": {"title": "Tides", "version": "1"},
  "servers": [{"url": "http://tides.test"}],
  "paths": {"/gauges": {"post": {
    "operationId": "add",
    "tags": ["gauge"],
    "requestBody": {"content": {"$type": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}},
    "responses": {"204": {"description": "ok"}}
  }}}
}
JSON
    node_modules/.bin/openapi --input openapi.json --output codegen >log 2>&1
    node_modules/.bin/oazapfts openapi.json oazapfts.ts >>log 2>&1
    echo "document with $type: $(node_modules/.bin/tsx call.ts)"
  done
)
echo "$seen"
[ "$seen" = 'document with application/x-www-form-urlencoded: openapi-typescript-codegen multipart/form-data, oazapfts application/x-www-form-urlencoded
document with multipart/form-data: openapi-typescript-codegen multipart/form-data, oazapfts multipart/form-data' ]
