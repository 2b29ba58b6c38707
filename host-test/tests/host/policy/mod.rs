//! What accounts allow: rules, consent, pace, the audit log, and what traces and logs tell.

mod approval;
mod audit;
mod pipeline;
mod rate_limits;

use outwit::{
    ApprovalRequest, Approver, Audit, Call, CallHandle, Config, DenyAll, Error, ErrorKind, Host, Plugins, Rules, Scope,
    Settings, Workspace, WorkspaceOptions,
};
use outwit_host_test::build::outwit;
use outwit_host_test::net;
use outwit_mocks::Server;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// Something that no vendor says by itself.
const VALUE: &str = "marker-8c1f5a3e";

/// A workspace for the mock of Aero, with a configuration.
async fn workspace(config: &str, scope: Scope, audit: Option<&Path>) -> (Server, Workspace) {
    let mock = outwit_mocks::start("aero", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let workspace = workspace_with(mock.settings().iter().cloned().collect(), config, scope, audit);
    (mock, workspace)
}

fn workspace_with(settings: Settings, config: &str, scope: Scope, audit: Option<&Path>) -> Workspace {
    workspace_of(net::host(), settings, config, scope, audit)
}

fn workspace_of(host: &Host, settings: Settings, config: &str, scope: Scope, audit: Option<&Path>) -> Workspace {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outwit.toml");
    std::fs::write(&path, config).unwrap();
    let config = Config::read(&path).unwrap();
    let parts = WorkspaceOptions {
        host: host.clone(),
        plugins: Plugins::embedded(),
        config,
        scope,
        fixed: BTreeMap::from([("aero".to_owned(), settings)]),
        grants: None,
        paces: None,
        audit: audit.map(|path| Audit::open(path).unwrap()),
    };
    Workspace::new(parts).unwrap()
}

async fn call(workspace: &Workspace, operation: &str, input: Value, confirm: &dyn Approver) -> Result<String, Error> {
    let input = input.to_string();
    let operation = &workspace.resolve(operation).await?;
    workspace.call(Call { operation, input: &input, account: None, watch: &CallHandle::new(), confirm }).await
}

fn rule(outcome: Result<String, Error>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");
    error.details.unwrap()["rule"].as_str().unwrap().to_owned()
}

fn rules(json: Value) -> Rules {
    serde_json::from_value(json).unwrap()
}

#[test]
fn what_an_account_or_the_scope_denies_is_not_sent_and_names_the_rule() {
    net::run(async {
        let scope = Scope { rules: rules(json!({ "grant": "write", "deny": ["create-contact"] })), ..Scope::default() };
        let config = "[aero]\nallow = [\"read\", \"create-*\"]\ndeny = [\"query-*\"]\n";
        let (mock, workspace) = workspace(config, scope, None).await;
        for (operation, expected) in [
            ("aero.query-companies", "deny query-*"),
            ("aero.log-time-by-name", "allow read, create-*"),
            ("aero.create-contact", "deny create-contact"),
            ("accelo.delete-activity", "grant write"),
        ] {
            assert_eq!(rule(call(&workspace, operation, json!({}), &DenyAll).await), expected, "{operation}");
        }
        assert_eq!(mock.seen().len(), 0);
        call(&workspace, "aero.list-companies", json!({}), &DenyAll).await.unwrap();
        assert_eq!(mock.seen().len(), 1);
    });
}

#[test]
fn what_denies_an_operation_denies_the_recipes_that_it_is_a_step_of_before_anything_is_sent() {
    net::run(async {
        let client = json!({ "company": { "name": "Juniper" } });
        for (config, operation, input, denied_by) in [
            (
                "deny = [\"create-company\"]",
                "aero.onboard-client",
                &client,
                Some(("deny create-company", "create-company")),
            ),
            (
                "deny = [\"aero.create-vault-*\"]",
                "aero.onboard-client",
                &client,
                Some(("deny aero.create-vault-*", "create-vault-entry")),
            ),
            ("deny = [\"read\"]", "aero.log-time-by-name", &json!({}), Some(("deny read", "list-tasks"))),
            ("allow = [\"onboard-client\"]", "aero.onboard-client", &client, None),
            ("allow = [\"onboard-client\"]\ndeny = [\"list-*\"]", "aero.onboard-client", &client, None),
        ] {
            let (mock, workspace) = workspace(&format!("[aero]\n{config}\n"), Scope::default(), None).await;
            let outcome = call(&workspace, operation, input.clone(), &DenyAll).await;
            let Some((rule, step)) = denied_by else {
                outcome.unwrap();
                continue;
            };
            let error = outcome.unwrap_err();
            assert_eq!((error.kind, error.maybe_done, mock.seen().len()), (ErrorKind::Denied, false, 0), "{config}");
            let message = format!("{operation} is denied by [aero]: {rule}, which denies its step aero.{step}");
            assert_eq!((error.message, error.operation), (message, operation.to_owned()));
            assert_eq!(error.details, Some(json!({ "rule": rule, "step": format!("aero.{step}") })));
        }
        let scope = Scope { rules: rules(json!({ "deny": ["create-company"] })), ..Scope::default() };
        let (_mock, workspace) = workspace("", scope, None).await;
        let offer = workspace.index().await.unwrap();
        assert!(offer.operations().all(|(_, operation)| operation.id != "aero.onboard-client"), "it is not offered");
        assert!(offer.operation("aero.onboard-client").is_err());
        assert!(offer.search("onboard a client", 20).iter().all(|found| found.operation.id != "aero.onboard-client"));
    });
}

#[test]
fn a_step_that_needs_consent_is_asked_for_once_before_the_recipe_begins() {
    net::run(async {
        let (mock, workspace) = workspace("[aero]\nconfirm = [\"create-company\"]\n", Scope::default(), None).await;
        let client = json!({ "company": { "name": "Juniper" } });
        let (no, yes) = (Person(false, Mutex::default()), Person(true, Mutex::default()));
        assert_eq!(rule(call(&workspace, "aero.onboard-client", client.clone(), &no).await), "confirm create-company");
        assert_eq!(mock.seen().len(), 0);
        call(&workspace, "aero.onboard-client", client, &yes).await.unwrap();
        let asked = yes.1.lock().unwrap();
        assert!(asked.len() == 1 && asked[0].contains("aero.onboard-client"), "{asked:?}");
    });
}

#[test]
fn an_account_has_no_rights_beyond_those_of_its_vendor() {
    net::run(async {
        let config = "[aero]\ndeny = [\"create-company\"]\nconfirm = [\"create-contact\"]\ncalls-per-minute = 2\n\
                      [aero.accounts.bare]\n[aero.accounts.own]\nallow = [\"list-*\"]\n[aero.accounts.none]\nallow = []\n";
        let (mock, workspace) = workspace(config, Scope::default(), None).await;
        let call = async |operation: &str, account: &str| {
            let contact = r#"{"first-name": "Rosa", "last-name": "Pell"}"#;
            let input = if operation == "aero.create-contact" { contact } else { "{}" };
            let watch = CallHandle::new();
            let operation = &workspace.resolve(operation).await?;
            let call = Call { operation, input, account: Some(account), watch: &watch, confirm: &DenyAll };
            workspace.call(call).await
        };
        for (account, operation, expected) in [
            ("default", "aero.create-company", "deny create-company"),
            ("bare", "aero.create-company", "deny create-company"),
            ("own", "aero.create-company", "deny create-company"),
            ("bare", "aero.create-contact", "confirm create-contact"),
            ("own", "aero.get-company", "allow list-*"),
            ("none", "aero.list-companies", "allow nothing"),
        ] {
            assert_eq!(rule(call(operation, account).await), expected, "{account}");
        }
        assert_eq!(mock.seen().len(), 0);
        // The vendor's calls per minute are those of all its accounts together.
        call("aero.list-companies", "bare").await.unwrap();
        call("aero.list-companies", "own").await.unwrap();
        let error = call("aero.list-companies", "default").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited, "{error}");
    });
}

