#!/usr/bin/env bash
# arazzo-runner does not replace an element of a list in a request body, and goes on as if it had.
#
# Versions: arazzo-runner 0.9.6 (PyPI), Python 3.11.
# Behaviour: a workflow's step has a payload with `replacements`. A target that leads through a list is skipped with a line in the log. A
#   target with `~1`, the escape of a slash, adds a member of that name and leaves the old one. The step counts as successful.
# Output seen:
#   /depth: {"depth": 9, "a/b": 0, "places": [{"name": "?"}]}, workflow_complete
#   /a~1b: {"depth": 0, "a/b": 0, "places": [{"name": "?"}], "a~1b": 9}, workflow_complete
#   /places/0/name: {"depth": 0, "a/b": 0, "places": [{"name": "?"}]}, workflow_complete
#
# Why it surprises: Arazzo 1.0.1, Payload Replacement Object, has a JSON Pointer as `target`. RFC 6901, section 4, reads digits as the index
#   of a list's element, and `~1` as a slash. A payload is a template whose place-holders are to be replaced. The server stores the
#   place-holder, and the runner reports a complete workflow.
#
# Needs python3 with pip. It fails if one of the last two targets is replaced, or the workflow ends with an error.
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
    "paths": {"/gauges": {"post": {"operationId": "add", "responses": {"200": {"description": "ok"}}}}},
}


class Sender:
    def request(self, **request):
        self.body = json.dumps(request["json"])
        response = Response()
        response.status_code, response._content = 200, b"{}"
        return response


for target in ("/depth", "/a~1b", "/places/0/name"):
    body = {
        "contentType": "application/json",
        "payload": {"depth": 0, "a/b": 0, "places": [{"name": "?"}]},
        "replacements": [{"target": target, "value": 9}],
    }
    step = {
        "stepId": "add",
        "operationId": "add",
        "requestBody": body,
        "successCriteria": [{"condition": "$statusCode == 200"}],
    }
    workflow = {
        "arazzo": "1.0.1",
        "info": {"title": "Tides", "version": "1"},
        "sourceDescriptions": [{"name": "tides", "url": "openapi.json", "type": "openapi"}],
        "workflows": [{"workflowId": "store", "steps": [step]}],
    }
    sender = Sender()
    runner = ArazzoRunner(workflow, {"tides": OPENAPI}, http_client=sender)
    result = runner.execute_workflow("store")
    print(f"{target}: {sender.body}, {result.status.value}")
PY
seen=$(PYTHONPATH=packages python3 run.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = '/depth: {"depth": 9, "a/b": 0, "places": [{"name": "?"}]}, workflow_complete
/a~1b: {"depth": 0, "a/b": 0, "places": [{"name": "?"}], "a~1b": 9}, workflow_complete
/places/0/name: {"depth": 0, "a/b": 0, "places": [{"name": "?"}]}, workflow_complete' ]
