"""The same files through every host, with the same calls: prints a table, and fails where a cell is red.

`run` installs what this needs. Rows are hosts, each with mocks of its own; cells are calls (`calls/VENDOR.json`), and a
cell is green where the outcome is what our host gave: the whole result, or the whole error record. Calls of the imported
vendor also say what is sent and given, by the vendor's document.
"""

import argparse
import json
import shutil
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

import examples
import imported
import worlds
from hosts import HOSTS
from support import OUTWIT, ROOT, Skip, mocks, run, sha256
from wave_values import Word

HERE = Path(__file__).resolve().parent
MADE = ROOT / "target/hosts"
BEGAN = time.time()
GREEN, RED, SKIPPED = "green", "RED", "skipped"


def main():
    names = [name for name, *_ in HOSTS]
    parser = argparse.ArgumentParser(prog="cargo xtask hosts", description="The components in every host.")
    parser.add_argument("--json", metavar="FILE", help="write the table there, as JSON")
    parser.add_argument("--only", action="append", metavar="HOST", choices=names, help="leave out other hosts")
    parser.add_argument("--require", action="append", metavar="HOST", default=[], choices=[*names, "all"],
                        help="a host that must not be skipped; all: nothing must")  # fmt: skip
    parser.add_argument("--optional", action="append", metavar="HOST", default=[], choices=names,
                        help="a host that may be skipped although --require is all")  # fmt: skip
    wanted = parser.parse_args()
    files = published()
    sums = {file: sha256(file) for kind in files.values() for file in kind.values()}
    for file, digest in sums.items():
        print(f"{digest}  {file.name}")
    rows = []
    reference = {}
    for name, version, host, kind in HOSTS:
        if wanted.only and name not in wanted.only and name != "outwit":
            continue
        rows += through(name, version, host, files[kind], list(files["components"]), reference)
        if any(sha256(file) != digest for file, digest in sums.items()):
            sys.exit(f"hosts: {name} has changed a file")
    rows += examples.rows(files["components"])
    rows += worlds.rows([*files["components"].values(), files["tools"][imported.NAME], *files["app"].values()])
    show(rows)
    if wanted.json:
        Path(wanted.json).write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    broken = [row for row in rows if wrong(row, wanted.require, wanted.optional)]
    sys.exit(f"hosts: {len(broken)} rows are not as they should be" if broken else 0)


def published():
    """The files as they are published, and those of the imported vendor: components and tools by vendor, and one file
    that is composed of all. Vendors without calls are left out."""
    folder = MADE / "dist"
    done = run([OUTWIT.parent / "dist", "--out", folder])
    if done.returncode != 0:
        sys.exit(f"hosts: dist: {done.stderr}")
    known = sorted(path.name for path in (ROOT / "components").iterdir() if (path / "tour.json").exists())
    vendors = [vendor for vendor in known if (HERE / f"calls/{vendor}.json").exists()]
    for vendor in sorted(set(known) - set(vendors)):
        print(f"hosts: SKIPPED: {vendor}: there is no host-test/hosts/calls/{vendor}.json")
    vendors.append(imported.NAME)
    imported.link(folder / f"{imported.NAME}.wasm")
    imported.link(folder / f"{imported.NAME}-tools.wasm", "--tools")
    app = MADE / "app.wasm"
    done = run([OUTWIT, "--plugins", folder, "compose", *vendors, "-o", app])
    if done.returncode != 0:
        sys.exit(f"hosts: compose: {done.stderr}")
    return {
        "components": {vendor: folder / f"{vendor}.wasm" for vendor in vendors},
        "tools": {vendor: folder / f"{vendor}-tools.wasm" for vendor in vendors},
        "app": {"app": app},
    }


def through(name, version, host, files, vendors, reference):
    """All calls through one host: a row for each vendor. The first host's outcomes become the reference."""
    since = time.monotonic()
    folder = MADE / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows, host_version = [], ""

    def row(vendor, cells, why):
        file = files.get(vendor) or files["app"]
        rows.append({"host": name, "version": host_version, "file": file.name, "sha256": sha256(file),
                     "vendor": vendor, "cells": cells, "why": why})  # fmt: skip

    try:
        host_version = version()
        with mocks() as settings, imported.served() as (own, seen), host(files, settings | own, folder) as offered:
            for vendor in vendors:
                row(vendor, *calls(vendor, offered, seen, reference))
    except Skip as reason:
        for vendor in vendors[len(rows) :]:
            row(vendor, {}, [str(reason)])
    except Exception:
        # A host that breaks down is a red row, and the other hosts have their turn.
        for vendor in vendors[len(rows) :]:
            row(vendor, {"start": RED}, [traceback.format_exc()])
    print(f"hosts: {name} {host_version}: {time.monotonic() - since:.0f} s", file=sys.stderr)
    return rows