#[test]
fn the_rules_of_an_account_are_shown_with_whose_its_key_is() {
    let config = "[aero]\ndeny = [\"create-company\"]\n";
    let (output, _) = run(config, &["auth", "check", "aero"]);
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checked[0]["rules"], json!([{ "of": "[aero]", "deny": ["create-company"] }]), "{checked}");
    let (people, _) = run(config, &["--color", "always", "auth", "check", "aero"]);
    assert!(String::from_utf8_lossy(&people.stdout).contains("deny create-company"), "{people:?}");
}

#[test]
fn a_table_of_no_vendor_stops_every_command_that_reads_it() {
    for arguments in [&["call", "aero.list-companies"][..], &["auth", "check"], &["mcp"], &["list"]] {
        let (output, _) = run("[areo]\ngrant = \"read\"\n", arguments);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let message = error(&output)["message"].as_str().unwrap().to_owned();
        assert!(message.ends_with("[areo] names no vendor; did you mean [aero]?"), "{message}");
    }
}

#[test]
fn an_agent_is_offered_no_operation_about_credentials() {
    net::run(async {
        let agent = Scope { agent: true, ..Scope::default() };
        let (_mock, workspace) = workspace("", agent, None).await;
        let offer = workspace.index().await.unwrap();
        assert!(offer.operations().all(|(_, operation)| !operation.secret));
        assert!(offer.catalogues().any(|catalogue| catalogue.operations.iter().any(|operation| operation.secret)));
        let refused = offer.operation("accelo.exchange-token").err().unwrap();
        assert_eq!(refused.kind, ErrorKind::Denied);
        assert_eq!(
            rule(call(&workspace, "accelo.exchange-token", json!({}), &DenyAll).await),
            "no credentials for agents"
        );
    });
}

