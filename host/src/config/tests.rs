//! What a file of accounts may say, and what is said about one that says something else.

use super::*;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

fn catalogue() -> Catalogue {
    let json = json!({
        "vendor": "acme", "base": "https://example.com",
        "settings": [{ "name": "ACME_SITE" }, { "name": "ACME_TRIES" }, { "name": "ACME_KEY", "secret": true }],
        "operations": [{ "id": "acme.delete-thing", "effect": "destroy" }],
    });
    Catalogue::parse(&json.to_string()).unwrap()
}

/// A file with this text and mode.
struct File(tempfile::TempDir);

impl File {
    fn new(mode: u32, text: &str) -> File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outwit.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        File(folder)
    }

    fn read(&self) -> Result<Config, Error> {
        Config::read(&self.0.path().join("outwit.toml"))
    }

    fn account(&self, name: &str) -> Result<(Settings, Vec<Bound>), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.read()?.account(&catalogue(), name))
    }
}

fn settings(mode: u32, text: &str) -> Result<Settings, Error> {
    File::new(mode, text).account(DEFAULT).map(|(settings, _)| settings)
}

/// The error's message without the folder.
fn refused(mode: u32, text: &str) -> String {
    let error = settings(mode, text).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    for form in [error.message.clone(), format!("{error:?}")] {
        assert!(!form.contains("hush"), "{form}");
    }
    error.message.split_once("outwit.toml: ").unwrap().1.to_owned()
}

#[test]
fn a_vendor_gets_the_settings_of_its_table() {
    let given = settings(0o600, "[acme]\nACME_KEY = \"hush\"\nACME_TRIES = 2\n[other]\nOTHER_KEY = \"x\"\n").unwrap();
    assert_eq!(given, [("ACME_KEY", "hush"), ("ACME_TRIES", "2")].into_iter().collect());
}

#[test]
fn a_file_that_nobody_named_neither_runs_commands_nor_says_where_requests_go() {
    let catalogue = json!({
        "vendor": "acme", "base": "https://example.com",
        "settings": [{ "name": "ACME_BASE_URL" }, { "name": "ACME_SITE" }, { "name": "ACME_KEY", "secret": true }],
    });
    let catalogue = Catalogue::parse(&catalogue.to_string()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (text, refused) in [
        ("ACME_SITE = \"s1\"", false),
        ("ACME_BASE_URL = \"https://example.org\"", true),
        ("ACME_KEY = { command = [\"echo\", \"hush\"] }", true),
    ] {
        let file = File::new(0o600, &format!("[acme]\n{text}\n"));
        let path = file.0.path().join("outwit.toml");
        let account = |config: Config| runtime.block_on(config.account(&catalogue, DEFAULT)).map(|_| ());
        assert_eq!(account(Config::read(&path).unwrap()), Ok(()), "{text}");
        let found = account(Config::found(&path).unwrap());
        assert_eq!(found.is_err(), refused, "{text}");
        if let Err(error) = found {
            assert!(error.message.contains("--config"), "{error}");
        }
    }
}

#[test]
fn a_named_account_takes_no_setting_from_the_vendors_table_and_all_rules() {
    let text = "[acme]\nACME_SITE = \"s1\"\nACME_KEY = \"one\"\ngrant = \"write\"\n[acme.accounts.sandbox]\nACME_SITE = \"s2\"\n\
                deny = [\"delete-*\"]\n[acme.accounts.b]\n";
    let file = File::new(0o600, text);
    assert_eq!(file.read().unwrap().accounts("acme"), ["default", "b", "sandbox"]);
    assert_eq!(file.read().unwrap().accounts("nobody"), ["default"]);
    let (settings, bounds) = file.account("sandbox").unwrap();
    assert_eq!(settings, [("ACME_SITE", "s2")].into_iter().collect());
    let shown = |bounds: &[Bound]| bounds.iter().map(|Bound { of, rules }| format!("{of} {rules}")).collect::<Vec<_>>();
    assert_eq!(shown(&bounds), ["[acme] grant write", "[acme.accounts.sandbox] deny delete-*"]);
    for bare in ["b", DEFAULT] {
        assert_eq!(shown(&file.account(bare).unwrap().1), ["[acme] grant write"], "{bare}");
    }
    let error = file.account("sandbx").unwrap_err();
    assert!(error.message.ends_with("acme has no account \"sandbx\"; did you mean sandbox?"), "{error}");
    assert_eq!(error.details.unwrap()["accounts"], json!(["default", "b", "sandbox"]));
}

#[test]
fn an_account_that_nobody_set_up_is_not_guessed() {
    let error = File::new(0o600, "[acme.accounts.sandbox]\nACME_SITE = \"s2\"\n").account(DEFAULT).unwrap_err();
    assert!(
        error.message.ends_with("the account \"default\" of acme has no settings; there is the account sandbox"),
        "{error}"
    );
    assert_eq!(settings(0o600, "[other]\n").unwrap(), Settings::default());
    let both = File::new(0o600, "[acme.accounts.a]\n").read().unwrap();
    assert_eq!(both.configured(&catalogue()), ["a"]);
    let both = File::new(0o600, "[acme]\nACME_SITE = \"s\"\n[acme.accounts.a]\n").read().unwrap();
    assert_eq!(both.configured(&catalogue()), ["default", "a"]);
}

#[test]
fn names_of_accounts_are_plain() {
    for name in ["default", "\"a/b\"", "\"\"", "\"ä\"", "\"..\\u0000\"", &"a".repeat(65)] {
        let message = refused(0o600, &format!("[acme.accounts.{name}]\nACME_KEY = \"hush\"\n"));
        assert!(message.starts_with("[acme.accounts"), "{message}");
    }
    assert!(refused(0o600, "[acme]\naccounts = \"hush\"\n").ends_with("expected tables of accounts"));
    assert!(refused(0o600, "[acme.accounts]\na = \"hush\"\n").ends_with("a: expected a table"));
}

#[test]
fn a_file_with_secrets_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o644, 0o660] {
        let message = refused(mode, "[acme]\nACME_KEY = \"hush\"\n");
        assert!(message.starts_with("[acme] ACME_KEY: is a secret") && message.contains("chmod 600"), "{message}");
    }
    assert!(settings(0o644, "[acme]\nACME_SITE = \"s1\"\n").is_ok());
}

