//! Where grants are kept that outlive the process: a folder of private files, one for each account.
//!
//! A file is replaced as a whole, so that a reader sees the old grant or the new one. Who changes it holds the lock of
//! a file beside it. It tells for which application and address it was given: for another one it is as good as none.

use super::Tokens;
use crate::secret::Secret;
use crate::secret_source::{of_private_file, writable_by_others};
use crate::{Advice, Error, ErrorKind};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;
use tokio::time::sleep;

/// How long a process waits for another one that renews the same grant: longer than that may take.
const PATIENCE: Duration = Duration::from_secs(45);
const MOMENT: Duration = Duration::from_millis(20);

/// The folder where the command line keeps grants: `grants` in the folder that `OUTWIT_STATE` names, or else in the
/// user's own folder for the state of programs. None where there is neither.
pub fn token_dir() -> Option<PathBuf> {
    Some(state_folder()?.join("grants"))
}

/// The folder where the command line counts calls per minute: `paces` beside [`token_dir`].
pub fn rate_limit_dir() -> Option<PathBuf> {
    Some(state_folder()?.join("paces"))
}

fn state_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    Some(match std::env::var_os("OUTWIT_STATE").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let user = etcetera::choose_base_strategy().ok()?;
            user.state_dir().unwrap_or_else(|| user.data_dir()).join("outwit")
        }
    })
}

/// The place of one account's grant.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    /// The file's name without its end.
    name: String,
    /// For which address and application a grant has to be.
    base: String,
    client_id: String,
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct StoredGrant {
    base: String,
    client_id: String,
    #[serde(serialize_with = "exposed")]
    access_token: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "maybe_exposed")]
    refresh_token: Option<Secret>,
    issued_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_ms: Option<u64>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    application: bool,
    #[serde(default)]
    who: BTreeMap<String, String>,
}

/// The right to change a grant, until dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "closing it gives the lock back")] File);

/// Room for a grant; see [`Store::room`].
#[derive(Debug)]
pub(crate) struct Room {
    store: Store,
    file: NamedTempFile,
}

/// More than tokens take.
const ROOM: usize = 64 * 1024;

impl Room {
    /// Puts a grant in the place of the last one, in a way that survives a crash.
    pub async fn save(self, tokens: &Tokens) -> Result<(), Error> {
        let (Room { store, file }, tokens) = (self, tokens.clone());
        let problem = store.clone();
        let saved = tokio::task::spawn_blocking(move || store.write(file, &tokens)).await.map_err(io::Error::other);
        saved.flatten().map_err(|why| problem.problem(&problem.path("json"), &why))
    }
}

impl Store {
    pub fn new(folder: &Path, vendor: &str, account: &str, base: &str, client_id: &str) -> Store {
        let name = format!("{}.{}", plain(vendor), plain(account));
        Store { folder: folder.to_owned(), name, base: base.to_owned(), client_id: client_id.to_owned() }
    }

    /// The grant, if there is one for this application at this address.
    pub fn load(&self) -> Result<Option<Tokens>, Error> {
        let path = self.path("json");
        if !path.try_exists().map_err(|problem| self.problem(&path, &problem))? {
            return Ok(None);
        }
        let text = of_private_file(&path).map_err(|problem| self.problem(&path, &problem))?;
        // A parser's message may show what it cannot read.
        let grant: StoredGrant = serde_json::from_str(text.expose())
            .map_err(|_| self.problem(&path, &"holds no grant; remove it and log in again"))?;
        Ok((grant.base == self.base && grant.client_id == self.client_id).then(|| Tokens {
            access: grant.access_token,
            refresh: grant.refresh_token,
            issued_ms: grant.issued_ms,
            expires_ms: grant.expires_ms,
            scope: grant.scope,
            application: grant.application,
            who: grant.who,
        }))
    }

    /// Room for a grant on the disk, so that one that is obtained can be kept.
    pub async fn room(&self) -> Result<Room, Error> {
        let store = self.clone();
        // The disk may take its time.
        let made = tokio::task::spawn_blocking(move || store.make_room()).await.map_err(io::Error::other);
        let file = made.flatten().map_err(|problem| self.problem(&self.path("json"), &problem))?;
        Ok(Room { store: self.clone(), file })
    }

