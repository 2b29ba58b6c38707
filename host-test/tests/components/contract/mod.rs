//! What a component file promises to every host: what it imports, what it exports, how large it is.

mod linked;
mod release;
mod versions;

use outwit::{CodeCache, Host, Options, Plugins};
use std::collections::BTreeSet;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

/// What a component may touch; everything at 0.2.x with x ≤ 6, which is what all hosts have.
const IMPORTS: [&str; 9] = [
    "wasi:http/types",
    "wasi:http/outgoing-handler",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:cli/environment",
    "outwit:plugin/types",
];
/// The largest that a component may be, in bytes.
const MOST: usize = 380_000;

fn components() -> Vec<(String, Vec<u8>)> {
    let plugins = Plugins::embedded();
    let names: Vec<String> = plugins.names().map(str::to_owned).collect();
    assert!(!names.is_empty(), "no vendor was built");
    let bytes = |name: &str| plugins.component(name).unwrap().unwrap().into_owned();
    names.into_iter().map(|name| (name.clone(), bytes(&name))).collect()
}

fn host() -> Host {
    Host::new(Options { code_cache: CodeCache::Off, ..Options::default() }).unwrap()
}

#[test]
fn a_component_imports_nothing_but_http_streams_clocks_and_its_settings() {
    let host = host();
    for (vendor, bytes) in components() {
        let component = Component::new(outwit::embed::engine(&host), bytes).unwrap();
        let ty = component.component_type();
        for (import, _) in ty.imports(outwit::embed::engine(&host)) {
            let (name, version) = import.split_once('@').unwrap_or((import, ""));
            assert!(IMPORTS.contains(&name), "{vendor} imports {import}");
            if name.starts_with("wasi:") {
                let patch = version.strip_prefix("0.2.").and_then(|patch| patch.parse::<u32>().ok());
                assert!(patch.is_some_and(|patch| patch <= 6), "{vendor} imports {import}");
            }
        }
    }
}

#[test]
fn a_component_exports_its_vendors_interfaces_and_operations_by_name() {
    let host = host();
    for (vendor, bytes) in components() {
        let component = Component::new(outwit::embed::engine(&host), bytes).unwrap();
        let ty = component.component_type();
        let mut exports = BTreeSet::new();
        let mut functions = Vec::new();
        for (name, item) in ty.exports(outwit::embed::engine(&host)) {
            let ComponentItem::ComponentInstance(interface) = item.ty else { panic!("{vendor} exports {name}") };
            exports.insert(name.to_owned());
            let inner = interface.exports(outwit::embed::engine(&host));
            let called = inner.filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)));
            functions.extend(called.map(|(function, _)| function.to_owned()));
        }
        assert!(exports.remove("outwit:plugin/operations@0.1.0"), "{vendor} does not export operations by name");
        for name in &exports {
            assert!(name.starts_with(&format!("outwit:{vendor}/")), "{vendor} exports {name}");
        }
        // Some hosts find a function by its bare name.
        let unique: BTreeSet<_> = functions.iter().collect();
        assert_eq!(unique.len(), functions.len(), "{vendor} exports a function twice");
        assert!(functions.iter().all(|name| name.len() <= 40), "{vendor}: a name is too long for tool names");
    }
}

