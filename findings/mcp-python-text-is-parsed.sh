#!/usr/bin/env bash
# A tool of the Python MCP SDK with an optional text gets another value than the caller sent if the text looks like JSON.
#
# Versions: mcp 2.3.0 (PyPI), Python 3.11.
# Behaviour: an argument whose annotation is not plainly `str` is read as JSON first, if that gives an object, a list or null. For
#   `note: str | None` the text `null` arrives as None, and the texts `{"depth": 3}` and `[3]` are refused with "Input should be a
#   valid string". For `names: str | list[str]` the text `["pier"]` arrives as a list. `note: str` is exempt.
# Output seen:
#   schema of note: [{"type": "string"}, {"type": "null"}]
#   str: 'null' -> 'null', '{"depth": 3}' -> '{"depth": 3}'
#   str | None: 'null' -> None, '{"depth": 3}' -> refused, '[3]' -> refused, 'pier' -> 'pier'
#   str | list[str]: '["pier"]' -> ['pier']
#
# Why it surprises: the tool's own `inputSchema` says that `note` is a string, and JSON Schema 2020-12 (Core, section 4.2.1) has a
#   string as a value that no content turns into another type. So an agent that fills in an optional body, query or template with
#   JSON text sends a valid call and is told that a string is not a string. A note of the word `null` is lost.
#
# Needs python3 with pip. It fails if one of the texts arrives as it was.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'mcp==2.3.0'
cat >call.py <<'PY'
import asyncio
import json

from mcp import Client
from mcp.server.mcpserver import MCPServer

server = MCPServer("tides")


@server.tool()
def required(note: str) -> str:
    return repr(note)


@server.tool()
def optional(note: str | None = None) -> str:
    return repr(note)


@server.tool()
def either(names: str | list[str]) -> str:
    return repr(names)


async def main():
    async with Client(server) as client:

        async def show(label, tool, argument, *texts):
            lines = []
            for text in texts:
                reply = await client.call_tool(tool, {argument: text})
                assert not reply.is_error or "Input should be a valid string" in reply.content[0].text
                lines.append(f"{text!r} -> {'refused' if reply.is_error else reply.content[0].text}")
            print(f"{label}: {', '.join(lines)}")

        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        print("schema of note:", json.dumps(tools["optional"].input_schema["properties"]["note"]["anyOf"]))
        await show("str", "required", "note", "null", '{"depth": 3}')
        await show("str | None", "optional", "note", "null", '{"depth": 3}', "[3]", "pier")
        await show("str | list[str]", "either", "names", '["pier"]')


asyncio.run(main())
PY
seen=$(PYTHONPATH=packages python3 call.py 2>err) || { cat err >&2; exit 1; }
echo "$seen"
[ "$seen" = "schema of note: [{\"type\": \"string\"}, {\"type\": \"null\"}]
str: 'null' -> 'null', '{\"depth\": 3}' -> '{\"depth\": 3}'
str | None: 'null' -> None, '{\"depth\": 3}' -> refused, '[3]' -> refused, 'pier' -> 'pier'
str | list[str]: '[\"pier\"]' -> ['pier']" ]
