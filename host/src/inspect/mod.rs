//! What a component's file is and may do: its structure, and what its catalogue declares.

mod access;
mod beside;
mod reach;
mod structure;

pub use access::{OperationAccess, RequestAccess, VendorAccess};
pub use beside::{Companion, CompanionKind};
pub use reach::{Reach, unknown_imports};
pub use structure::{Export, Nested, Producer, Sizes, Structure, digest};

use crate::{Error, GatewayApp, Host, Options, Settings};
use serde::Serialize;

const OPERATIONS: &str = "outwit:plugin/operations@";
const INCOMING: &str = "wasi:http/incoming-handler@";
const OUTGOING: &str = "wasi:http/outgoing-handler@";
/// What `outwit-link` writes into the producers of what it makes.
const LINKER: &str = "outwit-link";
/// The largest file whose catalogue is read: compiling a larger one takes minutes.
const LARGEST_TO_RUN: usize = 32 << 20;

/// What a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// A vendor's component, made by a compiler.
    Vendor,
    /// A vendor's component, made of an OpenAPI document or a folder of data.
    Imported,
    /// A vendor's operations as functions of plain parameters. Its exports and imports alone show it: it has no catalogue.
    Tools,
    /// A gateway and vendors in one file.
    Composed,
    /// Any other component. It is never run.
    Foreign,
}

/// What is found out about a component.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Inspection {
    /// What it is, by its exports.
    pub kind: ComponentKind,
    /// What the file is made of.
    #[serde(flatten)]
    pub structure: Structure,
    /// What its imports let it reach.
    pub reach: Vec<Reach>,
    /// Imports of interfaces that are not WASI's: what they reach depends on the host.
    pub other_imports: Vec<String>,
    /// What the catalogues declare: of a vendor's component one, of a composed file one for each vendor.
    pub vendors: Vec<VendorAccess>,
    /// Why the catalogue of an Outwit component could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<Error>,
}

impl Inspection {
    /// Reads a component. Only one that is an Outwit plugin or a composed file by its exports is run: without settings, and with
    /// nothing that it could send, to read its catalogue.
    ///
    /// # Errors
    ///
    /// `invalid-input`, when the file is no component, or cut off.
    pub async fn of(options: Options, file: &[u8]) -> Result<Inspection, Error> {
        let structure = Structure::read(file)?;
        let kind = ComponentKind::of(&structure);
        let (vendors, unread) = match vendors(kind, options, file).await {
            Ok(vendors) => (vendors, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let (reach, other_imports) = (Reach::of(&structure.imports), unknown_imports(&structure.imports));
        Ok(Inspection { kind, structure, reach, other_imports, vendors, unread })
    }
}

async fn vendors(kind: ComponentKind, options: Options, file: &[u8]) -> Result<Vec<VendorAccess>, Error> {
    let runs = !matches!(kind, ComponentKind::Tools | ComponentKind::Foreign);
    if runs && file.len() > LARGEST_TO_RUN {
        let message = format!("it has {} bytes; a catalogue is read of files of at most {LARGEST_TO_RUN}", file.len());
        return Err(Error::misconfigured(message));
    }
    Ok(match kind {
        ComponentKind::Tools | ComponentKind::Foreign => Vec::new(),
        ComponentKind::Composed => GatewayApp::load(options, file).await?.catalogues().map(VendorAccess::of).collect(),
        ComponentKind::Vendor | ComponentKind::Imported => {
            let plugin = Host::new(options)?.load(file, Settings::default()).await?;
            vec![VendorAccess::of(plugin.catalogue())]
        }
    })
}

impl ComponentKind {
    /// What a component is, by its exports and, for `Tools` and `Imported`, what else its structure shows.
    pub fn of(structure: &Structure) -> ComponentKind {
        let exports = |start: &str| structure.exports.iter().any(|export| export.name.starts_with(start));
        let inside =
            |start: &str| structure.nested.iter().flat_map(|part| &part.exports).any(|name| name.starts_with(start));
        if exports(OPERATIONS) {
            let linked = structure.producers.iter().any(|producer| producer.name == LINKER);
            return if linked { ComponentKind::Imported } else { ComponentKind::Vendor };
        }
        if exports(INCOMING) && inside(OPERATIONS) {
            return ComponentKind::Composed;
        }
        if tools_of(structure).is_some() {
            return ComponentKind::Tools;
        }
        ComponentKind::Foreign
    }
}

/// The vendor whose operations are functions of the component: all exports are functions called `VENDOR-…`, which are documented
/// and can send HTTP.
fn tools_of(structure: &Structure) -> Option<&str> {
    let (vendor, _) = structure.exports.first()?.name.split_once('-')?;
    let of_vendor = |export: &Export| {
        export.kind == "function" && export.name.strip_prefix(vendor).is_some_and(|rest| rest.starts_with('-'))
    };
    let sends = structure.imports.iter().any(|import| import.starts_with(OUTGOING));
    let documented = structure.custom_sections.contains_key("package-docs");
    (sends && documented && structure.exports.iter().all(of_vendor)).then_some(vendor)
}