#[test]
fn a_file_that_only_refers_to_secrets_may_be_read_by_others() {
    let given = settings(0o644, "[acme]\nACME_KEY = { command = [\"echo\", \"hush\"] }\n").unwrap();
    assert_eq!(given, [("ACME_KEY", "hush")].into_iter().collect());
}

#[test]
fn a_command_in_a_file_that_others_can_write_is_not_run() {
    for mode in [0o620, 0o602, 0o666] {
        let message = refused(mode, "[acme]\nACME_SITE = { command = [\"echo\", \"hush\"] }\n");
        assert!(message.contains("chmod go-w"), "{message}");
    }
}

#[test]
fn a_name_that_is_no_setting_is_refused_with_the_nearest() {
    let message = refused(0o600, "[acme]\nACME_SIT = \"hush\"\n");
    assert_eq!(message, "[acme] ACME_SIT: unknown setting of acme; did you mean ACME_SITE?");
}

#[test]
fn a_broken_file_is_refused_by_its_line_without_showing_it() {
    assert!(refused(0o600, "[acme]\nACME_KEY = hush\n").starts_with("line 2: "));
}

#[test]
fn a_setting_outside_of_a_table_is_refused_without_showing_it() {
    assert_eq!(refused(0o600, "ACME_KEY = \"hush\"\n"), "ACME_KEY stands in no vendor's table");
    assert_eq!(refused(0o600, "audits = \"hush\"\n"), "audits stands in no vendor's table; did you mean audit?");
}

#[test]
fn a_table_of_no_vendor_is_refused_with_the_nearest() {
    let config = File::new(0o600, "[acem]\ngrant = \"read\"\n[other]\n").read().unwrap();
    let refused = |known: &[&'static str]| config.check_vendors(known).map_err(|error| error.message);
    assert_eq!(refused(&["acem", "other", "more"]), Ok(()));
    let near = refused(&["acme", "other"]).unwrap_err();
    assert!(near.ends_with("outwit.toml: [acem] names no vendor; did you mean [acme]?"), "{near}");
    assert!(refused(&["other", "more"]).unwrap_err().ends_with("no vendor; there are: other, more"));
}

#[test]
fn a_value_that_is_neither_text_nor_reference_is_refused_without_showing_it() {
    for value in [
        "[\"hush\"]",
        "{ evn = \"hush\" }",
        "{ env = \"hush\", file = \"hush\" }",
        "{ command = \"hush\" }",
        "{ command = [] }",
        "{ command = [\"\"] }",
        "{ command = [\"echo\", 1] }",
        "{ env = \"\" }",
        "{ env = \"a=hush\" }",
        "{ file = \"\" }",
        "{}",
        "1.5",
    ] {
        let message = refused(0o600, &format!("[acme]\nACME_KEY = {value}\n"));
        assert!(message.starts_with("[acme] ACME_KEY: expected a text, or where it is: { env ="), "{message}");
    }
}

#[test]
fn a_wrong_rule_is_reported_without_its_value() {
    for (rule, expected) in [
        ("token = \"hush\"", "token: is no rule (allow, deny, grant, calls-per-minute, confirm); settings are written"),
        ("deny = \"hush\"", "deny: expected a sequence"),
        ("grant = \"hush\"", "grant: expected one of `read`, `write`, `all`"),
        ("calls-per-minute = 0", "calls-per-minute: expected a whole number from 1 on"),
        ("confirm = [\"hush\", 1]", "confirm: expected a string"),
    ] {
        let message = refused(0o600, &format!("[acme]\n{rule}\n"));
        assert!(message.starts_with(&format!("[acme] {expected}")), "{message}");
    }
    for table in ["acme", "acme.accounts.a"] {
        let other = if table == "acme" { "[acme.accounts.a]\n" } else { "" };
        let file = File::new(0o600, &format!("[{table}]\ndeny = [\"delete-thin\"]\n{other}"));
        let error = file.account("a").unwrap_err();
        assert!(error.message.contains(&format!("[{table}]: deny \"delete-thin\" matches no operation")), "{error}");
    }
}

#[test]
fn the_audit_log_is_beside_the_file() {
    let file = File::new(0o644, "audit = \"log/audit.jsonl\"\n");
    assert_eq!(file.read().unwrap().audit().unwrap(), file.0.path().join("log/audit.jsonl"));
    assert_eq!(File::new(0o644, "").read().unwrap().audit(), None);
    assert_eq!(refused(0o644, "audit = 1\n"), "audit is no text");
    assert_eq!(refused(0o644, "audit = \"\"\n"), "audit is empty");
}

#[test]
fn a_file_that_nobody_named_has_no_log_written_elsewhere() {
    for (audit, taken) in
        [("log/a.jsonl", true), ("/tmp/a.jsonl", false), ("../a.jsonl", false), ("log/../../a", false)]
    {
        let file = File::new(0o600, &format!("audit = {audit:?}\n"));
        assert!(file.read().is_ok());
        let found = Config::found(&file.0.path().join("outwit.toml"));
        assert_eq!(found.is_ok(), taken, "{audit}");
        assert!(found.err().is_none_or(|error| error.message.contains("--config")), "{audit}");
    }
}
