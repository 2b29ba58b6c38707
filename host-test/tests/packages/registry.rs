//! Push and pull, through the command line, with a registry on this machine.

use crate::file;
use crate::server::Registry;
use outwit_host_test::{build, net};
use outwit_oci::digest;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn outwit(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut outwit = Command::new(build::outwit());
    outwit.env_clear().envs(crate::home()).envs(environment.iter().copied()).args(arguments).output().unwrap()
}

/// What a command printed, where it succeeds.
fn ok(output: Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// The exit code and the error of a command that fails.
fn failed(output: Output) -> (i32, Value) {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code().unwrap(), serde_json::from_slice(&output.stderr).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A component on disk, and where to pull it to.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("accelo.wasm"), file("accelo.wasm")).unwrap();
        Files(folder)
    }

    fn path(&self, name: &str) -> String {
        text(&self.0.path().join(name)).to_owned()
    }
}

#[test]
fn what_is_pushed_is_pulled_again_by_version_and_by_digest_and_runs() {
    net::run(async {
        let (registry, files) = (Registry::start(None).await, Files::new());
        let place = registry.place("acme/accelo");
        let pushed =
            ok(outwit(&["push", &format!("{place}:0.1.0"), &files.path("accelo.wasm"), "--revision", "0123abcd"], &[]));
        let by_digest = format!("{place}@{}", pushed["digest"].as_str().unwrap());
        for (index, reference) in [format!("{place}:0.1.0"), by_digest].iter().enumerate() {
            let folder = files.0.path().join(index.to_string());
            std::fs::create_dir(&folder).unwrap();
            let output = text(&folder.join("accelo.wasm")).to_owned();
            let pulled = ok(outwit(&["pull", reference, "-o", &output], &[]));
            assert_eq!(pulled["digest"], pushed["digest"]);
            assert!(std::fs::read(&output).unwrap() == file("accelo.wasm"), "{reference}");
            ok(outwit(&["--plugins", text(&folder), "--mock", "call", "accelo.list-staff", "{}"], &[]));
        }
        // The manifest is the one of the layout in `dist`.
        let index: Value = serde_json::from_slice(&file("oci/accelo/index.json")).unwrap();
        assert_eq!(pushed["digest"], index["manifests"][0]["digest"]);
        assert_eq!(registry.kinds("acme/accelo:0.1.0"), ["application/vnd.oci.image.manifest.v1+json"]);
    });
}

#[test]
fn what_is_not_as_its_digest_says_is_refused_and_not_written() {
    net::run(async {
        let (registry, files) = (Registry::start(None).await, Files::new());
        let place = registry.place("acme/accelo");
        let reference = format!("{place}:0.1.0");
        let pushed = ok(outwit(&["push", &reference, &files.path("accelo.wasm")], &[]));
        let refused = |reference: &str| {
            let (code, error) = failed(outwit(&["pull", reference, "-o", &files.path("pulled.wasm")], &[]));
            assert_eq!((code, error["kind"].as_str()), (5, Some("unreadable")), "{error}");
            assert!(!files.0.path().join("pulled.wasm").exists());
            error["message"].as_str().unwrap().to_owned()
        };
        let layer = digest(&file("accelo.wasm"));
        let changes: [fn(&mut Vec<u8>); 3] = [|bytes| bytes[1000] ^= 1, |bytes| _ = bytes.pop(), |bytes| bytes.push(0)];
        for change in changes {
            registry.change(&layer, change);
            refused(&reference);
            registry.change(&layer, |bytes| *bytes = file("accelo.wasm"));
        }
        ok(outwit(&["pull", &reference, "-o", &files.path("whole.wasm")], &[]));
        let manifest = pushed["digest"].as_str().unwrap();
        registry.change(manifest, |bytes| bytes.push(b' '));
        refused(&format!("{place}@{manifest}"));
    });
}

