"""The hosts of the matrix: each takes the same files as they are, and gives functions that call operations.

A host is a context manager. It gets the files, the settings that point at new mocks, and a folder for what it writes; it
gives `Calls`, with outcomes as `support` makes them. Whoever cannot start raises `Skip`.
"""

import json
import os
import re
import subprocess
from contextlib import ExitStack, contextmanager

import wave_values
from support import (OUTWIT, ROOT, TOKEN, Calls, Skip, environment, failed, fetch, free_port, kebab, listing, ok,
                     output, ready, run, running, version)  # fmt: skip

JCO = ROOT / "host-test/embed/jco"
PROGRAMS = ROOT / "target/python/bin"
# On a system whose glibc is older than 2.39, a program that brings its own.
WASSETTE = os.environ.get("WASSETTE", PROGRAMS / "wassette")
OPERATIONS = "outwit:plugin/operations@0.1.0"


@contextmanager
def outwit(files, settings, folder):
    """Our host, which all others are compared with."""
    plugins = next(iter(files.values())).parent

    def call(vendor, operation, text):
        done = run([OUTWIT, "--json", "--plugins", plugins, "call", f"{vendor}.{operation}", text], settings)
        return ok(done.stdout) if done.returncode == 0 else failed(json.loads(done.stderr))

    def listed(vendor):
        catalogue = output([OUTWIT, "--json", "--plugins", plugins, "describe", vendor])
        return listing(json.loads(catalogue)["operations"])

    yield Calls(call, listed)


def loaded(invoke):
    """The calls of a host that loads components. `invoke(vendor, interface, function, *arguments)` gives the case of a
    result and its value, as in JSON. A value that is no result has the case `ok`."""

    def call(vendor, operation, text):
        case, value = invoke(vendor, OPERATIONS, "call", f"{vendor}.{operation}", text)
        return ok(value) if case == "ok" else failed(value)

    def listed(vendor):
        _, catalogue = invoke(vendor, OPERATIONS, "describe")
        return listing(json.loads(catalogue)["operations"])

    def typed(vendor, interface, function, record):
        case, value = invoke(vendor, interface, function, record)
        return {"ok": value} if case == "ok" else failed(value)

    return Calls(call, listed, typed)


@contextmanager
def wasmtime_cli(files, settings, folder):
    """`wasmtime run --invoke`, which finds functions by their names alone."""
    grants = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]

    def invoke(vendor, interface, function, *arguments):
        what = f"{function}({', '.join(map(wave_values.write, arguments))})"
        done = run([PROGRAMS / "wasmtime", "run", "-S", "http", *grants, "--invoke", what, files[vendor]])
        if done.returncode != 0:
            raise RuntimeError(f"wasmtime ended with {done.returncode}: {done.stderr.strip()}")
        value = wave_values.parse(done.stdout)
        return value if isinstance(value, tuple) else ("ok", value)

    yield loaded(invoke)


