//! What went wrong, for people or for programs, and the exit code that stands for it.

use super::style::{self, BOLD, DIM, RED, RESET, YELLOW};
use outwit::{Advice, Error, ErrorKind, visible};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Why the program does not succeed.
#[derive(Debug)]
pub enum Failure {
    /// A call, or what comes before it, failed.
    Call(Box<Error>),
    /// The program was used wrongly.
    Usage(String),
    /// The error was printed already; this is the exit code.
    Reported(u8),
    /// Anything else.
    Other(anyhow::Error),
}

pub fn usage(message: String) -> Failure {
    Failure::Usage(message)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Call(Box::new(error))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Other(error)
    }
}

impl Failure {
    /// Tells it on standard error.
    pub fn report(&self, people: bool) -> ExitCode {
        let text = match (self, people) {
            (Failure::Reported(code), _) => return ExitCode::from(*code),
            (Failure::Call(error), true) => for_people(error),
            (Failure::Call(error), false) => serde_json::to_string(error).unwrap_or_else(|_| error.message.clone()),
            (Failure::Usage(message), true) => format!("{RED}{BOLD}error{RESET}: {message}"),
            (Failure::Usage(message), false) => json!({ "kind": "usage", "message": message }).to_string(),
            (Failure::Other(error), true) => format!("{RED}{BOLD}error{RESET}: {error:#}"),
            (Failure::Other(error), false) => json!({ "kind": "other", "message": format!("{error:#}") }).to_string(),
        };
        // Where nobody listens there is nothing to be done about it.
        _ = writeln!(anstream::stderr(), "{}", crate::without_delete(&text));
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Failure::Call(error) => exit_code(error.kind),
            Failure::Usage(_) => 2,
            Failure::Reported(code) => *code,
            Failure::Other(_) => 1,
        }
    }
}

pub fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidInput | ErrorKind::Misconfigured => 3,
        ErrorKind::Unauthenticated
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Ambiguous
        | ErrorKind::Conflict
        | ErrorKind::RateLimited
        | ErrorKind::Rejected
        | ErrorKind::Failed
        | ErrorKind::Cancelled
        | ErrorKind::Incomplete => 4,
        ErrorKind::Unavailable | ErrorKind::Unreadable => 5,
        ErrorKind::TimedOut => 6,
        ErrorKind::Denied => 7,
    }
}

fn for_people(error: &Error) -> String {
    let kind = serde_json::to_value(error.kind).unwrap_or_default();
    let mut text = format!("{RED}{BOLD}{}{RESET}: {}", kind.as_str().unwrap_or("error"), visible(&error.message));
    let mut line = |name: &str, value: String| text.push_str(&format!("\n  {DIM}{name:<10}{RESET} {value}"));
    if !error.operation.is_empty() {
        line("operation", error.operation.clone());
    }
    if let Some(step) = &error.step {
        line("at its step", step.clone());
    }
    if let Some(field) = &error.field {
        line("field", visible(field).into_owned());
    }
    if let Some(status) = error.status {
        line("status", status.to_string());
    }
    if let Some(code) = &error.code {
        line("code", visible(code).into_owned());
    }
    // Whoever gave a call up, or did not agree to it, needs none but what the note says.
    let given_up = error.kind == ErrorKind::Cancelled;
    let declined = error.kind == ErrorKind::Denied && error.advice == Advice::GiveUp;
    if !given_up && !declined {
        line("advice", in_words(error).to_owned());
    }
    if let Some(wait) = error.retry_after_ms {
        // Rounded up: who comes too early is refused again.
        line("wait", format!("{:.1} s", wait.div_ceil(100) as f64 / 10.0));
    }
    if error.maybe_done {
        line(
            "note",
            format!("{YELLOW}the vendor may have carried it out all the same: look before trying again{RESET}"),
        );
    }
    match &error.details {
        Some(details) if details["outwit.toml"].is_array() => {
            lines(details).iter().for_each(|line| text.push_str(&format!("\n  {line}")));
        }
        Some(details) => line("details", style::json(details).replace('\n', "\n             ")),
        None => {}
    }
    text
}

