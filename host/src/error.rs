//! Why a call gave no result: the record `outwit:plugin/types.error` as the host's programs see it.

use crate::bindings::outwit::plugin::types as guest;
use crate::catalogue::{Effect, Operation};
use outwit_core::arguments::Wrong;
use outwit_core::words::ERROR_KINDS;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What went wrong, for programs to branch on. The same closed set as in the WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The input is not what the operation takes, or there is no such operation. Nothing was sent.
    InvalidInput,
    /// A setting is missing or malformed, or a component cannot be loaded. Nothing was sent.
    Misconfigured,
    /// The host does not let this component do that. What was denied was not sent.
    Denied,
    /// The vendor does not know the credential, or it has expired.
    Unauthenticated,
    /// The vendor knows the credential and refuses this request.
    Forbidden,
    /// The vendor has no such record.
    NotFound,
    /// Several records fit where one was asked for; `details` lists them.
    Ambiguous,
    /// The vendor holds something that stands in the way.
    Conflict,
    /// The vendor's quota is used up.
    RateLimited,
    /// The vendor refuses the request for another reason.
    Rejected,
    /// The vendor cannot be reached, or fails; or the host has no room for another call.
    Unavailable,
    /// No complete answer came within the deadline.
    TimedOut,
    /// An answer came that cannot be understood.
    Unreadable,
    /// The vendor did the work and reports that it failed; or the component stopped unexpectedly.
    Failed,
    /// The work was cancelled before its end.
    Cancelled,
    /// Only a part was done or read; `details` lists what was done, and what failed. Or all was done, and the result cannot be
    /// written where it belongs.
    Incomplete,
}

impl ErrorKind {
    /// All kinds, in the order of the WIT.
    pub const ALL: [ErrorKind; 16] = [
        ErrorKind::InvalidInput,
        ErrorKind::Misconfigured,
        ErrorKind::Denied,
        ErrorKind::Unauthenticated,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Ambiguous,
        ErrorKind::Conflict,
        ErrorKind::RateLimited,
        ErrorKind::Rejected,
        ErrorKind::Unavailable,
        ErrorKind::TimedOut,
        ErrorKind::Unreadable,
        ErrorKind::Failed,
        ErrorKind::Cancelled,
        ErrorKind::Incomplete,
    ];

    /// The word for it, as in the WIT and in JSON.
    pub fn as_str(self) -> &'static str {
        ERROR_KINDS[self as usize]
    }
}

/// What to do next, for whoever decides: an agent or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// The same call may succeed now.
    RetryNow,
    /// The same call may succeed after `retry_after_ms`, or after a while where that is absent.
    RetryLater,
    /// Another input is needed.
    ChangeInput,
    /// A person has to act: a setting, a credential, a right.
    AskPerson,
    /// Nothing that the caller can change will help.
    GiveUp,
}

impl Advice {
    /// All of it, in the order of the WIT.
    pub const ALL: [Advice; 5] =
        [Advice::RetryNow, Advice::RetryLater, Advice::ChangeInput, Advice::AskPerson, Advice::GiveUp];
}

