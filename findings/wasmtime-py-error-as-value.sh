#!/usr/bin/env bash
# wasmtime-py returns the error of a component's function as the call's plain value, without a mark that it is one.
#
# Versions: wasmtime 50.0.1 (PyPI), Python 3.11.
# Behaviour: a function `publish: func() -> result<_, string>` that fails returns the text of its error, and one that succeeds
#   returns None. `read: func() -> result<string, u32>` returns a str or an int. Nothing is raised. Only where both payloads have
#   the same Python type, as in `result<string, string>`, the value is a Variant with a tag.
# Output seen:
#   result<_, string>: failure is str 'no gauge', success is NoneType None
#   result<string, u32>: failure is int 404
#   result<string, string>: failure is Variant err 'no gauge'
#
# Why it surprises: bindings for Rust give a Result, and those for JavaScript (jco) and Python guests (componentize-py) throw, so a
#   caller who ignores the value learns of the failure there. Here `if publish(store):` is true when it failed. And a new payload
#   type of the error changes how success is represented, which breaks callers that never looked at the error.
#
# Needs python3 with pip. It fails if a failure raises or has a tag, or if the last form has none.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'wasmtime==50.0.1'
cat >call.py <<'PY'
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker


def call(result, core):
    """What a function returns that has the type `result`; `core` writes its value to address 8."""
    engine = Engine()
    store = Store(engine)
    text = f"""(component
      (core module $m
        (memory (export "memory") 1)
        (data (i32.const 100) "no gauge")
        (func (export "run") (result i32) {core} (i32.const 8)))
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (func (export "run") (result {result}) (canon lift (core func $i "run") (memory $memory))))"""
    value = Linker(engine).instantiate(store, Component(engine, text)).get_func(store, "run")(store)
    kind = type(value).__name__
    return f"{kind} {value.tag} {value.payload!r}" if kind == "Variant" else f"{kind} {value!r}"


ERR = "(i32.store8 (i32.const 8) (i32.const 1))"
OK = "(i32.store8 (i32.const 8) (i32.const 0))"
TEXT = "(i32.store (i32.const 12) (i32.const 100)) (i32.store (i32.const 16) (i32.const 8))"
NUMBER = "(i32.store (i32.const 12) (i32.const 404))"
print(f"result<_, string>: failure is {call('(result (error string))', ERR + TEXT)}, success is {call('(result (error string))', OK)}")
print(f"result<string, u32>: failure is {call('(result string (error u32))', ERR + NUMBER)}")
print(f"result<string, string>: failure is {call('(result string (error string))', ERR + TEXT)}")
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "result<_, string>: failure is str 'no gauge', success is NoneType None
result<string, u32>: failure is int 404
result<string, string>: failure is Variant err 'no gauge'" ]
