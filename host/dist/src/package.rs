//! What a vendor's component is called: as its `Cargo.toml` says it.

use anyhow::{Context, Result};
use serde_json::Value;
use std::borrow::Cow;
use std::path::Path;
use std::process::Command;
use wasm_encoder::{ComponentSection, CustomSection};
use wasm_metadata::{AddMetadata, AddMetadataField};

/// The facts of one component.
#[derive(Clone)]
pub struct Package {
    /// The vendor's crate.
    pub of: String,
    /// What the component is published as.
    pub name: String,
    pub version: String,
    pub description: String,
    pub licence: String,
    pub source: Option<String>,
}

impl Package {
    /// Reads `components/VENDOR/Cargo.toml`, with what it takes over from the workspace.
    pub fn read(root: &Path, vendor: &str, source: Option<&str>) -> Result<Package> {
        let manifest = root.join("components").join(vendor).join("Cargo.toml");
        let manifest = manifest.canonicalize().with_context(|| manifest.display().to_string())?;
        let args = ["metadata", "--format-version", "1", "--no-deps", "--manifest-path"];
        let listing: Value =
            serde_json::from_str(&cargo(root, &[&args[..], &[&manifest.to_string_lossy()]].concat())?)?;
        let packages = listing["packages"].as_array().context("cargo names no packages")?;
        let own = packages.iter().find(|package| package["manifest_path"] == *manifest.to_string_lossy());
        let own = own.with_context(|| format!("cargo does not know {vendor}"))?;
        let text = |name: &str| own[name].as_str().map(str::to_owned);
        let required = |name: &str| text(name).with_context(|| format!("components/{vendor}/Cargo.toml: no {name}"));
        Ok(Package {
            of: required("name")?,
            name: required("name")?,
            version: required("version")?,
            description: required("description")?,
            licence: required("license")?,
            source: source.map(str::to_owned).or_else(|| text("repository")),
        })
    }

    /// The same of the component that holds the vendor's tools.
    pub fn of_tools(&self) -> Package {
        let (name, description) = (format!("{}-tools", self.name), self.description.trim_end_matches('.'));
        let description = format!("{description}; as tools: a function of plain parameters for each operation.");
        Package { name, description, ..self.clone() }
    }

    /// The component with its name, and with the sections that registries show: each is one text, called as below.
    pub fn describe(&self, component: &[u8]) -> Result<Vec<u8>> {
        let mut metadata = AddMetadata::default();
        metadata.name = AddMetadataField::Set(self.name.clone());
        metadata.processed_by = vec![("outwit-dist".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        let mut component = metadata.to_wasm(component)?;
        let sections = [
            ("description", Some(&self.description)),
            ("licenses", Some(&self.licence)),
            ("source", self.source.as_ref()),
            ("version", Some(&self.version)),
        ];
        for (name, text) in sections {
            if let Some(text) = text {
                append(&mut component, name, text.as_bytes());
            }
        }
        Ok(component)
    }
}

/// Adds a custom section at the end, where it moves nothing.
pub fn append(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    CustomSection { name: name.into(), data: Cow::Borrowed(data) }.append_to_component(component);
}

/// The commit that is checked out; none where files differ from it, or where there is no repository.
pub fn revision(root: &Path) -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).current_dir(root).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    git(&["status", "--porcelain"]).filter(String::is_empty)?;
    git(&["rev-parse", "HEAD"])
}

/// What cargo says.
pub fn cargo(root: &Path, args: &[&str]) -> Result<String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(args).current_dir(root).output().context("cargo cannot be started")?;
    anyhow::ensure!(output.status.success(), "cargo {}: {}", args[0], String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
