//! What must not be said again.

use crate::call::Call;
use crate::settings::redact;
use crate::types::Error;
use serde_json::Value;

/// What must not be said again: secret settings, and what a caller gave in fields that are secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    settings: Vec<String>,
    given: Vec<String>,
}

impl Secrets {
    pub fn of(call: &Call, input: &Value) -> Secrets {
        let settings = call.settings.secrets(call.api.settings).map(str::to_owned).collect();
        let mut given = Vec::new();
        sensitive(input, call.api.names.sensitive, &mut given);
        Secrets { settings, given }
    }

    /// Takes them out of an answer that says what went wrong, before its words are shortened: of a secret in several words,
    /// a part would not be recognised.
    pub fn out_of_answer(&self, body: &mut Value) {
        each_text(body, u8::MAX, &mut |text| {
            self.settings.iter().chain(&self.given).for_each(|secret| redact(text, secret))
        });
    }

    /// Takes them out of an error.
    pub fn out_of<T>(&self, done: Result<T, Error>) -> Result<T, Error> {
        let clean = |mut text: String| {
            self.settings.iter().chain(&self.given).for_each(|secret| redact(&mut text, secret));
            text
        };
        done.map_err(|error| {
            let details = error.details.and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
            let details = details.map(|mut details: Value| {
                self.out_of_answer(&mut details);
                details.to_string()
            });
            Error { message: clean(error.message), code: error.code.map(clean), details, ..error }
        })
    }

    /// Takes what a caller gave out of a result. Very short ones would be found where they are not meant.
    pub fn out_of_result(&self, result: &mut Value) {
        for secret in self.given.iter().filter(|secret| secret.len() > 3) {
            each_text(result, u8::MAX, &mut |text| redact(text, secret));
        }
    }
}

/// Does something with each text, as deep as is said; whether that was all of them.
pub(crate) fn each_text(value: &mut Value, depth: u8, change: &mut dyn FnMut(&mut String)) -> bool {
    let mut all = true;
    match value {
        Value::String(text) => change(text),
        Value::Array(_) | Value::Object(_) if depth == 0 => all = false,
        Value::Array(items) => items.iter_mut().for_each(|item| all &= each_text(item, depth - 1, change)),
        Value::Object(members) => members.values_mut().for_each(|member| all &= each_text(member, depth - 1, change)),
        _ => {}
    }
    all
}

fn sensitive(input: &Value, names: &[&str], secrets: &mut Vec<String>) {
    match input {
        Value::Array(items) => items.iter().for_each(|item| sensitive(item, names, secrets)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(secret) if names.contains(&name.as_str()) => secrets.push(secret.clone()),
                    inner => sensitive(inner, names, secrets),
                }
            }
        }
        _ => {}
    }
}
