"""The examples of `host-test/embed`, each against a mock of its own: they say what `expected.txt` holds."""

import shutil
import sys

from hosts import JCO, PROGRAMS, jco_version, package_version, wasmtime_version
from support import ROOT, Skip, mocks, output, sha256
from wave_values import parse

EMBED = ROOT / "host-test/embed"


def rows(files):
    """A row for each example; all of them call Accelo."""
    accelo = files["accelo"]
    made = []
    for name, version, example in EXAMPLES:
        told, cells, why = "", {}, []
        try:
            told = version()
            with mocks() as settings:
                said = example(accelo, settings)
            expected = (EMBED / "expected.txt").read_text()
            cells = {"report": "green" if said == expected else "RED"}
            why = [] if said == expected else [f"expected {expected!r}, got {said!r}"]
        except Skip as reason:
            why = [str(reason)]
        except RuntimeError as problem:
            cells, why = {"report": "RED"}, [str(problem)]
        # The crate brings the component along.
        file, digest = ("", "") if example is rust else (accelo.name, sha256(accelo))
        made.append({"host": f"embed/{name}", "version": told, "file": file, "sha256": digest,
                     "vendor": "accelo", "cells": cells, "why": why})  # fmt: skip
    return made


def rust(accelo, settings):
    return output([ROOT / "target/debug/examples/typed"], settings)


def component(accelo, settings):
    """Built, plugged, and run by wasmtime's command line."""
    target, wasm = ROOT / "target/components", "wasm32-unknown-unknown"
    what = ["-p", "report", "--crate-type", "cdylib", "--profile", "component", "--target", wasm, "--target-dir", target]
    output(["cargo", "rustc", "-q", *what], cwd=ROOT)
    app = ROOT / "target/hosts/report.wasm"
    output([ROOT / "target/debug/examples/plug", target / wasm / "component/report.wasm", accelo, app])
    grants = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    case, said = parse(output([PROGRAMS / "wasmtime", "run", "-S", "http", *grants, "--invoke", 'report("311")', app]))
    return said if case == "ok" else f"{case}: {said}"


def jco(accelo, settings):
    """Types and module are made of the component, the program is checked against the types, and run."""
    shutil.rmtree(JCO / "out/accelo", ignore_errors=True)
    npm = ["npm", "--prefix", JCO, "run", "--silent"]
    output([*npm, "transpile", "--", accelo, "-q"])
    output([*npm, "build"])
    return output([*npm, "start"], settings)


def python(accelo, settings):
    return output([sys.executable, EMBED / "python/report.py", accelo], settings)


EXAMPLES = [
    ("rust", lambda: "", rust),
    ("component", wasmtime_version, component),
    ("jco", jco_version, jco),
    ("python", lambda: package_version("wasmtime"), python),
]
