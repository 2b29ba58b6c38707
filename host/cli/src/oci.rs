//! `outwit push` and `outwit pull`

use super::Global;
use super::failure::{Failure, read_file, usage};
use super::setup;
use anyhow::Context;
use outwit_oci::{Login, Place};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

const TOKEN: &str = "OUTWIT_REGISTRY_TOKEN";
const USER: &str = "OUTWIT_REGISTRY_USER";
const PASSWORD: &str = "OUTWIT_REGISTRY_PASSWORD";

#[derive(clap::Args)]
pub struct Push {
    /// The reference, such as ghcr.io/acme/accelo:0.1.0
    reference: String,
    /// The component.
    file: PathBuf,
    /// The commit that the component was built from, for the manifest.
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,
}

#[derive(clap::Args)]
pub struct Pull {
    /// The reference, with a version or a digest (…@sha256:…)
    reference: String,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Gives a file to a registry; tells by which digest it is there.
pub async fn push(global: &Global, arguments: &Push, people: bool) -> Result<String, Failure> {
    let Push { reference, file, revision } = arguments;
    let component = read_file(file)?;
    let name = file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let more: Vec<(&str, &str)> = revision.iter().map(|revision| ("revision", &**revision)).collect();
    let digest = place(global, reference)?.push(&component, &name, &more).await?;
    Ok(result_text(people, reference, &digest, file))
}

/// Takes a file from a registry. The file is there whole, or not at all.
pub async fn pull(global: &Global, arguments: &Pull, people: bool) -> Result<String, Failure> {
    let Pull { reference, output: file } = arguments;
    let (component, digest) = place(global, reference)?.pull().await?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut written = tempfile::NamedTempFile::new_in(folder).with_context(|| folder.display().to_string())?;
    written
        .write_all(&component)
        .and_then(|()| share(written.as_file()))
        .with_context(|| file.display().to_string())?;
    written.persist(file).with_context(|| file.display().to_string())?;
    Ok(result_text(people, reference, &digest, file))
}

/// A temporary file is private; a component is no secret.
fn share(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    Ok(())
}

fn result_text(people: bool, reference: &str, digest: &str, file: &Path) -> String {
    if people {
        return format!("{}\n{digest}\n", file.display());
    }
    json!({ "reference": reference, "digest": digest, "file": file.to_string_lossy() }).to_string() + "\n"
}

fn place(global: &Global, reference: &str) -> Result<Place, Failure> {
    let read = |name: &str| Ok::<_, Failure>(setup::variable(name)?.filter(|value| !value.is_empty()));
    let login = match (read(TOKEN)?, read(USER)?, read(PASSWORD)?) {
        (Some(token), None, None) => Login::token(token),
        (None, Some(user), Some(password)) => Login::user(user, password),
        (None, None, None) => Login::default(),
        _ => return Err(usage(format!("a registry is told {TOKEN}, or {USER} and {PASSWORD}"))),
    };
    Ok(Place::of(reference, login, global.roots.as_deref())?)
}
