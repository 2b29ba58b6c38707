//! A process that is killed while it renews a grant: the grant's file is the old one or the new one, never a part of one,
//! and the next process works, or says that a person has to log in again.

use outwit_host_test::build::outwit;
use outwit_host_test::net;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::vendor::{Mood, Vendor, grant_member};

/// A vendor, and a folder with a grant that has come to its end.
struct Scene {
    vendor: Vendor,
    folder: tempfile::TempDir,
    /// What the vendor is asked, as it comes: the bearer token, or none for the token endpoint.
    asked: Receiver<Option<String>>,
}

impl Scene {
    fn new() -> Scene {
        let vendor = net::run(Vendor::start());
        let folder = tempfile::tempdir().unwrap();
        vendor.grant("one", &folder.path().join("grants"), -1);
        let (sender, asked) = channel();
        vendor.on_request(move |token| _ = sender.send(token.map(str::to_owned)));
        Scene { vendor, folder, asked }
    }

    fn start(&self) -> Child {
        let mut command = Command::new(outwit());
        let settings = [
            ("ACCELO_BASE_URL", &*self.vendor.url),
            ("ACCELO_DEPLOYMENT", "juniper-works"),
            ("ACCELO_CLIENT_ID", "one"),
            ("ACCELO_CLIENT_SECRET", "secret-of-one"),
            ("OUTWIT_TRIES", "1"),
        ];
        command.args(["--json", "call", "accelo.get-staff", r#"{"id":"21"}"#]).envs(settings);
        command.env("OUTWIT_STATE", self.folder.path()).current_dir(self.folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until the vendor is asked for a token, or with one.
    fn wait_for(&self, token: Option<&str>) {
        let asked = self.asked.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(asked.as_deref(), token);
    }

    fn grants(&self) -> std::path::PathBuf {
        self.folder.path().join("grants")
    }

    /// The refresh token of the grant, which has to be whole, private and alone.
    fn whole(&self) -> String {
        let file = self.grants().join("accelo.default.json");
        let (access, refresh) = (grant_member(&file, "access-token"), grant_member(&file, "refresh-token"));
        let (access, refresh) = (access.as_str().unwrap(), refresh.as_str().unwrap());
        assert_eq!(access.strip_prefix("at-"), refresh.strip_prefix("rt-"), "both are of one answer");
        assert!(grant_member(&file, "issued-ms").is_u64() && grant_member(&file, "client-id") == "one");
        refresh.to_owned()
    }

    /// The next process; what it gave or said.
    fn next(&self) -> Result<Value, Value> {
        let Output { status, stdout, stderr } = self.start().wait_with_output().unwrap();
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap();
        if status.success() { Ok(read(&stdout)) } else { Err(read(&stderr)) }
    }

    /// Files beside the grant and its lock.
    fn left_over(&self) -> Vec<String> {
        let names = self.grants().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !["accelo.default.json", "accelo.default.lock"].contains(&&**name)).collect()
    }
}

/// By SIGKILL: nothing runs in it any more.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_process_killed_before_the_answer_leaves_the_old_grant_which_works() {
    let scene = Scene::new();
    // This vendor changes the refresh token when it answers, and not for a client that has gone.
    scene.vendor.is(Mood::Gives(json!({}), Duration::from_secs(600)));
    let child = scene.start();
    scene.wait_for(None);
    kill(child);
    assert_eq!(scene.whole(), "rt-one-1");
    scene.vendor.is(Mood::Gives(json!({}), Duration::ZERO));
    assert_eq!(scene.next().unwrap()["id"], "21");
    assert_eq!((scene.whole(), scene.left_over()), ("rt-one-2".to_owned(), vec![]));
}

#[test]
fn a_process_killed_after_the_vendor_changed_the_token_leaves_a_grant_that_needs_a_login() {
    let scene = Scene::new();
    scene.vendor.is(Mood::Hangs);
    let child = scene.start();
    scene.wait_for(None);
    // It has changed it, and the answer is on its way.
    scene.vendor.rotate("one");
    kill(child);
    assert_eq!(scene.whole(), "rt-one-1");
    scene.vendor.is(Mood::Gives(json!({}), Duration::ZERO));
    let error = scene.next().unwrap_err();
    assert_eq!((&error["kind"], &error["advice"]), (&json!("unauthenticated"), &json!("ask-person")), "{error}");
    assert!(error["message"].as_str().unwrap().ends_with("outwit auth login accelo"), "{error}");
    // Nothing of it has touched what is there.
    assert_eq!((scene.whole(), scene.left_over()), ("rt-one-1".to_owned(), vec![]));
}

#[test]
fn a_process_killed_after_storing_leaves_the_new_grant_which_works() {
    let scene = Scene::new();
    let child = scene.start();
    scene.wait_for(None);
    scene.wait_for(Some("at-one-2"));
    kill(child);
    assert_eq!(scene.whole(), "rt-one-2");
    scene.next().unwrap();
    let tokens: Vec<String> = scene.vendor.calls().into_iter().map(|(token, _)| token).collect();
    assert_eq!((tokens, scene.vendor.exchanges().len()), (vec!["at-one-2".to_owned(); 2], 1));
}

#[test]
fn a_process_killed_at_any_moment_leaves_the_old_or_the_new_grant() {
    let (mut old, mut new) = (0, 0);
    for turn in 0..24 {
        let scene = Scene::new();
        let child = scene.start();
        scene.wait_for(None);
        // From the request for a token to the first call with it takes some milliseconds.
        std::thread::sleep(Duration::from_micros(turn * 300));
        kill(child);
        match &*scene.whole() {
            "rt-one-1" => old += 1,
            "rt-one-2" => new += 1,
            other => panic!("{other}"),
        }
        let stored = scene.whole() == "rt-one-2";
        match scene.next() {
            Ok(staff) => assert_eq!(staff["id"], "21"),
            Err(error) => {
                assert!(!stored, "{error}");
                assert_eq!(error["kind"], "unauthenticated", "{error}");
                assert!(error["message"].as_str().unwrap().ends_with("outwit auth login accelo"), "{error}");
            }
        }
    }
    println!("killed 24 times while renewing: {old} times the old grant was left, {new} times the new one");
}

#[test]
fn what_a_killed_process_left_half_written_goes_with_the_next_renewal() {
    let scene = Scene::new();
    // As if the machine had stopped between the writing of a file and the moment when it takes its place.
    let half = scene.grants().join(".accelo.default.a1B2c3.new");
    std::fs::write(&half, r#"{"access-token": "at-one-9", "refr"#).unwrap();
    std::fs::write(Path::new(&scene.grants()).join(".accelo.other.a1B2c3.new"), "{").unwrap();
    assert_eq!(scene.next().unwrap()["id"], "21");
    assert_eq!(scene.left_over(), [".accelo.other.a1B2c3.new"], "another account's may be under way");
    assert_eq!(scene.whole(), "rt-one-2");
}
