//! What a model reads of the vendors' tools.

use crate::{catalogue, file};
use outwit_host_test::vendors;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use wit_component::DecodedWasm;
use wit_parser::WorldItem;

/// The comments of a component's own functions.
fn docs(component: &[u8]) -> BTreeMap<String, String> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).unwrap() else {
        panic!("this is no component");
    };
    let exports = resolve.worlds[world].exports.values().filter_map(|item| match item {
        WorldItem::Function(function) => Some((function.name.clone(), function.docs.contents.clone()?)),
        _ => None,
    });
    exports.collect()
}

/// The fields that a schema leads to: their names and comments.
fn fields(defs: &Map<String, Value>, schema: &Value, into: &mut BTreeSet<(String, String)>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return fields(defs, &defs[name], into);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let comment = field["description"].as_str().unwrap_or_default().to_owned();
        into.insert((name.clone(), comment));
        fields(defs, field, into);
    }
    let several = schema["anyOf"].as_array().into_iter().flatten();
    several.chain(schema.get("items")).for_each(|schema| fields(defs, schema, into));
}

#[test]
fn a_tools_comment_says_what_it_does_and_documents_every_field_of_its_input_and_output() {
    for vendor in vendors().unwrap() {
        let catalogue = catalogue(&file(&format!("{vendor}.wasm")));
        let docs = docs(&file(&format!("{vendor}-tools.wasm")));
        for operation in &catalogue.operations {
            let name = format!("{vendor}-{}", operation.name());
            let text = docs.get(&name).unwrap_or_else(|| panic!("{name} has no comment"));
            assert!(text.starts_with(&operation.summary), "{name}: {text}");
            let mut taken = BTreeSet::new();
            fields(&catalogue.defs, operation.input.as_ref().unwrap_or(&Value::Null), &mut taken);
            for (field, comment) in taken {
                assert!(text.contains(&comment), "{name}: {field}: {comment}");
                let named = [format!("`{field}`"), format!(".{field}`"), format!("\"{field}\"")];
                assert!(named.iter().any(|named| text.contains(named)), "{name}: {field} in {text}");
            }
            let (_, gives) = text.split_once("\n\nGives JSON text: ").unwrap_or_else(|| panic!("{name}: {text}"));
            let output = operation.output.as_ref().unwrap_or(&Value::Null);
            let record = output.get("items").unwrap_or(output)["$ref"].as_str();
            let record = record.and_then(|path| catalogue.defs.get(path.strip_prefix("#/$defs/")?));
            for field in record.and_then(|record| record["properties"].as_object()).into_iter().flatten() {
                assert!(gives.contains(&format!("- `{}` (", field.0)), "{name}: {} in {gives}", field.0);
            }
        }
    }
}
