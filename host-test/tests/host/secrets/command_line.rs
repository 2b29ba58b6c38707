//! The command line: whatever it prints, on either stream, holds no secret.

use std::process::{Command, Output};

use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::{Value, json};

use super::canary::{TOKEN, absent, settings};
use outwit_host_test::build::outwit;

/// Runs the command line with the canaries in its environment, away from any file of settings.
fn run(url: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(outwit()).args(arguments).current_dir(folder.path()).envs(settings(url)).output().unwrap()
}

/// Both streams, after a look for secrets.
fn clean(url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(url, arguments);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    absent(&format!("{arguments:?}, stdout"), &out);
    absent(&format!("{arguments:?}, stderr"), &err);
    (output.status.code(), out, err)
}

/// A vendor that says again who asked, on its own thread: these tests wait for another process.
fn echoing(status: u16) -> outwit_mocks::faults::FaultyServer {
    let said = format!("Bearer {TOKEN}");
    let body = json!({
        "meta": { "status": if status == 200 { "ok" } else { "invalid_request" }, "message": said },
        "response": { "id": "1", "subject": said, "echo": { "authorization": said } },
    });
    let fault = Fault::Reply { status, headers: vec![("x-echo".into(), said)], body: body.to_string().into() };
    net::run(start(fault)).unwrap()
}

#[test]
fn descriptions_of_vendors_show_no_secret() {
    let nowhere = "http://127.0.0.1:9";
    for arguments in [
        &["list"][..],
        &["list", "accelo", "--color", "always"],
        &["describe", "accelo"],
        &["describe", "accelo", "--color", "always"],
        &["describe", "accelo.get-activity"],
        &["describe", "accelo.exchange-token", "--color", "always"],
    ] {
        let (code, out, err) = clean(nowhere, arguments);
        assert_eq!((code, &*err), (Some(0), ""), "{arguments:?}");
        assert!(out.contains("accelo."), "{arguments:?}: {out}");
    }
}

#[test]
fn what_a_call_prints_holds_no_secret_whether_it_succeeds_or_fails() {
    let (fine, refusing) = (echoing(200), echoing(400));
    let get = ["call", "accelo.get-activity", r#"{"id":"1"}"#];
    let create = ["call", "accelo.create-activity", r#"{"subject":"a","against-type":"company","against-id":"1"}"#];
    for call in [get, create] {
        for style in [&[][..], &["--json"], &["--color", "always"]] {
            let arguments = [&call[..], style].concat();
            let (code, out, _) = clean(fine.url(), &arguments);
            assert_eq!(code, Some(0), "{arguments:?}: {out}");
            let (code, _, err) = clean(refusing.url(), &arguments);
            assert_eq!(code, Some(4), "{arguments:?}: {err}");
            assert!(err.contains("[secret]"), "{err}");
        }
    }
    for seen in fine.seen().into_iter().chain(refusing.seen()) {
        assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
    }
    assert_eq!((fine.hits(), refusing.hits()), (6, 6));
}

#[test]
fn a_call_that_is_wrong_shows_no_secret() {
    let nowhere = "http://127.0.0.1:9";
    for (arguments, expected) in [
        (&["call", "accelo.get-activity", "{}"][..], 3),
        (&["call", "accelo.get-activty", "{}"], 3),
        (&["call", "accelo.get-activity", r#"{"id":"1"}"#], 5),
        (&["call", "accelo.exchange-token", r#"{"grant-type":"client-credentials"}"#], 2),
        (&["call", "accelo.get-activity", "@/no/such/file"], 3),
        (&["describe", "nobody"], 3),
        (&["--grant", "read", "call", "accelo.delete-activity", r#"{"id":"1"}"#], 7),
    ] {
        let (code, _, err) = clean(nowhere, arguments);
        assert_eq!(code, Some(expected), "{arguments:?}: {err}");
        let error: Value = serde_json::from_str(err.trim()).unwrap_or_else(|_| panic!("{err}"));
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{err}");
    }
}

#[test]
fn a_file_of_settings_that_is_wrong_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outwit.toml");
    let path = file.to_str().unwrap();
    for text in [
        format!("[accelo]\nACCELO_TOKEN = {TOKEN}\n"),
        format!("[accelo]\nACCELO_TOKEN = [\"{TOKEN}\"]\n"),
        format!("[accelo]\nACCELO_TOKEN = \"{TOKEN}\nACCELO_DEPLOYMENT = \"x\"\n"),
        format!("ACCELO_TOKEN = \"{TOKEN}\"\n"),
        format!("[accelo]\nACCELO_TOKN = \"{TOKEN}\"\n"),
    ] {
        std::fs::write(&file, &text).unwrap();
        let arguments = ["--config", path, "call", "accelo.get-activity", r#"{"id":"1"}"#];
        let (code, _, err) = clean("http://127.0.0.1:9", &arguments);
        assert!(matches!(code, Some(3 | 5)), "{text}: {err}");
    }
}
