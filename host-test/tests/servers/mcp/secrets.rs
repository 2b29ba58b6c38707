//! The secrets of every vendor are at its mock, and in nothing that the server says, logs or writes down.

use super::Mocks;
use super::client::Client;
use outwit_host_test::build::outwit;
use outwit_host_test::{Step, Variables, vendors};
use serde_json::{Value, json};
use std::fs::File;
use std::process::Command;

#[test]
fn no_secret_of_any_vendor_is_in_the_traffic_the_log_or_the_audit_log() {
    let vendors = vendors().unwrap();
    let mocks = Mocks::start(&vendors.iter().map(String::as_str).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    let (log, audit) = (folder.path().join("log.jsonl"), folder.path().join("audit.jsonl"));
    let mut command = Command::new(outwit());
    command.args(["mcp", "--log", "debug", "--audit"]).arg(&audit).envs(mocks.settings()).current_dir(folder.path());
    command.stderr(File::create(&log).unwrap());
    let mut client = Client::of(command, json!({}));
    let (mut secrets, mut called, mut denied) = (Vec::new(), 0, 0);
    for (vendor, mock) in vendors.iter().zip(&mocks.servers) {
        let (described, listed) = (printed(&["describe", vendor]), printed(&["list", vendor]));
        let is_secret = |name: &str| {
            let settings = described["settings"].as_array().unwrap();
            settings.iter().any(|setting| setting["name"] == name && setting["secret"] == true)
        };
        let own = mock.settings().iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.clone());
        let own: Vec<String> = own.collect();
        assert!(!own.is_empty(), "{vendor}");
        let mut variables = Variables::new();
        for step in Step::of(vendor).unwrap() {
            let id = format!("{vendor}.{}", step.call);
            let operation = listed.as_array().unwrap().iter().find(|operation| operation["id"] == id.as_str()).unwrap();
            let tool = if operation["effect"] == "read" { "call-read-operation" } else { "call-write-operation" };
            let arguments = json!({ "operation": id, "input": step.filled(&variables) });
            if operation["secret"] == true {
                assert_eq!(client.failed(tool, arguments)["kind"], "denied");
                denied += 1;
                continue;
            }
            let result = client.done(tool, arguments)["result"].clone();
            assert_eq!(step.take(&result, &mut variables), [""; 0], "{id}");
            called += 1;
        }
        let arrived = |secret: &String| {
            let holds = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().contains(secret.as_str());
            mock.seen().iter().any(|seen| seen.headers.values().any(holds))
        };
        assert!(own.iter().any(arrived), "{vendor}: no secret arrived");
        secrets.extend(own);
    }
    let heard = client.heard.clone();
    assert!(client.close());
    let (log, audit) = (std::fs::read_to_string(log).unwrap(), std::fs::read_to_string(audit).unwrap());
    let ended = audit.lines().filter(|line| !line.contains(r#""status":"started""#)).count();
    assert!(log.lines().count() > called && ended == called + denied, "{called} calls");
    assert_eq!(audit.matches(r#""status":"denied""#).count(), denied);
    for secret in &secrets {
        for (where_, text) in [("traffic", &heard), ("log", &log), ("audit log", &audit)] {
            assert!(!text.contains(secret.as_str()), "a secret is in the {where_}");
        }
    }
}

/// What the command line tells.
fn printed(arguments: &[&str]) -> Value {
    let output = Command::new(outwit()).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
