//! What the program says when something is wrong, and with which exit code.

use super::plain;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

#[test]
fn a_missing_setting_is_reported_with_the_lines_that_set_it() {
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
fn an_unreadable_file_has_one_exit_code_and_is_named() {
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

/// Only a call without an input at all has none.
#[test]
fn an_empty_input_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.json");
    std::fs::write(&file, "\u{feff}\n").unwrap();
    let of_file = format!("@{}", file.display());
    for (input, named) in [("", "the input"), (" \n", "the input"), ("-", "standard input"), (&of_file, "empty.json")] {
        let (code, error) = failed(&["--mock", "call", "accelo.list-staff", input]);
        assert_eq!((code, &error["kind"], &error["field"]), (3, &json!("invalid-input"), &json!("input")), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("{named} is empty")), "{message}");
    }
    let none = Command::new(outwit()).args(["--mock", "call", "accelo.list-staff"]).output().unwrap();
    assert!(none.status.success(), "{none:?}");
}

#[test]
fn a_file_that_is_damaged_or_no_composed_file_is_named_and_not_called_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| assert!(Command::new(outwit()).args(arguments).output().unwrap().status.success());
    run(&["extract", "airops", "--out", folder.path().to_str().unwrap()]);
    run(&["extract", "airops", "--tools", "--out", folder.path().to_str().unwrap()]);
    let (vendor, tools, damaged, text) =
        (path("airops.wasm"), path("airops-tools.wasm"), path("damaged.wasm"), path("text.wasm"));
    std::fs::write(&damaged, &std::fs::read(&vendor).unwrap()[..100_000]).unwrap();
    std::fs::write(&text, "hello").unwrap();
    for (file, expected) in [
        (&damaged, "ends too early"),
        (&text, "no WebAssembly"),
        (&vendor, "`outwit compose VENDOR"),
        (&tools, "serves no HTTP"),
    ] {
        for arguments in [&["serve", file][..], &["policy", "--host", "wasmtime", file]] {
            let (code, error) = failed(arguments);
            assert_eq!((code, &error["kind"]), (3, &json!("invalid-input")), "{error}");
            let message = error["message"].as_str().unwrap();
            assert!(message.starts_with(&**file) && message.contains(expected), "{message}");
        }
    }
    let plugins = tempfile::tempdir().unwrap();
    std::fs::copy(&damaged, plugins.path().join("airops.wasm")).unwrap();
    let folder = plugins.path().to_str().unwrap();
    for (arguments, expected) in [
        (&["call", "airops.list-workflows"][..], "airops.wasm: not a component that this host can run, or damaged"),
        (&["compose", "airops", "-o", &path("app.wasm")], "airops.wasm: this is not a component: it ends too early"),
    ] {
        let (code, error) = failed(&[&["--mock", "--plugins", folder], arguments].concat());
        assert_eq!((code, &error["kind"]), (3, &json!("misconfigured")), "{error}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{error}");
    }
}

#[test]
fn a_check_without_any_account_says_so_and_fails() {
    let (code, error) = failed(&["auth", "check"]);
    assert_eq!((code, &error["kind"]), (3, &json!("misconfigured")), "{error}");
    assert!(error["message"].as_str().unwrap().starts_with("no account is configured"), "{error}");
    // Whoever asks for a vendor is told what it lacks, as a call tells it.
    let output = Command::new(outwit()).args(["auth", "check", "airops"]).stdin(Stdio::null()).output().unwrap();
    let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = json!(["[airops]", "AIROPS_API_KEY = \"…\""]);
    assert_eq!((output.status.code(), &checked[0]["error"]["details"]["outwit.toml"]), (Some(3), &lines), "{checked}");
    assert_eq!(checked[0]["error"]["details"]["shell"], "export AIROPS_API_KEY=…");
}

#[test]
fn a_failed_step_is_named_after_the_recipe_that_was_called() {
    let arguments = ["--mock", "call", "accelo.log-time", r#"{"company": "999999", "minutes": 5, "subject": "S"}"#];
    let (code, error) = failed(&arguments);
    let named = (&error["kind"], &error["operation"], &error["step"]);
    assert_eq!((code, named), (4, (&json!("not-found"), &json!("accelo.log-time"), &json!("accelo.get-company"))));
    let mut command = Command::new(outwit());
    let output = command.args(["--color", "always"]).args(arguments).output().unwrap();
    let text = plain(&output.stderr);
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(place("accelo.log-time") < place("accelo.get-company"), "{text}");
    let (_, error) = failed(&["--mock", "call", "accelo.get-company", r#"{"id": "999999"}"#]);
    assert_eq!((&error["operation"], error.get("step")), (&json!("accelo.get-company"), None));
}

/// The names of types of a programming language say nothing to most people.
#[test]
fn invalid_numbers_are_reported_in_plain_words() {
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

#[test]
fn a_missing_consent_is_reported_with_the_option_that_gives_it() {
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
fn a_misspelled_vendor_is_reported_like_a_misspelled_operation() {
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
        let (code, out, messages) = run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {messages}");
        // What has no mock is not checked with `--mock`.
        let named_files: &[_] =
            if arguments[0] == "auth" { &["accelo"] } else { &["accelo", "aero-tools", "empty", "folder"] };
        for name in named_files {
            assert!(messages.contains(&format!("/{name}.wasm: ")), "{arguments:?}: {messages}");
        }
        // What is built in does not take the place of a file that a person put there.
        assert!(!out.contains("accelo."), "{arguments:?}: {out}");
        assert!(arguments == ["mcp"] || out.contains("aero"), "{arguments:?}: {out}");
    }
    assert_eq!(run(&["call", "aero.list-companies"]).0, Some(0));
    let (code, _, messages) = run(&["call", "accelo.list-staff"]);
    assert!(code == Some(3) && messages.contains("/accelo.wasm: "), "{messages}");
    let (code, _, messages) = run(&["list", "accelo"]);
    assert!(code == Some(3) && messages.contains("/accelo.wasm: "), "{messages}");
}

#[cfg(unix)]
#[test]
fn a_setting_that_is_no_text_or_no_address_is_named_in_the_error() {
    use std::os::unix::ffi::OsStrExt;
    let run = |name: &str, value: &[u8]| {
        let mut command = Command::new(outwit());
        command.args(["call", "accelo.list-staff"]).env("ACCELO_DEPLOYMENT", "d").env("ACCELO_TOKEN", "t");
        let output = command.env(name, std::ffi::OsStr::from_bytes(value)).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        serde_json::from_slice::<Value>(&output.stderr).unwrap()
    };
    for (name, value, expected) in [
        ("ACCELO_TOKEN", &b"to\xffken"[..], "is no text (UTF-8)"),
        ("ACCELO_BASE_URL", b"http://127.0.0.1:99999", "a port from 1 to 65535"),
        ("ACCELO_BASE_URL", b"FTP://127.0.0.1", "starts with https://"),
    ] {
        let error = run(name, value);
        assert_eq!((&error["kind"], &error["field"]), (&json!("misconfigured"), &json!(name)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{error}");
    }
}
