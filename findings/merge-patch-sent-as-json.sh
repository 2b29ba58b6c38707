#!/usr/bin/env bash
# Clients that oazapfts and swagger-typescript-api make send a merge patch as `application/json`.
#
# Versions: oazapfts 7.5.0, @oazapfts/runtime 1.2.0, swagger-typescript-api 13.13.0, openapi-typescript-codegen 0.31.0 (for comparison),
#   tsx 4.23.1 (npm), Node.js 20.
# Behaviour: the document has one media type for the body of the PATCH, `application/merge-patch+json`. The body is right, and its
#   `Content-Type` is another one. The generated function has no argument for it. Both generators report success.
# Output seen:
#   oazapfts: PATCH {"depth":null} as application/json
#   swagger-typescript-api: PATCH {"depth":null} as application/json
#   openapi-typescript-codegen: PATCH {"depth":null} as application/merge-patch+json
#
# Why it surprises: OpenAPI 3.0.3, Request Body Object, has in `content` the media types that the body may have. RFC 7396, section 4,
#   registers this one, and RFC 5789, section 2, has the type of a PATCH decide what the body means. A server that offers several
#   kinds of patches answers 415, or stores a null where the caller removes a member.
#
# Needs node and npm. It fails if one of the first two sends another type.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"type": "module"}' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts oazapfts@7.5.0 @oazapfts/runtime@1.2.0 swagger-typescript-api@13.13.0 \
  openapi-typescript-codegen@0.31.0 tsx@4.23.1
cat >openapi.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "Tides", "version": "1"},
  "servers": [{"url": "http://tides.test"}],
  "paths": {"/gauge": {"patch": {
    "operationId": "change",
    "tags": ["gauge"],
    "requestBody": {"content": {"application/merge-patch+json": {"schema": {
      "type": "object",
      "properties": {"depth": {"type": "integer", "nullable": true}}
    }}}},
    "responses": {"204": {"description": "ok"}}
  }}}
}
JSON
(
  node_modules/.bin/oazapfts openapi.json oazapfts.ts
  node_modules/.bin/swagger-typescript-api generate -p openapi.json -o . -n swagger.ts
  node_modules/.bin/openapi --input openapi.json --output codegen
) >log 2>&1 || { cat log >&2; exit 1; }
cat >call.ts <<'TS'
import { GaugeService } from './codegen/index.ts';
import { change } from './oazapfts.ts';
import { Api } from './swagger.ts';

async function show(name: string, call: (body: { depth: null }) => unknown) {
  globalThis.fetch = async (input, init) => {
    const { method, headers } = new Request(new URL(input as string, 'http://tides.test'), init);
    console.log(`${name}: ${method} ${init?.body} as ${headers.get('Content-Type')}`);
    return new Response(null, { status: 204 });
  };
  await call({ depth: null });
}
await show('oazapfts', (body) => change(body));
await show('swagger-typescript-api', (body) => new Api({ baseUrl: 'http://tides.test' }).gauge.change(body));
await show('openapi-typescript-codegen', (body) => GaugeService.change(body));
TS
seen=$(node_modules/.bin/tsx call.ts)
echo "$seen"
[ "$seen" = 'oazapfts: PATCH {"depth":null} as application/json
swagger-typescript-api: PATCH {"depth":null} as application/json
openapi-typescript-codegen: PATCH {"depth":null} as application/merge-patch+json' ]
