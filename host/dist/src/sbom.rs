//! What is linked into a component, as CycloneDX 1.5: the crates that its own depends on at run time, and the compiler's
//! library. What only takes part in the build, such as macros, is not listed.

use crate::package::{Package, cargo};
use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The document. It has no time and no serial number, so that the same component has the same document.
pub fn of(root: &Path, package: &Package, component: &[u8]) -> Result<String> {
    let crates = crates(root, &package.of)?;
    let checksums = checksums(root)?;
    let (rust, licence) = (compiler()?, "MIT OR Apache-2.0");
    let own = purl(&package.of, &package.version);
    let mut components = vec![json!({
        "type": "library", "bom-ref": rust_ref(&rust), "name": "rust-std", "version": rust,
        "description": "Rust's core and alloc, as they come with the compiler.", "scope": "required",
        "licenses": [{ "expression": licence }], "purl": rust_ref(&rust),
    })];
    let mut dependencies = Vec::new();
    for ((name, version), Crate { licence, uses }) in &crates {
        let reference = purl(name, version);
        let mut uses: Vec<String> = uses.iter().map(|(name, version)| purl(name, version)).collect();
        uses.push(rust_ref(&rust));
        dependencies.push(json!({ "ref": reference, "dependsOn": uses }));
        if reference == own {
            continue;
        }
        let mut component = json!({
            "type": "library", "bom-ref": reference, "name": name, "version": version, "scope": "required",
            "licenses": [{ "expression": licence }], "purl": reference,
        });
        // The crates of this workspace have none; they are of the same commit.
        if let Some(checksum) = checksums.get(&(name.clone(), version.clone())) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        components.push(component);
    }
    dependencies.push(json!({ "ref": rust_ref(&rust) }));
    let hash: String = Sha256::digest(component).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut subject = json!({
        "type": "library", "bom-ref": own, "name": package.name, "version": package.version,
        "description": package.description, "licenses": [{ "expression": package.licence }],
        "hashes": [{ "alg": "SHA-256", "content": hash }],
    });
    if let Some(source) = &package.source {
        subject["externalReferences"] = json!([{ "type": "vcs", "url": source }]);
    }
    let bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": subject }, "components": components, "dependencies": dependencies,
    });
    Ok(serde_json::to_string_pretty(&bom)? + "\n")
}

type Name = (String, String);

struct Crate {
    licence: String,
    uses: BTreeSet<Name>,
}

/// The crates in cargo's tree of a package, the package itself among them.
fn crates(root: &Path, package: &str) -> Result<BTreeMap<Name, Crate>> {
    let what = ["tree", "--locked", "-p", package, "--target", "wasm32-unknown-unknown"];
    let how = ["-e", "normal,no-proc-macro", "--prefix", "depth", "--format", "|{p}|{l}"];
    let mut crates: BTreeMap<Name, Crate> = BTreeMap::new();
    // Who stands above, by depth. What was shown before is shown without what it uses.
    let mut above: Vec<Name> = Vec::new();
    for line in cargo(root, &[&what[..], &how[..]].concat())?.lines() {
        let mut parts = line.splitn(3, '|');
        let (Some(depth), Some(shown), Some(licence)) = (parts.next(), parts.next(), parts.next()) else {
            anyhow::bail!("cargo tree wrote: {line}");
        };
        let mut words = shown.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let version = words.next().and_then(|version| version.strip_prefix('v'));
        let name = (name, version.with_context(|| format!("cargo tree wrote: {line}"))?.to_owned());
        above.truncate(depth.parse()?);
        if let Some(user) = above.last().and_then(|user| crates.get_mut(user)) {
            user.uses.insert(name.clone());
        }
        above.push(name.clone());
        let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
        crates.entry(name).or_insert_with(|| Crate { licence, uses: BTreeSet::new() });
    }
    Ok(crates)
}

/// The checksums of what cargo downloaded.
fn checksums(root: &Path) -> Result<BTreeMap<Name, String>> {
    let lock: toml::Table = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock names no packages")?;
    let text = |package: &toml::Value, name: &str| package.get(name)?.as_str().map(str::to_owned);
    let checksum = |package| Some(((text(package, "name")?, text(package, "version")?), text(package, "checksum")?));
    Ok(packages.iter().filter_map(checksum).collect())
}

/// The compiler's version: `1.95.0`.
fn compiler() -> Result<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").output().context("rustc cannot be started")?;
    let text = String::from_utf8(output.stdout)?;
    text.split(' ').nth(1).map(str::to_owned).with_context(|| format!("rustc says: {text}"))
}

fn rust_ref(version: &str) -> String {
    format!("pkg:generic/rust-std@{version}")
}

/// The name of a crate in CycloneDX (<https://github.com/package-url/purl-spec>).
fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}
