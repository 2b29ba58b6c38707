#!/usr/bin/env bash
# mcp-proxy shows clients another version of the server, hides its instructions, and passes on no notifications.
#
# Versions: mcp-proxy 0.12.0, mcp 1.30.0 (PyPI), Python 3.11.
# Behaviour: behind the proxy, the version in `serverInfo` is the one of the library `mcp` that the proxy uses. `instructions` are absent.
#   The capability `completions` is there, although the server has none. A log message and a change of the list of tools, which the
#   server notifies during a call, reach the proxy and go no further. `logging` is announced all the same.
# Output seen:
#   direct: version 7.1, instructions 'Ask for the station first.', completions False, logging True
#   direct, during a call: notifications/message, notifications/tools/list_changed
#   by the proxy: version 1.30.0, instructions None, completions True, logging True
#   by the proxy, during a call: nothing
#
# Why it surprises: the MCP specification (Lifecycle, "Initialization") has `serverInfo` and `instructions` as the server's own, and
#   capabilities as what the server can do. A model that is served by the proxy does not get the hints that make the tools usable, a
#   bug report names a version that does not exist, and a client goes on with tools that are gone.
#
# Needs python3 with pip. It fails if one of these reaches the client.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-compile --target packages 'mcp-proxy==0.12.0' 'mcp==1.30.0'
cat >call.py <<'PY'
import asyncio

from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.memory import create_connected_server_and_client_session as connect
from mcp_proxy.proxy_server import create_proxy_server

server = Server("tides", version="7.1", instructions="Ask for the station first.")


@server.list_tools()
async def tools():
    return [types.Tool(name="depth", inputSchema={"type": "object"})]


@server.call_tool()
async def call(name, arguments):
    session = server.request_context.session
    await session.send_log_message(level="warning", data="low water")
    await session.send_tool_list_changed()
    return [types.TextContent(type="text", text="3")]


@server.set_logging_level()
async def level(wanted):
    pass


async def show(label, shown):
    seen = []

    async def note(message):
        if isinstance(message, types.ServerNotification):
            seen.append(message.root.method)

    async with connect(shown, message_handler=note) as client:
        said = await client.initialize()
        can = said.capabilities
        print(
            f"{label}: version {said.serverInfo.version}, instructions {said.instructions!r},"
            f" completions {can.completions is not None}, logging {can.logging is not None}"
        )
        await client.call_tool("depth", {})
        await asyncio.sleep(0.5)
        print(f"{label}, during a call: {', '.join(seen) or 'nothing'}")


async def main():
    await show("direct", server)
    async with connect(server) as client:
        await show("by the proxy", await create_proxy_server(client))


asyncio.run(main())
PY
seen=$(PYTHONPATH=packages python3 call.py)
echo "$seen"
[ "$seen" = "direct: version 7.1, instructions 'Ask for the station first.', completions False, logging True
direct, during a call: notifications/message, notifications/tools/list_changed
by the proxy: version 1.30.0, instructions None, completions True, logging True
by the proxy, during a call: nothing" ]
