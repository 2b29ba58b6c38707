//! What other hosts are told to grant. `host-test/jco` holds it against Node.

use outwit::{Catalogue, Plugin, Requirement, Requirements, Rules, Settings};
use outwit_host_test::{Case, Outcome, Script, build, cases, net, scripted, test_settings, vendors};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

const HOSTS: [&str; 5] = ["wassette", "spin", "wash", "wasmtime", "jco"];

/// A vendor's catalogue, and a value for each of its settings.
async fn facts(vendor: &str) -> (Catalogue, BTreeMap<String, String>) {
    let plugin = scripted(vendor, &Script::default()).await.unwrap();
    let values = test_settings(plugin.catalogue());
    (plugin.catalogue().clone(), values)
}

fn needs(catalogue: &Catalogue, values: &BTreeMap<String, String>) -> Requirements {
    Requirements::of(catalogue, &values.clone().into_iter().collect::<Settings>(), &Rules::default()).unwrap()
}

/// Which of the cases that should succeed do not, with these settings alone.
async fn failing(
    plugin: &Plugin,
    script: &Script,
    cases: &[Case],
    given: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let mut failing = BTreeSet::new();
    for case in cases {
        let plugin = plugin.with_settings(given.clone().into_iter().collect());
        script.begin(&case.exchanges, plugin.catalogue(), given);
        let id = format!("{}.{}", plugin.name(), case.operation);
        if plugin.call(&id, &case.input.to_string()).await.is_err() {
            failing.insert(case.name.clone());
        }
        script.end();
    }
    failing
}

#[test]
fn every_operation_works_with_what_is_granted_and_not_all_without_any_single_grant() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let script = Script::default();
            let plugin = scripted(&vendor, &script).await.unwrap();
            let values = test_settings(plugin.catalogue());
            let needs = needs(plugin.catalogue(), &values);
            let given: BTreeMap<String, String> = needs
                .environment
                .iter()
                .map(|need| (need.setting.name.clone(), values[&need.setting.name].clone()))
                .collect();
            // Cases that choose settings of their own are about those.
            let succeeds = |case: &Case| case.settings.is_empty() && matches!(case.outcome(), Some(Outcome::Ok(_)));
            let cases: Vec<Case> = cases(&vendor).unwrap().into_iter().filter(succeeds).collect();
            assert_eq!(failing(&plugin, &script, &cases, &given).await, BTreeSet::new(), "{vendor}");
            // What is optional, and no part of any request, is there because it is given.
            let needed = |name: &&String| {
                let setting = plugin.catalogue().settings.iter().find(|setting| setting.name == **name).unwrap();
                let used =
                    plugin.catalogue().operations.iter().any(|operation| plugin.catalogue().uses(operation, name));
                setting.required || used
            };
            for name in given.keys().filter(needed) {
                let mut less = given.clone();
                less.remove(name);
                let failing = failing(&plugin, &script, &cases, &less).await;
                assert!(!failing.is_empty(), "{vendor} works without {name}");
            }
        }
    });
}

/// What `outwit policy` prints.
fn printed(host: &str, vendor: &str, environment: &BTreeMap<String, String>, more: &[&str]) -> Output {
    let mut outwit = Command::new(build::outwit());
    outwit.env_clear().envs(crate::home()).envs(environment).args(["policy", "--host", host, vendor]).args(more);
    outwit.output().unwrap()
}

#[test]
fn every_hosts_policy_names_all_grants_and_no_secret() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let (catalogue, values) = facts(&vendor).await;
            let needs = needs(&catalogue, &values);
            for host in HOSTS {
                let output = printed(host, &vendor, &values, &[]);
                let text = String::from_utf8(output.stdout).unwrap();
                assert!(needs.origins.iter().all(|origin| text.contains(&origin.host)), "{vendor}, {host}: {text}");
                for Requirement { setting, value, .. } in &needs.environment {
                    assert!(text.contains(&setting.name), "{vendor}, {host}: {}: {text}", setting.name);
                    assert_eq!(value.is_none(), setting.secret, "{vendor}: {}", setting.name);
                    // The value of a secret is a word that occurs nowhere else.
                    assert!(!(setting.secret && text.contains(&values[&setting.name])), "{vendor}, {host}: {text}");
                }
                let granted: Vec<&str> = needs.environment.iter().map(|need| &*need.setting.name).collect();
                let words: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
                let mut others = catalogue.settings.iter().filter(|setting| !granted.contains(&&*setting.name));
                assert_eq!(
                    others.find(|other| words.contains(&*other.name)).map(|other| &other.name),
                    None,
                    "{vendor}, {host}"
                );
                let memory = ["512Mi", "536870912", "512 MiB", "no limit for the memory"];
                assert!(memory.iter().any(|one| text.contains(one)), "{vendor}, {host}: {text}");
            }
        }
    });
}

