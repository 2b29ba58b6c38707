#!/usr/bin/env bash
# A component's crate made with wit-bindgen links for WebAssembly, but not for the machine that it is built on.
#
# Versions: wit-bindgen 0.61.0 (crates.io), Rust 1.95.0 with rust-lld on x86_64 Linux.
# Behaviour: `export!` names functions such as `demo:tides/gauge@0.1.0#name`. rustc writes the exported names of a `cdylib` into
#   a version script for the linker, where a colon ends a version's name. So `cargo build` or `cargo test --all-targets` in a
#   workspace that holds such a crate fails, although nothing in the crate is wrong; the same crate links for
#   wasm32-unknown-unknown.
# Output seen:
#   rust-lld: error: …/list:3: ; expected, but got :
#   >>>     cabi_post_demo:tides/gauge@0.1.0#name;
#   error: could not compile `guest` (lib) due to 1 previous error
#
# Needs cargo with the target wasm32-unknown-unknown. It fails if the crate links natively, or no longer links for WebAssembly.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "guest"
version = "0.0.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen = { version = "=0.61.0", default-features = false, features = ["macros", "realloc"] }
TOML
cat >src/lib.rs <<'RUST'
wit_bindgen::generate!({
    inline: "package demo:tides@0.1.0; interface gauge { name: func() -> string; } world tides { export gauge; }",
});

struct Gauge;

impl exports::demo::tides::gauge::Guest for Gauge {
    fn name() -> String {
        "north pier".to_owned()
    }
}

export!(Gauge);
RUST
cargo build --quiet --target wasm32-unknown-unknown
if cargo build --quiet 2>native.log; then
  echo "it links natively now" >&2
  exit 1
fi
grep -F "expected, but got :" native.log
grep -F "demo:tides/gauge@0.1.0#name" native.log | tail -n 1
