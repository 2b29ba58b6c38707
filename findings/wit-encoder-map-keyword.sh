#!/usr/bin/env bash
# wit-encoder writes a type, a case or a flag called `map` in a way that wit-parser of the same release refuses.
#
# Versions: wit-encoder 0.263.0, wit-parser 0.263.0 (crates.io), Rust 1.95.0.
# Behaviour: a name that is a keyword of WIT is written with `%` in front. `map` is a keyword for wit-parser, and wit-encoder does not
#   know it. The text is written without an error.
# Output seen:
#   record stream: record %stream { %stream: string, }, read
#   record gauge: record gauge { gauge: string, }, read
#   record map: record map { map: string, }, refused: expected an identifier or string, found keyword `map`
#
# Why it surprises: both crates come from the repository wasm-tools with the same version, and the one writes what the other reads.
#   design/mvp/WIT.md, "Identifiers", has `%` for names that are keywords. A generator that takes names from an API's schemas makes a
#   package that no tool of this release reads as soon as one of them is `map`. The error comes later and elsewhere.
#
# Needs cargo. It fails if the last text is read, or one of the others is not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "tide"
version = "0.0.0"
edition = "2024"

[dependencies]
wit-encoder = "=0.263.0"
wit-parser = "=0.263.0"
TOML
cat >src/main.rs <<'RUST'
use wit_encoder::{Field, Interface, Package, PackageName, Type, TypeDef};

fn main() {
    for name in ["stream", "gauge", "map"] {
        let mut interface = Interface::new("tides");
        interface.type_def(TypeDef::record(name, [Field::new(name, Type::String)]));
        let mut package = Package::new(PackageName::new("demo", "tides", None));
        package.interface(interface);
        let text = package.to_string();
        let words: Vec<_> = text.split_whitespace().collect();
        let record = words[words.iter().position(|word| *word == "record").unwrap()..words.len() - 1].join(" ");
        let said = match wit_parser::Resolve::default().push_str("tides.wit", &text) {
            Ok(_) => "read".to_string(),
            Err(error) => format!("refused: {error:?}"),
        };
        println!("record {name}: {record}, {said}");
    }
}
RUST
cargo build -q
seen=$(target/debug/tide)
echo "$seen"
[ "$seen" = 'record stream: record %stream { %stream: string, }, read
record gauge: record gauge { gauge: string, }, read
record map: record map { map: string, }, refused: expected an identifier or string, found keyword `map`' ]