#[test]
fn a_policy_for_wassette_is_as_wassette_writes_it() {
    let output = printed("wassette", "aero", &BTreeMap::new(), &["--allow", "list-*"]);
    let expected = r#"# aero-tools.policy.yaml: it lies beside aero-tools.wasm, in Wassette's folder of components (--component-dir).
# Wassette calls a component as its file is called. The values: wassette secret set aero-tools NAME=VALUE
version: "1.0"
description: "Aero Workflow: work management for bookkeeping and accounting firms."
permissions:
  network:
    allow:
      - host: "api.aeroworkflow.com"
  environment:
    allow:
      - key: "AERO_ACCOUNT_ID"
      - key: "AERO_API_KEY"
  resources:
    limits:
      memory: "512Mi"
"#;
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn a_composed_file_gets_the_grants_of_its_vendors_and_of_its_gateway() {
    net::run(async {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app.wasm");
        let app = app.to_str().unwrap();
        let composed = Command::new(build::outwit()).args(["compose", "aero", "airops", "-o", app]).output().unwrap();
        assert!(composed.status.success(), "{composed:?}");
        let mut values = facts("aero").await.1;
        values.extend(facts("airops").await.1);
        values.insert("OUTWIT_GATEWAY_TOKEN".to_owned(), "hush-hush".to_owned());
        for host in ["spin", "wash", "wasmtime", "jco"] {
            let text = String::from_utf8(printed(host, app, &values, &[]).stdout).unwrap();
            for name in ["OUTWIT_GATEWAY_TOKEN", "AERO_API_KEY", "AIROPS_API_KEY", "AERO_ACCOUNT_ID", "app.wasm"] {
                assert!(text.contains(name), "{host}: {name}: {text}");
            }
            let secret = |name: &str| text.contains(&values[name]);
            assert!(!secret("OUTWIT_GATEWAY_TOKEN") && !secret("AERO_API_KEY") && !secret("AIROPS_API_KEY"), "{text}");
        }
        assert_eq!(printed("wassette", app, &values, &[]).status.code(), Some(2));
    });
}

/// Who pastes it sets what is in use, and nothing empty in place of the rest.
#[test]
fn a_composed_file_gets_what_only_some_operations_need_and_works_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app.wasm");
    let app = app.to_str().unwrap();
    let composed = Command::new(build::outwit()).args(["compose", "accelo", "aero", "-o", app]).output().unwrap();
    assert!(composed.status.success(), "{composed:?}");
    let text = |host: &str, values: &[(&str, &str)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        String::from_utf8(printed(host, app, &values, &[]).stdout).unwrap()
    };
    for (host, optional) in [
        ("spin", "[--env ACCELO_CLIENT_ID=…]"),
        ("wash", "      # ACCELO_CLIENT_ID: \"…\"  # for accelo.request-authorization"),
        ("wasmtime", "--env ACCELO_CLIENT_ID "),
        ("jco", "${ACCELO_CLIENT_ID+ACCELO_CLIENT_ID=\"$ACCELO_CLIENT_ID\"}"),
    ] {
        let text = text(host, &[]);
        assert!(text.contains(optional), "{text}");
        assert!(text.contains("AERO_SQL_KEY") && text.contains("AERO_API_KEY"), "{text}");
        // The gateway offers nothing that gives or takes a credential.
        assert!(!text.contains("ACCELO_CLIENT_SECRET"), "{text}");
    }
    let given = [
        ("ACCELO_BASE_URL", "http://127.0.0.1:1"),
        ("AERO_BASE_URL", "http://127.0.0.1:2"),
        ("AERO_ALLOW_RAW_SQL", "1"),
        ("OUTWIT_GATEWAY_OPEN", "1"),
        ("OUTWIT_DEADLINE_MS", "9000"),
    ];
    let wash = text("wash", &given);
    assert_eq!(wash.matches("- \"127.0.0.1\"").count(), 1, "{wash}");
    for line in ["AERO_ALLOW_RAW_SQL: \"1\"", "OUTWIT_GATEWAY_OPEN: \"1\"", "OUTWIT_DEADLINE_MS: \"9000\""] {
        assert!(wash.contains(line), "{line}: {wash}");
    }
    // So do the deployment's own documents, host/deploy: else requests beyond the room for instances fail.
    assert!(text("wasmtime", &[]).contains("wasmtime serve -S cli --addr 127.0.0.1:8080 --max-concurrent-requests 32"));
}

/// wash's own documents name these keys; `host-test/hosts` runs it with such a file.
#[test]
fn a_policy_for_wash_is_a_whole_file() {
    let text = String::from_utf8(printed("wash", "aero", &BTreeMap::new(), &["--allow", "list-*"]).stdout).unwrap();
    let keys: Vec<&str> = text.lines().filter(|line| !line.starts_with([' ', '#'])).collect();
    assert_eq!(keys, ["build:", "dev:", "workload:"]);
    for line in ["  command: \"true\"", "  component_path: \"aero-app.wasm\"", "  address: \"127.0.0.1:8000\""] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
}

/// What only `oauth` needs is nothing that a list of staff needs.
#[test]
fn a_policy_for_jco_demands_what_every_operation_needs_alone() {
    let text = String::from_utf8(printed("jco", "accelo", &BTreeMap::new(), &[]).stdout).unwrap();
    let needed = text.lines().find(|line| line.starts_with("const needed")).unwrap();
    assert!(needed.contains("ACCELO_DEPLOYMENT") && !needed.contains("ACCELO_CLIENT"), "{needed}");
    assert!(text.lines().any(|line| line.starts_with("const names") && line.contains("ACCELO_CLIENT_ID")), "{text}");
}

#[test]
fn a_policy_that_cannot_be_made_says_why() {
    let malformed = BTreeMap::from([("ACCELO_DEPLOYMENT".to_owned(), "a/b".to_owned())]);
    let said = |output: Output| (output.status.code(), String::from_utf8(output.stderr).unwrap());
    let (code, text) = said(printed("spin", "accelo", &malformed, &[]));
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("ACCELO_DEPLOYMENT"), "{text}");
    let (code, text) = said(printed("spin", "accelo", &BTreeMap::new(), &["--allow", "lst-*"]));
    assert_eq!(code, Some(3), "{text}");
    let (code, text) = said(printed("spin", "acelo", &BTreeMap::new(), &[]));
    assert_eq!(code, Some(3), "{text}");
}
