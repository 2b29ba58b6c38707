//! Values that must not turn up, and where they may hide.

use outwit::{Error, Plugin, Settings};
use outwit_host_test::net;

use super::input::input;

/// Long enough to be cut by any limit on the length of messages, and of characters that are safe anywhere.
pub const TOKEN: &str = "canary-tOkEn-b7f31c9e5d2a48e6b0c4d8f2a6e19375-4c8b2f6a9d1e7053";
pub const CLIENT_SECRET: &str = "canary-sEcReT-93d7a5e1c8f04b6290e4c2a8f6d1b375-7b1f9e3c5a8d2046";
/// A setting that no catalogue declares, such as what a host keeps for itself.
pub const REFRESH: &str = "canary-rEfReSh-5e8c1a7f3d9b4260a4c6e2d8f0b19573-2d6f0a4c8e1b7935";
/// No secret.
pub const CLIENT_ID: &str = "client-1";

/// Those that a vendor gets to see, as they travel and as they can be read from that.
pub fn sent() -> Vec<String> {
    use base64::Engine;
    let basic = base64::prelude::BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    vec![TOKEN.into(), CLIENT_SECRET.into(), basic]
}

/// No text holds a canary, nor a part of one that would help to guess the rest.
pub fn absent(where_: &str, text: &str) {
    for form in sent().into_iter().chain([REFRESH.to_owned()]) {
        for start in (0..form.len() - 16).step_by(4) {
            let part = &form[start..start + 16];
            assert!(!text.contains(part), "{where_}: {part} in {text}");
        }
    }
}

/// Settings with the canaries, for the vendor at this address.
pub fn settings(url: &str) -> Vec<(String, String)> {
    let own = [
        ("ACCELO_BASE_URL", url),
        ("ACCELO_DEPLOYMENT", "juniper-works"),
        ("ACCELO_TOKEN", TOKEN),
        ("ACCELO_CLIENT_ID", CLIENT_ID),
        ("ACCELO_CLIENT_SECRET", CLIENT_SECRET),
        ("ACCELO_REFRESH_TOKEN", REFRESH),
        ("OUTWIT_TRIES", "1"),
    ];
    own.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// What one call of each operation gives. Results of operations that are about secrets are left out.
pub async fn call_all(plugin: &Plugin) -> Vec<(String, Result<String, Error>)> {
    let mut outcomes = Vec::new();
    for operation in &plugin.catalogue().operations {
        let schema = operation.input.as_ref().map(|schema| plugin.catalogue().inlined(schema)).unwrap_or_default();
        let outcome = plugin.call(&operation.id, &input(&schema).to_string()).await;
        if !(operation.secret && outcome.is_ok()) {
            outcomes.push((operation.id.clone(), outcome));
        }
    }
    outcomes
}

/// Everything that a program could print of an outcome.
pub fn shown(outcome: &Result<String, Error>) -> String {
    match outcome {
        Ok(output) => format!("{output}\n{outcome:?}"),
        Err(error) => format!("{error}\n{error:?}\n{error:#?}\n{}", serde_json::to_string(error).unwrap()),
    }
}

#[test]
fn what_can_be_printed_of_a_plugin_holds_no_secret() {
    net::run(async {
        let plugin = net::plugin("accelo", settings("http://127.0.0.1:9")).await;
        absent("catalogue", &format!("{:?}", plugin.catalogue()));
        absent("description", plugin.describe());
        let settings: Settings = settings("http://127.0.0.1:9").into_iter().collect();
        absent("settings", &format!("{settings:?} {settings:#?}"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outwit.toml");
        for text in [
            format!("[accelo]\nACCELO_TOKEN = {TOKEN:?}\n"),
            format!("[accelo]\nx = {TOKEN}\n"),
            format!("x = {TOKEN:?}"),
        ] {
            std::fs::write(&file, text).unwrap();
            match outwit::Config::read(&file) {
                Ok(config) => absent("configuration", &format!("{config:?}")),
                Err(error) => absent("configuration", &shown(&Err(error))),
            }
        }
    });
}
