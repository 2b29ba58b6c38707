//! Clients of `outwit mcp`: the same call by each of its transports.

use crate::vendor::{INPUT, OPERATION};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A version with sessions, and the one without.
const SESSION: &str = "2025-11-25";
const CURRENT: &str = "2026-07-28";
const TOOL: &str = "call-read-operation";

/// The program and its pipes; it ends when this is dropped.
pub struct Piped {
    child: Child,
    /// The parameters of a call.
    call: Value,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: String,
}

impl Piped {
    /// Starts `outwit mcp` and opens a session.
    pub fn start(command: &mut Command) -> Result<Piped> {
        Piped::calling(command, call())
    }

    /// Starts another server, whose tool is that operation with its inputs in one text, and opens a session.
    pub fn of_tools(command: &mut Command) -> Result<Piped> {
        Piped::calling(command, json!({ "name": OPERATION.replace('.', "-"), "arguments": { "options": INPUT } }))
    }

    fn calling(command: &mut Command, call: Value) -> Result<Piped> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().context("its input")?;
        let output = BufReader::new(child.stdout.take().context("its output")?);
        let mut piped = Piped { child, call, input, output, line: String::new() };
        let who = json!({ "name": "bench", "version": "1" });
        let hello = json!({ "protocolVersion": SESSION, "capabilities": {}, "clientInfo": who });
        piped.ask(&request("initialize", &hello))?;
        ensure!(piped.line.contains("\"result\""), "{}", piped.line);
        writeln!(piped.input, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))?;
        Ok(piped)
    }

    /// One call: a line there and a line back.
    pub fn call(&mut self) -> Result<()> {
        self.ask(&request("tools/call", &self.call))?;
        ensure!(is_list(&self.line), "{}", self.line);
        Ok(())
    }

    fn ask(&mut self, request: &Value) -> Result<()> {
        self.input.write_all(format!("{request}\n").as_bytes())?;
        // Notifications may come before the answer.
        loop {
            self.line.clear();
            ensure!(self.output.read_line(&mut self.line)? > 0, "the program ended");
            if self.line.contains("\"id\":") {
                return Ok(());
            }
        }
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// One call of the current protocol, which needs no session.
pub async fn over_http(client: &reqwest::Client, url: &str) -> Result<()> {
    let mut params = call();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": CURRENT,
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let request = client.post(url).body(request("tools/call", &params).to_string());
    let request = request.header("content-type", "application/json").header("mcp-protocol-version", CURRENT);
    let request = request.header("accept", "application/json, text/event-stream");
    let response = request.header("mcp-method", "tools/call").header("mcp-name", TOOL).send().await?;
    let (status, text) = (response.status(), response.text().await?);
    ensure!(status == 200 && is_list(&text), "{status}: {text}");
    Ok(())
}

fn request(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

fn call() -> Value {
    let input: Value = serde_json::from_str(INPUT).unwrap_or_default();
    json!({ "name": TOOL, "arguments": { "operation": OPERATION, "input": input } })
}

/// Whether an answer holds the last of the activities.
fn is_list(answer: &str) -> bool {
    answer.contains("meeting 19") && !answer.contains("\"isError\":true")
}
