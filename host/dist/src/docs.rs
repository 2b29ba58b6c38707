//! The comments of the WIT in a component: the custom section `package-docs`, which hosts and `wasm-tools` read.
//!
//! A component's own type names its interfaces and says nothing about them. What decodes it knows one package, `root`, and
//! can put comments to the world, to the functions that it exports itself and to each interface that it names, but not to
//! what is inside of an interface of another package: there is no place for that in the section, and a section that tries
//! is refused. So all comments of an interface stand at its name, in the order of the WIT. The WIT package, which is
//! written beside it, has each comment in its place.

use crate::package::append;
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::path::Path;
use wit_component::DecodedWasm;
use wit_parser::{
    Docs, Function, Interface, PackageMetadata, Resolve, Type, TypeDefKind, World, WorldId, WorldItem, WorldKey,
};

/// The component with its documentation, and the WIT package of its vendor.
pub fn add(component: &[u8], wit: &Path, vendor: &str) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut contract = Resolve::default();
    contract.push_dir(wit.join("plugin")).context("wit/plugin cannot be read")?;
    let (package, _) = contract.push_dir(wit.join(vendor)).with_context(|| format!("wit/{vendor} cannot be read"))?;
    let world = contract.select_world(&[package], Some(vendor))?;
    let documented = document(component, &contract, world)?;
    Ok((documented, wit_component::encode(&contract, package)?))
}

/// The component with the comments of a world that describes it.
fn document(component: &[u8], contract: &Resolve, world: WorldId) -> Result<Vec<u8>> {
    let DecodedWasm::Component(mut resolve, root) = wit_component::decode(component)? else {
        bail!("this is a WIT package and not a component");
    };
    let (from, mut to) = (&contract.worlds[world], resolve.worlds[root].clone());
    to.docs = from.docs.clone();
    for (key, item) in to.imports.iter_mut().chain(to.exports.iter_mut()) {
        let name = resolve.name_world_key(key);
        match item {
            WorldItem::Interface { docs, .. } => docs.contents = interface(contract, &name),
            WorldItem::Function(function) => function.docs = exported(from, &name),
            WorldItem::Type { .. } => {}
        }
    }
    let package = to.package.context("a component's world is in a package")?;
    resolve.worlds[root] = to;
    let mut documented = component.to_vec();
    let section = PackageMetadata::extract(&resolve, package).encode()?;
    append(&mut documented, PackageMetadata::SECTION_NAME, &section);
    Ok(documented)
}

/// The comment of a function that the world itself exports.
fn exported(world: &World, name: &str) -> Docs {
    match world.exports.get(&WorldKey::Name(name.to_owned())) {
        Some(WorldItem::Function(function)) => function.docs.clone(),
        _ => Docs::default(),
    }
}

/// All comments of an interface; none where it is not one of ours.
fn interface(contract: &Resolve, name: &str) -> Option<String> {
    let (_, interface) = contract.interfaces.iter().find(|(id, _)| contract.id_of(*id).as_deref() == Some(name))?;
    let mut text = interface.docs.contents.clone().unwrap_or_default();
    for function in interface.functions.values() {
        text.push_str(&format!("\n\n`{}`: {}", signature(contract, function), lines(&function.docs)));
    }
    types(contract, interface, &mut text);
    Some(text.trim().to_owned())
}

/// The name of a function, and of what it takes.
fn signature(contract: &Resolve, function: &Function) -> String {
    let taken = function.params.iter().map(|param| match param.ty {
        Type::Id(id) => contract.types[id].name.clone().unwrap_or_else(|| param.name.clone()),
        _ => param.name.clone(),
    });
    format!("{}({})", function.item_name(), taken.collect::<Vec<_>>().join(", "))
}

/// The types that an interface defines itself, with their fields, cases and flags.
fn types(contract: &Resolve, interface: &Interface, text: &mut String) {
    for (name, id) in &interface.types {
        let def = &contract.types[*id];
        let members: Vec<(&str, &Docs)> = match &def.kind {
            TypeDefKind::Record(record) => record.fields.iter().map(|field| (&*field.name, &field.docs)).collect(),
            TypeDefKind::Variant(variant) => variant.cases.iter().map(|case| (&*case.name, &case.docs)).collect(),
            TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| (&*case.name, &case.docs)).collect(),
            _ => Vec::new(),
        };
        // What is only used here has its comment where it is defined.
        if def.docs.contents.is_some() {
            text.push_str(&format!("\n\n`{name}`: {}", lines(&def.docs)));
        }
        for (member, docs) in members {
            // Writing to a text does not fail.
            _ = write!(text, "\n- `{member}`: {}", lines(docs));
        }
    }
}

/// A comment as one line.
fn lines(docs: &Docs) -> String {
    docs.contents.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
