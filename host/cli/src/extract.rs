//! `outwit extract`

use super::Global;
use super::failure::Failure;
use super::setup;
use anyhow::{Context, anyhow};
use std::path::Path;

/// Writes components, or with `as_tools` the tools of vendors, to files; gives their paths, one a line.
pub fn extract(global: &Global, vendors: &[String], as_tools: bool, out: &Path) -> Result<String, Failure> {
    let plugins = setup::plugins(global)?;
    let known: Vec<&str> = plugins.names().collect();
    if let Some(unknown) = vendors.iter().find(|vendor| !known.contains(&vendor.as_str())) {
        return Err(outwit::unknown_vendor(unknown, plugins.names()).into());
    }
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let mut written = String::new();
    for name in known.into_iter().filter(|name| vendors.is_empty() || vendors.iter().any(|vendor| vendor == name)) {
        let (file, component) = if as_tools {
            let Some(component) = plugins.tools(name) else {
                return Err(anyhow!("{name} is a file of --plugins; only vendors that are built in have tools").into());
            };
            (format!("{name}-tools.wasm"), component.into())
        } else {
            let Some(component) = plugins.component(name)? else { continue };
            (format!("{name}.wasm"), component)
        };
        let path = out.join(file);
        std::fs::write(&path, component).with_context(|| path.display().to_string())?;
        written.push_str(&format!("{}\n", path.display()));
    }
    Ok(written)
}
