//! The same for every vendor: its secrets are at the mock, and nowhere else.

use base64::Engine;
use outwit::{Auth, Catalogue};
use outwit_host_test::build::outwit;
use outwit_host_test::{Step, Variables, net, vendors};
use outwit_mocks::faults::{Fault, start};
use serde_json::json;
use std::process::{Command, Stdio};

use super::canary::{call_all, shown};

/// The secrets among these settings, as they are and as they travel.
pub fn secrets(catalogue: &Catalogue, settings: &[(String, String)]) -> Vec<String> {
    let of = |name: &str| settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut secrets: Vec<String> =
        settings.iter().filter(|(name, _)| catalogue.is_secret(name)).map(|(_, value)| value.clone()).collect();
    assert!(!secrets.is_empty(), "{} has no secret", catalogue.vendor);
    for operation in &catalogue.operations {
        if let Some(Auth::Basic { user, password }) = &operation.auth
            && let (Some(user), Some(password)) = (of(user), of(password))
        {
            secrets.push(base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}")));
        }
    }
    secrets
}

/// No text holds one of them, nor a part that would help to guess the rest.
pub fn absent(secrets: &[String], where_: &str, text: &str) {
    for secret in secrets {
        let length = secret.len().min(16);
        for start in 0..=secret.len() - length {
            assert!(!text.contains(&secret[start..start + length]), "{where_}: a secret in {text}");
        }
    }
}

/// Settings of a vendor at this address, with a canary for each secret.
fn canaries(catalogue: &Catalogue, url: &str) -> Vec<(String, String)> {
    let mut settings = vec![
        (format!("{}_BASE_URL", catalogue.vendor.to_uppercase()), url.to_owned()),
        ("OUTWIT_TRIES".to_owned(), "1".to_owned()),
    ];
    for setting in catalogue.settings.iter().filter(|setting| setting.default.is_none()) {
        let name = setting.name.to_lowercase().replace('_', "-");
        let value = match catalogue.is_secret(&setting.name) {
            true => format!("canary-{name}-b7f31c9e5d2a48e6b0c4d8f2a6e19375"),
            // An account's number at one vendor, a label of a host's name at another.
            false => "1234567".to_owned(),
        };
        if !setting.name.starts_with("OUTWIT_") && settings.iter().all(|(known, _)| *known != setting.name) {
            settings.push((setting.name.clone(), value));
        }
    }
    settings
}

#[test]
fn no_vendor_gets_a_secret_into_an_outcome_by_saying_it_again() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let nothing: [(String, String); 0] = [];
            let catalogue = net::plugin(&vendor, nothing).await.catalogue().clone();
            let secrets = secrets(&catalogue, &canaries(&catalogue, ""));
            let all = secrets.join(" ");
            let record = json!({
                "id": all, "name": all, "status": all, "error": all, "code": all, "message": all, "token": secrets,
                "data": [{ "id": all }], "response": { all.clone(): all }, "result": all, "output": { "text": all },
            });
            for (name, status, body) in [
                ("a record", 200, record.to_string()),
                ("a list", 200, json!([record, all]).to_string()),
                ("a text", 200, json!(all).to_string()),
                ("a page", 200, format!("<pre>{all}</pre>")),
                ("a stream", 200, format!("data: {record}\n\nevent: error\ndata: {all}\n\n")),
                ("a refusal", 401, record.to_string()),
                ("a rejection", 422, json!({ "errors": { "name": [all] }, "message": all }).to_string()),
                ("a failure", 500, all.clone()),
            ] {
                let kind = if name == "a stream" { "text/event-stream" } else { "application/json" };
                let headers = vec![("content-type".to_owned(), kind.to_owned()), ("x-echo".to_owned(), all.clone())];
                let server = start(Fault::Reply { status, headers, body: body.into() }).await.unwrap();
                let plugin = net::plugin(&vendor, canaries(&catalogue, server.url())).await;
                for (operation, outcome) in call_all(&plugin).await {
                    absent(&secrets, &format!("{name}, {operation}"), &shown(&outcome));
                }
                let arrived = |seen: &outwit_mocks::Seen| {
                    seen.headers.values().any(|value| secrets.iter().any(|s| value.to_str().unwrap().contains(&**s)))
                };
                assert!(server.seen().iter().any(arrived), "{vendor} got no secret to say again");
            }
        }
    });
}

#[test]
fn the_command_line_shows_no_secret_in_results_logs_or_the_audit_log() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let (mock, plugin) = net::mocked(&vendor).await;
            let secrets = secrets(plugin.catalogue(), mock.settings());
            let folder = tempfile::tempdir().unwrap();
            let mut variables = Variables::new();
            for step in Step::of(&vendor).unwrap() {
                let (id, input) = (format!("{vendor}.{}", step.call), step.filled(&variables).to_string());
                let mut command = Command::new(outwit());
                command.args(["--log", "debug", "--audit", "calls.jsonl", "call", "--reveal", &id, &input]);
                command.current_dir(folder.path()).env_clear().envs(mock.settings().iter().cloned());
                let output = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output()).await;
                let output = output.unwrap().unwrap();
                let (out, log) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
                assert!(output.status.success(), "{id}: {log}");
                assert_eq!(step.take(&serde_json::from_str(&out).unwrap(), &mut variables), [""; 0], "{id}");
                assert!(log.contains("\"called\""), "{log}");
                absent(&secrets, &id, &log);
                // What asks for a credential shows one.
                if !plugin.catalogue().operation(&id).unwrap().secret {
                    absent(&secrets, &id, &out);
                }
            }
            let audit = std::fs::read_to_string(folder.path().join("calls.jsonl")).unwrap();
            let ended = audit.lines().filter(|line| !line.contains(r#""status":"started""#)).count();
            assert_eq!(ended, Step::of(&vendor).unwrap().len());
            absent(&secrets, "audit log", &audit);
        }
    });
}
