//! A component whose only operation makes its table grow for as long as it can, and then stops.

use outwit_host_test::root;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const CATALOGUE: &str =
    r#"{"vendor":"table","base":"https://table.invalid","operations":[{"id":"table.grow","effect":"read"}]}"#;

/// The component. What it gives is at 16: where the catalogue stands, and its length.
pub fn component() -> Vec<u8> {
    let text = format!(
        r#"(module
            (memory (export "memory") 1)
            (table 1 funcref)
            (data (i32.const 16) "\40\00\00\00\{:02x}\00\00\00")
            (data (i32.const 64) "{}")
            (func (export "outwit:plugin/operations@0.1.0#describe") (result i32) i32.const 16)
            (func (export "outwit:plugin/operations@0.1.0#search") (param i32 i32 i32) (result i32) unreachable)
            (func (export "outwit:plugin/operations@0.1.0#call") (param i32 i32 i32 i32) (result i32)
                (loop $again
                    (br_if $again (i32.ne (table.grow (ref.null func) (i32.const 1000)) (i32.const -1))))
                unreachable)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))"#,
        CATALOGUE.len(),
        CATALOGUE.replace('"', "\\22"),
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root().join("wit/plugin")).unwrap();
    let world = resolve.select_world(&[package], Some("plugin")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}
