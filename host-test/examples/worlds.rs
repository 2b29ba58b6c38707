//! Holds components against the worlds of hosts, a line of JSON for each pair: what `cargo xtask hosts` shows as static
//! checks. `--spin DIR` names the folder of Spin's WIT, which its SDKs carry.
//!
//! ```sh
//! cargo run --example worlds -- [--spin DIR] FILE…
//! ```

use anyhow::{Context, Result};
use outwit_host_test::{World, is_composed, root};
use serde_json::json;
use std::path::PathBuf;

fn main() -> Result<()> {
    let (mut files, mut spin) = (Vec::new(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--spin" => spin = Some(PathBuf::from(arguments.next().context("--spin expects a folder")?)),
            _ => files.push(argument),
        }
    }
    let spin = spin.map(|folder| vec![folder, root().join("wit/plugin")]);
    for file in files {
        let component = std::fs::read(&file).with_context(|| file.clone())?;
        let composed = is_composed(&component)?;
        let mut worlds = vec![if composed { World::of_composed()? } else { World::of_vendors()? }];
        if let Some(folders) = &spin {
            let mut items = vec!["include spin:up/platform@4.1.0"];
            // Spin's own world for HTTP exports a handler of WASI 0.3; those of 0.2 are taken as before.
            items.extend(composed.then_some("export wasi:http/incoming-handler@0.2.6"));
            worlds.push(World::of(&items, folders)?);
        }
        for world in worlds {
            println!("{}", json!({ "file": file, "world": world.name, "misfit": world.misfit(&component)? }));
        }
    }
    Ok(())
}
