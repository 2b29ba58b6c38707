//! A vendor's contract, and what operations mean in it.

use anyhow::{Context, Result, bail};
use std::path::Path;
use wit_parser::{
    Function, Handle, InterfaceId, PackageId, Resolve, SourceMap, Type, TypeDefKind, TypeId, TypeOwner, WorldId,
    WorldItem, WorldKey,
};

/// What stands in `wit/plugin`.
const PLUGIN: [(&str, &str); 3] = [
    ("plugin/operations.wit", include_str!("../../../../wit/plugin/operations.wit")),
    ("plugin/types.wit", include_str!("../../../../wit/plugin/types.wit")),
    ("plugin/world.wit", include_str!("../../../../wit/plugin/world.wit")),
];

/// A vendor's world.
pub struct Contract {
    pub resolve: Resolve,
    pub world: WorldId,
}

impl Contract {
    /// Reads `wit/plugin` and the vendor's folder beside it.
    pub fn read(wit: &Path, vendor: &str) -> Result<Contract> {
        let mut resolve = Resolve::default();
        resolve.push_dir(wit.join("plugin")).context("wit/plugin cannot be read")?;
        let (package, _) =
            resolve.push_dir(wit.join(vendor)).with_context(|| format!("wit/{vendor} cannot be read"))?;
        let world = resolve.select_world(&[package], Some(vendor))?;
        Ok(Contract { resolve, world })
    }

    /// Reads a vendor's WIT from texts, each with the path that errors name.
    pub fn of_sources(vendor: &str, sources: &[(&str, &str)]) -> Result<Contract> {
        let mut resolve = Resolve::default();
        push_sources(&mut resolve, &PLUGIN).context("wit/plugin cannot be read")?;
        let package =
            push_sources(&mut resolve, sources).with_context(|| format!("the WIT of {vendor} cannot be read"))?;
        let world = resolve.select_world(&[package], Some(vendor))?;
        Ok(Contract { resolve, world })
    }

    /// The interfaces that the world exports, in its order.
    pub fn interfaces(&self) -> Result<Vec<(&WorldKey, InterfaceId)>> {
        let exports = self.resolve.worlds[self.world].exports.iter();
        exports
            .map(|(key, item)| match item {
                WorldItem::Interface { id, .. } => Ok((key, *id)),
                _ => bail!("{}: only interfaces can be exported", self.resolve.name_world_key(key)),
            })
            .collect()
    }

    /// The operations, with their interfaces, in the order of the WIT.
    pub fn operations(&self) -> Result<Vec<(&WorldKey, InterfaceId, &Function)>> {
        let interfaces = self.interfaces()?.into_iter().filter(|(_, id)| !self.is_by_name(*id));
        let functions = interfaces.flat_map(|(key, id)| {
            self.resolve.interfaces[id].functions.values().map(move |function| (key, id, function))
        });
        // A method belongs to the operation that gives its resource.
        Ok(functions.filter(|(_, _, function)| function.kind.resource().is_none()).collect())
    }

    /// A type that has a definition, under whatever name it is used, and what it is.
    pub fn defined(&self, ty: &Type) -> Option<(TypeId, &TypeDefKind)> {
        let Type::Id(id) = ty else { return None };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(ty) => self.defined(ty),
            kind => Some((*id, kind)),
        }
    }

    /// What a type that has a definition is.
    pub fn kind(&self, ty: &Type) -> Option<&TypeDefKind> {
        self.defined(ty).map(|(_, kind)| kind)
    }

    /// Whether a field of this type may be left out.
    pub fn may_be_absent(&self, ty: &Type) -> bool {
        matches!(self.kind(ty), Some(TypeDefKind::Option(_) | TypeDefKind::List(_)))
    }

    /// Whether a type is `outwit:plugin/types.json`, under whatever name.
    pub fn is_json(&self, mut id: TypeId) -> bool {
        while let TypeDefKind::Type(Type::Id(next)) = self.resolve.types[id].kind {
            id = next;
        }
        let TypeOwner::Interface(owner) = self.resolve.types[id].owner else { return false };
        let shared = self.resolve.id_of(owner).is_some_and(|owner| owner.starts_with("outwit:plugin/types"));
        shared && self.resolve.types[id].name.as_deref() == Some("json")
    }

    /// What an operation gives and what it fails with.
    pub fn result(&self, function: &Function) -> Result<(Option<Type>, Option<Type>)> {
        match function.result {
            Some(Type::Id(id)) => match &self.resolve.types[id].kind {
                TypeDefKind::Result(result) => Ok((result.ok, result.err)),
                _ => bail!("does not give result<_, error>"),
            },
            _ => bail!("does not give result<_, error>"),
        }
    }

    /// The resource that an operation gives, which gives its output piece by piece.
    pub fn stream(&self, function: &Function) -> Result<Option<Stream<'_>>> {
        const EXPECTED: &str = "the resource has one method, next: func() -> result<option<V>, error>, where V is a variant \
                                whose first case holds a string and whose last case holds the whole";
        let Some(Type::Id(ok)) = self.result(function)?.0 else { return Ok(None) };
        let TypeDefKind::Handle(Handle::Own(id)) = self.resolve.types[ok].kind else { return Ok(None) };
        let resource = &self.resolve.types[id];
        let TypeOwner::Interface(interface) = resource.owner else { bail!(EXPECTED) };
        let mut methods =
            self.resolve.interfaces[interface].functions.values().filter(|f| f.kind.resource() == Some(id));
        let (Some(next), None) = (methods.next(), methods.next()) else { bail!(EXPECTED) };
        if next.params.len() != 1 {
            bail!(EXPECTED);
        }
        let kind = |ty: Option<Type>| match ty {
            Some(Type::Id(id)) => Some(&self.resolve.types[id].kind),
            _ => None,
        };
        let Some(TypeDefKind::Option(event)) = kind(self.result(next)?.0) else { bail!(EXPECTED) };
        let Some(TypeDefKind::Variant(variant)) = kind(Some(*event)) else { bail!(EXPECTED) };
        match (variant.cases.first(), variant.cases.last()) {
            (Some(wit_parser::Case { ty: Some(Type::String), .. }), Some(wit_parser::Case { ty: Some(last), .. })) => {
                let name = resource.name.clone().unwrap_or_default();
                Ok(Some(Stream { id, name, next, last: *last }))
            }
            _ => bail!(EXPECTED),
        }
    }

    /// Whether it is the interface that answers by name, which `kit` implements.
    pub fn is_by_name(&self, interface: InterfaceId) -> bool {
        self.resolve.id_of(interface).is_some_and(|id| id.starts_with("outwit:plugin/operations"))
    }
}

/// Reads the files of one package.
fn push_sources(resolve: &mut Resolve, sources: &[(&str, &str)]) -> Result<PackageId> {
    let mut files = SourceMap::new();
    for (path, text) in sources {
        files.push_str(path, *text);
    }
    let group = match files.parse() {
        Ok(group) => group,
        Err((files, problem)) => bail!(problem.render(&files)),
    };
    Ok(resolve.push_group(group)?)
}

/// A resource that gives an operation's output piece by piece.
pub struct Stream<'c> {
    pub id: TypeId,
    pub name: String,
    pub next: &'c Function,
    /// What its last piece holds, which is the operation's output.
    pub last: Type,
}
