//! A client in few lines: JSON-RPC on the pipes of the program, or its HTTP address.

use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A version that sessions are opened with.
pub const LEGACY: &str = "2025-11-25";

/// What an agent's client may answer a question with.
type Answer = Box<dyn FnMut(&Value) -> Value>;

/// The program, and what it said.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    last: u64,
    /// Everything that the program said.
    pub heard: String,
    /// Notifications that have come and not been looked at.
    pub notes: VecDeque<Value>,
    /// Answers the server's questions.
    pub answer: Option<Answer>,
}

impl Client {
    pub fn start(options: &[&str], settings: &[(String, String)]) -> Client {
        Client::with(options, settings, json!({}))
    }

    /// A client with these capabilities.
    pub fn with(options: &[&str], settings: &[(String, String)], capabilities: Value) -> Client {
        let mut command = Command::new(outwit());
        command.arg("mcp").args(options).envs(settings.iter().cloned());
        Client::of(command, capabilities)
    }

    /// A client of this program.
    pub fn of(mut command: Command, capabilities: Value) -> Client {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let input = child.stdin.take();
        let mut client =
            Client { child, input, lines, last: 0, heard: String::new(), notes: VecDeque::new(), answer: None };
        let who = json!({ "name": "test", "version": "1" });
        let hello = json!({ "protocolVersion": LEGACY, "capabilities": capabilities, "clientInfo": who });
        assert_eq!(client.request("initialize", hello)["result"]["protocolVersion"], LEGACY);
        client.notify("notifications/initialized", json!({}));
        client
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; gives its id.
    pub fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    /// Waits for the answer to a request. Everything on standard output has to be a message of the protocol.
    pub fn end(&mut self, id: u64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.take(message);
        }
    }

    /// The next message.
    pub fn next(&mut self) -> Value {
        let line = self.lines.next().expect("the program has ended").unwrap();
        self.heard.push_str(&line);
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no message: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        message
    }

    fn take(&mut self, message: Value) {
        match message.get("id") {
            Some(id) if message.get("method").is_some() => {
                let answer = self.answer.as_mut().expect("nobody expected a question")(&message["params"]);
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": answer }));
            }
            _ => self.notes.push_back(message),
        }
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.end(id)
    }

    pub fn tools(&mut self) -> Vec<Value> {
        self.request("tools/list", json!({}))["result"]["tools"].as_array().unwrap().clone()
    }

    /// Calls a tool; gives the result, whether it is an error or not.
    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = answer.get("result").unwrap_or_else(|| panic!("{tool}: {answer}")).clone();
        // Clients that do not know structured content read the same in a text.
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"]);
        result
    }

    /// What a tool answers that has to work.
    pub fn done(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_ne!(result["isError"], true, "{tool}: {result}");
        result["structuredContent"].clone()
    }

    /// The error of a tool that has to fail.
    pub fn failed(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool}: {result}");
        result["structuredContent"].clone()
    }

    /// Sends a line that need not be a message.
    pub fn raw(&mut self, line: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(&[line, b"\n"].concat()).and_then(|()| input.flush()).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Closes the pipe; gives whether the program ended well.
    pub fn close(mut self) -> bool {
        self.input = None;
        self.child.wait().unwrap().success()
    }

    fn send(&mut self, message: &Value) {
        self.raw(message.to_string().as_bytes());
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
