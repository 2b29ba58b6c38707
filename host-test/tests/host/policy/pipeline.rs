//! A call looks its operation up once and is decided once, whoever makes it, and the gate admits each of its requests. The
//! steps stand in one order.

use super::{Person, call, workspace, workspace_of};
use outwit::{Call, CallHandle, DenyAll, ErrorKind, Grant, Host, Options, Scope};
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use outwit_mocks::Server;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// A recipe, which sends several requests.
const OPERATION: &str = "aero.log-time-by-name";

fn input() -> Value {
    json!({ "category": "task", "aero": "90402", "hours": 2.5 })
}

/// One look-up and one decision about the operation, and as many requests as arrived at the mock.
fn check(log: &str, mock: &Server, what: &str) {
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let count = |message: &str, operation: Option<&str>| {
        let fields = events.iter().map(|event| &event["fields"]).filter(|fields| fields["message"] == message);
        fields.filter(|fields| operation.is_none_or(|operation| fields["operation"] == operation)).count()
    };
    let counted = (count("resolve", Some(OPERATION)), count("authorize", Some(OPERATION)), count("request", None));
    assert!(mock.seen().len() > 1, "{what}: {log}");
    assert_eq!(counted, (1, 1, mock.seen().len()), "{what}: {log}");
}

/// Runs the program with this input, and gives what it logged.
fn logged(mock: &Server, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(outwit());
    command.args(["--log", "trace"]).args(arguments).envs(mock.settings().iter().cloned());
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = piped.spawn().unwrap();
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_command_line_looks_an_operation_up_once_and_decides_once() {
    net::run(async {
        let (mock, _) = net::mocked("aero").await;
        let log = tokio::task::block_in_place(|| logged(&mock, &["call", OPERATION, "-"], &input().to_string()));
        check(&log, &mock, "call");
    });
}

#[test]
fn the_mcp_server_looks_an_operation_up_once_and_decides_once() {
    net::run(async {
        let few = ("call-write-operation", json!({ "operation": OPERATION, "input": input() }));
        let all = ("aero-log-time-by-name", input());
        for (tools, (name, arguments)) in [("few", few), ("all", all)] {
            let (mock, _) = net::mocked("aero").await;
            let client = json!({ "name": "test", "version": "1" });
            let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
            let messages = [
                json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello }),
                json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
                json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
                    "params": { "name": name, "arguments": arguments } }),
            ];
            let messages: String = messages.iter().map(|message| format!("{message}\n")).collect();
            let log = tokio::task::block_in_place(|| logged(&mock, &["mcp", "--tools", tools], &messages));
            check(&log, &mock, tools);
        }
    });
}

/// What a subscriber of this thread writes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_embedder_looks_an_operation_up_once_and_decides_once() {
    net::run(async {
        let (mock, plugin) = net::mocked("aero").await;
        // What is logged for the first time by a thread without a subscriber, as those of other tests are, stays unlogged.
        plugin.call(OPERATION, &input().to_string()).await.unwrap();
        mock.forget();
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().json().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
        let subscriber = subscriber.with_writer(move || writer.clone()).finish();
        let _here = tracing::subscriber::set_default(subscriber);
        plugin.call(OPERATION, &input().to_string()).await.unwrap();
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let own = log.lines().filter(|line| line.contains(r#""target":"outwit""#));
        check(&own.collect::<Vec<_>>().join("\n"), &mock, "Plugin::call");
    });
}

#[test]
fn what_the_host_does_not_grant_is_denied_before_a_person_is_asked() {
    net::run(async {
        let host = Host::new(Options { grant: Grant::Read, ..net::options() }).unwrap();
        let (mock, _) = net::mocked("aero").await;
        let settings = mock.settings().iter().cloned().collect();
        let workspace = workspace_of(&host, settings, "[aero]\nconfirm = [\"write\"]\n", Scope::default(), None);
        let person = Person(true, Mutex::default());
        let error = call(&workspace, OPERATION, input(), &person).await.unwrap_err();
        assert_eq!(error.message, format!("{OPERATION} does more than this host grants"));
        assert_eq!((error.kind, person.1.lock().unwrap().len(), mock.seen().len()), (ErrorKind::Denied, 0, 0));
    });
}

#[test]
fn an_operation_that_another_workspace_resolved_is_not_called() {
    net::run(async {
        let (_other_mock, other) = workspace("", Scope::default(), None).await;
        let (mock, workspace) = workspace("", Scope::default(), None).await;
        let operation = &other.resolve("aero.list-companies").await.unwrap();
        let watch = CallHandle::new();
        let call = Call { operation, input: "{}", account: None, watch: &watch, confirm: &DenyAll };
        assert_eq!(workspace.call(call).await.unwrap_err().kind, ErrorKind::Denied);
        assert_eq!(mock.seen().len(), 0);
        other.call(call).await.unwrap();
    });
}
