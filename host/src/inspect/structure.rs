//! What a component's file is made of. Nothing of it is run.

use crate::{Advice, Error, ErrorKind};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::{
    BinaryReaderError, ComponentExternalKind, ComponentName, CustomSectionReader, Encoding, KnownCustom, Name, Parser,
    Payload,
};

/// The custom sections that hold one text about the component, as registries show them.
const ANNOTATIONS: [&str; 7] = ["authors", "description", "homepage", "licenses", "revision", "source", "version"];
/// The most imports, exports, nested parts or custom sections of a file. Engines take fewer nested parts.
const MOST: usize = 100_000;

/// What a component's file is made of.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Structure {
    /// The name in its section `component-name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `sha256:…` of the file.
    pub digest: String,
    /// The names of its imports, with versions: `wasi:http/types@0.2.4`.
    pub imports: Vec<String>,
    /// Its exports.
    pub exports: Vec<Export>,
    /// The bytes of the file by what they are.
    pub sizes: Sizes,
    /// The modules and components directly inside.
    pub nested: Vec<Nested>,
    /// Bytes of custom sections at any depth, by name.
    pub custom_sections: BTreeMap<String, usize>,
    /// The tools that made it: field, name and version of the sections `producers` at any depth.
    pub producers: BTreeSet<Producer>,
    /// Texts of its sections `description`, `licenses`, `version` and others that registries show.
    pub annotations: BTreeMap<String, String>,
}

/// One export.
#[derive(Clone, Debug, Serialize)]
pub struct Export {
    /// Its name: `outwit:plugin/operations@0.1.0`, or `list-things`.
    pub name: String,
    /// What it is: `interface`, `function`, `type`, `component`, `module` or `value`.
    pub kind: &'static str,
}

/// Bytes by what they are. Together they are the whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Bodies of functions.
    pub code: usize,
    /// Initial memory.
    pub data: usize,
    /// Types, imports, exports, tables and how the parts are joined.
    pub types: usize,
    /// Custom sections.
    pub custom: usize,
    /// Headers of sections, modules and components.
    pub headers: usize,
}

impl Sizes {
    /// The size of the file.
    pub fn total(&self) -> usize {
        self.code + self.data + self.types + self.custom + self.headers
    }
}

/// A module or component inside.
#[derive(Clone, Debug, Serialize)]
pub struct Nested {
    /// `module` or `component`.
    pub kind: &'static str,
    /// Its own name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its bytes.
    pub size: usize,
    /// The interfaces that it exports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<String>,
}

/// A tool that took part in making a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub field: String,
    /// The tool.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a content is called by: `sha256:…`.
pub fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

impl Structure {
    /// Reads a component's sections.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when it is no component, or cut off.
    pub fn read(file: &[u8]) -> Result<Structure, Error> {
        let mut reading = Reading::default();
        reading.all(file).map_err(|problem| {
            let message = format!("this is not a component: {problem}; expected a WebAssembly component");
            Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message)
        })?;
        let Reading { mut structure, .. } = reading;
        let sizes = &mut structure.sizes;
        sizes.headers = file.len().saturating_sub(sizes.total());
        structure.digest = digest(file);
        Ok(structure)
    }
}

/// How far a file is read.
#[derive(Default)]
struct Reading {
    structure: Structure,
    /// How many components and modules the place is in.
    depth: usize,
    /// How many things were collected.
    count: usize,
}

