//! Grants that outlive the process: when they are stored, and who else uses them.

use outwit::{Account, ErrorKind, Settings};
use outwit_host_test::net;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::vendor::{Mood, Vendor, ask, grant_member, set_mode};
use outwit_host_test::build::outwit;

#[test]
fn a_rotated_refresh_token_is_stored_before_the_new_access_token_is_used() {
    net::run(async {
        let (vendor, folder, file) = Vendor::granted(-1).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (peeked, noted) = (file.clone(), seen.clone());
        vendor.on_request(move |token| {
            noted.lock().unwrap().push((
                token.map(str::to_owned),
                grant_member(&peeked, "refresh-token"),
                grant_member(&peeked, "access-token"),
            ));
        });
        ask(&vendor.account("one", Some(folder.path())).await, "21").await.unwrap();
        let expected = [
            (None, json!("rt-one-1"), json!("at-one-1")),
            (Some("at-one-2".to_owned()), json!("rt-one-2"), json!("at-one-2")),
        ];
        assert_eq!(*seen.lock().unwrap(), expected);
    });
}

#[cfg(unix)]
#[test]
fn a_grant_is_private_whenever_it_is_there() {
    use std::os::unix::fs::PermissionsExt;
    net::run(async {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        let grants = folder.path().join("state/grants");
        let account = vendor.account("one", Some(&grants)).await;
        account.login_as_application(None).await.unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&grants), mode(&grants.join("accelo.default.json"))), (0o700, 0o600));
        // A grant that others could read may be in their hands, and one that they can write may be theirs.
        for wrong in [0o644, 0o602] {
            set_mode(&grants.join("accelo.default.json"), wrong);
            let error = ask(&vendor.account("one", Some(&grants)).await, "21").await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Misconfigured, "{error:?}");
            assert!(error.message.contains("chmod 600"), "{error}");
        }
        assert_eq!((vendor.exchanges().len(), vendor.calls().len()), (1, 0));
    });
}

#[cfg(unix)]
#[test]
fn a_grant_that_cannot_be_stored_is_not_renewed_and_no_received_token_is_lost() {
    net::run(async {
        let (vendor, folder) = (Vendor::start().await, tempfile::tempdir().unwrap());
        let grants = folder.path().join("grants");
        let file = vendor.grant("one", &grants, -1);
        let account = vendor.account("one", Some(&grants)).await;
        set_mode(&grants, 0o770);
        let error = ask(&account, "21").await.unwrap_err();
        assert!(error.kind == ErrorKind::Misconfigured && error.message.contains("chmod 700"), "{error:?}");
        assert_eq!(vendor.exchanges().len(), 0);
        // The folder goes wrong while the vendor is asked: what it gave is not used before it is stored.
        set_mode(&grants, 0o700);
        let broken = grants.clone();
        vendor.on_request(move |_| set_mode(&broken, 0o770));
        ask(&account, "21").await.unwrap_err();
        assert_eq!((vendor.exchanges().len(), vendor.calls().len()), (1, 0));
        assert_eq!(grant_member(&file, "refresh-token"), "rt-one-1");
        vendor.on_request(|_| ());
        set_mode(&grants, 0o700);
        ask(&account, "21").await.unwrap();
        assert_eq!((vendor.exchanges().len(), grant_member(&file, "refresh-token")), (1, json!("rt-one-2")));
    });
}

/// What a person consented to after a renewal that could not be stored counts more than what that renewal brought.
#[test]
fn a_login_after_a_renewal_that_could_not_be_stored_is_not_overwritten() {
    net::run(async {
        let (vendor, folder, file) = Vendor::granted(-1).await;
        let account = vendor.account("one", Some(folder.path())).await;
        let broken = folder.path().to_owned();
        vendor.on_request(move |_| set_mode(&broken, 0o770));
        ask(&account, "21").await.unwrap_err();
        vendor.on_request(|_| ());
        set_mode(folder.path(), 0o700);
        vendor.grant("one", folder.path(), -1);
        let mut grant: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        grant["issued-ms"] = (grant["issued-ms"].as_u64().unwrap() + 2 * 3_600_000).into();
        std::fs::write(&file, grant.to_string()).unwrap();
        ask(&account, "21").await.unwrap();
        assert_eq!((vendor.exchanges().len(), grant_member(&file, "refresh-token")), (2, json!("rt-one-4")));
    });
}

