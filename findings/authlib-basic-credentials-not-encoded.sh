#!/usr/bin/env bash
# Authlib's client sends another Basic header than the OAuth standard has, and Authlib's own server does not read it back.
#
# Versions: Authlib 1.9.10 (PyPI), openid-client 6.9.0 (npm), Python 3.11, Node.js 20.
# Behaviour: with `client_secret_basic`, openid-client form-encodes the id and the secret, and Authlib's client does not.
#   Authlib's reader of the header, which its servers use, decodes both. So a server made with Authlib understands openid-client,
#   and reads Authlib's client with the id `app:web` wrongly.
# Output seen:
#   openid-client sends app%3Aweb:tide%2Bpool
#   Authlib sends app:web:tide+pool
#   Authlib reads openid-client's as ('app:web', 'tide+pool'), and its own as ('app', 'web:tide+pool')
#
# Why it surprises: RFC 6749, section 2.3.1, has both encoded as in Appendix B before they become user name and password. To a
#   server that decodes so, the secret `tide+pool` of Authlib's client is `tide pool`. Generated secrets often have `+`. The
#   failure depends on the secret: one client in many gets `invalid_client` until its secret is renewed.
#
# Needs python3 with pip, node and npm. It fails if Authlib's client encodes, or its server no longer decodes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'Authlib==1.9.10'
npm install --no-audit --no-fund --silent --ignore-scripts openid-client@6.9.0
cat >call.mjs <<'JS'
import * as client from 'openid-client';

const server = { issuer: 'https://tides.test', token_endpoint: 'https://tides.test/token' };
const config = new client.Configuration(server, 'app:web', undefined, client.ClientSecretBasic('tide+pool'));
config[client.customFetch] = async (_, options) => {
  console.log(new Headers(options.headers).get('authorization'));
  return Response.json({ access_token: 'token', token_type: 'bearer' });
};
await client.clientCredentialsGrant(config);
JS
cat >call.py <<'PY'
import sys
from base64 import b64decode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.util import extract_basic_authorization

theirs = sys.argv[1]
_, headers, _ = ClientAuth("app:web", "tide+pool", "client_secret_basic").prepare("POST", "https://tides.test/token", {}, "")
own = headers["Authorization"]
for name, header in [("openid-client", theirs), ("Authlib", own)]:
    print(f"{name} sends {b64decode(header.removeprefix('Basic ')).decode()}")
read = [extract_basic_authorization({"Authorization": header}) for header in (theirs, own)]
print(f"Authlib reads openid-client's as {read[0]}, and its own as {read[1]}")
PY
theirs=$(node call.mjs)
seen=$(PYTHONPATH=packages python3 call.py "$theirs")
echo "$seen"
[ "$seen" = "openid-client sends app%3Aweb:tide%2Bpool
Authlib sends app:web:tide+pool
Authlib reads openid-client's as ('app:web', 'tide+pool'), and its own as ('app', 'web:tide+pool')" ]
