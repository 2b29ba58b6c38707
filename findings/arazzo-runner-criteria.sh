#!/usr/bin/env bash
# arazzo-runner takes a step for failed whose success criterion holds, if it has `false`, `!` or a text in other letters.
#
# Versions: arazzo-runner 0.9.6 (PyPI), Python 3.11.
# Behaviour: the reply has status 200 and the body {"open": false, "depth": 0, "state": "Calm"}. A criterion that compares with `false` does
#   not hold. `!` is passed to Python, which knows no such operator; the log has a syntax error. Texts are compared exactly.
# Output seen:
#   $response.body#/depth == 0: workflow_complete
#   $response.body#/open == false: error
#   !($statusCode == 404): error
#   $response.body#/state == 'Calm': workflow_complete
#   $response.body#/state == 'calm': error
#
# Why it surprises: Arazzo 1.0.1, Criterion Object, has `false` among its literals and `!` among its operators, and says that string
#   comparisons are not case sensitive. A workflow that another runner completes stops after the request, which the server has
#   carried out. Whoever starts it again does so twice.
#
# Needs python3 with pip. It fails if one of the criteria is judged otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'arazzo-runner==0.9.6'
cat >run.py <<'PY'
import json

from arazzo_runner import ArazzoRunner
from requests import Response

OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Tides", "version": "1"},
    "servers": [{"url": "https://tides.test"}],
    "paths": {"/gauge": {"get": {"operationId": "gauge", "responses": {"200": {"description": "ok"}}}}},
}


class Sender:
    def request(self, **request):
        response = Response()
        response.status_code, response.headers["Content-Type"] = 200, "application/json"
        response._content = json.dumps({"open": False, "depth": 0, "state": "Calm"}).encode()
        return response


for condition in (
    "$response.body#/depth == 0",
    "$response.body#/open == false",
    "!($statusCode == 404)",
    "$response.body#/state == 'Calm'",
    "$response.body#/state == 'calm'",
):
    step = {"stepId": "read", "operationId": "gauge", "successCriteria": [{"condition": condition}]}
    workflow = {
        "arazzo": "1.0.1",
        "info": {"title": "Tides", "version": "1"},
        "sourceDescriptions": [{"name": "tides", "url": "openapi.json", "type": "openapi"}],
        "workflows": [{"workflowId": "read", "steps": [step]}],
    }
    runner = ArazzoRunner(workflow, {"tides": OPENAPI}, http_client=Sender())
    print(f"{condition}: {runner.execute_workflow('read').status.value}")
PY
seen=$(PYTHONPATH=packages python3 run.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = "\$response.body#/depth == 0: workflow_complete
\$response.body#/open == false: error
!(\$statusCode == 404): error
\$response.body#/state == 'Calm': workflow_complete
\$response.body#/state == 'calm': error" ]