#[test]
fn what_is_no_component_is_neither_pushed_nor_pulled() {
    net::run(async {
        let (registry, files) = (Registry::start(None).await, Files::new());
        let reference = registry.place("acme/text") + ":1";
        std::fs::write(files.path("text.wasm"), "a text").unwrap();
        let (code, error) = failed(outwit(&["push", &reference, &files.path("text.wasm")], &[]));
        assert_eq!((code, error["kind"].as_str()), (3, Some("invalid-input")), "{error}");
        std::fs::write(files.path("module.wasm"), wat::parse_str("(module)").unwrap()).unwrap();
        failed(outwit(&["push", &reference, &files.path("module.wasm")], &[]));
        assert_eq!(registry.writes(), 0);
        let config = digest(b"{}");
        let layer = format!(r#"{{"mediaType":"text/plain","digest":"{config}","size":2}}"#);
        registry.put("acme/text:1", &format!(r#"{{"schemaVersion":2,"layers":[{layer}]}}"#));
        let (_, error) = failed(outwit(&["pull", &reference, "-o", &files.path("pulled.wasm")], &[]));
        assert_eq!(error["kind"], "unreadable", "{error}");
        assert!(error["message"].as_str().unwrap().contains("text/plain"), "{error}");
    });
}

#[test]
fn a_registry_gets_the_credential_and_its_refusals_are_reported() {
    net::run(async {
        let (registry, files) = (Registry::start(Some(("ann", "hush-hush"))).await, Files::new());
        let reference = registry.place("acme/accelo") + ":0.1.0";
        let push = ["push", &reference, &files.path("accelo.wasm")];
        let wrong = [("OUTWIT_REGISTRY_USER", "ann"), ("OUTWIT_REGISTRY_PASSWORD", "wrong-one")];
        for environment in [&[][..], &wrong] {
            let (code, error) = failed(outwit(&push, environment));
            assert_eq!((code, error["kind"].as_str()), (4, Some("unauthenticated")), "{error}");
            assert!(!error.to_string().contains("wrong-one"), "{error}");
        }
        let right = [("OUTWIT_REGISTRY_USER", "ann"), ("OUTWIT_REGISTRY_PASSWORD", "hush-hush\n")];
        ok(outwit(&push, &right));
        ok(outwit(
            &["pull", &reference, "-o", &files.path("pulled.wasm")],
            &[("OUTWIT_REGISTRY_TOKEN", " hush-hush\n")],
        ));
        let (code, _) = failed(outwit(&push, &[("OUTWIT_REGISTRY_USER", "ann")]));
        assert_eq!(code, 2, "a user without a password");
        let (code, error) =
            failed(outwit(&["pull", &reference.replace("0.1.0", "9"), "-o", &files.path("no")], &right));
        assert_eq!((code, error["kind"].as_str()), (4, Some("not-found")), "{error}");
    });
}

/// The OCI distribution specification, "Error Codes": the list of errors, and all of an error but its code, may be left out.
#[test]
fn a_registrys_refusal_is_reported_in_plain_words() {
    let answers = |status: &'static str, body: &'static str| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let place = format!("{}/acme/accelo:1", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            use std::io::{Read, Write};
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                _ = stream.read(&mut [0; 4096]);
                let head = "content-type: application/json\r\nconnection: close";
                let reply = format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                _ = stream.write_all(reply.as_bytes());
            }
        });
        place
    };
    let files = Files::new();
    for (status, body, words) in [
        ("404 Not Found", r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#, "manifest unknown"),
        (
            "404 Not Found",
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"there is no such name"}]}"#,
            "there is no such name",
        ),
        ("403 Forbidden", r#"{"errors":[{"code":"DENIED","message":"not for you"}]}"#, "not for you"),
        ("400 Bad Request", r#"{"errors":[]}"#, ""),
        ("404 Not Found", "{}", ""),
        ("429 Too Many Requests", r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#, "slow down"),
        ("500 Internal Server Error", "<html>", ""),
        ("503 Service Unavailable", "", ""),
    ] {
        let place = answers(status, body);
        let (_, error) = failed(outwit(&["pull", &place, "-o", &files.path("no")], &[]));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words), "{status} {body}: {error}");
        for jargon in ["OCI API", "envelope", "Error {", "RegistryError", "Some(", "[]", "ManifestUnknown"] {
            assert!(!message.contains(jargon), "{status} {body}: {error}");
        }
        assert!(!message.trim_end().ends_with(':'), "{status} {body}: nothing is said: {error}");
    }
}

#[test]
fn a_registry_that_is_not_there_is_unavailable() {
    let files = Files::new();
    // Nobody listens on port 1.
    let (code, error) = failed(outwit(&["pull", "127.0.0.1:1/acme/accelo:1", "-o", &files.path("no")], &[]));
    assert_eq!((code, error["kind"].as_str()), (5, Some("unavailable")), "{error}");
    let (code, error) = failed(outwit(&["pull", "accelo:1", "-o", &files.path("no")], &[]));
    assert_eq!((code, error["field"].as_str()), (3, Some("reference")), "{error}");
}
