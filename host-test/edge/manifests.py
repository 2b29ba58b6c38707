"""Holds the manifests in host/deploy against the schemas of what reads them, and against what `outwit policy` grants.

Neither a cluster nor Spin runs here. Kubernetes' own kinds are checked with its schemas, from the package
kubernetes-validate; the others with those in `schema`, and with a cluster's CRD if one is given. What the manifests grant has
to be what the vendors in them need, neither more nor less, so that they cannot go stale. Each check is shown to fail: the
manifests are broken in every way that it should see.

manifests.py [--crd FILE] PATH_OF_THE_OUTWIT_PROGRAM
"""

import argparse
import copy
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import kubernetes_validate
import yaml

HERE = Path(__file__).parent
DEPLOY = HERE.parent.parent / "host" / "deploy"
KUBERNETES = "1.34"
TOKEN = "OUTWIT_GATEWAY_TOKEN"


def main():
    parser = argparse.ArgumentParser()
    crd = "as `kubectl get crd workloaddeployments.runtime.wasmcloud.dev -o yaml` gives it"
    parser.add_argument("--crd", type=Path, help=crd)
    parser.add_argument("program", help="outwit")
    arguments = parser.parse_args()
    crd = yaml.safe_load(text(arguments.crd)) if arguments.crd else None
    needs = Needs(arguments.program)
    files = read()
    problems = check(files, needs, crd)
    for problem in problems:
        print(f"host/deploy: {problem}", file=sys.stderr)
    unseen = [] if problems else [name for name, broken in breaks(files) if not check(broken, needs, crd)]
    for name in unseen:
        print(f"host/deploy: nothing is said where {name}", file=sys.stderr)
    if problems or unseen:
        sys.exit(1)
    print(f"host/deploy: the manifests are valid and grant what {', '.join(sorted(needs.named(files)))} need; "
          f"{len(list(breaks(files)))} ways to break them are seen")


def text(file):
    return file.read_text(encoding="utf-8")


def read():
    return {
        "kubernetes": list(yaml.safe_load_all(text(DEPLOY / "kubernetes/outwit.yaml"))),
        "spin": tomllib.loads(text(DEPLOY / "spin/spin.toml")),
        "secrets": re.findall(r"^(\w+)=$", text(DEPLOY / "secrets.env.example"), re.M),
        "readme": text(DEPLOY / "README.md"),
    }


class Needs:
    """What each vendor needs behind the gateway: as `outwit policy` says for what the gateway offers."""

    def __init__(self, program):
        self.program = program
        operations = json.loads(self.outwit("--json", "list"))
        self.vendors = {}
        for vendor in sorted({operation["id"].split(".")[0] for operation in operations}):
            catalogue = json.loads(self.outwit("--json", "describe", vendor))
            offered = [operation["id"] for operation in catalogue["operations"] if not operation["secret"]]
            allow = [word for operation in offered for word in ("--allow", operation)]
            manifest = self.outwit("policy", "--host", "wash", *allow, vendor)
            wash = yaml.safe_load(manifest)["workload"]
            # What only some operations need stands in a comment.
            optional = set(re.findall(r"^ +# (\w+): ", manifest, re.M))
            spin = self.outwit("policy", "--host", "spin", *allow, vendor)
            self.vendors[vendor] = {
                "wash": (set(wash["allowedHosts"]), set(wash["environment"]["config"]) | optional),
                "spin": (
                    set(tomllib.loads(spin)["component"]["app"]["allowed_outbound_hosts"]),
                    set(re.findall(r"--env (\w+)=", spin)),
                ),
                "memory": int(re.search(r"--max-instance-memory (\d+)", spin)[1]),
                "secrets": {setting["name"] for setting in catalogue["settings"] if setting["secret"]},
            }

    def outwit(self, *arguments):
        # Settings of whoever runs this do not belong into a policy.
        return subprocess.run([self.program, *arguments], check=True, encoding="utf-8", stdout=subprocess.PIPE, env={}).stdout

    def named(self, files):
        """The vendors that the README composes."""
        composed = re.search(r"^outwit compose (.*) -o", files["readme"], re.M)
        return set(composed[1].split()) if composed else set()

    def of(self, vendors, host):
        """Hosts and variables of these vendors together."""
        sides = [self.vendors[vendor][host] for vendor in vendors]
        return set().union(*(hosts for hosts, _ in sides)), {TOKEN}.union(*(names for _, names in sides))

    def secrets(self, vendors):
        return {TOKEN}.union(*(self.vendors[vendor]["secrets"] for vendor in vendors))