#[tokio::test]
async fn the_catalogue_is_true_to_the_exports() {
    let host = host();
    for (vendor, bytes) in components() {
        let component = Component::new(outwit::embed::engine(&host), &bytes).unwrap();
        let ty = component.component_type();
        let mut exported = BTreeSet::new();
        for (name, item) in ty.exports(outwit::embed::engine(&host)) {
            let ComponentItem::ComponentInstance(interface) = item.ty else { continue };
            let Some(short) = name.strip_prefix(&format!("outwit:{vendor}/")) else { continue };
            let short = short.split('@').next().unwrap_or_default();
            for (function, item) in interface.exports(outwit::embed::engine(&host)) {
                // Methods belong to the resource that an operation gives.
                if matches!(item.ty, ComponentItem::ComponentFunc(_)) && !function.starts_with("[method]") {
                    exported.insert(format!("{short} {vendor}.{function}"));
                }
            }
        }
        let plugin = host.load(&bytes, Default::default()).await.unwrap();
        let catalogue: serde_json::Value = serde_json::from_str(plugin.describe()).unwrap();
        let listed = catalogue["operations"].as_array().unwrap();
        let described: BTreeSet<_> = listed
            .iter()
            .map(|operation| {
                let text = |name: &str| operation[name].as_str().unwrap_or_default();
                assert!(text("summary").ends_with('.'), "{}: its summary is no sentence", text("id"));
                assert!(operation["input"].is_object() && operation["output"].is_object(), "{}", text("id"));
                assert!(["read", "write", "destroy"].contains(&text("effect")), "{}", text("id"));
                format!("{} {}", text("interface"), text("id"))
            })
            .collect();
        assert_eq!(described, exported);
        for operation in &plugin.catalogue().operations {
            let steps: Vec<_> = plugin.catalogue().steps(operation).collect();
            assert_eq!(steps.len(), operation.steps.len(), "{}: a step is no operation", operation.id);
            for step in &steps {
                let sends = plugin.catalogue().requests(step, None).next().is_some();
                assert!(sends && step.effect <= operation.effect, "{}: {}", operation.id, step.id);
            }
            // What has no request of its own is made of steps, but for what builds an address for a browser.
            let authorizes = plugin.catalogue().oauth.as_ref().is_some_and(|oauth| oauth.authorize == operation.id);
            let sends = plugin.catalogue().requests(operation, None).next().is_some();
            assert!(sends || authorizes || !steps.is_empty(), "{} sends nothing", operation.id);
        }
        for reference in references(&catalogue) {
            let name = reference.strip_prefix("#/$defs/").unwrap();
            assert!(catalogue["$defs"].get(name).is_some(), "{vendor}: {reference} leads nowhere");
        }
    }
}

#[test]
fn a_composed_file_needs_no_more_than_its_vendors_and_means_the_same_wasi_everywhere() {
    let components = components();
    let vendors: Vec<(&str, &[u8])> = components.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    let engine = Engine::default();
    let component = Component::new(&engine, outwit::compose(&vendors).unwrap()).unwrap();
    let ty = component.component_type();
    let mut names = BTreeSet::new();
    for (import, _) in ty.imports(&engine) {
        let name = import.split('@').next().unwrap_or_default().to_owned();
        assert!(IMPORTS.contains(&&*name), "it imports {import}");
        // Parts that mean another version would be given another interface.
        assert!(names.insert(name), "{import} is imported in two versions");
    }
    let exports: Vec<&str> = ty.exports(&engine).map(|(name, _)| name).collect();
    assert_eq!(exports, ["wasi:http/incoming-handler@0.2.4"]);
}

/// JavaScript, and every host that describes integers as JSON numbers, loses digits of greater ones.
#[tokio::test]
async fn no_number_is_too_great_for_hosts_that_have_doubles_only() {
    let host = host();
    for (vendor, bytes) in components() {
        let plugin = host.load(&bytes, Default::default()).await.unwrap();
        for (name, def) in &plugin.catalogue().defs {
            for (field, schema) in def["properties"].as_object().into_iter().flatten() {
                let is_id = field == "id" || field.ends_with("-id");
                assert!(!is_id || schema["type"] != "integer", "{vendor}: {name}.{field} is an id and a number");
            }
        }
    }
}

#[test]
fn a_component_is_small() {
    for (vendor, bytes) in components() {
        println!("{vendor}: {} bytes", bytes.len());
        assert!(bytes.len() <= MOST, "{vendor}: {} bytes, {MOST} at most", bytes.len());
    }
}

fn references(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(members) => {
            let own = members.get("$ref").and_then(|to| to.as_str()).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
