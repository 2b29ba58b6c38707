#!/usr/bin/env bash
# A client of the TypeScript MCP SDK reads the address of the server's OAuth metadata only from a `WWW-Authenticate` in one form.
#
# Versions: @modelcontextprotocol/client 2.0.0 (npm), mcp 2.3.0 (PyPI, for comparison), Node.js 20, Python 3.11.
# Behaviour: the header may name `Bearer` second, after another scheme, or have two spaces behind it, spaces around `=`, or capitals
#   in a name. In each of these, `extractWWWAuthenticateParams` finds nothing. The text of `error_description` is searched for
#   parameters, too: "needs scope=admin" there becomes the scope.
# Output seen:
#   Bearer resource_metadata="https://a.test/m": {"resourceMetadataUrl":"https://a.test/m"}
#   Basic realm="a", Bearer resource_metadata="https://a.test/m": {}
#   Bearer  resource_metadata="https://a.test/m": {}
#   Bearer resource_metadata = "https://a.test/m": {}
#   Bearer Resource_Metadata="https://a.test/m": {}
#   Bearer error_description="needs scope=admin", scope="read": {"scope":"admin\"","errorDescription":"needs scope=admin"}
#   Python SDK, the second: https://a.test/m
#
# Why it surprises: RFC 9110, section 11.6.1, has a list of challenges in this header. Section 11.2 matches parameter names without
#   regard to case, allows spaces around `=`, and has quoted values; section 11.3 has one or more spaces behind the scheme. The MCP
#   specification (Authorization, "Protected Resource Metadata Discovery") has clients parse the header. A server behind a proxy that also offers
#   Basic cannot be signed in to if its metadata lies elsewhere than at the default address.
#
# Needs node, npm and python3 with pip. It fails if one of the headers is read otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --silent --ignore-scripts @modelcontextprotocol/client@2.0.0
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'mcp==2.3.0'
cat >read.mjs <<'JS'
import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';

for (const value of [
  'Bearer resource_metadata="https://a.test/m"',
  'Basic realm="a", Bearer resource_metadata="https://a.test/m"',
  'Bearer  resource_metadata="https://a.test/m"',
  'Bearer resource_metadata = "https://a.test/m"',
  'Bearer Resource_Metadata="https://a.test/m"',
  'Bearer error_description="needs scope=admin", scope="read"',
]) {
  const reply = new Response(null, { status: 401, headers: { 'WWW-Authenticate': value } });
  console.log(`${value}: ${JSON.stringify(extractWWWAuthenticateParams(reply))}`);
}
JS
cat >read.py <<'PY'
import httpx2
from mcp.client.auth.utils import extract_resource_metadata_from_www_auth

value = 'Basic realm="a", Bearer resource_metadata="https://a.test/m"'
reply = httpx2.Response(401, headers={"WWW-Authenticate": value})
print("Python SDK, the second:", extract_resource_metadata_from_www_auth(reply))
PY
seen=$(node read.mjs; PYTHONPATH=packages python3 read.py)
echo "$seen"
[ "$seen" = 'Bearer resource_metadata="https://a.test/m": {"resourceMetadataUrl":"https://a.test/m"}
Basic realm="a", Bearer resource_metadata="https://a.test/m": {}
Bearer  resource_metadata="https://a.test/m": {}
Bearer resource_metadata = "https://a.test/m": {}
Bearer Resource_Metadata="https://a.test/m": {}
Bearer error_description="needs scope=admin", scope="read": {"scope":"admin\"","errorDescription":"needs scope=admin"}
Python SDK, the second: https://a.test/m' ]
