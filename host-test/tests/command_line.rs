//! The command line against a mock server that runs beside it: what one call does, the next one sees. And the commands in the documents.

#[path = "command_line/documents.rs"]
mod documents;

use outwit_host_test::build::outwit;
use outwit_host_test::{Kept, Step, vendors};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// `outwit mock`, until dropped.
struct Mock {
    server: Child,
    settings: Vec<(String, String)>,
}

impl Mock {
    fn start(vendor: &str) -> Mock {
        let mut command = Command::new(outwit());
        let mut server =
            command.args(["--json", "mock", vendor]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Value::Object(settings) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        let text = |value: Value| value.as_str().unwrap().to_owned();
        Mock { server, settings: settings.into_iter().map(|(name, value)| (name, text(value))).collect() }
    }

    /// Runs `outwit call`, with its exit code and what it printed on the stream that counts.
    fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let mut command = Command::new(outwit());
        let output = command.arg("call").args(arguments).envs(self.settings.iter().cloned()).output().unwrap();
        let told = if output.status.success() { &output.stdout } else { &output.stderr };
        (output.status.code().unwrap(), serde_json::from_slice(told).unwrap_or_default())
    }

    fn call(&self, operation: &str, input: Value) -> Value {
        let (code, output) = self.run(&[&format!("accelo.{operation}"), &input.to_string(), "--reveal"]);
        assert_eq!(code, 0, "{operation}: {output}");
        output
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

#[test]
fn what_is_created_is_listed_updated_and_deleted() {
    let mock = Mock::start("accelo");
    let new = json!({"subject": "Left a message", "against-type": "company", "against-id": "205", "visibility": "all"});
    let id = mock.call("create-activity", new)["id"].clone();
    let subjects = |of: &str| {
        let against = json!({"where": [{"field": "against", "values": [of]}], "limit": 100});
        let listed = mock.call("list-activities", against);
        let rows = listed.as_array().unwrap().iter();
        rows.filter(|row| row["id"] == id).map(|row| row["subject"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(subjects("company/205"), ["Left a message"]);
    mock.call("update-activity", json!({"id": id, "subject": "Called back", "nonbillable": 300}));
    assert_eq!(subjects("company/205"), ["Called back"]);
    assert_eq!(mock.call("get-activity", json!({"id": id}))["nonbillable"], 300);
    assert_eq!(mock.call("delete-activity", json!({"id": id})), Value::Null);
    assert!(subjects("company/205").is_empty());
    let (code, error) = mock.run(&["accelo.get-activity", &json!({"id": id}).to_string()]);
    assert_eq!((code, &error["kind"]), (4, &json!("not-found")));
}

#[test]
fn every_operation_of_every_vendor_answers_on_its_tour() {
    for vendor in vendors().unwrap() {
        let mock = Mock::start(&vendor);
        let list = Command::new(outwit()).args(["--json", "list", &vendor]).output().unwrap();
        let listed: Value = serde_json::from_slice(&list.stdout).unwrap();
        let mut left: BTreeSet<&str> =
            listed.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()?.split('.').nth(1)).collect();
        let mut kept = Kept::new();
        for step in Step::of(&vendor).unwrap() {
            let id = format!("{vendor}.{}", step.call);
            let (code, output) = mock.run(&[&id, &step.filled(&kept).to_string(), "--reveal"]);
            assert_eq!(code, 0, "{id}: {output}");
            assert_eq!(step.take(&output, &mut kept), [""; 0], "{vendor}: {output}");
            left.remove(&*step.call);
        }
        assert!(left.is_empty(), "{vendor}: not on the tour: {left:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_asks_the_program_to_end_cancels_at_the_vendor_what_a_call_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-INT", "-TERM", "-HUP"] {
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

#[cfg(unix)]
fn kill(signal: &str, process: &Child) {
    assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
}

/// A vendor on loopback that answers the start of a run, and after that only tells that it is asked.
fn silent_after_the_start() -> (String, std::sync::mpsc::Receiver<String>) {
    use std::io::Write;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, tell) = (stream.unwrap(), tell.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 0 {
                    if line.contains(" HTTP/1.1") && tell.send(line.clone()).is_err() {
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
    (url, told)
}

#[cfg(unix)]
#[test]
fn the_id_of_started_work_is_told_where_its_cancellation_is_not_answered() {
    let (url, asked) = silent_after_the_start();
    let mut command = Command::new(outwit());
    let job = json!({"workflow-id": "w", "inputs": {}, "interval-ms": 600_000}).to_string();
    command.args(["call", "airops.run-workflow", &job]).env("AIROPS_BASE_URL", url).env("AIROPS_API_KEY", "key");
    let call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let wait = || asked.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert!(wait().contains("/execute"));
    // The answer to the start is on its way.
    std::thread::sleep(std::time::Duration::from_millis(900));
    kill("-TERM", &call);
    assert!(wait().contains("/cancel"));
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
fn what_is_given_up_while_connecting_was_not_done() {
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
fn a_cancellation_that_is_not_answered_is_told_once() {
    let (url, asked) = silent_after_the_start();
    let mut command = Command::new(outwit());
    let job = json!({"workflow-id": "w", "inputs": {}, "interval-ms": 600_000}).to_string();
    command.args(["--color", "always", "call", "airops.run-workflow", &job]);
    command.env("AIROPS_BASE_URL", url).env("AIROPS_API_KEY", "key");
    let call = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let wait = || asked.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert!(wait().contains("/execute"));
    std::thread::sleep(std::time::Duration::from_millis(900));
    kill("-INT", &call);
    assert!(wait().contains("/cancel"));
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

#[test]
fn calls_per_minute_count_in_all_processes() {
    let (mock, folder) = (Mock::start("accelo"), tempfile::tempdir().unwrap());
    let config = folder.path().join("outwit.toml");
    std::fs::write(&config, "[accelo]\ncalls-per-minute = 2\n").unwrap();
    let call = || {
        let mut command = Command::new(outwit());
        command.arg("--config").arg(&config).args(["call", "accelo.list-staff"]).env("OUTWIT_STATE", folder.path());
        let output = command.envs(mock.settings.iter().cloned()).output().unwrap();
        (output.status.code(), serde_json::from_slice::<Value>(&output.stderr).unwrap_or_default())
    };
    assert_eq!((call().0, call().0), (Some(0), Some(0)));
    let (code, error) = call();
    assert_eq!((code, &error["kind"]), (Some(4), &json!("rate-limited")), "{error}");
    let wait = error["retry-after-ms"].as_u64().unwrap();
    assert!((1..=30_001).contains(&wait), "{wait}");
}

#[test]
fn a_setting_that_is_missing_is_told_with_the_lines_that_give_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("outwit.toml");
    std::fs::write(&config, "[airops.accounts.other]\nAIROPS_API = \"v1\"\n").unwrap();
    let call = |arguments: &[&str]| {
        let mut command = Command::new(outwit());
        command.arg("--config").arg(&config).arg("call").args(arguments).env("OUTWIT_STATE", folder.path());
        let output = command.output().unwrap();
        (output.status.code(), serde_json::from_slice::<Value>(&output.stderr).unwrap())
    };
    let (code, error) = call(&["accelo.list-staff"]);
    let table = json!(["[accelo]", "ACCELO_DEPLOYMENT = \"…\"", "ACCELO_TOKEN = \"…\""]);
    assert_eq!((code, &error["details"]["outwit.toml"]), (Some(3), &table), "{error}");
    assert_eq!(error["details"]["shell"], "export ACCELO_DEPLOYMENT=… ACCELO_TOKEN=…", "{error}");
    let (code, error) = call(&["airops.list-workflows", "--account", "other"]);
    let table = json!(["[airops.accounts.other]", "AIROPS_API_KEY = \"…\""]);
    assert_eq!((code, &error["details"]), (Some(3), &json!({ "outwit.toml": table })), "{error}");
}

/// Runs the program without any setting; gives its exit code and the error that it tells.
fn failed(arguments: &[&str]) -> (i32, Value) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(outwit());
    let output = command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code().unwrap(), serde_json::from_slice(&output.stderr).unwrap_or_default())
}

#[test]
fn a_file_that_is_named_and_cannot_be_read_has_one_exit_code_and_is_told() {
    for arguments in [
        &["call", "accelo.list-staff", "@nowhere.json"][..],
        &["--config", "nowhere.toml", "call", "accelo.list-staff"],
        &["--config", "nowhere.toml", "list"],
        &["--roots", "nowhere.pem", "call", "accelo.list-staff"],
        &["--plugins", "nowhere", "list"],
        &["serve", "nowhere.wasm"],
        &["policy", "--host", "spin", "nowhere.wasm"],
        &["push", "127.0.0.1:1/a/b:1", "nowhere.wasm"],
        &["eval-search", "nowhere.jsonl"],
    ] {
        let (code, error) = failed(arguments);
        assert_eq!(code, 3, "{arguments:?}: {error}");
        assert!(error["message"].as_str().unwrap().contains("nowhere"), "{arguments:?}: {error}");
    }
    let help = Command::new(outwit()).arg("--help").output().unwrap();
    assert!(String::from_utf8_lossy(&help.stdout).contains("an unreadable file"));
}

#[test]
fn a_check_without_any_account_says_so_and_fails() {
    let (code, error) = failed(&["auth", "check"]);
    assert_eq!((code, &error["kind"]), (3, &json!("misconfigured")), "{error}");
    assert!(error["message"].as_str().unwrap().starts_with("no account is configured"), "{error}");
    // Whoever asks for a vendor is told what it lacks, as a call tells it.
    let output = Command::new(outwit()).args(["auth", "check", "airops"]).stdin(Stdio::null()).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = json!(["[airops]", "AIROPS_API_KEY = \"…\""]);
    assert_eq!((output.status.code(), &told[0]["error"]["details"]["outwit.toml"]), (Some(3), &lines), "{told}");
    assert_eq!(told[0]["error"]["details"]["shell"], "export AIROPS_API_KEY=…");
}

#[test]
fn a_step_that_fails_is_told_after_the_recipe_that_was_called() {
    let arguments = ["--mock", "call", "accelo.log-time", r#"{"company": "999999", "minutes": 5, "subject": "S"}"#];
    let (code, error) = failed(&arguments);
    let told = (&error["kind"], &error["operation"], &error["step"]);
    assert_eq!((code, told), (4, (&json!("not-found"), &json!("accelo.log-time"), &json!("accelo.get-company"))));
    let mut command = Command::new(outwit());
    let output = command.args(["--color", "always"]).args(arguments).output().unwrap();
    let text = plain(&output.stderr);
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(place("accelo.log-time") < place("accelo.get-company"), "{text}");
    let (_, error) = failed(&["--mock", "call", "accelo.get-company", r#"{"id": "999999"}"#]);
    assert_eq!((&error["operation"], error.get("step")), (&json!("accelo.get-company"), None));
}

/// What a terminal shows, without colours.
fn plain(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, after)| after))
}

/// The names of types of a programming language say nothing to most people.
#[test]
fn numbers_that_are_none_are_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    for pace in ["0", "-1", "1.5", "\"many\"", "99999999999"] {
        let config = folder.path().join("outwit.toml");
        std::fs::write(&config, format!("[accelo]\ncalls-per-minute = {pace}\n")).unwrap();
        let (code, error) = failed(&["--config", config.to_str().unwrap(), "call", "accelo.list-staff"]);
        let message = error["message"].as_str().unwrap();
        assert_eq!((code, message.ends_with("expected a whole number from 1 on")), (3, true), "{pace}: {error}");
    }
    for value in ["many", "-1", "1.5"] {
        let mut command = Command::new(outwit());
        command.args(["--mock", "call", "accelo.list-staff"]).env("OUTWIT_DEADLINE_MS", value);
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(3) && error.contains("number"), "{error}");
    }
    for arguments in
        [&["search", "x", "--limit", "0"][..], &["search", "x", "--limit", "many"], &["mock", "--port", "x"]]
    {
        let output = Command::new(outwit()).args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(!["usize", "u16", "u32", "nonzero"].iter().any(|jargon| error.contains(jargon)), "{error}");
    }
}

/// clap lists what stands under a heading below it.
#[test]
fn help_tells_a_commands_own_options_from_those_of_all_commands() {
    for (command, own) in [("push", "--revision"), ("pull", "--output"), ("mock", "--port"), ("call", "--yes")] {
        let output = Command::new(outwit()).args([command, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let (before, global) = help.split_once("Global options:").unwrap_or_else(|| panic!("{help}"));
        let (_, options) = before.split_once("\nOptions:").unwrap_or_else(|| panic!("{help}"));
        assert!(options.contains(own) && !global.contains(own), "{help}");
        for option in ["--mock", "--plugins", "--config", "--grant", "--roots", "--audit", "--log", "--json", "--color"]
        {
            assert!(global.contains(option) && !options.contains(option), "{command} {option}: {help}");
        }
    }
}

#[test]
fn a_secret_that_one_operation_needs_is_described_as_such() {
    let told = |name: &str| {
        let output = Command::new(outwit()).args(["--json", "describe", name]).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let aero = told("aero");
    let key = aero["settings"].as_array().unwrap().iter().find(|one| one["name"] == "AERO_SQL_KEY").unwrap();
    assert_eq!((&key["secret"], &key["required"]), (&json!(true), &json!(false)), "{key}");
    assert!(key["description"].as_str().unwrap().contains("run-sql-select"), "{key}");
    let needs = |operation: &str| told(operation)["settings"].as_array().unwrap().contains(&json!("AERO_SQL_KEY"));
    assert!(needs("aero.run-sql-select") && !needs("aero.list-tasks"));
    let text = |name: &str| {
        let output = Command::new(outwit()).args(["--color", "always", "describe", name]).output().unwrap();
        plain(&output.stdout)
    };
    assert!(text("aero").contains("AERO_SQL_KEY (secret)"), "{}", text("aero"));
    assert!(text("aero.run-sql-select").contains("AERO_SQL_KEY (required, secret)"));
}

/// What is called by its id shows nothing until it ends.
#[test]
fn what_streams_says_that_a_call_gives_it_at_the_end() {
    let run = |arguments: &[&str]| {
        let output = Command::new(outwit()).args(arguments).output().unwrap();
        plain(&output.stdout)
    };
    let styles = [&["--json"][..], &["--color", "always"]];
    for arguments in [&["list", "airops"][..], &["search", "stream the reply of an agent"]] {
        for style in styles {
            let text = run(&[style, arguments].concat());
            let note = "piece by piece, as it is written. A call by its id gives all of it at the end.";
            assert!(text.contains(note), "{arguments:?}: {text}");
        }
    }
    for operation in ["stream-chat", "stream-workflow", "stream-agent", "stream-app"] {
        for style in styles {
            let text = run(&[style, &["describe", &format!("airops.{operation}")]].concat());
            assert!(text.contains("Called by its id it gives the whole"), "{operation}: {text}");
        }
    }
    assert!(!run(&["--json", "search", "chat with an agent", "--limit", "1"]).contains("at the end"));
}

#[test]
fn a_consent_that_nobody_can_be_asked_for_is_told_with_what_gives_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("outwit.toml");
    std::fs::write(&config, "[accelo]\nconfirm = [\"read\"]\n").unwrap();
    let mut command = Command::new(outwit());
    command.args(["--mock", "--config"]).arg(&config).args(["call", "accelo.list-staff"]).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--yes approves this call"), "{output:?}");
}

#[test]
fn a_byte_order_mark_in_front_of_an_input_is_none_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.json");
    std::fs::write(&file, "\u{feff}{\"id\": \"21\"}").unwrap();
    let input = format!("@{}", file.display());
    let output = Command::new(outwit()).args(["--mock", "call", "accelo.get-staff", &input]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn input_comes_from_an_argument_a_file_or_standard_input() {
    let mock = Mock::start("accelo");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.json");
    std::fs::write(&file, r#"{"id": "21"}"#).unwrap();
    let (code, staff) = mock.run(&["accelo.get-staff", &format!("@{}", file.display())]);
    assert_eq!((code, &staff["firstname"]), (0, &json!("Mirela")));
    let mut command = Command::new(outwit());
    command.args(["call", "accelo.get-staff", "-"]).envs(mock.settings.iter().cloned());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), br#"{"id": "22"}"#).unwrap();
    let output = child.wait_with_output().unwrap();
    let staff: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(staff["firstname"], "Tomas");
}

#[test]
fn a_piped_answer_is_one_line_of_json_and_a_terminal_gets_more() {
    let run = |style: &[&str]| {
        let mut command = Command::new(outwit());
        let output = command.args(["--mock", "call", "accelo.get-staff", r#"{"id": "21"}"#]).args(style).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let piped = run(&[]);
    assert_eq!((piped.lines().count(), piped.contains('\u{1b}')), (1, false));
    let coloured = run(&["--color", "always"]);
    assert!(coloured.lines().count() > 3 && coloured.contains('\u{1b}'), "{coloured}");
}

#[test]
fn a_misspelled_vendor_is_told_like_a_misspelled_operation() {
    for (given, meant) in [("acelo", "accelo"), ("accelo.get-staf", "accelo.get-staff")] {
        let output = Command::new(outwit()).args(["describe", given]).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!((output.status.code(), &error["details"]["nearest"][0]), (Some(3), &json!(meant)), "{error}");
    }
}

#[test]
fn an_unknown_vendor_has_one_exit_code_and_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["list", "acelo"][..],
        &["search", "log time", "--vendor", "acelo"],
        &["auth", "check", "acelo"],
        &["auth", "login", "acelo", "--no-browser"],
        &["auth", "logout", "acelo"],
        &["policy", "--host", "jco", "acelo"],
        &["extract", "acelo"],
        &["compose", "acelo", "-o", "app.wasm"],
        &["mock", "acelo"],
        &["mcp", "--vendors", "acelo"],
    ] {
        let output = Command::new(outwit()).args(arguments).current_dir(folder.path()).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), &error["details"]["nearest"][0]),
            (Some(3), &json!("accelo")),
            "{arguments:?}"
        );
    }
    let mut logout = Command::new(outwit());
    let output =
        logout.args(["auth", "logout", "accelo", "--account", "nope"]).env("OUTWIT_STATE", folder.path()).output();
    assert_eq!(output.unwrap().status.code(), Some(3));
}

#[test]
fn a_vendor_in_place_of_an_operation_gets_its_operations_listed() {
    let output = Command::new(outwit()).args(["--mock", "call", "accelo"]).output().unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(error["message"].as_str().unwrap().contains("`outwit list accelo`"), "{error}");
    assert!(error["details"]["operations"].as_array().unwrap().contains(&json!("accelo.list-staff")), "{error}");
}

#[test]
fn a_foreign_or_damaged_file_among_the_plugins_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let extracted = Command::new(outwit()).args(["extract", "--out", path]).output().unwrap();
    assert!(extracted.status.success());
    std::fs::copy(folder.path().join("aero.wasm"), folder.path().join("aero-tools.wasm")).unwrap();
    std::fs::write(folder.path().join("accelo.wasm"), b"\0asm\x0d\0\x01\0damaged").unwrap();
    std::fs::write(folder.path().join("empty.wasm"), b"").unwrap();
    std::fs::create_dir(folder.path().join("folder.wasm")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(outwit());
        let output = command.args(["--mock", "--plugins", path]).args(arguments).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for arguments in [&["list"][..], &["search", "list companies"], &["auth", "check"], &["mcp"]] {
        let (code, out, told) = run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {told}");
        // What has no mock is not checked with `--mock`.
        let told_of: &[_] =
            if arguments[0] == "auth" { &["accelo"] } else { &["accelo", "aero-tools", "empty", "folder"] };
        for name in told_of {
            assert!(told.contains(&format!("/{name}.wasm: ")), "{arguments:?}: {told}");
        }
        // What is built in does not take the place of a file that a person put there.
        assert!(!out.contains("accelo."), "{arguments:?}: {out}");
        assert!(arguments == ["mcp"] || out.contains("aero"), "{arguments:?}: {out}");
    }
    assert_eq!(run(&["call", "aero.list-companies"]).0, Some(0));
    let (code, _, told) = run(&["call", "accelo.list-staff"]);
    assert!(code == Some(3) && told.contains("/accelo.wasm: "), "{told}");
    let (code, _, told) = run(&["list", "accelo"]);
    assert!(code == Some(3) && told.contains("/accelo.wasm: "), "{told}");
}

#[cfg(unix)]
#[test]
fn a_setting_that_is_no_text_or_no_address_is_told_as_what_it_is() {
    use std::os::unix::ffi::OsStrExt;
    let run = |name: &str, value: &[u8]| {
        let mut command = Command::new(outwit());
        command.args(["call", "accelo.list-staff"]).env("ACCELO_DEPLOYMENT", "d").env("ACCELO_TOKEN", "t");
        let output = command.env(name, std::ffi::OsStr::from_bytes(value)).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        serde_json::from_slice::<Value>(&output.stderr).unwrap()
    };
    for (name, value, told) in [
        ("ACCELO_TOKEN", &b"to\xffken"[..], "is no text (UTF-8)"),
        ("ACCELO_BASE_URL", b"http://127.0.0.1:99999", "a port from 1 to 65535"),
        ("ACCELO_BASE_URL", b"FTP://127.0.0.1", "starts with https://"),
    ] {
        let error = run(name, value);
        assert_eq!((&error["kind"], &error["field"]), (&json!("misconfigured"), &json!(name)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(told), "{error}");
    }
}

#[test]
fn components_are_extracted_for_other_hosts_and_loaded_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let output = Command::new(outwit()).args(["extract", "--out", path]).output().unwrap();
    assert!(output.status.success());
    let component = std::fs::read(folder.path().join("accelo.wasm")).unwrap();
    assert!(component.starts_with(b"\0asm\x0d\0\x01\0"), "a component, not a core module");
    let call = ["--plugins", path, "--mock", "call", "accelo.get-staff", r#"{"id": "21"}"#];
    assert!(Command::new(outwit()).args(call).output().unwrap().status.success());
}
