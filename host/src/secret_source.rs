//! Where the value of a setting comes from.
//!
//! A file of settings says either the value itself or where it is, so that the file can be shown and shared:
//!
//! ```toml
//! ACCELO_DEPLOYMENT = "juniper"
//! ACCELO_TOKEN = { env = "JUNIPER_TOKEN" }                 # a variable of this program's environment
//! ACCELO_TOKEN = { file = "token" }                        # a file, private to its owner
//! ACCELO_TOKEN = { command = ["pass", "show", "accelo"] }  # what a program prints, such as a password manager
//! ```
//!
//! What goes wrong is told without any value: neither a file's content nor a command's output or arguments.

use crate::secret::Secret;
use secrecy::zeroize::{Zeroize, Zeroizing};
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The largest value of a file or command, in bytes.
const LARGEST: usize = 64 * 1024;
/// How long a command may take: a person may have to unlock something.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a program that has said everything is waited for between two looks.
const MOMENT: Duration = Duration::from_millis(5);

/// A value, or where it is.
#[derive(Debug)]
pub(crate) enum Reference {
    Given(Secret),
    Env(String),
    File(PathBuf),
    Command { program: String, arguments: Vec<Secret> },
}

impl Reference {
    /// Reads what stands in a file of settings; clears what it takes over.
    ///
    /// # Errors
    ///
    /// What was expected instead, without the value.
    pub fn of(value: &mut toml::Value) -> Result<Reference, &'static str> {
        const EXPECTED: &str = "expected a text, or where it is: { env = \"NAME\" }, { file = \"PATH\" } or \
                                { command = [\"PROGRAM\", \"ARGUMENT\"] }";
        match value {
            toml::Value::String(text) => Ok(Reference::Given(std::mem::take(text).into())),
            toml::Value::Integer(number) => Ok(Reference::Given(number.to_string().into())),
            toml::Value::Boolean(yes) => Ok(Reference::Given(yes.to_string().into())),
            toml::Value::Table(table) if table.len() == 1 => {
                let (kind, value) = table.iter_mut().next().ok_or(EXPECTED)?;
                match (&**kind, value) {
                    ("env", toml::Value::String(name)) if !name.is_empty() && !name.contains(['=', '\0']) => {
                        Ok(Reference::Env(name.clone()))
                    }
                    ("file", toml::Value::String(path)) if !path.is_empty() => {
                        Ok(Reference::File(PathBuf::from(&*path)))
                    }
                    ("command", toml::Value::Array(words)) => command(words).ok_or(EXPECTED),
                    _ => Err(EXPECTED),
                }
            }
            _ => Err(EXPECTED),
        }
    }

    /// The value, looked up now. Paths are relative to `folder`.
    ///
    /// # Errors
    ///
    /// What is wrong, in a few words.
    pub async fn resolve(&self, folder: &Path) -> Result<Secret, String> {
        let value = match self {
            Reference::Given(value) => return Ok(value.clone()),
            Reference::Env(name) => match std::env::var(name) {
                Ok(value) => Secret::from(value),
                Err(std::env::VarError::NotPresent) => return Err(format!("the variable {name} is not set")),
                Err(std::env::VarError::NotUnicode(_)) => return Err(format!("the variable {name} holds no text")),
            },
            Reference::File(path) => {
                let path = folder.join(path);
                let text = of_private_file(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
                first_line(&text)
            }
            Reference::Command { program, arguments } => {
                let printed = of_command(program, arguments).await;
                first_line(&printed.map_err(|problem| format!("the command {program} {problem}"))?)
            }
        };
        let empty = value.expose().trim().is_empty();
        if empty { Err("its value is empty where it is looked up".to_owned()) } else { Ok(value) }
    }
}

fn command(words: &mut [toml::Value]) -> Option<Reference> {
    let texts = words.iter_mut().map(|word| match word {
        toml::Value::String(text) if !text.contains('\0') => Some(std::mem::take(text)),
        _ => None,
    });
    let mut texts = texts.collect::<Option<Vec<String>>>()?.into_iter();
    let program = texts.next().filter(|program| !program.is_empty())?;
    Some(Reference::Command { program, arguments: texts.map(Secret::from).collect() })
}

/// Clears every text in what a file of settings was parsed to.
pub(crate) fn clear(value: &mut toml::Value) {
    match value {
        toml::Value::String(text) => text.zeroize(),
        toml::Value::Array(values) => values.iter_mut().for_each(clear),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, value)| clear(value)),
        _ => {}
    }
}

