//! The files that `dist` writes.

use crate::{catalogue, file, folder};
use outwit::Plugins;
use outwit_host_test::build::outwit;
use outwit_host_test::vendors;
use outwit_oci::digest;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use wit_component::{DecodedWasm, OutputToString, WitPrinter};

fn json(path: &str) -> Value {
    serde_json::from_slice(&file(path)).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

/// What `wasm-tools component wit` prints, with every run of white space and comment marks as one space.
fn printed(path: &str) -> (String, DecodedWasm) {
    printed_of(&file(path))
}

fn printed_of(component: &[u8]) -> (String, DecodedWasm) {
    let decoded = wit_component::decode(component).unwrap();
    let resolve = decoded.resolve();
    let nested: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != decoded.package()).collect();
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.print(resolve, decoded.package(), &nested).unwrap();
    let text = printer.output.to_string().replace("///", " ");
    (text.split_whitespace().collect::<Vec<_>>().join(" "), decoded)
}

/// The comments that a catalogue repeats: of operations, and of the fields of the records that they take and give.
fn comments(vendor: &str) -> Vec<String> {
    let catalogue = catalogue(&file(&format!("{vendor}.wasm")));
    let of_operations = catalogue.operations.iter().map(|operation| operation.summary.clone());
    let fields = catalogue.defs.values().filter_map(|def| def["properties"].as_object()).flat_map(|all| all.values());
    let of_fields = fields.filter_map(|field| field["description"].as_str().map(str::to_owned));
    of_operations.chain(of_fields).collect()
}

/// The components that are published: with each vendor's, that of its tools.
fn published() -> Vec<String> {
    vendors().unwrap().into_iter().flat_map(|vendor| [format!("{vendor}-tools"), vendor]).collect()
}

#[test]
fn every_operation_and_field_is_documented_in_the_component_and_in_the_wit_package() {
    for vendor in vendors().unwrap() {
        let comments = comments(&vendor);
        assert!(comments.len() > 4, "{vendor}: {} comments", comments.len());
        for path in [format!("{vendor}.wasm"), format!("wit/{vendor}.wasm")] {
            let (text, _) = printed(&path);
            let missing: Vec<&String> = comments.iter().filter(|comment| !text.contains(comment.as_str())).collect();
            assert!(missing.is_empty(), "{path}: {missing:?}");
        }
        assert!(matches!(printed(&format!("wit/{vendor}.wasm")).1, DecodedWasm::WitPackage(..)));
    }
}

#[test]
fn a_published_component_is_the_embedded_one_with_more_said_about_it() {
    for vendor in vendors().unwrap() {
        let (published, embedded) =
            (file(&format!("{vendor}.wasm")), Plugins::embedded().component(&vendor).unwrap().unwrap());
        // All that is added are custom sections at the end, and the two that name it.
        assert!(published.starts_with(&embedded[..1000]), "{vendor}");
        let said = |component: &[u8]| serde_json::to_value(catalogue(component)).unwrap();
        assert_eq!(said(&published), said(&embedded), "{vendor}");
    }
}

#[test]
fn extracted_tools_say_what_the_published_ones_say_and_files_of_a_folder_have_none() {
    let folder = tempfile::tempdir().unwrap();
    let extract = |arguments: &[&str]| {
        Command::new(outwit()).args(arguments).args(["--out", "out"]).current_dir(folder.path()).output().unwrap()
    };
    assert!(extract(&["extract", "--tools"]).status.success());
    for vendor in vendors().unwrap() {
        let path = format!("{vendor}-tools.wasm");
        let extracted = std::fs::read(folder.path().join("out").join(&path)).unwrap();
        let (text, _) = printed_of(&extracted);
        assert!(text.contains(&format!("export {vendor}-")), "{vendor}: {text:.400}");
        assert_eq!(text, printed(&path).0, "{vendor}");
    }
    assert!(extract(&["extract"]).status.success());
    let refused = extract(&["--plugins", "out", "extract", "--tools"]);
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && message.contains("--plugins"), "{message}");
}

