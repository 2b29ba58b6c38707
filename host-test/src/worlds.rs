//! Whether a component fits a world, as its WIT says: it imports nothing that the world does not, and exports what the
//! world does. It is decided by `wac`'s own check, by which Spin decides it, too: an interface of another version fits if
//! semver and its types say so.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use wac_graph::types::{ItemKind, Package, Type, Types, WorldId, validate_target};
use wit_parser::Resolve;

/// A world that components may fit.
pub struct World {
    /// What people know it by.
    pub name: String,
    wit: Vec<u8>,
}

impl World {
    /// A world with these items, in terms of the packages in these folders; each may have packages of its own in `deps`.
    ///
    /// `outwit:plugin/types` is added: components import the words that they share, and no host has to give anything for an
    /// interface that has types alone.
    ///
    /// # Errors
    ///
    /// When a package or the world cannot be read.
    pub fn of(items: &[&str], folders: &[PathBuf]) -> Result<World> {
        let mut resolve = Resolve::default();
        for folder in folders {
            resolve.push_dir(folder).with_context(|| folder.display().to_string())?;
        }
        let items = [items, &["import outwit:plugin/types@0.1.0"]].concat();
        let name = items.iter().filter_map(|item| item.split(' ').next_back()).collect::<Vec<_>>().join(", ");
        let items: String = items.iter().map(|item| format!("  {item};\n")).collect();
        let world = format!("package outwit:hosts;\nworld host {{\n{items}}}\n");
        let package = resolve.push_str("host.wit", &world).context(world)?;
        let wit = wit_component::encode(&resolve, package)?;
        Ok(World { name, wit })
    }

    /// A world with these items of WASI, by the WIT that the components bind.
    ///
    /// # Errors
    ///
    /// As [`World::of`].
    pub fn with(items: &[&str]) -> Result<World> {
        World::of(items, &own_wit()?)
    }

    /// The world of vendors: what `wasi:http/imports` has, and the environment.
    ///
    /// # Errors
    ///
    /// As [`World::of`].
    pub fn of_vendors() -> Result<World> {
        World::with(&["include wasi:http/imports@0.2.4", ENVIRONMENT])
    }

    /// The world of composed files: `wasi:http/proxy`, and the environment.
    ///
    /// # Errors
    ///
    /// As [`World::of`].
    pub fn of_composed() -> Result<World> {
        World::with(&["include wasi:http/proxy@0.2.4", ENVIRONMENT])
    }

    /// Why a component does not fit; nothing if it does.
    ///
    /// # Errors
    ///
    /// When the component cannot be read.
    pub fn misfit(&self, component: &[u8]) -> Result<Option<String>> {
        let mut types = Types::default();
        let world = Package::from_bytes("world", None, self.wit.clone(), &mut types)?;
        let world = only_world(&types, world.ty())?;
        let component = Package::from_bytes("component", None, component.to_vec(), &mut types)?;
        Ok(validate_target(&types, world, component.ty()).err().map(|report| report.to_string()))
    }
}

const ENVIRONMENT: &str = "import wasi:cli/environment@0.2.4";

/// Whether a component answers HTTP.
///
/// # Errors
///
/// When the component cannot be read.
pub fn is_composed(component: &[u8]) -> Result<bool> {
    let mut types = Types::default();
    let package = Package::from_bytes("component", None, component.to_vec(), &mut types)?;
    Ok(types[package.ty()].exports.keys().any(|name| name.starts_with("wasi:http/incoming-handler@")))
}

/// The world in a package of WIT that is encoded as a component, which exports it inside of a type of its own.
fn only_world(types: &Types, package: WorldId) -> Result<WorldId> {
    let inner = |world: WorldId| match types[world].exports.values().next() {
        Some(ItemKind::Type(Type::World(inner)) | ItemKind::Component(inner)) => Ok(*inner),
        other => bail!("expected a world in a package of WIT, got {other:?}"),
    };
    inner(inner(package)?)
}

/// The WIT that the components bind: of the crate `wasi`, and our own.
fn own_wit() -> Result<Vec<PathBuf>> {
    let root = crate::root();
    let metadata =
        ["metadata", "--format-version", "1", "--locked", "--filter-platform", "host-tuple", "--manifest-path"];
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(metadata)
        .arg(root.join("Cargo.toml"))
        .output()?;
    anyhow::ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    // There is an older one, which knows nothing of WIT.
    let wasi = packages.find_map(|package| {
        let manifest = Path::new(package["manifest_path"].as_str().filter(|_| package["name"] == "wasi")?);
        Some(manifest.with_file_name("wit")).filter(|wit| wit.is_dir())
    });
    Ok(vec![wasi.context("expected a crate `wasi` with its WIT")?, root.join("wit/plugin")])
}