    fn make_room(&self) -> io::Result<NamedTempFile> {
        make_private_folder(&self.folder)?;
        self.sweep();
        let (before, after) = self.unfinished();
        // A new file is readable for its owner alone.
        let mut file = tempfile::Builder::new().prefix(&before).suffix(after).tempfile_in(&self.folder)?;
        file.write_all(&[b' '; ROOM])?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn write(&self, mut file: NamedTempFile, tokens: &Tokens) -> io::Result<()> {
        let grant = StoredGrant {
            base: self.base.clone(),
            client_id: self.client_id.clone(),
            access_token: tokens.access.clone(),
            refresh_token: tokens.refresh.clone(),
            issued_ms: tokens.issued_ms,
            expires_ms: tokens.expires_ms,
            scope: tokens.scope.clone(),
            application: tokens.application,
            who: tokens.who.clone(),
        };
        // Enough, so that it does not move while it grows.
        let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *text, &grant)?;
        text.push(b'\n');
        // It may have been opened to others meanwhile.
        make_private_folder(&self.folder)?;
        // Over what is there: that needs no new room.
        file.rewind()?;
        file.write_all(&text)?;
        file.as_file().set_len(text.len() as u64)?;
        file.as_file().sync_all()?;
        file.persist(self.path("json")).map_err(|problem| problem.error)?;
        sync_folder(&self.folder)
    }

    /// How the name of a file begins and ends that will take the grant's place.
    fn unfinished(&self) -> (String, &'static str) {
        (format!(".{}.", self.name), ".new")
    }

    /// Removes what a process left that was killed while it wrote: it holds tokens, and nobody will read it. Only who holds
    /// the lock writes, so that none of these is in use.
    fn sweep(&self) {
        let (before, after) = self.unfinished();
        let is_one = |name: &str| {
            let middle = name.strip_prefix(&before).and_then(|rest| rest.strip_suffix(after));
            middle.is_some_and(|middle| !middle.contains('.'))
        };
        for entry in self.folder.read_dir().into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_one) {
                // What stays is as private as the grant.
                _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Removes the grant, whatever it was for; whether there was one.
    pub async fn forget(&self) -> Result<bool, Error> {
        let path = self.path("json");
        if !path.try_exists().map_err(|problem| self.problem(&path, &problem))? {
            return Ok(false);
        }
        let _lock = self.lock().await?;
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(problem) => Err(self.problem(&path, &problem)),
        }
    }

    /// Waits until no other process changes the grant.
    pub async fn lock(&self) -> Result<Lock, Error> {
        let path = self.path("lock");
        let problem = |problem: io::Error| self.problem(&path, &problem);
        make_private_folder(&self.folder).map_err(problem)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(problem)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::Error(other)) => return Err(problem(other)),
                Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => {
                    let message = "another process takes too long to renew the grant";
                    return Err(Error::new(ErrorKind::Unavailable, Advice::RetryLater, message));
                }
                Err(TryLockError::WouldBlock) => sleep(MOMENT).await,
            }
        }
    }

    fn path(&self, end: &str) -> PathBuf {
        self.folder.join(format!("{}.{end}", self.name))
    }

    fn problem(&self, path: &Path, problem: &dyn Display) -> Error {
        Error::misconfigured(format!("the grant in {}: {problem}", path.display()))
    }
}

/// Makes a folder that only its owner can write, if it is not there.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    if writable_by_others(&std::fs::metadata(folder)?) {
        let hint = format!("others can write the folder; make it yours alone: chmod 700 {}", folder.display());
        return Err(io::Error::other(hint));
    }
    Ok(())
}

/// A name as a part of a file's name, which is told from all others even where case does not count.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => plain.push(char::from(byte)),
            other => plain.push_str(&format!("%{other:02x}")),
        }
    }
    plain
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder is no file that could be synced.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn maybe_exposed<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.as_ref().map_or("", Secret::expose))
}

#[cfg(all(test, unix))]
mod tests;
