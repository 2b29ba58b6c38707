//! What a vendor's `build.rs` calls: the vendor's WIT becomes its component's exports, type tables and catalogue.
//!
//! wit-bindgen makes Rust types and code for every field of every record. With a JSON mapping derived for the same types,
//! the 24 operations of the first vendor came to 484 KB, 300 of them such code. Here, WIT becomes data: a static table per
//! type, which `kit` walks to read and write both JSON and the canonical ABI, and an export of two lines per operation.
//! The same vendor is less than half the size, and the typed export and `call` cannot disagree.
//!
//! The same WIT also becomes tools ([`Tools`]): a second component of the same crate, which exports a function of plain
//! parameters for each operation, is made where `OUTWIT_FLAT` is `1`.
//!
//! It knows no vendor: the crate that calls it is named like its folders in `components` and `wit`.

mod catalogue;
mod contract;
mod exports;
mod lz4;
mod manual;
mod tables;
mod tools;

pub use tools::Tools;

use anyhow::Result;
use contract::Contract;
use std::path::Path;

/// Set to `1`, it makes a component export its operations as tools of plain parameters, and nothing else.
const FLAT: &str = "OUTWIT_FLAT";

/// Writes `component.rs`, and what it includes, for the calling crate into `OUT_DIR`.
///
/// # Panics
///
/// Where the WIT cannot be read, or says what a component of operations does not: then the build should stop.
pub fn component() {
    if let Err(problem) = try_component() {
        eprintln!("{problem:#}");
        std::process::exit(1);
    }
}

/// The world of a vendor's tools, with what a model reads of each, from `wit/plugin` and the vendor's folder beside it.
///
/// # Errors
///
/// Where the WIT cannot be read, or says what a component of operations does not.
pub fn tools(wit: &Path, vendor: &str) -> Result<Tools> {
    Tools::of(&Contract::read(wit, vendor)?)
}

