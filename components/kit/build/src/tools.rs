//! A vendor's operations as tools: a world that exports a plain function for each, as text that wit-parser reads.
//!
//! Hosts that make a tool of every function name it after the function, and after its interface and the package's version
//! where there are any: so the functions stand in the world itself, and their names are unique among vendors. Such hosts
//! require all that a signature names: so what may be left out is no part of it, and what they cannot write down well
//! (records, lists, numbers of 64 bits) is text there. `kit::flat` reads it again.

use crate::contract::Contract;
use crate::manual;
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use wit_parser::{Field, Function, PackageMetadata, Resolve, Type, TypeDefKind, WorldId, WorldItem};

/// The parameter that holds what may be left out.
pub(crate) const OPTIONS: &str = "options";
/// What common clients of models allow for a tool's name.
const LONGEST: usize = 64;

/// The world, in a package of its own without a version.
#[derive(Debug)]
pub struct Tools {
    /// Where it is.
    pub(crate) resolve: Resolve,
    /// The world, called `VENDOR-tools`. Its functions are in the order of the operations.
    pub(crate) world: WorldId,
}

impl Tools {
    /// The tools of a contract's operations.
    ///
    /// # Errors
    ///
    /// An operation that cannot be one: its name is too long, or it takes what is no record.
    pub fn of(contract: &Contract) -> Result<Tools> {
        let world = &contract.resolve.worlds[contract.world];
        let vendor = &world.name;
        let mut text = format!("package outwit:%{vendor}-tools;\n\n");
        text += &comment(world.docs.contents.as_deref().unwrap_or_default());
        writeln!(text, "world %{vendor}-tools {{")?;
        for (_, _, operation) in contract.operations()? {
            let tool = tool(contract, vendor, operation).with_context(|| format!("operation {}", operation.name))?;
            text += &tool;
        }
        text += "}\n";
        let mut resolve = Resolve::default();
        let package = resolve.push_source("tools.wit", &text).context("the tools' world cannot be read")?;
        let world = resolve.select_world(&[package], None)?;
        Ok(Tools { resolve, world })
    }

    /// What a model reads of each tool: the content of the section `package-docs`. A component's world is called `root` there.
    pub(crate) fn docs(&self) -> Result<Vec<u8>> {
        let mut resolve = self.resolve.clone();
        let package = resolve.worlds[self.world].package.context("the tools' world is in no package")?;
        resolve.packages[package].worlds = [("root".to_owned(), self.world)].into_iter().collect();
        PackageMetadata::extract(&resolve, package).encode()
    }

    /// Its functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.resolve.worlds[self.world].exports.values().filter_map(|item| match item {
            WorldItem::Function(function) => Some(function),
            _ => None,
        })
    }
}

/// An operation as a function in WIT.
fn tool(contract: &Contract, vendor: &str, operation: &Function) -> Result<String> {
    let name = format!("{vendor}-{}", operation.name);
    if name.len() > LONGEST {
        bail!("the name of its tool, {name}, is longer than {LONGEST} characters");
    }
    let (required, optional) = fields(contract, operation)?;
    let mut params = Vec::new();
    for field in &required {
        if field.name == OPTIONS {
            bail!(
                "the required field {OPTIONS} is called like the parameter of its tool that holds what may be left out"
            );
        }
        params.push(format!("%{}: {}", field.name, plain(contract, &field.ty)));
    }
    if !optional.is_empty() {
        params.push(format!("{OPTIONS}: string"));
    }
    let docs = comment(&manual::of(contract, operation)?);
    Ok(format!("{docs}export %{name}: func({}) -> result<string, string>;\n", params.join(", ")))
}

/// The fields of the record that an operation takes: those that it requires, and those that may be left out.
pub(crate) fn fields<'c>(contract: &'c Contract, operation: &Function) -> Result<(Vec<&'c Field>, Vec<&'c Field>)> {
    match operation.params.as_slice() {
        [] => Ok((Vec::new(), Vec::new())),
        [param] => {
            let Some(TypeDefKind::Record(record)) = contract.kind(&param.ty) else {
                bail!("takes {}, which is no record; an operation takes one record, or nothing", param.name);
            };
            Ok(record.fields.iter().partition(|field| !contract.may_be_absent(&field.ty)))
        }
        _ => bail!("takes several parameters; an operation takes one record, or nothing"),
    }
}

/// The type of a parameter. A JSON number of 64 bits loses digits in many readers, and so is text.
fn plain(contract: &Contract, ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Id(id) => match contract.resolve.types[*id].kind {
            TypeDefKind::Type(ty) => plain(contract, &ty),
            _ => "string",
        },
        _ => "string",
    }
}

/// Text as a comment in WIT.
fn comment(text: &str) -> String {
    text.lines().map(|line| format!("/// {line}").trim_end().to_owned() + "\n").collect()
}
