"""Static checks: the files against the worlds of hosts that need not be here, by `host-test/examples/worlds.rs`."""

import importlib.util
import json
from pathlib import Path

from support import ROOT, run, sha256

WORLDS = ROOT / "target/debug/examples/worlds"


def rows(files):
    """A row for each file: a cell is a world, and green where the file fits it."""
    spin = importlib.util.find_spec("spin_sdk")
    # Spin's own WIT, as its SDK for Python carries it: the crate and the npm package have less of it.
    options = ["--spin", Path(spin.origin).parent / "wit"] if spin else []
    done = run([WORLDS, *options, *files])
    if done.returncode != 0:
        return [row(file, {"worlds": "RED"}, [done.stderr.strip()], "worlds") for file in files]
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    made = []
    for file in files:
        own = [each for each in printed if each["file"] == str(file)]
        cells = {each["world"]: "RED" if each["misfit"] else "green" for each in own}
        made.append(row(file, cells, [f"{each['world']}: {each['misfit']}" for each in own if each["misfit"]], "worlds"))
        if not spin:
            made.append(row(file, {}, ["the package spin-sdk, which has Spin's WIT, is not installed"], "worlds-spin"))
    return made


def row(file, cells, why, name):
    return {"host": name, "version": "", "file": file.name, "sha256": sha256(file), "vendor": file.stem,
            "cells": cells, "why": why}  # fmt: skip
