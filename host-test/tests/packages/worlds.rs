//! The published files against the worlds that hosts offer. `cargo xtask hosts` does the same with Spin's.

use crate::file;
use outwit::compose;
use outwit_host_test::{World, is_composed, vendors};

/// One file of all vendors, composed of the published ones.
fn composed() -> Vec<u8> {
    let vendors = vendors().unwrap();
    let files: Vec<Vec<u8>> = vendors.iter().map(|vendor| file(&format!("{vendor}.wasm"))).collect();
    let named: Vec<(&str, &[u8])> = vendors.iter().zip(&files).map(|(name, bytes)| (&**name, &**bytes)).collect();
    compose(&named).unwrap()
}

#[test]
fn a_published_component_fits_a_host_that_has_http_and_the_environment() {
    let world = World::of_vendors().unwrap();
    for vendor in vendors().unwrap() {
        assert_eq!(world.misfit(&file(&format!("{vendor}.wasm"))).unwrap(), None, "{vendor}: {}", world.name);
    }
}

#[test]
fn a_composed_file_fits_a_host_that_serves_http_and_has_the_environment() {
    let composed = composed();
    assert!(is_composed(&composed).unwrap());
    let world = World::of_composed().unwrap();
    assert_eq!(world.misfit(&composed).unwrap(), None, "{}", world.name);
}

#[test]
fn a_component_that_does_not_fit_a_world_is_reported() {
    let vendor = file(&format!("{}.wasm", vendors().unwrap()[0]));
    // A vendor answers no HTTP, and `wasi:http/proxy` alone has no environment.
    let misfit = |world: World, component: &[u8]| world.misfit(component).unwrap().unwrap_or_default();
    assert!(misfit(World::of_composed().unwrap(), &vendor).contains("wasi:http/incoming-handler@0.2.4"));
    let bare = World::with(&["include wasi:http/proxy@0.2.4"]).unwrap();
    let message = misfit(bare, &composed());
    assert!(message.contains("wasi:cli/environment@"), "{message}");
}

/// Of two parts with comments in them, `wasm-tools component wit` and jco would read neither.
#[test]
fn tools_read_the_wit_of_a_file_that_is_composed_of_published_components() {
    wit_component::decode(&composed()).unwrap();
}
