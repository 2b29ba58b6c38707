//! What the program is started with.

use super::Mocks;
use super::client::Client;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

#[test]
fn vendors_and_patterns_bound_what_is_offered() {
    let allow = "read,log-*,create-contact";
    let options = ["--mock", "--tools", "all", "--vendors", "accelo", "--allow", allow, "--deny", "list-*"];
    let tools = Client::start(&options, &[]).tools();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    for (name, offered) in [
        ("accelo-get-company", true),
        ("accelo-create-contact", true),
        // A step of it is denied.
        ("accelo-log-time", false),
        ("accelo-list-companies", false),
        ("accelo-create-company", false),
        ("airops-list-workflows", false),
    ] {
        assert_eq!(names.contains(&name), offered, "{name} among {names:?}");
    }
}

#[test]
fn what_the_options_leave_out_is_denied_with_the_option_that_does_so() {
    let mut client = Client::start(&["--mock", "--vendors", "accelo,airops"], &[]);
    let call = json!({ "operation": "aero.list-tasks" });
    for (tool, arguments) in [("call-read-operation", &call), ("describe-operation", &call)] {
        let error = client.failed(tool, arguments.clone());
        assert_eq!((&error["kind"], &error["details"]["rule"]), (&json!("denied"), &json!("vendors accelo, airops")));
        let message = "aero.list-tasks is denied by what this program was started with: vendors accelo, airops";
        assert_eq!(error["message"], message);
    }
    let error = client.failed("call-read-operation", json!({ "operation": "zoho.list-tasks" }));
    assert_eq!(error["kind"], "invalid-input", "there is no such vendor: {error}");
}

/// Each account has a mock of its own, which tells who was called.
#[test]
fn where_there_are_several_accounts_an_agent_chooses_among_them() {
    let mocks = Mocks::start(&["accelo", "accelo"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outwit.toml");
    let mut text = String::new();
    for (table, server) in ["accelo", "accelo.accounts.sandbox"].into_iter().zip(&mocks.servers) {
        text.push_str(&format!("[{table}]\n"));
        server.account().for_each(|(name, value)| text.push_str(&format!("{name} = {value:?}\n")));
    }
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = ["--config", path.to_str().unwrap()];
    let seen = || mocks.servers.iter().map(|server| server.seen().len()).collect::<Vec<_>>();

    let mut client = Client::start(&config, &[]);
    assert!(client.tools()[2]["inputSchema"]["properties"]["account"].is_object());
    let described = client.done("describe-operation", json!({ "operation": "accelo.list-staff" }));
    assert_eq!(described["accounts"], json!(["default", "sandbox"]));
    let list = |account: &str| json!({ "operation": "accelo.list-staff", "account": account });
    client.done("call-read-operation", json!({ "operation": "accelo.list-staff" }));
    assert_eq!(seen(), [1, 0]);
    client.done("call-read-operation", list("sandbox"));
    assert_eq!(seen(), [1, 1]);
    let error = client.failed("call-read-operation", list("elsewhere"));
    assert!(error["message"].as_str().unwrap().contains("sandbox"), "{error}");

    let mut all = Client::start(&[&config[..], &["--tools", "all"]].concat(), &[]);
    let tools = all.tools();
    let schema = |name: &str| &tools.iter().find(|tool| tool["name"] == name).unwrap()["inputSchema"]["properties"];
    assert_eq!(schema("accelo-list-staff")["outwit-account"]["enum"], json!(["default", "sandbox"]));
    assert_eq!(schema("airops-list-workflows").get("outwit-account"), None);
    all.done("accelo-list-staff", json!({ "outwit-account": "sandbox" }));
    assert_eq!(seen(), [1, 2]);
    assert_eq!(all.failed("accelo-list-staff", json!({ "outwit-account": 2 }))["field"], "outwit-account");
    assert_eq!(seen(), [1, 2]);
}

#[test]
fn a_misspelled_rule_is_reported_at_the_start() {
    let output = Command::new(outwit()).args(["--mock", "mcp", "--deny", "delet-company"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(error["message"].as_str().unwrap().ends_with("did you mean delete-company?"), "{error}");
    assert!(output.stdout.is_empty());
}

/// What lies in a folder may be anybody's; only a person makes it a file that is named.
#[test]
fn a_file_that_is_found_is_not_named_in_a_clients_configuration() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("outwit.toml"), "[accelo]\n").unwrap();
    let print = |options: &[&str]| {
        let mut command = Command::new(outwit());
        command.args(["mcp", "--print-config", "claude"]).args(options).current_dir(folder.path());
        let output = command.output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (snippet, notice) = print(&[]);
    assert!(!snippet.contains("outwit.toml") && !snippet.contains("--config"), "{snippet}");
    assert!(notice.contains("is not used by it") && notice.contains("--config /"), "{notice}");
    let (snippet, notice) = print(&["--config", "outwit.toml"]);
    assert!(snippet.contains("/outwit.toml") && !notice.contains("is not used"), "{snippet} {notice}");
}

/// An empty token would let everybody in whom the token was to keep out.
#[test]
fn a_token_that_is_empty_is_refused() {
    let mut command = Command::new(outwit());
    command.args(["--mock", "mcp", "--http", "127.0.0.1:0"]).env("OUTWIT_MCP_TOKEN", " ");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("OUTWIT_MCP_TOKEN is set"), "{output:?}");
}

#[test]
fn a_client_gets_its_configuration_without_secrets() {
    for (client, servers) in
        [("claude", "mcpServers"), ("cursor", "mcpServers"), ("vscode", "servers"), ("windsurf", "mcpServers")]
    {
        let print = |options: &[&str]| {
            let mut command = Command::new(outwit());
            command.args(["mcp", "--print-config", client]).args(options);
            let secrets = [("ACCELO_TOKEN", "hush-hush"), ("OUTWIT_MCP_TOKEN", "hush-hush")];
            let output = command.envs(secrets).output().unwrap();
            assert!(output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("hush"), "{client}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("json"), "{client}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        };
        let options = ["--grant", "read", "--vendors", "accelo,aero", "--deny", "list-*", "--config", "own.toml"];
        let printed = print(&options);
        let entry = &printed[servers]["outwit"];
        assert!(Path::new(entry["command"].as_str().unwrap()).is_absolute(), "{entry}");
        let arguments: Vec<&str> = entry["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(arguments[2].ends_with("/own.toml") && Path::new(arguments[2]).is_absolute(), "{arguments:?}");
        let rest = ["--grant", "read", "--vendors", "accelo,aero", "--deny", "list-*"];
        assert_eq!((arguments[..2].to_vec(), &arguments[3..]), (vec!["mcp", "--config"], &rest[..]));
        assert_eq!(entry.get("type"), (client == "vscode").then(|| json!("stdio")).as_ref());

        let remote = print(&["--http", "127.0.0.1:8080"]);
        let entry = &remote[servers]["outwit"];
        let address = entry.get("url").or(entry.get("serverUrl")).unwrap();
        assert_eq!(address, "http://127.0.0.1:8080/mcp");
        assert!(entry["headers"]["Authorization"].as_str().unwrap().contains("OUTWIT_MCP_TOKEN"), "{entry}");
    }
}