/// The text of a file that only its owner can read, without the end of its last line.
pub(crate) fn of_private_file(path: &Path) -> Result<Secret, String> {
    let message = |problem: io::Error| problem.to_string();
    // A pipe or device might never end.
    if !std::fs::metadata(path).map_err(message)?.is_file() {
        return Err("is no file".to_owned());
    }
    let file = File::open(path).map_err(message)?;
    // Rights and content of the same file, whatever happens to its name meanwhile.
    if open_to_others(&file.metadata().map_err(message)?) {
        return Err(format!("others can read it; make it yours alone: chmod 600 {}", path.display()));
    }
    text(&bounded(file).map_err(message)?)
}

/// Whether others than the owner can read or write a file.
#[cfg(unix)]
pub(crate) fn open_to_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Whether others than the owner can write a file.
#[cfg(unix)]
pub(crate) fn writable_by_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o022 != 0
}

/// Elsewhere a file's rights are not told by a mode.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &Metadata) -> bool {
    false
}

/// Elsewhere a file's rights are not told by a mode.
#[cfg(not(unix))]
pub(crate) fn writable_by_others(_: &Metadata) -> bool {
    false
}

/// At most one byte more than the largest value, in memory that does not move while it is read.
fn bounded(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; LARGEST + 1]);
    let mut from = from.take(LARGEST as u64 + 1);
    let mut filled = 0;
    loop {
        match from.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
            Err(problem) => return Err(problem),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

fn text(bytes: &[u8]) -> Result<Secret, String> {
    if bytes.len() > LARGEST {
        return Err(format!("is longer than {LARGEST} bytes"));
    }
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        // A unit becomes three bytes at most, so that the text does not move while it grows.
        let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
        char::decode_utf16(units).try_for_each(|read| read.map(|c| text.push(c)))?;
        Ok::<_, std::char::DecodeUtf16Error>(line(&text))
    };
    let no_text = "holds no text".to_owned();
    match bytes {
        // As Windows PowerShell writes files, with a mark that tells the order of bytes.
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes).map_err(|_| no_text),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes).map_err(|_| no_text),
        _ => std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map(line).map_err(|_| no_text),
    }
}

fn line(text: &str) -> Secret {
    Secret::from(text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line)))
}

/// The secret of an entry of a password store: `pass` and others keep it in the first line, and notes below.
fn first_line(text: &Secret) -> Secret {
    Secret::from(text.expose().lines().next().unwrap_or_default())
}

/// What a program prints. It shares standard error with this one, and the terminal, so that it can ask a person; any other
/// standard input is for this program.
async fn of_command(program: &str, arguments: &[Secret]) -> Result<Secret, String> {
    let mut command = Command::new(program);
    command.args(arguments.iter().map(Secret::expose)).stdout(Stdio::piped());
    if !io::stdin().is_terminal() {
        command.stdin(Stdio::null());
    }
    let child = command.spawn().map_err(|problem| format!("does not start: {problem}"))?;
    let mut running = Running(child);
    let out = running.0.stdout.take();
    let reading = tokio::task::spawn_blocking(move || out.map(bounded).unwrap_or_else(|| Ok(Zeroizing::default())));
    let ended = timeout(PATIENCE, async {
        let printed = reading.await.map_err(io::Error::other).flatten();
        // What prints without an end is not waited for.
        let whole = printed.as_ref().is_ok_and(|printed| printed.len() <= LARGEST);
        let status = if whole { Some(running.status().await) } else { None };
        (printed, status.transpose())
    });
    let (printed, status) = ended.await.map_err(|_| format!("took longer than {} s", PATIENCE.as_secs()))?;
    match (printed, status) {
        (Err(problem), _) | (_, Err(problem)) => Err(format!("its output cannot be read: {problem}")),
        (Ok(_), Ok(Some(status))) if !status.success() => Err(match status.code() {
            Some(code) => format!("failed with exit code {code}"),
            None => "was ended from outside".to_owned(),
        }),
        (Ok(printed), Ok(_)) => text(&printed).map_err(|problem| format!("prints what {problem}")),
    }
}

/// A program that does not outlive the wait for it.
struct Running(Child);

impl Running {
    async fn status(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            sleep(MOMENT).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless it took too long.
        if matches!(self.0.try_wait(), Ok(None)) {
            _ = self.0.kill();
            _ = self.0.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
