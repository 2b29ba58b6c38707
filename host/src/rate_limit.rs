//! How often calls may be made.
//!
//! A rule of an account holds for all processes that use the same file of accounts: they count together, in a small file that
//! one of them at a time has locked. The count is a moment, as in the generic cell rate algorithm: when the calls that were
//! made will have used up their share of time. As many calls as a minute has room for may be made at once after a pause.

use crate::catalogue::Operation;
use crate::oauth::token_store::{make_private_folder, plain};
use crate::rules::Rules;
use crate::{Advice, Error, ErrorKind};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::{OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const MINUTE_US: u64 = 60_000_000;
/// How long another process may take to count.
const PATIENCE: Duration = Duration::from_secs(5);
const MOMENT: Duration = Duration::from_millis(2);

/// Counts the calls of a minute, where a rule bounds them.
pub(crate) struct Pace {
    most: Option<u32>,
    /// Where other processes count as well.
    file: Option<PathBuf>,
    /// Where there is no file: when the calls so far will have used up their share, in Unix microseconds.
    until_us: Mutex<u64>,
}

impl Pace {
    pub fn of(rules: &Rules, file: Option<PathBuf>) -> Pace {
        Pace { most: rules.calls_per_minute.map(Into::into), file, until_us: Mutex::default() }
    }

    /// Counts a call, or says when it may be made. What cannot be counted may not be made.
    pub async fn take(&self, operation: &Operation, whose: &str) -> Result<(), Error> {
        let Some(most) = self.most else { return Ok(()) };
        let counted = self.change(move |until_us| next(until_us, now_us(), most)).await.map_err(|problem| {
            let file = self.file.as_deref().unwrap_or(Path::new("")).display();
            let message = format!("{} cannot be counted, by {whose}: {file}: {problem}", operation.id);
            Error::misconfigured(message).at(&operation.id)
        });
        counted?.map_err(|wait_us| {
            let rule = format!("calls-per-minute {most}");
            let message = format!("{} is over the rate limit of {whose}: {rule}", operation.id);
            let error = Error::new(ErrorKind::RateLimited, Advice::RetryLater, message).at(&operation.id);
            Error { retry_after_ms: Some(rounded_up_ms(wait_us)), details: Some(json!({ "rule": rule })), ..error }
        })
    }

    /// Takes back what was counted for a call that was not made.
    pub async fn give_back(&self) {
        let Some(most) = self.most else { return };
        if let Err(problem) = self.change(move |until_us| Ok(until_us.saturating_sub(share(most)))).await {
            tracing::warn!(target: "outwit", %problem, "a call that was not made stays counted");
        }
    }

    async fn change(&self, change: impl Fn(u64) -> Result<u64, u64> + Send + 'static) -> io::Result<Result<(), u64>> {
        match &self.file {
            None => {
                let mut until_us = self.until_us.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(change(*until_us).map(|next| *until_us = next))
            }
            Some(file) => {
                let path = file.clone();
                tokio::task::spawn_blocking(move || change_file(&path, change)).await.map_err(io::Error::other)?
            }
        }
    }
}

/// The name of the file about a table of a file of accounts, which no table of another one has.
pub(crate) fn file_name(config: &Path, table: &str) -> String {
    let path = std::fs::canonicalize(config).unwrap_or_else(|_| config.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{digest}", plain(table.trim_matches(['[', ']'])))
}

/// The time that a call uses up.
fn share(most: u32) -> u64 {
    MINUTE_US / u64::from(most.max(1))
}

/// How long to wait, as it is told: after that time, and not a moment before it is over, the call may be made.
fn rounded_up_ms(wait_us: u64) -> u64 {
    wait_us.div_ceil(1000)
}

/// Counts one call: the new moment, or how long to wait.
fn next(until_us: u64, now_us: u64, most: u32) -> Result<u64, u64> {
    let share = share(most);
    // Beyond a minute it is not what was counted: the clock was changed.
    let ahead = until_us.saturating_sub(now_us).min(MINUTE_US);
    match ahead.checked_sub(MINUTE_US - share) {
        None | Some(0) => Ok(now_us + ahead + share),
        Some(wait) => Err(wait),
    }
}

/// Changes the moment in a file, unless another one is said not to be possible.
fn change_file(path: &Path, change: impl Fn(u64) -> Result<u64, u64>) -> io::Result<Result<(), u64>> {
    make_private_folder(path.parent().unwrap_or(Path::new("")))?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(problem)) => return Err(problem),
            Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => {
                return Err(io::Error::other("another process does not let go of it"));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(MOMENT),
        }
    }
    let mut text = Vec::new();
    (&file).take(64).read_to_end(&mut text)?;
    // What is damaged counts as nothing, once.
    let until_us = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    Ok(match change(until_us) {
        Err(wait) => Err(wait),
        Ok(until_us) => {
            file.rewind()?;
            // Always as long, so that it takes the place of what was there.
            file.write_all(format!("{until_us:020}\n").as_bytes())?;
            Ok(())
        }
    })
}

fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation() -> Operation {
        serde_json::from_value(json!({ "id": "acme.list-things", "effect": "read" })).unwrap()
    }

    fn two_a_minute() -> Rules {
        serde_json::from_value(json!({ "calls-per-minute": 2 })).unwrap()
    }

    #[tokio::test]
    async fn calls_beyond_the_limit_of_a_minute_get_a_retry_after() {
        let (operation, pace) = (operation(), Pace::of(&two_a_minute(), None));
        assert!(pace.take(&operation, "x").await.is_ok() && pace.take(&operation, "x").await.is_ok());
        let error = pace.take(&operation, "the account x").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert_eq!(error.details.unwrap()["rule"], "calls-per-minute 2");
        let wait = error.retry_after_ms.unwrap();
        assert!((1..=30_000).contains(&wait), "{wait}");
    }

    #[tokio::test]
    async fn those_who_share_a_file_count_together() {
        let folder = tempfile::tempdir().unwrap();
        let (operation, file) = (operation(), folder.path().join("paces/x"));
        let take = async || Pace::of(&two_a_minute(), Some(file.clone())).take(&operation, "x").await;
        assert!(take().await.is_ok() && take().await.is_ok());
        assert_eq!(take().await.unwrap_err().kind, ErrorKind::RateLimited);
        // What cannot be read is begun anew, and a time that cannot be is none.
        for damaged in ["no number", "", "\u{0}\u{0}", "99999999999999999999"] {
            std::fs::write(&file, damaged).unwrap();
            assert!(take().await.is_ok(), "{damaged:?}");
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert_eq!(take().await.unwrap_err().kind, ErrorKind::Misconfigured);
    }

    #[tokio::test]
    async fn what_is_given_back_can_be_taken_again_by_those_who_share_a_file_too() {
        let folder = tempfile::tempdir().unwrap();
        for file in [None, Some(folder.path().join("x"))] {
            let (operation, pace) = (operation(), Pace::of(&two_a_minute(), file));
            for _ in 0..5 {
                pace.take(&operation, "x").await.unwrap();
                pace.give_back().await;
            }
            assert!(pace.take(&operation, "x").await.is_ok() && pace.take(&operation, "x").await.is_ok());
            assert_eq!(pace.take(&operation, "x").await.unwrap_err().kind, ErrorKind::RateLimited);
        }
    }

    #[test]
    fn the_time_to_wait_is_rounded_up_to_the_millisecond() {
        for (wait_us, expected) in [(1, 1), (999, 1), (1000, 1), (1001, 2), (15_000_000, 15_000), (15_000_001, 15_001)]
        {
            assert_eq!(rounded_up_ms(wait_us), expected, "{wait_us}");
        }
        for most in [1, 4, 7, 60_000] {
            let now = 1_000_000_000_123;
            let until = (0..most).fold(0, |until, call| next(until, now, most).unwrap_or_else(|_| panic!("{call}")));
            let wait_ms = rounded_up_ms(next(until, now, most).unwrap_err());
            assert!(next(until, now + wait_ms * 1000, most).is_ok(), "{most}");
            assert!(next(until, now + (wait_ms - 1) * 1000, most).is_err(), "{most}");
        }
    }

    #[test]
    fn a_call_may_be_made_each_time_its_share_has_passed() {
        let (mut until, start) = (0, 1_000_000_000_000);
        for call in 0..4 {
            until = next(until, start, 4).unwrap_or_else(|_| panic!("{call}"));
        }
        assert_eq!(next(until, start, 4), Err(15_000_000));
        assert_eq!(next(until, start + 5_000_000, 4), Err(10_000_000));
        assert!(next(until, start + 15_000_000, 4).is_ok());
        // The clock was put back: nobody waits longer than a minute.
        assert_eq!(next(until, start - 3_600_000_000, 4), Err(15_000_000));
    }
}
