//! `outwit compose`

use super::Global;
use super::failure::{Failure, usage};
use super::output;
use super::setup;
use outwit::inspect::Structure;
use outwit::{Error, compose, unknown_vendor};
use std::path::Path;

/// Writes a composed file; gives its path.
pub fn run(global: &Global, vendors: &[String], out: &Path) -> Result<String, Failure> {
    let plugins = setup::plugins(global)?;
    let mut components = Vec::new();
    for vendor in vendors {
        let Some(component) = plugins.component(vendor)? else {
            if vendor.ends_with(".wasm") {
                let expected =
                    "expected a vendor's name; --plugins DIR adds the components of a folder, each named VENDOR.wasm";
                return Err(usage(format!("{vendor}: {expected}")));
            }
            return Err(unknown_vendor(vendor, plugins.names()).into());
        };
        if let Some(file) = plugins.file(vendor) {
            let of_file = |error: Error| Error::misconfigured(format!("{}: {}", file.display(), error.message));
            Structure::read(&component).map_err(of_file)?;
        }
        components.push((&**vendor, component));
    }
    let components: Vec<(&str, &[u8])> = components.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let composed = compose(&components)?;
    output::write(out, composed)?;
    Ok(format!("{}\n", out.display()))
}
