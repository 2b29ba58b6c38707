//! The audit log: a line of JSON for each call, without what was said in it. A call that may change something has a line when
//! it starts as well (`started`), so that none is carried out that the log does not know.
//!
//! Of the input there is a digest (HMAC-SHA-256 of its JSON, members sorted, without white space): enough to tell whether two
//! calls said the same, or, with the key, whether a call said what somebody claims. An input may be a short secret, which a
//! digest without a key would let whoever reads the log guess. The key is made with the log, and stands beside it in a private
//! file, in hexadecimal: `calls.jsonl.key`. A log that is no file, such as a pipe, has a key of the process.

use crate::{Effect, Error};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A file to which each call adds a line.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    file: Mutex<File>,
    key: Key,
}

/// One call, as it is written down.
pub(crate) struct Entry<'e> {
    pub account: &'e str,
    pub operation: &'e str,
    /// None where there is no such operation, or its vendor is left out.
    pub effect: Option<Effect>,
    pub input: &'e str,
    pub outcome: &'static str,
    pub error: Option<&'e Error>,
    pub attempts: u32,
    pub duration: Duration,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'l> {
    time: String,
    account: &'l str,
    operation: &'l str,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<Effect>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    maybe_done: bool,
    attempts: u32,
    duration_ms: u64,
    input_hmac: String,
}

impl Audit {
    /// Opens a log, or makes one that only its owner can read.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when the file cannot be written, or the one beside it with the key of its digests cannot be read.
    pub fn open(path: &Path) -> Result<Audit, Error> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|problem| unwritable(path, &problem))?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let key = if is_file { Key::beside(path)? } else { Key::random()? };
        Ok(Audit { path: path.to_owned(), file: Mutex::new(file), key })
    }

    pub(crate) fn write(&self, entry: &Entry<'_>) -> Result<(), Error> {
        let line = Line {
            time: OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            account: entry.account,
            operation: entry.operation,
            effect: entry.effect,
            status: entry.outcome,
            http_status: entry.error.and_then(|error| error.status),
            maybe_done: entry.error.is_some_and(|error| error.maybe_done),
            attempts: entry.attempts,
            duration_ms: u64::try_from(entry.duration.as_millis()).unwrap_or(u64::MAX),
            input_hmac: hexadecimal(&self.key.digest(plain(entry.input).as_bytes())),
        };
        let written = serde_json::to_string(&line).map_err(io::Error::from).and_then(|line| {
            // One write, so that lines of several processes do not mix.
            self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(format!("{line}\n").as_bytes())
        });
        written.map_err(|problem| unwritable(&self.path, &problem))
    }
}

fn unwritable(path: &Path, problem: &io::Error) -> Error {
    Error::misconfigured(format!("the audit log {} cannot be written: {problem}", path.display()))
}

fn plain(input: &str) -> String {
    // What is no JSON is refused by the component, and counts as it is.
    serde_json::from_str::<Value>(input).map_or_else(|_| input.to_owned(), |json| json.to_string())
}

/// What digests are made with.
struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Key {
    fn random() -> Result<Key, Error> {
        let mut key = Key([0; 32]);
        let failed = |problem| Error::misconfigured(format!("this machine gives no random numbers: {problem}"));
        getrandom::fill(&mut key.0).map_err(failed)?;
        Ok(key)
    }

    /// The key of a log, which is made if there is none.
    fn beside(log: &Path) -> Result<Key, Error> {
        let mut path = log.to_owned().into_os_string();
        path.push(".key");
        let path = PathBuf::from(path);
        let wrong = |why: &dyn fmt::Display| {
            Error::misconfigured(format!("the key of the audit log, {}, cannot be used: {why}", path.display()))
        };
        let text = match fs::read_to_string(&path) {
            Err(problem) if problem.kind() == ErrorKind::NotFound => {
                let key = Key::random()?;
                match key.store(&path) {
                    Ok(()) => return Ok(key),
                    // Another process was first.
                    Err(problem) if problem.kind() == ErrorKind::AlreadyExists => fs::read_to_string(&path),
                    Err(problem) => Err(problem),
                }
            }
            read => read,
        };
        let text = text.map_err(|problem| wrong(&problem))?;
        let digits: Option<Vec<u8>> = text.trim().chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect();
        let bytes = digits.unwrap_or_default().chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<_>>();
        bytes.try_into().map(Key).map_err(|_| wrong(&"expected 64 hexadecimal digits"))
    }

    /// Writes a private file, whole or not at all.
    fn store(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", hexadecimal(&self.0))?;
        file.persist_noclobber(path).map(|_| ()).map_err(|problem| problem.error)
    }

    /// HMAC (RFC 2104) with SHA-256. The crate for it would have every other user of `sha2` compiled in another way.
    fn digest(&self, text: &[u8]) -> [u8; 32] {
        let padded = |with: u8| {
            let mut block = [with; 64];
            block.iter_mut().zip(self.0).for_each(|(byte, key)| *byte ^= key);
            Sha256::new().chain_update(block)
        };
        padded(0x5c).chain_update(padded(0x36).chain_update(text).finalize()).finalize().into()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Advice;
    use crate::ErrorKind as Kind;
    use serde_json::json;

    #[test]
    fn a_line_describes_a_call_without_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let audit = Audit::open(&path).unwrap();
        let error = Error { status: Some(409), ..Error::new(Kind::Conflict, Advice::ChangeInput, "Juniper is there") };
        let entry = |input, error| Entry {
            account: "default",
            operation: "acme.make-thing",
            effect: Some(Effect::Write),
            input,
            outcome: "conflict",
            error,
            attempts: 2,
            duration: Duration::from_millis(7),
        };
        audit.write(&entry(r#"{"name": "Juniper", "a": 1}"#, Some(&error))).unwrap();
        audit.write(&entry(r#"{"a":1,"name":"Juniper"}"#, None)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("Juniper"), "{text}");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let expected = json!({
            "time": lines[0]["time"], "account": "default", "operation": "acme.make-thing", "effect": "write",
            "status": "conflict", "http-status": 409, "attempts": 2, "duration-ms": 7,
            "input-hmac": lines[1]["input-hmac"],
        });
        assert_eq!(lines[0], expected);
        assert!(OffsetDateTime::parse(lines[0]["time"].as_str().unwrap(), &Rfc3339).is_ok());
    }

    #[test]
    fn a_digest_is_the_hmac_of_rfc_4231() {
        // Test case 3 has a key of 20 bytes, which zeros fill up to a block.
        let mut key = Key([0; 32]);
        key.0[..20].fill(0xaa);
        let expected = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe";
        assert_eq!(hexadecimal(&key.digest(&[0xdd; 50])), expected);
    }

    #[test]
    fn digests_of_two_logs_differ_and_those_of_one_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |name: &str| Audit::open(&folder.path().join(name)).unwrap().key.digest(b"{}");
        assert_eq!(opened("a.jsonl"), opened("a.jsonl"));
        assert_ne!(opened("a.jsonl"), opened("b.jsonl"));
        fs::write(folder.path().join("a.jsonl.key"), "short").unwrap();
        let error = Audit::open(&folder.path().join("a.jsonl")).unwrap_err();
        assert!(error.message.contains("a.jsonl.key") && error.message.contains("64 hexadecimal digits"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_log_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        Audit::open(&path).unwrap();
        for name in ["audit.jsonl", "audit.jsonl.key"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o077, 0, "{name}");
        }
        let error = Audit::open(&folder.path().join("none/audit.jsonl")).unwrap_err();
        assert!(error.message.contains("cannot be written"), "{error}");
    }
}
