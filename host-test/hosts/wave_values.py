"""Reads and writes WAVE, in which the wasmtime command line takes and prints the values of functions.

Only what the operations are made of: texts, numbers, words, records, lists, and, of results, cases with a payload.
"""

import json
import re

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|%?[a-z][a-z0-9-]*|[][{}():,])', re.IGNORECASE)
ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]+)\}|.)")
SHORT = {"n": "\n", "r": "\r", "t": "\t"}


class Word(str):
    """A case of an enum."""


def write(value):
    """The WAVE text of a value. JSON's escapes of a text are WAVE's, too."""
    if isinstance(value, Word):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {write(member)}" for name, member in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def parse(text):
    """The value of a WAVE text: cases with a payload as `(name, payload)`, `some(x)` as x, `none` as None."""
    reader = Reader(text)
    value = reader.value()
    if reader.rest().strip():
        raise ValueError(f"WAVE: expected the end, got {reader.rest()[:40]!r}")
    return value


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def rest(self):
        return self.text[self.at :]

    def next(self, *expected):
        found = TOKEN.match(self.text, self.at)
        if not found or (expected and found[1] not in expected):
            raise ValueError(f"WAVE: expected {' or '.join(expected) or 'a value'}, got {self.rest()[:40]!r}")
        self.at = found.end()
        return found[1]

    def sees(self, token):
        found = TOKEN.match(self.text, self.at)
        return found is not None and found[1] == token

    def value(self):
        token = self.next()
        if token[0] == '"':
            return ESCAPE.sub(lambda e: chr(int(e[2], 16)) if e[2] else SHORT.get(e[1], e[1]), token[1:-1])
        if token[0] == "-" or token[0].isdigit():
            return float(token) if re.search(r"[.e]", token) else int(token)
        if token in "{[":
            return self.record() if token == "{" else self.items("]")
        if self.sees("("):
            self.next("(")
            (payload,) = self.items(")")
            return payload if token == "some" else (token, payload)
        return {"true": True, "false": False, "none": None}.get(token, token)

    def record(self):
        members = {}
        while not self.sees("}"):
            name = self.next().lstrip("%")
            self.next(":")
            members[name] = self.value()
            if self.sees(","):
                self.next()
        self.next("}")
        return members

    def items(self, end):
        items = []
        while not self.sees(end):
            items.append(self.value())
            if self.sees(","):
                self.next()
        self.next(end)
        return items
