//! Files that commands write.

use super::failure::{Failure, usage};
use anyhow::Context;
use std::fs;
use std::path::Path;

/// Writes a file, and makes the folder that it is in.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    Ok(made.and_then(|()| fs::write(path, content)).with_context(|| path.display().to_string())?)
}

/// Refuses to write over another file of the same command.
///
/// # Errors
///
/// The file that `option` names is `other`.
pub fn refuse_same(option: &str, path: &Path, other: &Path) -> Result<(), Failure> {
    let same = |path: &Path| fs::canonicalize(path).ok();
    if path == other || same(path).is_some_and(|path| same(other) == Some(path)) {
        let message = format!("{option} {}: expected another file than {}", path.display(), other.display());
        return Err(usage(message));
    }
    Ok(())
}

/// Refuses to write over what a folder of data consists of. A component may be written into it.
///
/// # Errors
///
/// The file is inside of the folder, is there already, and is no component by its name.
pub fn refuse_inside(option: &str, path: &Path, folder: &Path) -> Result<(), Failure> {
    let inside = fs::canonicalize(path).ok().zip(fs::canonicalize(folder).ok());
    let inside = inside.is_some_and(|(path, folder)| path.starts_with(folder));
    if inside && path.extension().is_none_or(|extension| extension != "wasm") {
        return Err(usage(format!(
            "{option} {}: expected a file outside of the vendor's folder, or *.wasm",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_read_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("new/a.wasm"), "x").unwrap();
        write(&at("vendor.toml"), "x").unwrap();
        assert!(refuse_same("--svg", &at("new/../new/a.wasm"), &at("new/a.wasm")).is_err());
        assert!(refuse_same("--report", &at("none"), &at("none")).is_err());
        assert!(refuse_same("--svg", &at("new/b.svg"), &at("new/a.wasm")).is_ok());
        assert!(refuse_inside("--out", &at("vendor.toml"), folder.path()).is_err());
        assert!(refuse_inside("--out", &at("new/a.wasm"), folder.path()).is_ok());
        assert!(refuse_inside("--out", &at("vendor.toml"), &at("new")).is_ok());
    }
}
