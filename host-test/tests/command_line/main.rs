//! The command line against a mock server that runs beside it: what one call does, the next one sees. And the commands in the documents.

mod credentials;
mod documents;
mod errors;
mod import;
mod inspect;
mod signals;
mod tables;

use outwit_host_test::build::outwit;
use outwit_host_test::{Step, Variables, vendors};
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
        let printed = if output.status.success() { &output.stdout } else { &output.stderr };
        (output.status.code().unwrap(), serde_json::from_slice(printed).unwrap_or_default())
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
fn each_character_of_a_result_is_printed() {
    let mock = Mock::start("accelo");
    let subject: String = (1..0x100).filter_map(char::from_u32).collect();
    let new = json!({"subject": subject, "against-type": "company", "against-id": "205", "visibility": "all"});
    let id = mock.call("create-activity", new)["id"].clone();
    assert_eq!(mock.call("get-activity", json!({"id": id}))["subject"], subject);
}

#[test]
fn every_operation_of_every_vendor_answers_on_its_tour() {
    for vendor in vendors().unwrap() {
        let mock = Mock::start(&vendor);
        let list = Command::new(outwit()).args(["--json", "list", &vendor]).output().unwrap();
        let listed: Value = serde_json::from_slice(&list.stdout).unwrap();
        let mut left: BTreeSet<&str> =
            listed.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()?.split('.').nth(1)).collect();
        let mut variables = Variables::new();
        for step in Step::of(&vendor).unwrap() {
            let id = format!("{vendor}.{}", step.call);
            let (code, output) = mock.run(&[&id, &step.filled(&variables).to_string(), "--reveal"]);
            assert_eq!(code, 0, "{id}: {output}");
            assert_eq!(step.take(&output, &mut variables), [""; 0], "{vendor}: {output}");
            left.remove(&*step.call);
        }
        assert!(left.is_empty(), "{vendor}: not on the tour: {left:?}");
    }
}

/// Who has loaded the settings of a mock has its credential for all vendors that take the same one: none of them may send it to the
/// vendor's own address.
#[test]
fn a_mock_stands_for_every_vendor_that_takes_its_credential() {
    let vendors = vendors().unwrap();
    let credentials = |vendor: &String| {
        let output = Command::new(outwit()).args(["--json", "describe", vendor]).output().unwrap();
        let described: Value = serde_json::from_slice(&output.stdout).unwrap();
        let settings = described["settings"].as_array().unwrap().iter().filter(|setting| setting["secret"] == true);
        settings.map(|setting| setting["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let takes: Vec<(&String, Vec<String>)> = vendors.iter().map(|vendor| (vendor, credentials(vendor))).collect();
    for vendor in &vendors {
        let mock = Mock::start(vendor);
        let given = |name: &str| mock.settings.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
        let url = given(&format!("{}_BASE_URL", vendor.to_uppercase())).unwrap();
        for (other, credentials) in &takes {
            let base = given(&format!("{}_BASE_URL", other.to_uppercase()));
            let is_taken = credentials.iter().any(|name| given(name).is_some());
            assert_eq!(base, is_taken.then_some(url), "{vendor}: {other}");
        }
    }
}

#[test]
fn what_one_part_of_an_api_does_the_others_see() {
    let mock = Mock::start("accelo");
    let bases = mock.settings.iter().filter(|(name, _)| name.ends_with("_BASE_URL"));
    assert_eq!(bases.map(|(_, url)| url).collect::<BTreeSet<_>>().len(), 1);
    let work = json!({"on": "job", "title": "Spring brochure", "minutes": 20, "billable": true, "subject": "Cover"});
    let (code, logged) = mock.run(&["accelowork.log-work", &work.to_string()]);
    assert_eq!((code, &logged["against-id"]), (0, &json!("640")), "{logged}");
    let activity = mock.call("get-activity", json!({"id": logged["activity-id"]}));
    assert_eq!((&activity["subject"], &activity["billable"]), (&json!("Cover"), &json!(1200)));
    for call in ["accelodesk.list-issues", "accelosales.list-invoices"] {
        assert_eq!(mock.run(&[call, "{}"]).0, 0, "{call}");
    }
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

/// What a terminal shows, without colours.
fn plain(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, after)| after))
}

/// clap lists what stands under a heading below it.
#[test]
fn help_separates_a_commands_own_options_from_global_options() {
    for (command, own) in [("push", "--revision"), ("pull", "--output"), ("mock", "--port"), ("call", "--yes")] {
        let output = Command::new(outwit()).args([command, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let (before, global) = help.split_once("Global options:").unwrap_or_else(|| panic!("{help}"));
        let (_, options) = before.split_once("\nOptions:").unwrap_or_else(|| panic!("{help}"));
        assert!(options.contains(own) && !global.contains(own), "{help}");
        for option in
            ["--mock", "--plugins", "--config", "--grant", "--roots", "--audit", "--log", "--json", "--text", "--color"]
        {
            assert!(global.contains(option) && !options.contains(option), "{command} {option}: {help}");
        }
    }
}

#[test]
fn a_secret_that_one_operation_needs_is_described_as_such() {
    let describe = |name: &str| {
        let output = Command::new(outwit()).args(["--json", "describe", name]).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let aero = describe("aero");
    let key = aero["settings"].as_array().unwrap().iter().find(|one| one["name"] == "AERO_SQL_KEY").unwrap();
    assert_eq!((&key["secret"], &key["required"]), (&json!(true), &json!(false)), "{key}");
    assert!(key["description"].as_str().unwrap().contains("run-sql-select"), "{key}");
    let needs = |operation: &str| describe(operation)["settings"].as_array().unwrap().contains(&json!("AERO_SQL_KEY"));
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
