"""A vendor that is imported from a document of ours, and a server that answers with the document's examples."""

import json
import re
import sys
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml
from support import OUTWIT, ROOT, kebab, run

NAME = "harbour"
DOCUMENT = ROOT / "host-test/import/documents/harbour-3.0.yaml"
# The last has characters that a query encodes.
SECRETS = {
    "HARBOUR_TOKEN": "token-of-harbour",
    "HARBOUR_KEY": "key-of-harbour",
    "HARBOUR_API_KEY": "low-tide&high=tide+1",
}
# Of a request's headers, those that the document's parameters, credentials and bodies become.
HEADERS = ("authorization", "content-type", "cookie", "x-harbour-key", "x-harbour-season", "x-harbour-zone")


def link(file, *options):
    """Links the vendor, without a compiler."""
    done = run([OUTWIT, "import", DOCUMENT, "--name", NAME, "--out", file, *options])
    if done.returncode != 0:
        sys.exit(f"hosts: import: {done.stderr}")
    return file


def operations():
    """The document's operations as `Calls.listed` gives them."""
    return sorted(f"{NAME}.{kebab(one['operationId'])} {method} {kebab(path)}" for method, path, one, _ in described())


def described():
    """Method, path, operation and parameters of each operation."""
    for path, item in document()["paths"].items():
        for method in item.keys() & {"get", "put", "post", "patch", "delete"}:
            operation = item[method]
            parameters = item.get("parameters", []) + operation.get("parameters", [])
            yield method.upper(), path, operation, {each["name"]: each for each in parameters}


@cache
def document():
    return yaml.safe_load(DOCUMENT.read_text())


@contextmanager
def served():
    """A server; gives the settings that point at it, and the list of the requests that it sees."""
    prefix = urlsplit(document()["servers"][0]["url"]).path
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            seen.append({
                "method": self.command,
                "path": url.path.removeprefix(prefix),
                "query": sorted(map(list, parse_qsl(url.query, keep_blank_values=True))),
                "headers": {name: self.headers[name] for name in HEADERS if name in self.headers},
                "body": json.loads(body) if body else None,
            })  # fmt: skip
            status, example = example_of(self.command, url.path.removeprefix(prefix))
            text = json.dumps(example).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield SECRETS | {"HARBOUR_BASE_URL": f"http://127.0.0.1:{server.server_port}{prefix}"}, seen
        finally:
            server.shutdown()


def example_of(method, path):
    """Status and example of an answer. It is 404 where a value in the path is not its parameter's example."""
    # Of two paths that fit, the one with fewer placeholders is meant.
    for own, template, operation, parameters in sorted(described(), key=lambda each: each[1].count("{")):
        found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), path)
        if own != method or not found:
            continue
        values = {name: unquote(value) for name, value in found.groupdict().items()}
        exists = all(str(parameters[name]["schema"].get("example", value)) == value for name, value in values.items())
        answers = operation["responses"]
        status = next(each for each in answers if each[0] == "2")
        if not exists and "404" in answers:
            status = "404"
        return int(status), example_in(answers[status]["content"]["application/json"])
    return 501, {"message": f"the document has no {method} {path}"}


def example_in(content):
    """The example of a media type, or else of the schema that it refers to."""
    if "example" in content:
        return content["example"]
    name = content["schema"]["$ref"].removeprefix("#/components/schemas/")
    return document()["components"]["schemas"][name]["example"]