def calls(vendor, host, seen, reference):
    """The calls of one vendor; gives the cells, and what is wrong with the red ones. `seen` fills with requests."""
    kept, cells, why = {}, {}, []

    def cell(name, problems):
        cells[name] = RED if problems else GREEN
        why.extend(f"{name}: {problem}" for problem in problems)

    if vendor == imported.NAME:
        offered = [line if host.routes else line.split()[0] for line in imported.operations()]
        cell("0 operations", differences(offered, host.listed(vendor)))
    for number, step in enumerate(json.loads((HERE / f"calls/{vendor}.json").read_text()), 1):
        given = filled(step["input"], kept)
        text = json.dumps(given, ensure_ascii=False)
        ways = {f"{number} {step['call']}": lambda: host.call(vendor, step["call"], text)}
        if host.typed and "typed" in step:
            ways[f"{number} typed"] = lambda: typed(vendor, host, step, given)
        for name, call in ways.items():
            seen.clear()
            try:
                outcome = timeless(call())
            except Skip:
                raise
            except Exception as problem:
                outcome = {"broken": f"{type(problem).__name__}: {problem}"}
            for each, pointer in step.get("keep", {}).items():
                kept[f"${each}"] = at(outcome.get("ok"), pointer)
            same = reference.setdefault((vendor, number), outcome)
            problems = unexpected(outcome, step, seen) or differences(same, outcome)
            cell(name, [f"{text}: {problem}" for problem in problems])
    return cells, why


def typed(vendor, host, step, given):
    """The same call through the typed export, where words are no texts, and JSON is a text."""
    how = step["typed"]
    record = {name: Word(value) if name in how["words"] else value for name, value in given.items()}
    outcome = host.typed(vendor, how["interface"], step["call"], record)
    for name in how["json"] if "ok" in outcome else []:
        outcome["ok"][name] = json.loads(outcome["ok"][name])
    return outcome


def unexpected(outcome, step, seen):
    """What is wrong with an outcome in itself: a call succeeds, or fails with the kind that it says. A step may also say
    which request is sent, what the result is, and which words of the vendor's the error has."""
    problems = differences([step["sends"]], seen, "sent") if "sends" in step else []
    error = outcome.get("error", {})
    if "fails" in step:
        right = error.get("kind") == step["fails"] and step.get("says", "") in error["message"]
        expected = f"the error {step['fails']} {step.get('says', '')}".strip()
    else:
        right, expected = "ok" in outcome, "a result"
    if not right:
        problems.append(f"expected {expected}, got {json.dumps(outcome)}")
    elif "gives" in step:
        problems += differences(step["gives"], outcome["ok"])
    return problems


def differences(expected, got, path=""):
    """Where a host's outcome is not ours."""
    if isinstance(expected, dict) and isinstance(got, dict):
        names = sorted({*expected, *got})
        return [each for name in names for each in differences(expected.get(name), got.get(name), f"{path}/{name}")]
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got))
        return [each for index, (one, other) in pairs for each in differences(one, other, f"{path}/{index}")]
    # In Python, 1 is True and 1.0; in JSON they are three things.
    same = json.dumps(expected) == json.dumps(got)
    return [] if same else [f"{path}: expected {json.dumps(expected)}, got {json.dumps(got)}"]


def timeless(value):
    """The value with `now` in place of moments since the run began: mocks tell the time, and nothing else that varies."""
    if isinstance(value, dict):
        return {name: timeless(member) for name, member in value.items()}
    if isinstance(value, list):
        return [timeless(member) for member in value]
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value).timestamp()
        except ValueError:
            return value
    recent = isinstance(moment, (int, float)) and BEGAN - 1 <= moment <= time.time() + 1
    return "now" if recent else value


def filled(value, kept):
    """The value with what was kept in place of texts that are `$name`."""
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member, kept) for member in value]
    return kept.get(value, value) if isinstance(value, str) else value


def at(value, pointer):
    """What is at a JSON pointer; None where nothing is."""
    for name in pointer.split("/")[1:]:
        try:
            value = value[int(name) if isinstance(value, list) else name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def colour(row):
    """The colour of a row, of its cells."""
    if not row["cells"]:
        return SKIPPED
    return RED if RED in row["cells"].values() else GREEN


def wrong(row, required, optional):
    must = row["host"] in required or "all" in required and row["host"] not in optional
    missed = colour(row) == SKIPPED and must
    return colour(row) == RED or missed


def show(rows):
    """The table, then why what is not green is not."""
    print(f"\n{'host':<34}{'file':<20}{'sha256':<14}calls")
    for row in rows:
        cells = "  ".join(f"{name}: {cell}" for name, cell in row["cells"].items()) or SKIPPED.upper()
        host = f"{row['host']} {row['version']}"
        print(f"{host:<34}{row['file']:<20}{row['sha256'][:12]:<14}{cells}")
    print()
    told = set()
    for row in rows:
        what = SKIPPED.upper() if not row["cells"] else colour(row)
        for reason in row["why"]:
            # Said once where it is the same for all vendors.
            if (row["host"], reason) not in told:
                print(f"hosts: {what}: {row['host']}: {row['vendor']}: {reason}")
            told.add((row["host"], reason))
    greens = sum(cell == GREEN for row in rows for cell in row["cells"].values())
    reds = sum(cell == RED for row in rows for cell in row["cells"].values())
    skipped = sorted({row["host"] for row in rows if not row["cells"]})
    print(f"hosts: {greens} green, {reds} red, skipped: {', '.join(skipped) or 'none'}")


if __name__ == "__main__":
    main()
