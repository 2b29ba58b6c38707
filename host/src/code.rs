//! What a component becomes when it is loaded, kept for the next time: its compiled code, as it is mapped into memory, and its
//! catalogue.
//!
//! wasmtime's own cache keeps code compressed: to read, unpack and copy it takes 1.2 of the 1.4 milliseconds that wasmtime takes
//! for a component of 280 KB, while a mapped file takes 0.2. So the code stands in the same folder a second time, in a form that
//! can be mapped, and beside it what `describe` gave, for which an instance would be made. The same rules hold as for compiled
//! code in general: whoever can write there can make the host run anything. wasmtime's cleaning, which bounds that folder, takes
//! these files for its own.

use sha2::{Digest, Sha256};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use wasmtime::component::Component;
use wasmtime::{Cache, Engine};

/// Where it is kept. Without a cache, nowhere.
pub(crate) struct Code(Option<PathBuf>);

/// Where it is kept of one component.
pub(crate) struct Kept {
    code: Option<PathBuf>,
}

impl Code {
    pub fn of(cache: Option<&Cache>) -> Code {
        // Files lie two levels below the folder, or they are cleaned away.
        Code(cache.map(|cache| cache.directory().join("modules").join(concat!("outwit-", env!("CARGO_PKG_VERSION")))))
    }

    pub fn kept(&self, engine: &Engine, component: &[u8]) -> Kept {
        Kept { code: self.0.as_ref().map(|folder| folder.join(name(engine, component))) }
    }
}

impl Kept {
    /// The component, compiled now or before.
    pub fn component(&self, engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Component> {
        let Some(path) = &self.code else { return Component::new(engine, bytes) };
        if path.is_file() {
            // SAFETY: nobody else may write to this folder (see `CodeCache`), and this program writes a file whole before
            // it has this name, and never again.
            if let Ok(component) = unsafe { Component::deserialize_file(engine, path) } {
                return Ok(component);
            }
        }
        let component = Component::new(engine, bytes)?;
        // What cannot be kept is read from wasmtime's cache, or compiled again: it only takes longer.
        _ = component.serialize().map(|code| keep(path, &code));
        Ok(component)
    }

    /// What the component's `describe` gave before.
    pub fn catalogue(&self) -> Option<String> {
        fs::read_to_string(catalogue(self.code.as_ref()?)).ok()
    }

    pub fn keep_catalogue(&self, described: &str) {
        if let Some(code) = &self.code {
            _ = keep(&catalogue(code), described.as_bytes());
        }
    }
}

/// The same for the same bytes and an engine that can run the same code.
fn name(engine: &Engine, component: &[u8]) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    format!("{:x}-{:016x}", Sha256::digest(component), settings.finish())
}

/// Without an extension: files with one are cleaned away.
fn catalogue(code: &Path) -> PathBuf {
    let mut path = code.as_os_str().to_owned();
    path.push("-catalogue");
    path.into()
}

fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    // By this extension wasmtime's cleaning knows what is being written, and what was left unfinished.
    let mut file = tempfile::Builder::new().suffix(".wip-outwit").tempfile_in(folder)?;
    file.write_all(bytes)?;
    // On the disk before it has its name: half of the code would be run as it is.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";
    /// A component that imports an empty instance, `a:b/c`.
    const OTHER: &[u8] = b"\0asm\x0d\0\x01\0\x07\x03\x01\x42\x00\x0a\x0a\x01\0\x05a:b/c\x05\0";

    fn imports(code: &Code, engine: &Engine, bytes: &[u8]) -> usize {
        code.kept(engine, bytes).component(engine, bytes).unwrap().component_type().imports(engine).count()
    }

    fn kept(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn code_is_taken_from_its_file_and_a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (code, engine) = (Code(Some(folder.path().join("code"))), Engine::default());
        assert_eq!(imports(&code, &engine, EMPTY), 0);
        let files = kept(&folder.path().join("code"));
        let [file] = &*files else { panic!("{files:?}") };
        assert_eq!(file.extension(), None);
        // That it is read from there shows by what else is put there.
        fs::write(file, Component::new(&engine, OTHER).unwrap().serialize().unwrap()).unwrap();
        assert_eq!(imports(&code, &engine, EMPTY), 1);
        for damaged in [&b""[..], b"hello", &[0; 5000], &fs::read(file).unwrap()[..700]] {
            fs::write(file, damaged).unwrap();
            assert_eq!(imports(&code, &engine, EMPTY), 0);
            assert!(fs::read(file).unwrap().len() > 5000);
        }
        assert_eq!(kept(&folder.path().join("code")), files, "nothing unfinished is left");
    }

    #[test]
    fn a_catalogue_is_kept_beside_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let (code, engine) = (Code(Some(folder.path().to_owned())), Engine::default());
        assert_eq!(code.kept(&engine, EMPTY).catalogue(), None);
        code.kept(&engine, EMPTY).keep_catalogue("{}");
        assert_eq!(code.kept(&engine, EMPTY).catalogue().as_deref(), Some("{}"));
        assert_eq!(code.kept(&engine, OTHER).catalogue(), None);
        assert!(kept(folder.path()).iter().all(|file| file.extension().is_none()));
    }

    #[test]
    fn engines_that_cannot_run_the_same_code_have_files_of_their_own() {
        let mut config = wasmtime::Config::new();
        config.epoch_interruption(true);
        assert_ne!(name(&Engine::default(), EMPTY), name(&Engine::new(&config).unwrap(), EMPTY));
        assert_eq!(name(&Engine::default(), EMPTY), name(&Engine::default(), EMPTY));
    }

    #[test]
    fn without_a_folder_that_can_be_written_a_component_is_compiled() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for code in [Code(None), Code(Some(file.path().join("code")))] {
            assert_eq!(imports(&code, &Engine::default(), EMPTY), 0);
        }
    }
}