/// The lines that give the settings that are missing, by the details of an error about them.
pub fn lines(details: &Value) -> Vec<String> {
    let named = |name: &str, value: &str| format!("{DIM}{name:<10}{RESET} {value}");
    let shell = details["shell"].as_str().map(|shell| named("shell", shell));
    let table = details["outwit.toml"].as_array().into_iter().flatten().filter_map(Value::as_str).enumerate();
    let table = table.map(|(index, text)| named(if index == 0 { "or in outwit.toml" } else { "" }, text));
    let instead = details["instead"].as_str().map(|instead| named("or", instead));
    shell.into_iter().chain(table).chain(instead).collect()
}

/// What is in a file that was named.
///
/// # Errors
///
/// It cannot be read: nothing was sent, as with a wrong input.
pub fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|problem| unreadable(file, &problem))
}

/// As [`read_file`], of a text.
pub fn read_text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|problem| unreadable(file, &problem))
}

/// The failure of reading a file, or a folder, that was named.
pub fn unreadable(file: &Path, problem: &std::io::Error) -> Failure {
    let message = format!("{}: {problem}", file.display());
    Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).into()
}

fn in_words(error: &Error) -> &'static str {
    match error.advice {
        Advice::RetryNow => "try again: the same call may succeed now",
        Advice::RetryLater => "try again later",
        Advice::ChangeInput => "change the input",
        Advice::AskPerson => "fix a setting, a file, a credential or a right; a retry does not help",
        Advice::GiveUp => "nothing that can be changed here will help",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind) -> Failure {
        Error::new(kind, Advice::GiveUp, "no").into()
    }

    #[test]
    fn the_exit_code_depends_on_the_kind_of_error() {
        assert_eq!(Failure::from(anyhow::anyhow!("no")).code(), 1);
        assert_eq!(usage("no".into()).code(), 2);
        assert_eq!(failed(ErrorKind::InvalidInput).code(), 3);
        assert_eq!(failed(ErrorKind::Misconfigured).code(), 3);
        assert_eq!(failed(ErrorKind::NotFound).code(), 4);
        assert_eq!(failed(ErrorKind::Unavailable).code(), 5);
        assert_eq!(failed(ErrorKind::TimedOut).code(), 6);
        assert_eq!(failed(ErrorKind::Denied).code(), 7);
    }

    #[test]
    fn what_a_vendor_says_moves_nothing_on_the_terminal() {
        let error =
            Error { code: Some("\u{1b}[2J".into()), ..Error::new(ErrorKind::Rejected, Advice::GiveUp, "a\u{202e}b") };
        let text = for_people(&error);
        assert!(text.contains("a\\u202eb") && text.contains("\\u001b[2J"), "{text}");
    }

    #[test]
    fn a_cancelled_call_gets_no_advice() {
        let error = |maybe_done| Error { maybe_done, ..Error::new(ErrorKind::Cancelled, Advice::RetryNow, "given up") };
        assert!(!for_people(&error(false)).contains("advice"));
        let text = for_people(&error(true));
        assert!(!text.contains("advice") && text.contains("look before trying again"), "one message: {text}");
    }

    #[test]
    fn people_read_what_to_do_next() {
        let error = Error {
            retry_after_ms: Some(1500),
            maybe_done: true,
            field: Some("input.limit".into()),
            ..Error::new(ErrorKind::RateLimited, Advice::RetryLater, "the quota is used up")
        };
        let text = anstream::adapter::strip_str(&for_people(&error)).to_string();
        for part in ["rate-limited: the quota is used up", "input.limit", "try again later", "1.5 s", "may have"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for (wait, expected) in [(1, "0.1 s"), (100, "0.1 s"), (101, "0.2 s"), (30_000, "30.0 s"), (30_001, "30.1 s")] {
            let text = for_people(&Error { retry_after_ms: Some(wait), ..error.clone() });
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }
}
