//! What a component becomes when it is loaded, stored for the next time: its compiled code, as it is mapped into memory, and its
//! catalogue.
//!
//! wasmtime's own cache keeps code compressed and without a checksum: a bit that flips may become code that is run, and to read,
//! unpack and copy it takes 1.2 of the 1.4 milliseconds that wasmtime takes for a component of 280 KB, while a mapped file takes
//! 0.2. So the code stands in a folder of its own, in a form that can be mapped, and beside it what `describe` gave, for which an
//! instance would be made. Each file has its checksum beside it; a file that is not as its checksum says is made anew. That is
//! against damage: whoever can write there can make the host run anything.

use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use wasmtime::component::Component;
use wasmtime::{Cache, Engine};

/// The most bytes that the folder may have after something was added. What was added first goes first.
const MOST: u64 = 1 << 30;

/// The folder. Without a cache, nowhere.
pub(crate) struct Code(Option<PathBuf>);

/// What is stored of one component. Two are equal if their components are.
#[derive(PartialEq)]
pub(crate) struct Entry {
    digest: [u8; 32],
    code: Option<PathBuf>,
}

impl Code {
    pub fn of(cache: Option<&Cache>) -> Code {
        // Files lie two levels below the folder: wasmtime's cleaning, in other programs, takes those above for waste.
        Code(cache.map(|cache| cache.directory().join("modules").join(concat!("outwit-", env!("CARGO_PKG_VERSION")))))
    }

    pub fn entry(&self, engine: &Engine, component: &[u8]) -> Entry {
        let digest = Sha256::digest(component).into();
        Entry { digest, code: self.0.as_ref().map(|folder| folder.join(name(engine, &digest))) }
    }
}

impl Entry {
    /// The component, compiled now or before.
    pub fn component(&self, engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Component> {
        let Some(path) = &self.code else { return Component::new(engine, bytes) };
        if is_sound(path) {
            // SAFETY: nobody else may write to this folder (see `CodeCache`), and this program writes a file whole before
            // it has this name, and never again. It is as it was written, by its checksum.
            if let Ok(component) = unsafe { Component::deserialize_file(engine, path) } {
                return Ok(component);
            }
        }
        let component = Component::new(engine, bytes)?;
        // What cannot be stored is compiled again: it only takes longer.
        _ = component.serialize().map(|code| store(path, &code));
        Ok(component)
    }

    /// What the component's `describe` gave before.
    pub fn catalogue(&self) -> Option<String> {
        let path = catalogue(self.code.as_ref()?);
        if is_sound(&path) { fs::read_to_string(path).ok() } else { None }
    }

    pub fn store_catalogue(&self, described: &str) {
        if let Some(code) = &self.code {
            _ = store(&catalogue(code), described.as_bytes());
        }
    }
}

/// The same for the same bytes and an engine that can run the same code.
fn name(engine: &Engine, digest: &[u8]) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{:016x}", settings.finish())
}

fn catalogue(code: &Path) -> PathBuf {
    beside(code, "-catalogue")
}

/// Where the checksum of a file is.
fn sum(path: &Path) -> PathBuf {
    beside(path, "-sum")
}

/// Without an extension: wasmtime's cleaning takes files with one for waste.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(what);
    path.into()
}

/// Whether a file is as it was written.
fn is_sound(path: &Path) -> bool {
    let checked = || -> std::io::Result<bool> {
        let expected = fs::read_to_string(sum(path))?;
        let (mut file, mut buffer) = (File::open(path)?, vec![0; 64 << 10]);
        let (mut crc, mut length) = (crc32fast::Hasher::new(), 0);
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(expected == spelled(&crc, length));
            }
            crc.update(&buffer[..read]);
            length += read;
        }
    };
    checked().unwrap_or(false)
}

fn spelled(crc: &crc32fast::Hasher, length: usize) -> String {
    format!("{:08x} {length}", crc.clone().finalize())
}

fn store(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(bytes);
    write(path, bytes)?;
    write(&sum(path), spelled(&crc, bytes.len()).as_bytes())?;
    bound(folder, MOST);
    Ok(())
}

/// Removes the oldest files, until the rest has no more than so many bytes.
fn bound(folder: &Path, most: u64) {
    let entry = |entry: std::io::Result<fs::DirEntry>| {
        let (path, metadata) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))).ok()?;
        metadata.is_file().then(|| (metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), path))
    };
    let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().filter_map(entry).collect();
    let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
    files.sort();
    for (_, length, path) in files {
        if total <= most {
            return;
        }
        // A process that has it mapped keeps it.
        if fs::remove_file(path).is_ok() {
            total -= length;
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
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
        code.entry(engine, bytes).component(engine, bytes).unwrap().component_type().imports(engine).count()
    }

    fn files_of(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    #[test]
    fn code_is_taken_from_its_file_and_a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (code, engine) = (Code(Some(folder.path().join("code"))), Engine::default());
        assert_eq!(imports(&code, &engine, EMPTY), 0);
        let files = files_of(&folder.path().join("code"));
        let [file, _] = &*files else { panic!("{files:?}") };
        assert!(files.iter().all(|file| file.extension().is_none()));
        // That it is read from there shows by what else is put there.
        store(file, &Component::new(&engine, OTHER).unwrap().serialize().unwrap()).unwrap();
        assert_eq!(imports(&code, &engine, EMPTY), 1);
        let whole = fs::read(file).unwrap();
        let flipped = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            bytes
        };
        let middle = whole.len() / 2;
        for damaged in [b"".into(), b"hello".into(), vec![0; 5000], whole[..700].into(), flipped(middle), flipped(9)] {
            fs::write(file, damaged).unwrap();
            assert_eq!(imports(&code, &engine, EMPTY), 0, "it is made anew");
            store(file, &whole).unwrap();
        }
        fs::remove_file(sum(file)).unwrap();
        assert_eq!(imports(&code, &engine, EMPTY), 0, "nothing says that it is as it was written");
        assert_eq!(files_of(&folder.path().join("code")), files, "nothing unfinished is left");
    }

    #[test]
    fn a_catalogue_is_kept_beside_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let (code, engine) = (Code(Some(folder.path().to_owned())), Engine::default());
        assert_eq!(code.entry(&engine, EMPTY).catalogue(), None);
        code.entry(&engine, EMPTY).store_catalogue("{}");
        assert_eq!(code.entry(&engine, EMPTY).catalogue().as_deref(), Some("{}"));
        assert_eq!(code.entry(&engine, OTHER).catalogue(), None);
        let file = files_of(folder.path()).remove(0);
        fs::write(&file, "[]").unwrap();
        assert_eq!(code.entry(&engine, EMPTY).catalogue(), None, "{file:?} was changed");
        assert!(files_of(folder.path()).iter().all(|file| file.extension().is_none()));
    }

    #[test]
    fn the_oldest_files_go_where_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, age: u64| {
            let path = folder.path().join(name);
            fs::write(&path, [0; 100]).unwrap();
            let time = SystemTime::now() - std::time::Duration::from_secs(age);
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
            path
        };
        let [new, _, _] = [file("a", 0), file("b", 20), file("c", 10)];
        bound(folder.path(), 300);
        assert_eq!(files_of(folder.path()).len(), 3);
        bound(folder.path(), 150);
        assert_eq!(files_of(folder.path()), [new]);
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