fn try_component() -> Result<()> {
    let vendor = std::env::var("CARGO_PKG_NAME")?;
    let out = std::env::var("OUT_DIR")?;
    let wit = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../wit");
    for package in ["plugin", &vendor] {
        println!("cargo::rerun-if-changed={}", wit.join(package).display());
    }
    println!("cargo::rerun-if-env-changed={FLAT}");
    let contract = Contract::read(&wit, &vendor)?;
    // What is no tool is refused by whichever build comes first.
    let tools = Tools::of(&contract)?;
    let flat = std::env::var_os(FLAT).is_some_and(|value| value == "1");
    let out = Path::new(&out);
    // It is mostly English and read once in a component's life, so it travels compressed.
    let catalogue = catalogue::of(&contract)?.to_string();
    std::fs::write(out.join("catalogue.lz4"), lz4::compressed(catalogue.as_bytes()))?;
    let (source, world) = tables::of(&contract, flat.then_some(&tools))?;
    std::fs::write(out.join("world.bin"), world)?;
    std::fs::write(out.join("component.rs"), source)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wit_parser::Resolve;

    const PLUGIN: &str =
        "package outwit:plugin@0.1.0; interface types { type json = string; record error { message: string } }";

    /// The catalogue and the source of a world with one interface.
    fn made(interface: &str) -> Result<(serde_json::Value, String)> {
        let mut resolve = Resolve::default();
        resolve.push_str("plugin.wit", PLUGIN)?;
        let wit = format!(
            "package outwit:acme@0.1.0;\n\
             interface things {{ use outwit:plugin/types@0.1.0.{{error, json}};\n{interface} }}\n\
             /// Acme. Makes things.\nworld acme {{ export things; }}"
        );
        let package = resolve.push_str("acme.wit", &wit)?;
        let world = resolve.select_world(&[package], Some("acme"))?;
        let contract = Contract { resolve, world };
        Ok((catalogue::of(&contract)?, tables::of(&contract, None)?.0))
    }

    const THING: &str = "
        /// A thing.
        record thing {
            /// Its id.
            id: string,
            /// Its weight.
            weight: option<u8>,
            /// What else there is.
            extra: option<json>,
        }";

    #[test]
    fn comments_and_types_become_the_catalogue() {
        let (catalogue, _) = made(&format!(
            "{THING} /// Get a thing. Any thing.\n get-thing: func(thing: thing) -> result<list<thing>, error>;"
        ))
        .unwrap();
        assert_eq!(catalogue["summary"], "Acme.");
        assert_eq!(catalogue["description"], "Makes things.");
        let operation = &catalogue["operations"]["get-thing"];
        assert_eq!(operation["summary"], "Get a thing.");
        assert_eq!(operation["input"], serde_json::json!({ "$ref": "#/$defs/thing" }));
        assert_eq!(operation["output"]["items"], serde_json::json!({ "$ref": "#/$defs/thing" }));
        let thing = &catalogue["$defs"]["thing"];
        assert_eq!(thing["required"], serde_json::json!(["id"]));
        assert_eq!(thing["properties"]["weight"]["maximum"], 255);
        assert_eq!(thing["properties"]["extra"], serde_json::json!({ "description": "What else there is." }));
    }

    #[test]
    fn types_become_tables_and_functions_become_exports() {
        let (_, source) =
            made(&format!("{THING} /// Get a thing.\n get-thing: func(thing: thing) -> result<thing, error>;"))
                .unwrap();
        // id: pointer and length; weight: from byte 8, its value at 9; extra: from 12, its text at 16.
        assert!(source.contains(r#"name: "weight", ty: &T2, offset: 8, flat: 2"#), "{source}");
        assert!(source.contains(r#"name: "extra", ty: &T4, offset: 12, flat: 4"#), "{source}");
        assert!(source.contains(r#"row: &things::get_thing"#), "{source}");
        assert!(source.contains(r#"export_name = "outwit:acme/things@0.1.0#get-thing""#), "{source}");
    }

    const STREAM: &str = "
        /// A part.
        variant part {
            /// A piece.
            text(string),
            /// All of it.
            whole(thing),
        }
        /// A thing as it is made.
        resource making {
            /// The next part.
            next: func() -> result<option<part>, error>;
        }
        /// Make a thing.
        make: func(thing: thing) -> result<making, error>;";

    #[test]
    fn a_resource_gives_the_output_of_its_operation_piece_by_piece() {
        let (catalogue, source) = made(&format!("{THING} {STREAM}")).unwrap();
        let operation = &catalogue["operations"]["make"];
        assert_eq!(operation["streams"], true);
        assert_eq!(operation["output"], serde_json::json!({ "$ref": "#/$defs/thing" }));
        assert_eq!(catalogue["operations"].as_object().unwrap().len(), 1, "the method is no operation");
        for expected in [
            r#"wasm_import_module = "[export]outwit:acme/things@0.1.0""#,
            r#"link_name = "[resource-new]making""#,
            r#"export_name = "outwit:acme/things@0.1.0#[method]making.next""#,
            r#"export_name = "outwit:acme/things@0.1.0#[dtor]making""#,
            "kit::abi::open(&super::COMPONENT, 0,",
        ] {
            assert!(source.contains(expected), "{expected}: {source}");
        }
        let refused = |from: &str, to: &str| made(&format!("{THING} {}", STREAM.replace(from, to))).unwrap_err();
        for (from, to) in
            [("text(string)", "text(u8)"), ("option<part>", "part"), ("next: func()", "next: func(a: u8)")]
        {
            let error = format!("{:#}", refused(from, to));
            assert!(error.contains("the resource has one method, next: func()"), "{to}: {error}");
        }
    }

    #[test]
    fn cases_that_hold_something_are_objects_with_one_member() {
        let (catalogue, _) = made(
            "/// A value.
            variant value {
                /// Nothing.
                none,
                /// A text.
                text(string),
            }
            /// Holds values.
            record holder {
                /// The values.
                values: list<value>,
            }
            /// Put values.
            put: func(holder: holder) -> result<_, error>;",
        )
        .unwrap();
        let choices = &catalogue["$defs"]["value"]["anyOf"];
        assert_eq!(choices[0]["enum"], serde_json::json!(["none"]));
        assert_eq!(choices[1]["properties"]["text"]["type"], "string");
        assert_eq!(choices[1]["required"], serde_json::json!(["text"]));
    }

    #[test]
    fn what_is_no_operation_is_refused() {
        let refused = |interface: &str| format!("{:#}", made(interface).unwrap_err());
        let undocumented = refused("get-thing: func() -> result<string, error>;");
        assert_eq!(undocumented, "operation get-thing: get-thing has no comment; everything in the WIT is documented");
        let several = refused("/// Get.\n get-thing: func(a: string, b: string) -> result<string, error>;");
        assert!(several.contains("takes several parameters"), "{several}");
        let bare = refused("/// Get.\n get-thing: func() -> string;");
        assert!(bare.contains("does not give result<_, error>"), "{bare}");
        let tuple = refused("/// Get.\n get-thing: func() -> result<tuple<u8, u8>, error>;");
        assert!(tuple.contains("tuple is not used in operations"), "{tuple}");
    }
}
