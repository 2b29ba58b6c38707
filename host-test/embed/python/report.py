"""A Python program that calls Accelo's component by its types, through wasmtime-py. It needs the package `wasmtime`.

Settings come from the environment: `outwit mock accelo` prints those of a mock.

    python report.py dist/accelo.wasm
"""

import os
import sys

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Record, Variant

ACTIVITIES = "outwit:accelo/activities@0.1.0"


class Sandbox:
    """An instance of a component that has HTTP, the time, and those settings that it is given."""

    def __init__(self, file, settings):
        engine = Engine()
        linker = Linker(engine)
        linker.add_wasip2()
        linker.add_wasi_http()
        wasi = WasiConfig()
        wasi.env = settings.items()
        self.store = Store(engine)
        self.store.set_wasi(wasi)
        self.store.set_wasi_http()
        self.instance = linker.instantiate(self.store, Component.from_file(engine, file))

    def call(self, interface, name, argument):
        """Calls a function that takes one record; gives what it gives, or raises `Failed`."""
        place = self.instance.get_export_index(self.store, interface)
        function = self.instance.get_func(self.store, self.instance.get_export_index(self.store, name, place))
        ((_, kind),) = function.type(self.store).params
        result = function(self.store, record(kind, argument))
        # Of `result<activity, error>`, where Python could not tell the two apart, there is a tag; of
        # `result<list<activity>, error>` there is only what is in it.
        tag = result.tag if isinstance(result, Variant) else None
        value = result.payload if tag in ("ok", "err") else result
        if tag == "err" or (tag is None and isinstance(result, Record)):
            raise Failed(value)
        return value


class Failed(Exception):
    """The error record of an operation, in `error`. Its fields are spelled as in WIT."""

    def __init__(self, error):
        super().__init__(error.message)
        self.error = error


def record(kind, given):
    """A record of the type that a function takes; what is not given is absent, or an empty list."""
    made = Record()
    for name, field in kind.fields:
        absent = [] if type(field).__name__ == "ListType" else None
        setattr(made, name, given.get(name, absent))
    return made


def plain(**fields):
    """A record whose fields are all given; `_` stands for `-`."""
    made = Record()
    vars(made).update({name.rstrip("_").replace("_", "-"): value for name, value in fields.items()})
    return made


def main(file):
    settings = {name: value for name, value in os.environ.items() if name.startswith("ACCELO_")}
    accelo = Sandbox(file, settings)

    condition = plain(field="against", test=None, values=["company/311"])
    listed = accelo.call(ACTIVITIES, "list-activities", {"limit": 3, "where": [condition]})
    of_company = [activity for activity in listed if getattr(activity, "against-id") == "311"]
    print(f"company 311: {len(of_company)} activities")

    new = {"subject": "Call from an example", "against-type": "company", "against-id": "311"}
    created = accelo.call(ACTIVITIES, "create-activity", new)
    read = accelo.call(ACTIVITIES, "get-activity", {"id": created.id})
    print(f"created: {read.subject}")

    try:
        accelo.call(ACTIVITIES, "get-activity", {"id": "1"})
    except Failed as failure:
        if failure.error.kind != "not-found":
            raise
        print("activity 1: not found")


if __name__ == "__main__":
    main(sys.argv[1])