/// Answers as it is told, and remembers what it was asked.
struct Person(bool, Mutex<Vec<String>>);

impl Approver for Person {
    fn confirm<'c>(&'c self, question: ApprovalRequest<'c>) -> Pin<Box<dyn Future<Output = Option<bool>> + Send + 'c>> {
        self.1.lock().unwrap().push(format!("{question} [{}]", question.rule));
        Box::pin(async { Some(self.0) })
    }
}

#[test]
fn what_needs_consent_is_sent_only_if_a_person_agrees() {
    net::run(async {
        let (mock, workspace) = workspace("[aero]\nconfirm = [\"write\"]\n", Scope::default(), None).await;
        let company = json!({ "name": VALUE });
        assert_eq!(rule(call(&workspace, "aero.create-company", company.clone(), &DenyAll).await), "confirm write");
        let (no, yes) = (Person(false, Mutex::default()), Person(true, Mutex::default()));
        assert_eq!(rule(call(&workspace, "aero.create-company", company.clone(), &no).await), "confirm write");
        assert_eq!(mock.seen().len(), 0);
        call(&workspace, "aero.create-company", company, &yes).await.unwrap();
        assert_eq!(mock.seen().len(), 1);
        let asked = yes.1.lock().unwrap().join("\n");
        for part in ["aero.create-company", "default", VALUE, "[confirm write]"] {
            assert!(asked.contains(part), "{part}: {asked}");
        }
        let twice = Call {
            operation: &workspace.resolve("aero.create-company").await.unwrap(),
            input: r#"{"name": "shown", "name": "sent"}"#,
            account: None,
            watch: &CallHandle::new(),
            confirm: &yes,
        };
        assert_eq!(workspace.call(twice).await.unwrap_err().field.as_deref(), Some("input.name"));
        assert_eq!(yes.1.lock().unwrap().len(), 1, "nobody is asked about an input that says two things");
        let hidden = json!({ "name": "a\u{202e}b" });
        let declined = call(&workspace, "aero.create-company", hidden, &no).await.unwrap_err();
        assert_eq!(declined.advice, outwit::Advice::GiveUp, "a person decided already");
        assert!(no.1.lock().unwrap()[1].contains(r"a\u202eb"));
        no.1.lock().unwrap().pop();
        call(&workspace, "aero.list-companies", json!({}), &no).await.unwrap();
        assert_eq!(no.1.lock().unwrap().len(), 1, "a read asks nobody");
    });
}