#[test]
fn two_users_of_one_grant_renew_it_once() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(-1).await;
        vendor.is(Mood::Gives(json!({}), Duration::from_millis(100)));
        let accounts =
            [vendor.account("one", Some(folder.path())).await, vendor.account("one", Some(folder.path())).await];
        let (first, second) = tokio::join!(ask(&accounts[0], "21"), ask(&accounts[1], "21"));
        first.and(second).unwrap();
        assert_eq!(vendor.exchanges().len(), 1);
        // One of them finds the token refused and renews; the other takes over what is stored.
        vendor.revoke_access();
        ask(&accounts[0], "21").await.unwrap();
        ask(&accounts[1], "21").await.unwrap();
        assert_eq!(vendor.exchanges().len(), 2);
    });
}

#[test]
fn two_processes_renew_one_grant_once() {
    let vendor = net::run(Vendor::start());
    let folder = tempfile::tempdir().unwrap();
    let file = vendor.grant("one", &folder.path().join("grants"), -1);
    vendor.is(Mood::Gives(json!({}), Duration::from_millis(200)));
    let program = outwit();
    let start = || {
        let mut command = Command::new(&program);
        let settings = [
            ("ACCELO_BASE_URL", &*vendor.url),
            ("ACCELO_DEPLOYMENT", "juniper-works"),
            ("ACCELO_CLIENT_ID", "one"),
            ("ACCELO_CLIENT_SECRET", "secret-of-one"),
            ("OUTWIT_TRIES", "1"),
        ];
        let command = command.args(["auth", "check", "accelo"]).envs(settings).env("OUTWIT_STATE", folder.path());
        command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for process in [start(), start(), start()] {
        let output = process.wait_with_output().unwrap();
        let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
        // What is asked for here this vendor does not have; that its key was taken is enough.
        assert!(checked[0]["error"]["kind"] != "unauthenticated", "{checked}");
    }
    assert_eq!((vendor.exchanges().len(), grant_member(&file, "refresh-token")), (1, json!("rt-one-2")));
}

#[test]
fn a_grant_for_another_application_or_address_is_not_used() {
    net::run(async {
        let (vendor, other, folder) = (Vendor::start().await, Vendor::start().await, tempfile::tempdir().unwrap());
        let file = vendor.grant("one", folder.path(), 3_600_000);
        let before = std::fs::read(&file).unwrap();
        ask(&vendor.account("two", Some(folder.path())).await, "21").await.unwrap();
        ask(&other.account("one", Some(folder.path())).await, "21").await.unwrap();
        assert!(vendor.calls().iter().all(|(token, _)| token.starts_with("at-two-")), "{:?}", vendor.calls());
        assert_eq!(other.calls(), [("at-one-1".to_owned(), "21".to_owned())]);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    });
}

#[test]
fn who_logged_out_is_out_in_every_process_that_renews() {
    net::run(async {
        let (vendor, folder, _) = Vendor::granted(3_600_000).await;
        let account = vendor.account("one", Some(folder.path())).await;
        ask(&account, "21").await.unwrap();
        let plugin = net::plugin("accelo", [("", ""); 0]).await;
        let elsewhere = Account::new(&plugin, "default", Settings::default(), Some(folder.path())).unwrap();
        assert!(elsewhere.logout().await.unwrap());
        vendor.revoke_access();
        vendor.is(Mood::Says(400, json!({ "error": "unauthorized_client" }).to_string()));
        let error = ask(&account, "21").await.unwrap_err();
        assert!(error.message.contains("outwit auth login accelo"), "{error}");
        let exchanges = vendor.exchanges();
        assert!(exchanges.len() == 1 && exchanges[0].1.starts_with("grant_type=client_credentials"), "{exchanges:?}");
    });
}
