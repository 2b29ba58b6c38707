//! `outwit compose`

use super::Global;
use super::failure::{Failure, usage};
use anyhow::Context;
use outwit::{Plugins, compose};
use std::path::Path;

/// Writes a composed file; gives its path.
pub fn run(global: &Global, vendors: &[String], out: &Path) -> Result<String, Failure> {
    let mut plugins = Plugins::embedded();
    if let Some(folder) = &global.plugins {
        plugins.add_folder(folder)?;
    }
    let mut components = Vec::new();
    for vendor in vendors {
        let Some(component) = plugins.component(vendor)? else {
            let known: Vec<&str> = plugins.names().collect();
            return Err(usage(format!("there is no vendor {vendor:?}; there are: {}", known.join(", "))));
        };
        components.push((&**vendor, component));
    }
    let components: Vec<(&str, &[u8])> = components.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let composed = compose(&components)?;
    std::fs::write(out, composed).with_context(|| out.display().to_string())?;
    Ok(format!("{}\n", out.display()))
}
