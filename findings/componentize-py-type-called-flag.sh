#!/usr/bin/env bash
# In bindings of componentize-py, a WIT type called `flag` or `optional` replaces the Python class that the other types are made
#   of.
#
# Versions: componentize-py 0.25.1 (PyPI), Python 3.11.
# Behaviour: the generated module imports Flag, Enum, Optional and others under their own names, and then defines the classes of
#   the WIT, whose names are made the same way. After `record flag { … }`, the flags of the interface are a subclass of that
#   record. Their members are no values, and `|` fails. After `record optional { … }`, the module with an `option<…>` in a record
#   cannot be imported. `componentize-py bindings` reports success.
# Output seen:
#   without a record flag: Access.READ | Access.WRITE is 3
#   with a record flag: Access.READ is auto, TypeError: unsupported operand type(s) for |: 'auto' and 'auto'
#   with a record optional: TypeError: type 'Optional' is not subscriptable
#
# Why it surprises: `flag` and `optional` are ordinary identifiers in WIT (design/mvp/WIT.md, "Keywords", has `flags` and
#   `option`). A record of the contract, perhaps of another author, breaks types that have nothing to do with it. The error names
#   no WIT.
#
# Needs python3 with pip. It fails if the flags with the record have values, or the last module can be imported.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'componentize-py==0.25.1'
bindings() {
  mkdir -p "$1"
  cat >"$1/tides.wit" <<WIT
package demo:tides@0.1.0;

interface gauge {
  $2
  flags access { read, write }
  record reading { height: option<u32> }
  last: func(access: access) -> reading;
}

world tides {
  import gauge;
}
WIT
  PYTHONPATH=packages python3 -c 'import componentize_py; componentize_py.script()' \
    --wit-path "$1/tides.wit" --world tides bindings "$1/out" >log 2>&1 || { cat log >&2; exit 1; }
}
bindings plain ''
bindings flag 'record flag { name: string }'
bindings optional 'record optional { name: string }'
cat >call.py <<'PY'
from sys import argv

try:
    from wit_world.imports.gauge import Access

    if argv[1] == "flag":
        print(f"Access.READ is {type(Access.READ).__name__}", end=", ")
    print(f"Access.READ | Access.WRITE is {(Access.READ | Access.WRITE).value}")
except TypeError as error:
    print(f"TypeError: {error}")
PY
made_with() { PYTHONPATH="$1/out" python3 call.py "$1"; }
seen="without a record flag: $(made_with plain)
with a record flag: $(made_with flag)
with a record optional: $(made_with optional)"
echo "$seen"
[ "$seen" = "without a record flag: Access.READ | Access.WRITE is 3
with a record flag: Access.READ is auto, TypeError: unsupported operand type(s) for |: 'auto' and 'auto'
with a record optional: TypeError: type 'Optional' is not subscriptable" ]