#[test]
fn a_layout_holds_the_component_with_the_media_types_and_annotations_that_registries_want() {
    for name in published() {
        let component = file(&format!("{name}.wasm"));
        let blob = |descriptor: &Value| {
            let hash = descriptor["digest"].as_str().unwrap();
            let content = file(&format!("oci/{name}/blobs/{}", hash.replace(':', "/")));
            assert_eq!(
                (digest(&content).as_str(), content.len()),
                (hash, descriptor["size"].as_u64().unwrap() as usize)
            );
            content
        };
        assert_eq!(json(&format!("oci/{name}/oci-layout"))["imageLayoutVersion"], "1.0.0");
        let index = json(&format!("oci/{name}/index.json"));
        let manifest: Value = serde_json::from_slice(&blob(&index["manifests"][0])).unwrap();
        assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
        let config: Value = serde_json::from_slice(&blob(&manifest["config"])).unwrap();
        assert!(config["component"]["imports"].as_array().unwrap().iter().any(|name| name == "wasi:http/types@0.2.4"));
        assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
        assert!(blob(&manifest["layers"][0]) == component, "{name}: the layer is the file");
        let annotation = |word: &str| &manifest["annotations"][format!("org.opencontainers.image.{word}")];
        let expected = [
            ("title", &*name),
            ("version", "0.1.0"),
            ("licenses", "MIT OR Apache-2.0"),
            ("source", "https://example.com/outwit"),
            ("revision", "0123abcd"),
        ];
        for (word, value) in expected {
            assert_eq!(annotation(word), value, "{name}: {word}");
        }
        assert!(annotation("description").is_string());
    }
}

#[test]
fn an_sbom_lists_what_is_linked_in_and_nothing_that_only_builds_it() {
    for name in published() {
        let bom = json(&format!("{name}.cdx.json"));
        let subject = &bom["metadata"]["component"];
        let hash = digest(&file(&format!("{name}.wasm")));
        assert_eq!(subject["hashes"][0]["content"], hash.trim_start_matches("sha256:"), "{name}");
        let components = bom["components"].as_array().unwrap();
        let names: BTreeSet<&str> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
        for linked in ["outwit-kit", "serde_json", "wasi", "rust-std"] {
            assert!(names.contains(linked), "{name}: {linked} in {names:?}");
        }
        // The tools are of the vendor's crate, too.
        let of = name.trim_end_matches("-tools");
        for building in ["wit-parser", "wit-component", "syn", "serde_derive", "outwit-kit-build", "wasmtime", of] {
            assert!(!names.contains(building), "{name}: {building}");
        }
        assert_eq!(subject["name"], *name);
        let own = subject["bom-ref"].as_str().unwrap();
        let mut known: BTreeSet<&str> = components.iter().map(|c| c["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(known.len(), components.len(), "{name}: a reference stands for one component");
        known.insert(own);
        // From the component itself, everything that is listed is reached.
        let uses = |from: &str| {
            let entry = bom["dependencies"].as_array().unwrap().iter().find(|entry| entry["ref"] == from);
            let entry = entry.unwrap_or_else(|| panic!("{name}: {from} has no entry"));
            entry["dependsOn"].as_array().cloned().unwrap_or_default()
        };
        let (mut reached, mut open) = (BTreeSet::from([own.to_owned()]), vec![own.to_owned()]);
        while let Some(next) = open.pop() {
            for used in uses(&next) {
                let used = used.as_str().unwrap().to_owned();
                if reached.insert(used.clone()) {
                    open.push(used);
                }
            }
        }
        assert_eq!(reached, known.into_iter().map(str::to_owned).collect(), "{name}");
    }
}

/// The files in a folder, by their paths in it.
fn files(folder: &Path, prefix: &str, into: &mut BTreeSet<String>) {
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        match entry.path().is_dir() {
            true => files(&entry.path(), &format!("{path}/"), into),
            false => _ = into.insert(path),
        }
    }
}

#[test]
fn the_checksums_are_of_all_files() {
    let sums = String::from_utf8(file("SHA256SUMS")).unwrap();
    let mut listed = BTreeSet::from(["SHA256SUMS".to_owned()]);
    for line in sums.lines() {
        let (hash, path) = line.split_once("  ").unwrap();
        assert_eq!(digest(&file(path)), format!("sha256:{hash}"), "{path}");
        listed.insert(path.to_owned());
    }
    let mut there = BTreeSet::new();
    files(folder(), "", &mut there);
    assert_eq!(listed, there);
}

#[test]
fn an_inspected_file_has_its_sbom_and_checksum_beside_it() {
    for name in published() {
        let inspected =
            Command::new(outwit()).arg("inspect").arg(folder().join(format!("{name}.wasm"))).output().unwrap();
        let found: Value = serde_json::from_slice(&inspected.stdout).unwrap();
        let companion = |file: &str, kind: &str| serde_json::json!({ "file": file, "kind": kind, "matches": true });
        let expected = [companion(&format!("{name}.cdx.json"), "sbom"), companion("SHA256SUMS", "checksums")];
        assert_eq!(found["companions"], Value::from(expected.to_vec()), "{name}");
        assert_eq!(
            (&found["name"], &found["annotations"]["licenses"]),
            (&name.as_str().into(), &"MIT OR Apache-2.0".into())
        );
    }
}