/// Why an operation gave no result: the component's own error, or the host's refusal in the same words.
///
/// As JSON its names are those of the WIT (`retry-after-ms`), and what is absent is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Error {
    /// The kind, from a closed set.
    pub kind: ErrorKind,
    /// What to do next.
    pub advice: Advice,
    /// One sentence for people. Never holds a secret or a whole answer of the vendor.
    pub message: String,
    /// The operation that failed, such as `accelo.list-activities`; empty where it is about none. Of a call of a recipe through
    /// a [`Workspace`](crate::Workspace), the recipe.
    #[serde(default)]
    pub operation: String,
    /// The step of the operation that failed, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The input field or setting that is at fault, such as `input.limit` or `ACCELO_TOKEN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The HTTP status of the vendor's answer, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's own word for the error, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How long to wait before another try, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Whether the vendor may have carried out the request all the same.
    #[serde(default)]
    pub maybe_done: bool,
    /// More for programs: an object. Its members depend on the kind, and each is there only where it is known:
    ///
    /// | Kind | Members |
    /// |---|---|
    /// | `ambiguous`, `not-found` | `candidates`: a list of `{ "id", "name" }`, the records that fit or nearly fit a name |
    /// | `invalid-input` | for an unknown operation, vendor or account: `nearest`, `operations`, `vendors` or `accounts`, lists of names; for a wrong MCP tool: `tool`, the right one |
    /// | `misconfigured` | for a missing setting: `outwit.toml`, a list of lines, and `shell`, a line, which set it; `instead`, a sentence, where other settings do as well |
    /// | `denied`, `rate-limited` by this host | `rule`, such as `deny create-*`, and `step`, the step of a recipe that the rule denies; or `refused`, the request that the gate held back |
    /// | `incomplete` | `done`: a list of `{ "operation", "result" }`, and `failed`: the error of the step that failed |
    /// | any, after a write or the start of work | `result`: the record as it was seen last; `work`: the id of the work at the vendor |
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl Error {
    /// An error with a kind, an advice and a sentence, and nothing else.
    pub fn new(kind: ErrorKind, advice: Advice, message: impl Into<String>) -> Error {
        Error {
            kind,
            advice,
            message: message.into(),
            operation: String::new(),
            step: None,
            field: None,
            status: None,
            code: None,
            retry_after_ms: None,
            maybe_done: false,
            details: None,
        }
    }

    /// The error about a call that was carried out and whose result did not reach its end, such as a file. The result is in
    /// `details`, unless the operation gives a credential or changes nothing.
    pub fn carried_out(operation: &Operation, output: &str, problem: &dyn fmt::Display) -> Error {
        let message = format!("{} was carried out, but {problem}", operation.id);
        let changes = operation.effect > Effect::Read;
        let result = || serde_json::from_str(output).unwrap_or_else(|_| Value::from(output));
        let details = (changes && !operation.secret).then(|| serde_json::json!({ "result": result() }));
        let error = Error::new(ErrorKind::Incomplete, Advice::AskPerson, message).at(&operation.id);
        Error { maybe_done: changes, details, ..error }
    }

    /// The same error of a call that started work at the vendor, with the work's id, unless it tells that already. A call that
    /// changes nothing starts none.
    pub fn about_work(mut self, operation: &Operation, work: Option<&str>) -> Error {
        let Some(id) = work.filter(|_| operation.effect > Effect::Read) else { return self };
        let details = self.details.as_ref().map(Value::to_string).unwrap_or_default();
        if !self.message.contains(id) && !details.contains(id) {
            self.message = format!("{} (about {id}, which was started)", self.message);
            self.maybe_done = true;
            if self.details.is_none() {
                self.details = Some(serde_json::json!({ "work": id }));
            }
        }
        self
    }

    /// A setting, a file or an option that is not as it has to be; what to do is for the person who set it.
    pub fn misconfigured(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Misconfigured, Advice::AskPerson, message)
    }

    /// The same error about an operation, unless it names one already.
    pub fn at(mut self, operation: &str) -> Error {
        if self.operation.is_empty() {
            operation.clone_into(&mut self.operation);
        }
        self
    }

    /// The same error about an operation that was called: what it names else is a step of that.
    pub(crate) fn of_call(mut self, operation: &str) -> Error {
        if !self.operation.is_empty() && self.operation != operation {
            self.step = Some(std::mem::take(&mut self.operation));
        }
        self.at(operation)
    }

    /// The same error about a setting or an input field.
    pub fn about(mut self, field: &str) -> Error {
        self.field = Some(field.to_owned());
        self
    }
}

impl From<Wrong> for Error {
    fn from(Wrong { field, message }: Wrong) -> Error {
        Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about(&field)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<guest::Error> for Error {
    fn from(error: guest::Error) -> Error {
        Error {
            kind: error.kind.into(),
            advice: error.advice.into(),
            message: error.message,
            operation: error.operation,
            step: None,
            field: error.field,
            status: error.status,
            code: error.code,
            retry_after_ms: error.retry_after_ms,
            maybe_done: error.maybe_done,
            // A component that breaks its promise of JSON loses nothing.
            details: error.details.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text))),
        }
    }
}

impl From<guest::ErrorKind> for ErrorKind {
    fn from(kind: guest::ErrorKind) -> ErrorKind {
        ErrorKind::ALL[kind as usize]
    }
}

impl From<guest::Advice> for Advice {
    fn from(advice: guest::Advice) -> Advice {
        Advice::ALL[advice as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwit_core::words::{ADVICE, EFFECTS};
    use serde_json::json;

    #[test]
    fn an_error_is_spelled_in_json_as_in_wit() {
        let error = Error {
            retry_after_ms: Some(1500),
            ..Error::new(ErrorKind::RateLimited, Advice::RetryLater, "the quota is used up").at("acme.list-things")
        };
        let expected = json!({
            "kind": "rate-limited", "advice": "retry-later", "message": "the quota is used up",
            "operation": "acme.list-things", "retry-after-ms": 1500, "maybe-done": false,
        });
        assert_eq!(serde_json::to_value(&error).unwrap(), expected);
    }

    #[test]
    fn each_word_is_that_of_the_wit() {
        assert_eq!(json!(ErrorKind::ALL), json!(ERROR_KINDS));
        assert_eq!(json!(Advice::ALL), json!(ADVICE));
        assert_eq!(json!([Effect::Read, Effect::Write, Effect::Destroy]), json!(EFFECTS));
        assert_eq!(ErrorKind::Incomplete.as_str(), "incomplete");
        let wit =
            include_str!("../../wit/plugin/types.wit").to_owned() + include_str!("../../wit/plugin/operations.wit");
        for (name, words) in [("error-kind", &ERROR_KINDS[..]), ("advice", &ADVICE), ("effect", &EFFECTS)] {
            let cases = wit.split(&format!("enum {name} {{")).nth(1).and_then(|rest| rest.split('}').next()).unwrap();
            let cases = cases.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
            assert_eq!(cases.map(|case| case.trim_end_matches(',')).collect::<Vec<_>>(), words, "{name}");
        }
    }
}
