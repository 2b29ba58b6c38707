"""What the hosts of the matrix share: processes, mocks, and outcomes in one form."""

import hashlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
OUTWIT = ROOT / "target/debug/outwit"
# For a machine that is busy. It is no assertion: nothing takes this long.
PATIENCE = 180
TOKEN = "matrix"


class Skip(Exception):
    """This host is not here, or does not start; the reason is for people."""


class Calls(NamedTuple):
    """What a host offers to the matrix."""

    # `call(vendor, operation, input)` gives an outcome.
    call: Callable
    # `listed(vendor)` gives the vendor's operations, sorted: a text of id and, with `routes`, method and route.
    listed: Callable
    # `typed(vendor, interface, function, record)` gives an outcome, of hosts that load components.
    typed: Callable | None = None
    routes: bool = True


def environment(settings):
    """The environment of a host: the settings, where programs are, and no account or proxy that this machine may have."""
    kept = ("HOME", "PATH", "TMPDIR", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN")
    return {name: os.environ[name] for name in kept if name in os.environ} | settings


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def run(command, settings=None, **options):
    """Runs a program to its end."""
    command = [str(part) for part in command]
    options = {"capture_output": True, "text": True, "timeout": PATIENCE} | options
    try:
        return subprocess.run(command, env=environment(settings or {}), **options)
    except OSError as problem:
        raise Skip(f"{command[0]} cannot be started: {problem}") from problem


def output(command, settings=None, **options):
    """What a program writes, which has to succeed."""
    done = run(command, settings, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def version(command):
    """What a program says to `--version`: a host that is not installed is noticed here."""
    done = run([*command, "--version"])
    said = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode != 0:
        raise Skip(f"{command[0]} --version ended with {done.returncode}: {(said or ['nothing'])[-1]}")
    return next(word for word in said[0].split() if word[0].isdigit() or word[:2] == "v0")


@contextmanager
def running(command, settings, log, **options):
    """Runs a server until the end of the block. It has a log, which is told where it does not start."""
    with open(log, "wb") as out:
        command = [str(part) for part in command]
        options = {"stdin": subprocess.DEVNULL, "start_new_session": True} | options
        try:
            child = subprocess.Popen(command, stdout=out, stderr=out, env=environment(settings), **options)
        except OSError as problem:
            raise Skip(f"{command[0]} cannot be started: {problem}") from problem
        try:
            yield child
        finally:
            # Its own children, too: some hosts are a script that starts the host.
            for signal in (15, 9):
                try:
                    os.killpg(child.pid, signal)
                    child.wait(10)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


@contextmanager
def mocks():
    """New mocks of all vendors; gives the settings that point at them."""
    command = [OUTWIT, "--json", "mock", "--port", "0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment({}))
    try:
        yield json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait()


def free_port():
    """A port that nobody listens on, for hosts that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, body=None, timeout=PATIENCE):
    """A request to the gateway; gives status and JSON."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, headers=headers, data=None if body is None else body.encode())
    # Requests to this machine do not go through a proxy that the environment may name.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as reply:
        return reply.code, json.loads(reply.read())


def ready(child, url, log):
    """Waits until a composed file answers."""
    end = time.monotonic() + PATIENCE
    problem = "nothing"
    while time.monotonic() < end:
        if child.poll() is not None:
            break
        try:
            status, _ = fetch(f"{url}/healthz", timeout=5)
            if status == 200:
                return
            problem = f"HTTP {status}"
        except (OSError, ValueError) as why:
            problem = why
        time.sleep(0.1)
    said = Path(log).read_text(errors="replace").strip().splitlines()[-3:]
    raise Skip(f"it does not answer at {url}: {problem}; it said: {' / '.join(said) or 'nothing'}")


def kebab(name):
    """A name as in WIT, of one as in JavaScript."""
    return re.sub("[A-Z]", lambda capital: "-" + capital[0].lower(), name)


def listing(operations):
    """The operations of a catalogue, as `Calls.listed` gives them."""
    return sorted(f"{each['id']} {each.get('method')} {each.get('route')}" for each in operations)


def ok(text):
    """The outcome of a call that succeeded, of the JSON that it gave."""
    return {"ok": json.loads(text)}


def failed(record):
    """The outcome of a call that failed, of its error record: names as in WIT, what is absent left out."""
    record = {name: value for name, value in record.items() if value is not None}
    if isinstance(record.get("details"), str):
        record["details"] = json.loads(record["details"])
    return {"error": record}
