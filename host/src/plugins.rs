//! Which components there are: those inside this program, and files beside it.

use crate::Error;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Components by their vendors' names. None is loaded by being here.
#[derive(Clone, Debug, Default)]
pub struct Plugins(BTreeMap<String, Source>);

#[derive(Clone, Debug)]
enum Source {
    Embedded(&'static [u8]),
    File(PathBuf),
}

impl Plugins {
    /// The components that were built with this program.
    pub fn embedded() -> Plugins {
        Plugins(EMBEDDED.iter().map(|(name, bytes)| ((*name).to_owned(), Source::Embedded(bytes))).collect())
    }

    /// Adds every `NAME.wasm` of a folder; they replace others of the same name.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the folder cannot be read.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), Error> {
        let unreadable =
            |problem: std::io::Error| Error::misconfigured(format!("plugins in {}: {problem}", folder.display()));
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "wasm")
                && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
            {
                self.0.insert(name.to_owned(), Source::File(path));
            }
        }
        Ok(())
    }

    /// Where the bytes of a component are.
    pub(crate) fn source(&self, name: &str) -> crate::plugin::Source {
        match self.0.get(name) {
            Some(Source::Embedded(bytes)) => crate::plugin::Source::Embedded(bytes),
            Some(Source::File(path)) => crate::plugin::Source::File(path.clone()),
            None => crate::plugin::Source::Given,
        }
    }

    /// The vendors' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The file that a component is in; none for one that is built in.
    pub fn file(&self, name: &str) -> Option<&Path> {
        match self.0.get(name) {
            Some(Source::File(path)) => Some(path),
            _ => None,
        }
    }

    /// The component that exports each operation of a vendor as a function of plain parameters; none for a vendor that is
    /// not built in.
    pub fn tools(&self, name: &str) -> Option<&'static [u8]> {
        let Some(Source::Embedded(_)) = self.0.get(name) else { return None };
        TOOLS.iter().find(|(vendor, _)| *vendor == name).map(|(_, bytes)| *bytes)
    }

    /// A component's bytes; none for an unknown name.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when its file cannot be read.
    pub fn component(&self, name: &str) -> Result<Option<Cow<'static, [u8]>>, Error> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Source::Embedded(bytes)) => Ok(Some(Cow::Borrowed(bytes))),
            Some(Source::File(path)) => std::fs::read(path)
                .map(|bytes| Some(Cow::Owned(bytes)))
                .map_err(|problem| Error::misconfigured(format!("{}: {problem}", path.display()))),
        }
    }
}
