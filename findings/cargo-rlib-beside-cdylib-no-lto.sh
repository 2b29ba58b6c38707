#!/usr/bin/env bash
# A component's crate that is also an `rlib`, so that its tests or another crate can link it, is compiled without the LTO that
# its profile asks for.
#
# Versions: Cargo and Rust 1.95.0, wit-bindgen 0.61.0, serde_json 1.0.150, target wasm32-unknown-unknown.
# Behaviour: with `crate-type = ["cdylib"]` and `lto = true`, cargo passes `-C lto` to rustc. With
#   `crate-type = ["cdylib", "rlib"]` it does not, and prints no warning. `cargo rustc --crate-type cdylib` on a plain library
#   has LTO again.
# Output seen (bytes of guest.wasm):
#   cdylib 46308 lto, cdylib and rlib 80341 none, plain library with --crate-type cdylib 46308 lto
#
# Needs cargo with the target wasm32-unknown-unknown. It fails if the second file is less than a tenth larger, or `-C lto` is passed for it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >src/lib.rs <<'RUST'
wit_bindgen::generate!({
    inline: "package demo:tides@0.1.0; interface gauge { highest: func(json: string) -> f64; } world tides { export gauge; }",
});

struct Gauge;

impl exports::demo::tides::gauge::Guest for Gauge {
    fn highest(json: String) -> f64 {
        let readings: Vec<f64> = serde_json::from_str(&json).unwrap_or_default();
        readings.into_iter().fold(0.0, f64::max)
    }
}

#[cfg(target_arch = "wasm32")]
export!(Gauge);
RUST
manifest() {
  cat >Cargo.toml <<TOML
[package]
name = "guest"
version = "0.0.0"
edition = "2021"

[lib]
$1

[dependencies]
serde_json = "=1.0.150"
wit-bindgen = { version = "=0.61.0", default-features = false, features = ["macros", "realloc"] }

[profile.release]
lto = true
opt-level = "z"
codegen-units = 1
panic = "abort"
strip = true
TOML
}
# The size of the file, and whether rustc was asked for LTO.
built() {
  touch src/lib.rs
  cargo "$1" --release --verbose --target wasm32-unknown-unknown "${@:2}" 2>log || { cat log >&2; exit 1; }
  wc -c <target/wasm32-unknown-unknown/release/guest.wasm
  grep -F -- '--crate-name guest ' log | grep -qF -- '-C lto' && echo lto || echo none
  ! grep -i '^warning' log >&2
}
manifest 'crate-type = ["cdylib"]'
alone=($(built build))
manifest 'crate-type = ["cdylib", "rlib"]'
beside=($(built build))
manifest ''
later=($(built rustc --crate-type cdylib))
echo "cdylib ${alone[*]}, cdylib and rlib ${beside[*]}, plain library with --crate-type cdylib ${later[*]}"
[ "${alone[1]} ${beside[1]} ${later[1]}" = "lto none lto" ]
[ $((beside[0] * 10)) -gt $((alone[0] * 11)) ]
