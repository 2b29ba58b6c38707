//! What a vendor's `build.rs` calls: the vendor's WIT becomes its component's exports, type tables and catalogue.
//!
//! wit-bindgen makes Rust types and code for every field of every record. With a JSON mapping derived for the same types,
//! the 24 operations of the first vendor came to 484 KB, 300 of them such code. Here, WIT becomes data: a static table per
//! type, which `kit` walks to read and write both JSON and the canonical ABI, and an export of two lines per operation.
//! The same vendor is less than half the size, and the typed export and `call` cannot disagree.
//!
//! It knows no vendor: the crate that calls it is named like its folders in `components` and `wit`.

mod catalogue;
mod lz4;
mod tables;

use anyhow::{Context, Result, bail};
use std::path::Path;
use wit_parser::{
    Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem, WorldKey,
};

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

fn try_component() -> Result<()> {
    let vendor = std::env::var("CARGO_PKG_NAME")?;
    let out = std::env::var("OUT_DIR")?;
    let wit = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../wit");
    for package in ["plugin", &vendor] {
        println!("cargo::rerun-if-changed={}", wit.join(package).display());
    }
    let contract = Contract::read(&wit, &vendor)?;
    let out = Path::new(&out);
    // It is mostly English and read once in a component's life, so it travels compressed.
    let catalogue = catalogue::of(&contract)?.to_string();
    std::fs::write(out.join("catalogue.lz4"), lz4::compressed(catalogue.as_bytes()))?;
    let (source, world) = tables::of(&contract)?;
    std::fs::write(out.join("world.bin"), world)?;
    std::fs::write(out.join("component.rs"), source)?;
    Ok(())
}

/// A vendor's world.
pub(crate) struct Contract {
    pub resolve: Resolve,
    pub world: WorldId,
}

impl Contract {
    /// Reads `wit/plugin` and the vendor's folder beside it.
    pub fn read(wit: &Path, vendor: &str) -> Result<Contract> {
        let mut resolve = Resolve::default();
        resolve.push_dir(wit.join("plugin")).context("wit/plugin cannot be read")?;
        let (package, _) =
            resolve.push_dir(wit.join(vendor)).with_context(|| format!("wit/{vendor} cannot be read"))?;
        let world = resolve.select_world(&[package], Some(vendor))?;
        Ok(Contract { resolve, world })
    }

    /// The interfaces that the world exports, in its order.
    pub fn interfaces(&self) -> Result<Vec<(&WorldKey, InterfaceId)>> {
        let exports = self.resolve.worlds[self.world].exports.iter();
        exports
            .map(|(key, item)| match item {
                WorldItem::Interface { id, .. } => Ok((key, *id)),
                _ => bail!("{}: only interfaces can be exported", self.resolve.name_world_key(key)),
            })
            .collect()
    }

    /// Whether a type is `outwit:plugin/types.json`, under whatever name.
    pub fn is_json(&self, mut id: TypeId) -> bool {
        while let TypeDefKind::Type(Type::Id(next)) = self.resolve.types[id].kind {
            id = next;
        }
        let TypeOwner::Interface(owner) = self.resolve.types[id].owner else { return false };
        let shared = self.resolve.id_of(owner).is_some_and(|owner| owner.starts_with("outwit:plugin/types"));
        shared && self.resolve.types[id].name.as_deref() == Some("json")
    }

    /// What an operation gives and what it fails with.
    pub fn result(&self, function: &Function) -> Result<(Option<Type>, Option<Type>)> {
        match function.result {
            Some(Type::Id(id)) => match &self.resolve.types[id].kind {
                TypeDefKind::Result(result) => Ok((result.ok, result.err)),
                _ => bail!("does not give result<_, error>"),
            },
            _ => bail!("does not give result<_, error>"),
        }
    }

    /// The resource that an operation gives, which gives its output piece by piece.
    pub fn stream(&self, function: &Function) -> Result<Option<Stream<'_>>> {
        const EXPECTED: &str = "the resource has one method, next: func() -> result<option<V>, error>, where V is a variant \
                                whose first case holds a string and whose last case holds the whole";
        let Some(Type::Id(ok)) = self.result(function)?.0 else { return Ok(None) };
        let TypeDefKind::Handle(Handle::Own(id)) = self.resolve.types[ok].kind else { return Ok(None) };
        let resource = &self.resolve.types[id];
        let TypeOwner::Interface(interface) = resource.owner else { bail!(EXPECTED) };
        let mut methods =
            self.resolve.interfaces[interface].functions.values().filter(|f| f.kind.resource() == Some(id));
        let (Some(next), None) = (methods.next(), methods.next()) else { bail!(EXPECTED) };
        if next.params.len() != 1 {
            bail!(EXPECTED);
        }
        let kind = |ty: Option<Type>| match ty {
            Some(Type::Id(id)) => Some(&self.resolve.types[id].kind),
            _ => None,
        };
        let Some(TypeDefKind::Option(event)) = kind(self.result(next)?.0) else { bail!(EXPECTED) };
        let Some(TypeDefKind::Variant(variant)) = kind(Some(*event)) else { bail!(EXPECTED) };
        match (variant.cases.first(), variant.cases.last()) {
            (Some(wit_parser::Case { ty: Some(Type::String), .. }), Some(wit_parser::Case { ty: Some(last), .. })) => {
                let name = resource.name.clone().unwrap_or_default();
                Ok(Some(Stream { id, name, next, last: *last }))
            }
            _ => bail!(EXPECTED),
        }
    }

    /// Whether it is the interface that answers by name, which `kit` implements.
    pub fn is_by_name(&self, interface: InterfaceId) -> bool {
        self.resolve.id_of(interface).is_some_and(|id| id.starts_with("outwit:plugin/operations"))
    }
}

/// A resource that gives an operation's output piece by piece.
pub(crate) struct Stream<'c> {
    pub id: TypeId,
    pub name: String,
    pub next: &'c Function,
    /// What its last piece holds, which is the operation's output.
    pub last: Type,
}

#[cfg(test)]
mod tests {
    use super::*;

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
        Ok((catalogue::of(&contract)?, tables::of(&contract)?.0))
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
