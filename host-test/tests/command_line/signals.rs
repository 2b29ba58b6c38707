//! What a call does when it is asked to end, or given up.

use super::{Mock, plain};
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
#[cfg(unix)]
use std::sync::mpsc::Receiver;

#[cfg(unix)]
#[test]
fn what_asks_the_program_to_end_cancels_at_the_vendor_what_a_call_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    // Programs that `nohup .ci/run` starts ignore SIGHUP.
    let signals = ["-INT", "-TERM", "-HUP"].into_iter().filter(|signal| *signal != "-HUP" || !hangup_is_ignored());
    for signal in signals {
        let mock = Mock::start("airops");
        let audit = folder.path().join(format!("audit{signal}.jsonl"));
        let mut command = Command::new(outwit());
        let job = json!({"workflow-id": "wf_research_001", "inputs": {}, "interval-ms": 600_000}).to_string();
        command.arg("--audit").arg(&audit).args(["call", "airops.run-workflow", &job]);
        command.envs(mock.settings.iter().cloned());
        let call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The first run of a mock is always this one.
        let run = json!({"workflow-id": "wf_research_001", "execution-id": "exec_7d41"}).to_string();
        let begun = std::time::Instant::now();
        while mock.run(&["airops.get-workflow-execution", &run]).0 != 0 {
            assert!(begun.elapsed().as_secs() < 60, "the run does not start");
        }
        kill(signal, &call);
        let output = call.wait_with_output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!((output.status.code(), &error["kind"]), (Some(4), &json!("cancelled")), "{signal}: {error}");
        assert_eq!(error["details"]["result"]["status"], "cancelled", "{signal}: {error}");
        assert_eq!(mock.run(&["airops.get-workflow-execution", &run]).1["status"], "cancelled");
        let lines = std::fs::read_to_string(&audit).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["status"], &lines[1]["status"]), (&json!("started"), &json!("cancelled")), "{lines:?}");
    }
}

/// Whether this process and those that it starts ignore SIGHUP, as far as the machine tells (Linux does).
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|signals| signals & 1 == 1)
}

#[cfg(unix)]
fn kill(signal: &str, process: &Child) {
    assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
}

/// A vendor on loopback that answers the start of a run, and after that only tells that it is asked.
fn silent_after_the_start() -> (String, Receiver<String>) {
    use std::io::Write;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 0 {
                    if line.contains(" HTTP/1.1") && sender.send(line.clone()).is_err() {
                        return;
                    }
                    if line.contains("/execute ") {
                        std::thread::sleep(std::time::Duration::from_millis(300));
                        let body = r#"{"execution_id":"run-4711","status":"running"}"#;
                        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
                        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
                    }
                    line.clear();
                }
            });
        }
    });
    (url, requests)
}

/// A call with work that was started, and what the vendor is asked.
#[cfg(unix)]
fn started(options: &[&str]) -> (Child, Receiver<String>) {
    let (url, asked) = silent_after_the_start();
    let mut command = Command::new(outwit());
    let job = json!({"workflow-id": "w", "inputs": {}, "interval-ms": 600_000}).to_string();
    command.args(options).args(["call", "airops.run-workflow", &job]);
    command.env("AIROPS_BASE_URL", url).env("AIROPS_API_KEY", "key");
    let call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert!(soon(&asked).contains("/execute"));
    // The answer to the start is on its way.
    std::thread::sleep(std::time::Duration::from_millis(900));
    (call, asked)
}

#[cfg(unix)]
fn soon(asked: &Receiver<String>) -> String {
    asked.recv_timeout(std::time::Duration::from_secs(60)).unwrap()
}

#[cfg(unix)]
#[test]
fn the_id_of_started_work_is_reported_where_its_cancellation_is_not_answered() {
    let (call, asked) = started(&[]);
    kill("-TERM", &call);
    assert!(soon(&asked).contains("/cancel"));
    // The second one leaves at once.
    kill("-TERM", &call);
    let output = call.wait_with_output().unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), &error["kind"], &error["maybe-done"]),
        (Some(4), &json!("cancelled"), &json!(true))
    );
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("SIGTERM") && message.contains("run-4711"), "{error}");
    assert_eq!(error["details"]["work"], "run-4711", "{error}");
}

#[cfg(unix)]
#[test]
fn a_call_cancelled_while_connecting_was_not_executed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(outwit());
    command.args(["call", "accelo.create-company", r#"{"name": "Juniper"}"#]).env("ACCELO_TOKEN", "token");
    // It never speaks TLS.
    command.env("ACCELO_BASE_URL", format!("https://{}", listener.local_addr().unwrap()));
    let call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let open = listener.accept().unwrap();
    kill("-INT", &call);
    let output = call.wait_with_output().unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&error["kind"], &error["maybe-done"]), (&json!("cancelled"), &json!(false)), "{error}");
    drop(open);
}

/// What the component says of the cancellation comes in the same words as what the program says by itself.
#[cfg(unix)]
#[test]
fn a_cancellation_that_is_not_answered_is_reported_once() {
    let (call, asked) = started(&["--color", "always"]);
    kill("-INT", &call);
    assert!(soon(&asked).contains("/cancel"));
    let output = call.wait_with_output().unwrap();
    let text = plain(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{text}");
    assert!(
        text.starts_with("cancelled: airops.run-workflow was given up by Ctrl-C; cancelling run-4711 failed"),
        "{text}"
    );
    assert_eq!(
        (text.matches("cancelling").count(), text.matches("look before trying again").count()),
        (1, 1),
        "{text}"
    );
    assert!(!text.contains("advice") && !text.contains("the caller gave up"), "{text}");
}

/// As `nohup` starts programs.
#[cfg(unix)]
#[test]
fn a_terminal_that_closes_does_not_end_what_ignores_it() {
    let (url, asked) = silent_after_the_start();
    let mut command = Command::new("sh");
    let script = "trap '' HUP; exec \"$0\" call airops.execute-workflow \"$1\"";
    command.args(["-c", script]).arg(outwit()).arg(r#"{"workflow-id":"w","inputs":{}}"#);
    command.env("AIROPS_BASE_URL", url).env("AIROPS_API_KEY", "key");
    let mut call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    asked.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    kill("-HUP", &call);
    assert!(call.wait().unwrap().success());
}
