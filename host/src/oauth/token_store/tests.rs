//! How grants are kept, and when they are not taken.

use super::*;
use std::os::unix::fs::PermissionsExt;

fn store(folder: &Path, account: &str) -> Store {
    Store::new(folder, "acme", account, "https://acme.example", "app-1")
}

fn tokens(access: &str) -> Tokens {
    Tokens {
        access: access.into(),
        refresh: Some("r-hush".into()),
        issued_ms: 5,
        expires_ms: None,
        scope: "all".into(),
        application: false,
        who: [("email".to_owned(), "a@b.example".to_owned())].into(),
    }
}

async fn save(store: &Store, access: &str) -> Result<(), Error> {
    store.room().await?.save(&tokens(access)).await
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_grant_is_stored_in_a_private_file_in_a_private_folder() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a/grants");
    let store = store(&folder, "default");
    assert_eq!(store.load().unwrap(), None);
    assert!(!folder.exists(), "looking makes no folder");
    save(&store, "one").await.unwrap();
    save(&store, "two").await.unwrap();
    drop(store.lock().await.unwrap());
    assert_eq!(store.load().unwrap(), Some(tokens("two")));
    assert_eq!((mode(&folder), mode(&folder.join("acme.default.json"))), (0o700, 0o600));
    assert_eq!(mode(&folder.join("acme.default.lock")), 0o600);
    let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.count(), 2, "no half-written file stays");
    assert!(store.forget().await.unwrap() && !store.forget().await.unwrap());
    assert_eq!(store.load().unwrap(), None);
}

#[tokio::test]
async fn a_grant_for_another_account_application_or_address_is_none() {
    let folder = tempfile::tempdir().unwrap();
    save(&store(folder.path(), "default"), "one").await.unwrap();
    assert_eq!(store(folder.path(), "other").load().unwrap(), None);
    for (base, client) in [("https://acme.example", "app-2"), ("https://other.example", "app-1")] {
        assert_eq!(Store::new(folder.path(), "acme", "default", base, client).load().unwrap(), None);
    }
}

#[tokio::test]
async fn a_grant_that_others_can_read_or_that_is_broken_is_refused_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "default");
    let path = folder.path().join("acme.default.json");
    save(&store, "a-hush").await.unwrap();
    for wrong in [0o640, 0o604, 0o622] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(wrong)).unwrap();
        let error = store.load().unwrap_err();
        assert!(error.message.contains("chmod 600") && !format!("{error:?}").contains("hush"), "{error:?}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, r#"{"access-token": 5, "refresh-token": "r-hush"}"#).unwrap();
    let error = store.load().unwrap_err();
    assert!(error.message.contains("log in again") && !format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn a_folder_that_others_can_write_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let error = save(&store(folder.path(), "default"), "one").await.unwrap_err();
    assert!(error.message.contains("chmod 700"), "{error}");
}

#[tokio::test]
async fn room_that_is_not_used_leaves_the_grant_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "default");
    save(&store, "one").await.unwrap();
    drop(store.room().await.unwrap());
    assert_eq!(store.load().unwrap(), Some(tokens("one")));
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[tokio::test]
async fn one_at_a_time_changes_a_grant() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (store(folder.path(), "default"), store(folder.path(), "default"));
    let lock = one.lock().await.unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(60), other.lock()).await;
    assert!(waited.is_err());
    drop(lock);
    other.lock().await.unwrap();
}

#[test]
fn names_stay_apart_and_in_their_folder() {
    assert_eq!(plain("juniper-2_x"), "juniper-2_x");
    assert_eq!(plain("Juniper"), "%4auniper");
    assert_eq!(plain("../a.b"), "%2e%2e%2fa%2eb");
}