#[test]
fn an_incoming_traceparent_goes_to_the_vendor() {
    net::run(async {
        let (mock, workspace) = workspace("", Scope::default(), None).await;
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for watch in [CallHandle::new(), CallHandle::traced(parent), CallHandle::traced("nonsense")] {
            let operation = &workspace.resolve("aero.list-companies").await.unwrap();
            let call = Call { operation, input: "{}", account: None, watch: &watch, confirm: &DenyAll };
            workspace.call(call).await.unwrap();
        }
        let sent: Vec<_> = mock.seen().iter().map(|seen| seen.headers.get("traceparent").cloned()).collect();
        assert_eq!(sent, [None, Some(parent.parse().unwrap()), None]);
    });
}

/// Runs `outwit --mock` in a folder with this configuration.
fn run(config: &str, arguments: &[&str]) -> (Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("outwit.toml"), config).unwrap();
    let mut command = Command::new(outwit());
    command.arg("--mock").args(arguments).current_dir(folder.path()).stdin(Stdio::null());
    (command.output().unwrap(), folder)
}

fn error(output: &Output) -> Value {
    serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_command_line_applies_the_rules_and_asks_nobody_in_a_pipe() {
    let config = "[aero]\nconfirm = [\"write\"]\ndeny = [\"list-hats\"]\n";
    let (denied, _) = run("[aero]\ndeny = [\"list-*\"]\n", &["call", "aero.list-companies"]);
    assert_eq!((denied.status.code(), error(&denied)["details"]["rule"].as_str()), (Some(7), Some("deny list-*")));
    let make = ["call", "aero.create-company", r#"{"name": "Juniper"}"#];
    let config = config.replace("deny = [\"list-hats\"]\n", "");
    let (asked, _) = run(&config, &make);
    let record = error(&asked);
    assert_eq!((asked.status.code(), record["details"]["rule"].as_str()), (Some(7), Some("confirm write")));
    assert!(record["message"].as_str().unwrap().contains("nobody can be asked here; --yes approves"), "{record}");
    let (agreed, _) = run(&config, &[&make[..], &["--yes"]].concat());
    assert_eq!(agreed.status.code(), Some(0), "{agreed:?}");
    let (slip, _) = run("[aero]\ndeny = [\"list-companie\"]\n", &make);
    let record = error(&slip);
    assert_eq!(slip.status.code(), Some(3));
    assert!(
        record["message"].as_str().unwrap().contains("matches no operation; did you mean list-companies?"),
        "{record}"
    );
}

#[test]
fn the_log_has_calls_and_requests_without_their_contents() {
    let input = json!({ "name": VALUE }).to_string();
    let arguments = ["--log", "debug", "--audit", "calls.jsonl", "call", "aero.create-company", &input];
    let (output, folder) = run("", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let log = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<&str> = lines.iter().filter_map(|line| line["fields"]["message"].as_str()).collect();
    assert_eq!(messages, ["request", "answer", "called"], "{log}");
    assert_eq!(lines[0]["span"]["operation"], "aero.create-company");
    assert_eq!(lines[1]["fields"]["status"], 201, "{log}");
    assert!(!log.contains(VALUE), "{log}");
    let audit = std::fs::read_to_string(folder.path().join("calls.jsonl")).unwrap();
    assert_eq!(audit.lines().count(), 2, "{audit}");
    let (silent, _) = run("", &["call", "aero.list-companies"]);
    assert!(silent.stderr.is_empty(), "{silent:?}");
}
