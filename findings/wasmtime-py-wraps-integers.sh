#!/usr/bin/env bash
# wasmtime-py passes an integer that does not fit the parameter's type to a component as another number.
#
# Versions: wasmtime 50.0.1 (PyPI), Python 3.11.
# Behaviour: for a parameter `u8`, 256 arrives as 0 and -1 as 255. `s8`, `u32` and `u64` wrap, too. No error is raised, although
#   the same call is refused with a TypeError for a float, a text, or an integer where a `bool` is expected.
# Output seen:
#   u8 256 -> 0, u8 -1 -> 255, s8 200 -> -56, u32 4294967296 -> 0, u64 18446744073709551616 -> 0
#   u8 5.0: TypeError, bool 1: TypeError
#
# Why it surprises: the component model's design (design/mvp/Explainer.md, "Fundamental value types") defines u8 as the numbers
#   from 0 to 255. 256 is no value of that type, so the caller cannot mean 0. A count or an amount that is out of range is
#   computed with, wrongly.
#
# Needs python3 with pip. It fails if one of the integers is refused, or arrives as it was.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'wasmtime==50.0.1'
cat >call.py <<'PY'
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker

# Every function returns its argument.
TEXT = """(component
  (core module $m
    (func (export "small") (param i32) (result i32) (local.get 0))
    (func (export "large") (param i64) (result i64) (local.get 0)))
  (core instance $i (instantiate $m))
  (func (export "u8") (param "depth" u8) (result u8) (canon lift (core func $i "small")))
  (func (export "s8") (param "depth" s8) (result s8) (canon lift (core func $i "small")))
  (func (export "u32") (param "depth" u32) (result u32) (canon lift (core func $i "small")))
  (func (export "u64") (param "depth" u64) (result u64) (canon lift (core func $i "large")))
  (func (export "bool") (param "flood" bool) (result bool) (canon lift (core func $i "small"))))"""


def call(name, value):
    engine = Engine()
    store = Store(engine)
    instance = Linker(engine).instantiate(store, Component(engine, TEXT))
    return instance.get_func(store, name)(store, value)


def refusal(name, value):
    try:
        return f"{name} {value}: {call(name, value)}"
    except (TypeError, ValueError, OverflowError) as error:
        return f"{name} {value}: {type(error).__name__}"


tried = [("u8", 256), ("u8", -1), ("s8", 200), ("u32", 2**32), ("u64", 2**64)]
print(", ".join(f"{name} {value} -> {call(name, value)}" for name, value in tried))
print(", ".join([refusal("u8", 5.0), refusal("bool", 1)]))
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = 'u8 256 -> 0, u8 -1 -> 255, s8 200 -> -56, u32 4294967296 -> 0, u64 18446744073709551616 -> 0
u8 5.0: TypeError, bool 1: TypeError' ]