@contextmanager
def wasmtime_py(files, settings, folder):
    """The library for Python, a new instance for each call."""
    try:
        from wasmtime import Engine, Store, WasiConfig
        from wasmtime.component import Component, Linker, Record, Variant
    except ImportError as problem:
        raise Skip(f"the package wasmtime is not installed: {problem}") from problem
    engine = Engine()
    linker = Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    components = {vendor: Component.from_file(engine, str(file)) for vendor, file in files.items()}

    def lowered(value):
        """A value as the library takes it."""
        if not isinstance(value, dict):
            return value
        record = Record()
        vars(record).update({name: lowered(member) for name, member in value.items()})
        return record

    def lifted(value):
        """A value that the library gives, as in JSON."""
        if isinstance(value, Variant):
            return value.tag if value.payload is None else (value.tag, lifted(value.payload))
        if isinstance(value, Record):
            return {name: lifted(member) for name, member in vars(value).items() if member is not None}
        return [lifted(item) for item in value] if isinstance(value, list) else value

    def invoke(vendor, interface, function, *arguments):
        store, wasi = Store(engine), WasiConfig()
        wasi.env = settings.items()
        store.set_wasi(wasi)
        store.set_wasi_http()
        instance = linker.instantiate(store, components[vendor])
        index = instance.get_export_index(store, function, instance.get_export_index(store, interface))
        value = lifted(instance.get_func(store, index)(store, *map(lowered, arguments)))
        # The library leaves the case out where the types of the payloads differ.
        return value if isinstance(value, tuple) else ("err" if isinstance(value, dict) else "ok", value)

    yield loaded(invoke)


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

        def invoke(vendor, interface, function, *arguments):
            child = processes[vendor]
            given = [respelled(value, camel) for value in arguments]
            child.stdin.write(json.dumps([interface, camel(function), *given]) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
            if not line:
                raise RuntimeError(f"Node ended with {child.wait()}; it says above why")
            said = json.loads(line)
            if "trap" in said:
                raise RuntimeError(said["trap"])
            case = "ok" if "ok" in said else "error"
            return case, respelled(said[case], kebab)

        yield loaded(invoke)


@contextmanager
def node(module, settings):
    """A process that calls functions of a transpiled component: one line in, one line out."""
    command = ["node", str(ROOT / "host-test/hosts/call.mjs"), str(module)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen(command, env=environment(settings), **pipes)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def camel(name):
    """A name as in JavaScript, of one as in WIT."""
    return re.sub("-(.)", lambda letter: letter[1].upper(), name)


def respelled(value, spell):
    """A value with the names of records spelled in another way. Cases without a payload are words."""
    if isinstance(value, list):
        return [respelled(item, spell) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"tag"}:
        return value["tag"]
    return {spell(name): respelled(item, spell) for name, item in value.items()}


@contextmanager
def wassette(files, settings, folder):
    """Wassette makes a tool of each function. It gets the policy and the secrets that `outwit policy` names."""

    def program(*arguments):
        return output([WASSETTE, *arguments, "--component-dir", folder], {"HOME": str(folder)})

    for vendor, file in files.items():
        program("component", "load", f"file://{file}")
        policy = output([OUTWIT, "--plugins", file.parent, "policy", "--host", "wassette", vendor], settings)
        (folder / f"{file.stem}.policy.yaml").write_text(policy)
        secrets = [f"{name}={value}" for name, value in settings.items() if f'"{name}"' in policy]
        program("secret", "set", file.stem, *secrets)
    tools = {tool["name"]: tool["input_schema"]["properties"] for tool in json.loads(program("tool", "list"))["tools"]}

    def call(vendor, operation, text):
        name = f"{vendor}-{operation}"
        given = json.loads(text)
        arguments = {each: given.pop(each) for each in tools[name] if each in given}
        # What is no text of its own is JSON text, and what is no parameter goes into `options`.
        for each, value in arguments.items():
            if tools[name][each]["type"] == "string" and not isinstance(value, str):
                arguments[each] = json.dumps(value)
        if "options" in tools[name]:
            arguments["options"] = json.dumps(given)
        result = json.loads(program("tool", "invoke", name, "--args", json.dumps(arguments)))
        [(case, value)] = result.items()
        return ok(value) if case == "ok" else failed(json.loads(value))

    def listed(vendor):
        return sorted(name.replace("-", ".", 1) for name in tools if name.startswith(f"{vendor}-"))

    yield Calls(call, listed, routes=False)


def over_http(url):
    """Calls operations of a composed file: problem details are the error record with two names changed."""

    def call(vendor, operation, text):
        status, body = fetch(f"{url}/operations/{vendor}.{operation}", text)
        if status == 200:
            return {"ok": body}
        names = {"detail": "message", "vendor-status": "status"}
        own = ("type", "title", "status")
        return failed({names.get(name, name): value for name, value in body.items() if name not in own})

    def listed(vendor):
        _, body = fetch(f"{url}/operations")
        return listing(each for each in body["operations"] if each["id"].startswith(f"{vendor}."))

    return Calls(call, listed)


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


# Name, what tells its version, the host, and which files it takes.
HOSTS = [
    ("outwit", lambda: version([OUTWIT]), outwit, "components"),
    ("wasmtime-run", wasmtime_version, wasmtime_cli, "components"),
    ("wasmtime-py", lambda: package_version("wasmtime"), wasmtime_py, "components"),
    ("jco", jco_version, jco, "components"),
    ("wassette", lambda: version([WASSETTE]), wassette, "tools"),
    ("outwit-serve", lambda: version([OUTWIT]), served(outwit_serve), "app"),
    ("wasmtime-serve", wasmtime_version, served(wasmtime_serve), "app"),
    ("jco-serve", jco_version, served(jco_serve), "app"),
    ("wash-dev", lambda: version([PROGRAMS / "wash"]), served(wash_dev, wash_folder), "app"),
]