impl Reading {
    fn all(&mut self, file: &[u8]) -> Result<(), String> {
        if file.is_empty() {
            return Err("the file is empty".to_owned());
        }
        // The parser would show the bytes.
        if !file.starts_with(b"\0asm") {
            return Err("no WebAssembly".to_owned());
        }
        for payload in Parser::new(0).parse_all(file) {
            let payload = payload.map_err(|problem| match problem.message() {
                "unexpected end-of-file" => format!("it ends too early, after {} bytes", file.len()),
                message => format!("{message} at byte {}", problem.offset()),
            })?;
            self.payload(payload)?;
        }
        Ok(())
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } if self.depth == 0 => {
                return Err("it is a core module".to_owned());
            }
            Payload::Version { .. } => self.depth += 1,
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::ModuleSection { unchecked_range: range, .. } => self.nested("module", &range)?,
            Payload::ComponentSection { unchecked_range: range, .. } => self.nested("component", &range)?,
            Payload::CustomSection(section) => self.custom(&section)?,
            Payload::CodeSectionStart { range, .. } => self.structure.sizes.code += range.len(),
            Payload::DataSection(section) => self.structure.sizes.data += section.range().len(),
            payload => {
                self.structure.sizes.types += payload.as_section().map_or(0, |(_, range)| range.len());
                self.names(payload)?;
            }
        }
        Ok(())
    }

    /// Imports and exports of the component, and exports of those directly inside.
    fn names(&mut self, payload: Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::ComponentImportSection(imports) if self.depth == 1 => {
                for import in imports {
                    self.counted()?;
                    self.structure.imports.push(import.map_err(message)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if self.depth <= 2 => {
                for export in exports {
                    self.counted()?;
                    let export = export.map_err(message)?;
                    let (name, kind) = (export.name.name.to_owned(), kind(export.kind));
                    match self.structure.nested.last_mut() {
                        _ if self.depth == 1 => self.structure.exports.push(Export { name, kind }),
                        Some(nested) if kind == "interface" => nested.exports.push(name),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn nested(&mut self, kind: &'static str, range: &Range<usize>) -> Result<(), String> {
        self.counted()?;
        if self.depth == 1 {
            self.structure.nested.push(Nested { kind, name: None, size: range.len(), exports: Vec::new() });
        }
        Ok(())
    }

    fn custom(&mut self, section: &CustomSectionReader<'_>) -> Result<(), String> {
        self.counted()?;
        self.structure.sizes.custom += section.range().len();
        *self.structure.custom_sections.entry(section.name().to_owned()).or_default() += section.range().len();
        // What a tool wrote badly there changes nothing about the component.
        match section.as_known() {
            KnownCustom::Producers(fields) => {
                for field in fields.into_iter().map_while(Result::ok) {
                    for value in field.values.into_iter().map_while(Result::ok) {
                        self.counted()?;
                        let [field, name, version] = [field.name, value.name, value.version].map(str::to_owned);
                        self.structure.producers.insert(Producer { field, name, version });
                    }
                }
            }
            KnownCustom::ComponentName(names) => {
                let name = names.into_iter().map_while(Result::ok).find_map(|name| match name {
                    ComponentName::Component { name, .. } => Some(name.to_owned()),
                    _ => None,
                });
                self.name(name);
            }
            KnownCustom::Name(names) => {
                let name = names.into_iter().map_while(Result::ok).find_map(|name| match name {
                    Name::Module { name, .. } => Some(name.to_owned()),
                    _ => None,
                });
                self.name(name);
            }
            _ if self.depth == 1 && ANNOTATIONS.contains(&section.name()) => {
                let text = String::from_utf8_lossy(section.data()).into_owned();
                self.structure.annotations.insert(section.name().to_owned(), text);
            }
            _ => {}
        }
        Ok(())
    }

    /// The name of what is being read.
    fn name(&mut self, name: Option<String>) {
        match (self.depth, self.structure.nested.last_mut()) {
            (1, _) => self.structure.name = name,
            (2, Some(nested)) => nested.name = name,
            _ => {}
        }
    }

    fn counted(&mut self) -> Result<(), String> {
        self.count += 1;
        if self.count > MOST {
            return Err(format!("it has more than {MOST} imports, exports and parts"));
        }
        Ok(())
    }
}

fn message(problem: BinaryReaderError) -> String {
    format!("{} at byte {}", problem.message(), problem.offset())
}

fn kind(kind: ComponentExternalKind) -> &'static str {
    match kind {
        ComponentExternalKind::Instance => "interface",
        ComponentExternalKind::Func => "function",
        ComponentExternalKind::Type => "type",
        ComponentExternalKind::Component => "component",
        ComponentExternalKind::Module => "module",
        ComponentExternalKind::Value => "value",
    }
}
