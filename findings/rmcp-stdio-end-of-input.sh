#!/usr/bin/env bash
# A server made with the Rust MCP SDK drops the answers of requests that take longer than five seconds after its standard input
# has ended, and exits as if all was well.
#
# Versions: rmcp 3.9.0, tokio 1 (crates.io), Rust 1.95.0.
# Behaviour: a client that writes its requests and closes the pipe (a test script, `printf … | server`) gets the answer of a tool
#   that takes one second, and none of a tool that takes seven. The tool's work is done to its end or cut off with the program;
#   nothing on standard error says that an answer is missing.
# Output seen:
#   1 s after the end of input: answered, exit code 0
#   7 s after the end of input: not answered, exit code 0
#
# Needs cargo. It fails if the slow request is answered, or the quick one is not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "tide"
version = "0.0.0"
edition = "2024"

[dependencies]
rmcp = { version = "=3.9.0", default-features = false, features = ["server", "transport-io"] }
tokio = { version = "1", features = ["io-std", "macros", "rt-multi-thread", "time"] }
TOML
cat >src/main.rs <<'RUST'
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ServerCapabilities, ServerConfig};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};

struct Tide;

impl ServerHandler for Tide {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let seconds = request.name.parse().unwrap_or(0);
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        Ok(CallToolResult::success(vec![ContentBlock::text("high water")]).into())
    }
}

#[tokio::main]
async fn main() {
    let service = Tide.serve(rmcp::transport::stdio()).await.expect("a client");
    service.waiting().await.expect("an end");
}
RUST
cargo build -q
answered() {
  {
    printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"pilot","version":"1"}}}'
    printf '%s\n' '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    printf '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"%s","arguments":{}}}\n' "$1"
  } | target/debug/tide >out 2>err
  code=$?
  if grep -q '"id":2' out; then said=answered; else said='not answered'; fi
  echo "$1 s after the end of input: $said, exit code $code"
}
seen=$(answered 1; answered 7)
echo "$seen"
[ "$seen" = $'1 s after the end of input: answered, exit code 0\n7 s after the end of input: not answered, exit code 0' ]
