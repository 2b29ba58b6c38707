//! `outwit compose` and `outwit serve`.

use outwit_host_test::build::outwit;
use outwit_host_test::net::{client, run};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn compose(vendors: &[&str], out: &Path) -> std::process::Output {
    Command::new(outwit()).arg("compose").args(vendors).arg("-o").arg(out).output().unwrap()
}

fn serve(file: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(outwit());
    command.args(["--mock", "serve", "--addr", "127.0.0.1:0"]).arg(file).envs(settings.iter().copied());
    command
}

/// The program, killed at the latest when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[test]
fn a_file_that_the_program_composed_is_served_until_it_is_asked_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    let composed = compose(&["airops", "accelo"], &file);
    assert!(composed.status.success(), "{composed:?}");
    assert_eq!(String::from_utf8_lossy(&composed.stdout).trim(), file.to_str().unwrap());
    let mut command = serve(&file, &[("OUTWIT_GATEWAY_TOKEN", "sesame")]);
    let mut running = Running(command.stderr(Stdio::piped()).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(running.0.stderr.take().unwrap()).read_line(&mut url).unwrap();
    let call = format!("{}/operations/airops.list-workflows", url.trim());
    let status = run(async { client().post(call).bearer_auth("sesame").send().await.unwrap().status() });
    assert_eq!(status, 200);
    let asked = Command::new("kill").args(["-INT", &running.0.id().to_string()]).status().unwrap();
    assert!(asked.success() && running.0.wait().unwrap().success());
}

/// A supervisor ends a server with SIGTERM; work that costs money must not go on where nobody waits for it.
#[cfg(unix)]
#[test]
fn a_server_that_goes_down_cancels_at_the_vendor_what_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    assert!(compose(&["airops"], &file).status.success());
    run(async {
        let mock = outwit_mocks::start("airops", ([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut command = Command::new(outwit());
        command.args(["serve", "--addr", "127.0.0.1:0"]).arg(&file).env("OUTWIT_GATEWAY_TOKEN", "sesame");
        command.envs(mock.settings().iter().cloned());
        let mut running = Running(command.stderr(Stdio::piped()).spawn().unwrap());
        let mut url = String::new();
        BufReader::new(running.0.stderr.take().unwrap()).read_line(&mut url).unwrap();
        let call = format!("{}/operations/airops.run-workflow", url.trim());
        let job = r#"{"workflow-id":"wf_research_001","inputs":{},"interval-ms":600000}"#;
        let request = client().post(call).bearer_auth("sesame").header("content-type", "application/json").body(job);
        let answer = tokio::spawn(request.send());
        while mock.seen().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // The answer to the start is on its way.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap().success());
        let answer = answer.await.unwrap().unwrap().text().await.unwrap();
        assert!(answer.contains("cancelled") && answer.contains("exec_7d41"), "{answer}");
        assert!(mock.seen().iter().any(|seen| seen.path.ends_with("/cancel")));
        assert!(running.0.wait().unwrap().success());
    });
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    assert!(compose(&["airops"], &file).status.success());
    let mut command = Command::new(outwit());
    command.args(["--mock", "serve", "--addr", "0.0.0.0:0"]).arg(&file).env("OUTWIT_GATEWAY_OPEN", "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("OUTWIT_GATEWAY_TOKEN has to be set") && !said.contains("http://"), "{said}");
}

#[test]
fn nothing_is_served_that_would_let_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    assert!(compose(&["airops"], &file).status.success());
    let output = serve(&file, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("OUTWIT_GATEWAY_TOKEN"));
}

#[test]
fn rules_and_audit_logs_that_serve_does_not_support_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (file, config) = (folder.path().join("app.wasm"), folder.path().join("outwit.toml"));
    assert!(compose(&["airops"], &file).status.success());
    let run = |options: &[&str], settings: &[(&str, &str)], text: &str| {
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(outwit());
        command.arg("--config").arg(&config).args(options).args(["serve", "--addr", "127.0.0.1:0"]).arg(&file);
        let output = command.envs(settings.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let open = ("OUTWIT_GATEWAY_OPEN", "1");
    for (options, settings, text, code, expected) in [
        (&[][..], &[open][..], "[airops]\nallow = []\n", 2, "the rules of [airops] are not kept"),
        (&["--mock"], &[open], "[airops]\nallow = []\n", 2, "the rules of [airops] are not kept"),
        (&[], &[open], "[airop]\ngrant = \"read\"\n", 3, "did you mean [airops]?"),
        (&[], &[open], "audit = \"calls.jsonl\"\n", 2, "calls.jsonl is not kept by `serve`"),
        (&["--audit", "calls.jsonl"], &[open], "", 2, "calls.jsonl is not kept by `serve`"),
        (&[], &[open, ("OUTWIT_GATEWAY_TOKEN", "")], "", 2, "OUTWIT_GATEWAY_TOKEN is set, and empty"),
    ] {
        let (status, error) = run(options, settings, text);
        assert!(status == Some(code) && error.contains(expected), "{status:?}: {error}");
    }
}

#[test]
fn vendors_that_are_not_there_or_are_named_twice_are_not_composed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.wasm");
    let unknown = compose(&["acme"], &file);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no vendor"));
    let of_file = compose(&["plugins/airops.wasm"], &file);
    let said = String::from_utf8_lossy(&of_file.stderr).into_owned();
    assert!(of_file.status.code() == Some(2) && said.contains("--plugins DIR"), "{said}");
    let twice = compose(&["airops", "airops"], &file);
    assert!(String::from_utf8_lossy(&twice.stderr).contains("airops is given twice"));
    assert!(!file.exists());
}