def check(files, needs, crd):
    """What is wrong; nothing where nothing is."""
    vendors = needs.named(files)
    unknown = vendors - needs.vendors.keys()
    if unknown or not vendors:
        return [f"README.md composes {sorted(unknown) or 'nothing'}; there are: {', '.join(needs.vendors)}"]
    problems = schemas(files, crd)
    # What has another shape cannot be looked into.
    return problems or kubernetes(files, needs, vendors) + spin(files, needs, vendors) + readme(files, needs, vendors)


def schemas(files, crd):
    problems = []
    for document in files["kubernetes"]:
        if document.get("apiVersion", "").startswith("runtime.wasmcloud.dev/"):
            problems += against(document, json.loads(text(HERE / "schema/workload-deployment.json")), "kubernetes")
            problems += against(document, strict(crd), "the CRD") if crd else []
            continue
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except Exception as problem:
            problems.append(f"kubernetes: {document.get('kind')}: {getattr(problem, 'message', problem)}")
    return problems + against(files["spin"], json.loads(text(HERE / "schema/spin.json")), "spin")


def against(document, schema, what):
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{what}: {'.'.join(map(str, found.absolute_path))}: {found.message}" for found in validator.iter_errors(document)]


def strict(crd):
    """The schema in a CRD, refusing fields that it does not tell of, which a cluster would drop without a word."""

    def closed(schema):
        if isinstance(schema, list):
            return [closed(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        schema = {name: closed(value) for name, value in schema.items()}
        known = schema.get("properties")
        return {**schema, "additionalProperties": False} if known and schema.get("type") == "object" else schema

    schema = closed(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    # A cluster knows what metadata is.
    return {**schema, "properties": {**schema["properties"], "metadata": {}}}


def kubernetes(files, needs, vendors):
    services = [document for document in files["kubernetes"] if document["kind"] == "Service"]
    workloads = [document for document in files["kubernetes"] if document["kind"] == "WorkloadDeployment"]
    if len(workloads) != 1:
        return ["kubernetes: expected one WorkloadDeployment"]
    workload = workloads[0]["spec"]["template"]["spec"]
    [component, *more] = workload["components"]
    resources = component["localResources"]
    environment = resources["environment"]
    problems = ["kubernetes: expected one component"] if more else []
    plain = environment.get("config", {})
    problems += grants("kubernetes", needs, vendors, "wash", resources["allowedHosts"], [*plain, *files["secrets"]])
    problems += open_secrets("kubernetes", needs, vendors, plain)
    name = workload["kubernetes"]["service"]["name"]
    if [service["metadata"]["name"] for service in services if "selector" not in service["spec"]] != [name]:
        problems.append(f"kubernetes: expected one Service {name}, without a selector")
    created = re.search(r"kubectl create secret generic (\S+) ", files["readme"])
    if [secret["name"] for secret in environment.get("secretFrom", [])] != [created and created[1]]:
        problems.append("kubernetes: secretFrom: expected the secret that README.md creates")
    return problems


def spin(files, needs, vendors):
    manifest = files["spin"]
    routed = [trigger["component"] for trigger in manifest["trigger"]["http"]]
    if routed != list(manifest["component"]):
        return [f"spin: expected one trigger for one component, got {routed} for {list(manifest['component'])}"]
    component = manifest["component"][routed[0]]
    plain, hosts = component["environment"], component["allowed_outbound_hosts"]
    problems = grants("spin", needs, vendors, "spin", hosts, [*plain, *files["secrets"]])
    return problems + open_secrets("spin", needs, vendors, plain)


def readme(files, needs, vendors):
    """The commands that give grants, too."""
    [spin, serve] = [
        (re.search(rf"^{command} (.*\\\n)*.*", files["readme"], re.M) or [""])[0] for command in ("spin up", "wasmtime serve")
    ]
    problems = []
    given = set(re.findall(r'--env "(\w+)=\$\1"', spin))
    if given != set(files["secrets"]):
        problems.append(f"README.md: spin up: expected --env for {sorted(files['secrets'])}, got {sorted(given)}")
    memory = max(needs.vendors[vendor]["memory"] for vendor in vendors)
    if f"--max-instance-memory {memory} " not in spin:
        problems.append(f"README.md: spin up: expected --max-instance-memory {memory}")
    lacking = needs.of(vendors, "wash")[1] - set(re.findall(r"--env (\w+)\b", serve))
    return problems + [f"README.md: wasmtime serve: expected --env {name}" for name in sorted(lacking)]


def grants(what, needs, vendors, host, hosts, names):
    problems = []
    wanted_hosts, wanted_names = needs.of(vendors, host)
    for title, wanted, given in [("host", wanted_hosts, set(hosts)), ("variable", wanted_names, set(names))]:
        problems += [f"{what}: expected the {title} {one}" for one in sorted(wanted - given)]
        problems += [f"{what}: nothing needs the {title} {one}" for one in sorted(given - wanted)]
    return problems


def open_secrets(what, needs, vendors, plain):
    return [f"{what}: {name} is a secret, and stands in the manifest" for name in sorted(needs.secrets(vendors) & plain.keys())]


def breaks(files):
    """The files, each time with one thing wrong, and what that is."""
    [service, workload] = [["kubernetes", index] for index in (0, 1)]
    template = [*workload, "spec", "template", "spec"]
    resources = [*template, "components", 0, "localResources"]
    component = ["spin", "component", "outwit"]
    for name, path, change in [
        ("a port is a text", [*service, "spec", "ports", 0], lambda port: {**port, "port": "http"}),
        ("a Service has an unknown field", [*service, "spec"], lambda spec: {**spec, "prots": []}),
        ("the Service has another name", [*service, "metadata"], lambda _: {"name": "other"}),
        ("the Service looks for pods itself", [*service, "spec"], lambda spec: {**spec, "selector": {"app": "outwit"}}),
        ("a workload has an unknown field", template, lambda spec: {**spec, "hostSelectors": {}}),
        ("the kind is of an older operator", workload, lambda kind: {**kind, "apiVersion": "k8s.wasmcloud.dev/v1alpha1"}),
        ("the host to route by has a port", [*template, "hostInterfaces", 0, "config"], lambda _: {"host": "outwit:80"}),
        ("there is no image", [*template, "components", 0], lambda one: {k: v for k, v in one.items() if k != "image"}),
        ("a host is missing", [*resources, "allowedHosts"], lambda hosts: hosts[1:]),
        ("a host too many is allowed", [*resources, "allowedHosts"], lambda hosts: [*hosts, "example.com"]),
        ("everybody may be talked to", [*resources, "allowedHosts"], lambda _: ["*"]),
        ("a variable is missing", [*resources, "environment", "config"], lambda config: dict(list(config.items())[1:])),
        ("a variable is no text", [*resources, "environment", "config"], lambda config: {**config, "AERO_ACCOUNT_ID": 4821}),
        ("a secret stands in the manifest", [*resources, "environment", "config"], lambda config: {**config, TOKEN: "x"}),
        ("another secret is read", [*resources, "environment", "secretFrom"], lambda _: [{"name": "other"}]),
        ("a secret is missing", ["secrets"], lambda names: names[1:]),
        ("Spin's manifest is of version 1", ["spin", "spin_manifest_version"], lambda _: 1),
        ("Spin's component has an unknown field", component, lambda one: {**one, "allowed_hosts": []}),
        ("Spin's trigger leads nowhere", ["spin", "trigger", "http", 0, "component"], lambda _: "other"),
        ("Spin allows a host without a scheme", [*component, "allowed_outbound_hosts"], lambda _: ["api.airops.com"]),
        ("Spin is not told of a host", [*component, "allowed_outbound_hosts"], lambda hosts: hosts[:-1]),
        ("Spin is not told of a variable", [*component, "environment"], lambda names: dict(list(names.items())[1:])),
        ("a secret stands in Spin's manifest", [*component, "environment"], lambda names: {**names, "ACCELO_TOKEN": "x"}),
        ("README.md forgets a secret", ["readme"], lambda words: words.replace('--env "ACCELO_TOKEN=$ACCELO_TOKEN"', "")),
        ("README.md gives less memory", ["readme"], lambda words: words.replace("536870912", "1048576")),
        ("README.md composes one vendor", ["readme"], lambda words: words.replace("compose accelo aero", "compose")),
        ("README.md serves without a key", ["readme"], lambda words: words.replace("--env AERO_API_KEY", "")),
    ]:
        yield name, changed(copy.deepcopy(files), path, change)


def changed(whole, path, change):
    [first, *rest] = path
    whole[first] = changed(whole[first], rest, change) if rest else change(whole[first])
    return whole


main()
