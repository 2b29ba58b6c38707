#!/usr/bin/env bash
# wasmtime-py passes True to a component as the number 1 if the variant has a case with an integer before the one with a `bool`.
#
# Versions: wasmtime 50.0.1 (PyPI), Python 3.11.
# Behaviour: for `variant reading { height(s32), flood(bool) }` the Python value of a case is its bare payload. The case is found
#   by isinstance, in the order of the WIT, and True is an int in Python. So True is sent as `height(1)`, and there is no way to
#   send `flood(true)`: an explicit Variant is refused. With the cases in the other order, True is sent as `flood`. A component
#   that returns `flood(true)` gives True, so the value does not survive a call that returns its argument.
# Output seen:
#   height before flood: True arrives as height, Variant('flood', True): ValueError
#   flood before height: True arrives as flood
#
# Why it surprises: the order of a variant's cases has no meaning for a caller of other bindings. Here it decides which case is
#   sent, without an error.
#
# Needs python3 with pip. It fails if True arrives as `flood` in the first order, or the explicit Variant is accepted.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'wasmtime==50.0.1'
cat >call.py <<'PY'
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Variant


def arrives(first, second, value):
    """The case as which `value` arrives, for a variant with the two cases in this order."""
    types = {"height": "s32", "flood": "bool"}
    engine = Engine()
    store = Store(engine)
    text = f"""(component
      (core module $m (func (export "case") (param i32 i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m))
      (type $v (variant (case "{first}" {types[first]}) (case "{second}" {types[second]})))
      (export $reading "reading" (type $v))
      (func (export "case") (param "value" $reading) (result u32) (canon lift (core func $i "case"))))"""
    function = Linker(engine).instantiate(store, Component(engine, text)).get_func(store, "case")
    return (first, second)[function(store, value)]


def refusal(value):
    try:
        return arrives("height", "flood", value)
    except (TypeError, ValueError) as error:
        return type(error).__name__


print(f"height before flood: True arrives as {arrives('height', 'flood', True)}, Variant('flood', True): {refusal(Variant('flood', True))}")
print(f"flood before height: True arrives as {arrives('flood', 'height', True)}")
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "height before flood: True arrives as height, Variant('flood', True): ValueError
flood before height: True arrives as flood" ]
