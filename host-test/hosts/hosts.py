"""The hosts of the matrix: each takes the same files as they are, and gives a function that calls an operation.

A host is a context manager. It gets the files, the settings that point at new mocks, and a folder for what it writes; it
gives `call(vendor, operation, input)`, with an outcome as `support` makes them. Whoever cannot start raises `Skip`.
"""

import json
import re
import subprocess
from contextlib import ExitStack, contextmanager

import wave_values
from support import OUTWIT, ROOT, TOKEN, Skip, environment, failed, fetch, free_port, ok, ready, run, running, version

JCO = ROOT / "host-test/embed/jco"
PROGRAMS = ROOT / "target/python/bin"


@contextmanager
def outwit(files, settings, folder):
    """Our host, which all others are compared with."""
    plugins = next(iter(files.values())).parent

    def call(vendor, operation, text):
        done = run([OUTWIT, "--json", "--plugins", plugins, "call", f"{vendor}.{operation}", text], settings)
        return ok(done.stdout) if done.returncode == 0 else failed(json.loads(done.stderr))

    yield call


@contextmanager
def wasmtime_cli(files, settings, folder):
    """`wasmtime run --invoke`, with values in WAVE. JSON's escapes of a text are WAVE's, too."""
    grants = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]

    def call(vendor, operation, text):
        what = f"call({json.dumps(f'{vendor}.{operation}')}, {json.dumps(text, ensure_ascii=False)})"
        done = run([PROGRAMS / "wasmtime", "run", "-S", "http", *grants, "--invoke", what, files[vendor]])
        if done.returncode != 0:
            raise RuntimeError(f"wasmtime ended with {done.returncode}: {done.stderr.strip()}")
        case, payload = wave_values.parse(done.stdout)
        return ok(payload) if case == "ok" else failed(payload)

    yield call


@contextmanager
def wasmtime_py(files, settings, folder):
    """The library for Python, a new instance for each call."""
    try:
        from wasmtime import Engine, Store, WasiConfig
        from wasmtime.component import Component, Linker
    except ImportError as problem:
        raise Skip(f"the package wasmtime is not installed: {problem}") from problem
    engine = Engine()
    linker = Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    components = {vendor: Component.from_file(engine, str(file)) for vendor, file in files.items()}

    def call(vendor, operation, text):
        store, wasi = Store(engine), WasiConfig()
        wasi.env = settings.items()
        store.set_wasi(wasi)
        store.set_wasi_http()
        instance = linker.instantiate(store, components[vendor])
        interface = instance.get_export_index(store, "outwit:plugin/operations@0.1.0")
        function = instance.get_func(store, instance.get_export_index(store, "call", interface))
        output = function(store, f"{vendor}.{operation}", text)
        return ok(output) if isinstance(output, str) else failed(vars(output))

    yield call


@contextmanager
def jco(files, settings, folder):
    """Node, with the modules that jco makes of the components."""
    with ExitStack() as stack:
        processes = {}
        for vendor, file in files.items():
            # Where Node finds the shim that the module needs.
            out = JCO / "out/matrix" / vendor
            done = run([JCO / "node_modules/.bin/jco", "transpile", file, "--name", vendor, "-o", out, "-q"])
            if done.returncode != 0:
                raise RuntimeError(f"jco transpile: {done.stderr.strip()}")
            processes[vendor] = stack.enter_context(node(out / f"{vendor}.js", settings))

        def call(vendor, operation, text):
            child = processes[vendor]
            child.stdin.write(json.dumps([f"{vendor}.{operation}", text]) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
            if not line:
                raise RuntimeError(f"Node ended with {child.wait()}; it says above why")
            said = json.loads(line)
            if "trap" in said:
                raise RuntimeError(said["trap"])
            return ok(said["ok"]) if "ok" in said else failed(kebab(said["error"]))

        yield call


@contextmanager
def node(module, settings):
    """A process that calls operations of a transpiled component: one line in, one line out."""
    command = ["node", str(ROOT / "host-test/hosts/call.mjs"), str(module)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen(command, env=environment(settings), **pipes)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def kebab(record):
    """Names as in WIT, of names as in JavaScript."""
    return {re.sub("[A-Z]", lambda c: "-" + c[0].lower(), name): value for name, value in record.items()}


def over_http(url):
    """Calls operations of a composed file: problem details are the error record with two names changed."""

    def call(vendor, operation, text):
        status, body = fetch(f"{url}/operations/{vendor}.{operation}", text)
        if status == 200:
            return {"ok": body}
        names = {"detail": "message", "vendor-status": "status"}
        own = ("type", "title", "status")
        return failed({names.get(name, name): value for name, value in body.items() if name not in own})

    return call


def served(command, arrange=lambda *_: {}):
    """A host that serves a composed file at an address that it is told. `arrange` prepares the folder."""

    @contextmanager
    def host(files, settings, folder):
        (file,) = files.values()
        address = f"127.0.0.1:{free_port()}"
        settings = settings | {"OUTWIT_GATEWAY_TOKEN": TOKEN}
        log = folder / "log"
        options = arrange(file, settings, address, folder)
        with running(command(file, settings, address), settings, log, **options) as child:
            ready(child, f"http://{address}", log)
            yield over_http(f"http://{address}")

    return host


def outwit_serve(file, settings, address):
    return [OUTWIT, "serve", "--addr", address, file]


def wasmtime_serve(file, settings, address):
    grants = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    return [PROGRAMS / "wasmtime", "serve", "-S", "cli,http", "--addr", address, *grants, file]


def jco_serve(file, settings, address):
    host, port = address.split(":")
    program = JCO / "node_modules/.bin/jco"
    return [program, "serve", file, "--host", host, "--port", port, "--jco-dir", JCO / "out/matrix/served"]


def wash_dev(file, settings, address):
    return [PROGRAMS / "wash", "--non-interactive", "dev"]


def wash_folder(file, settings, address, folder):
    """What wash reads: JSON is YAML. Nothing is built, and only this machine can be reached."""
    config = {
        "build": {"command": "true", "component_path": str(file)},
        "dev": {"address": address},
        "workload": {"allowedHosts": ["127.0.0.1"], "environment": {"config": settings}},
    }
    (folder / ".wash").mkdir()
    (folder / ".wash/config.yaml").write_text(json.dumps(config))
    return {"cwd": folder}


def jco_version():
    return version([JCO / "node_modules/.bin/jco"])


def wasmtime_version():
    return version([PROGRAMS / "wasmtime"])


def package_version(name):
    from importlib.metadata import PackageNotFoundError, version as of

    try:
        return of(name)
    except PackageNotFoundError as problem:
        raise Skip(f"the package {name} is not installed") from problem


# Name, what tells its version, the host, and whether it takes the composed file.
HOSTS = [
    ("outwit", lambda: version([OUTWIT]), outwit, False),
    ("wasmtime-run", wasmtime_version, wasmtime_cli, False),
    ("wasmtime-py", lambda: package_version("wasmtime"), wasmtime_py, False),
    ("jco", jco_version, jco, False),
    ("outwit-serve", lambda: version([OUTWIT]), served(outwit_serve), True),
    ("wasmtime-serve", wasmtime_version, served(wasmtime_serve), True),
    ("jco-serve", jco_version, served(jco_serve), True),
    ("wash-dev", lambda: version([PROGRAMS / "wash"]), served(wash_dev, wash_folder), True),
]
