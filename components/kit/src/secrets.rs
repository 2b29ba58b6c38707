//! What must not be said again.

use crate::call::Call;
use crate::types::Error;
use crate::wire::{Node, same_word};
use outwit_core::Redactor;

/// What stands in the place of what is never passed on.
const INSTEAD: &str = "[secret]";

/// What must not be said again: secret settings, and what a caller gave in fields that are secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    redactor: Redactor,
    withheld: &'static [&'static str],
}

impl Secrets {
    pub fn of(call: &Call, input: &Node<'_>) -> Secrets {
        let mut redactor = Redactor::new(call.settings.secrets(call.api.settings));
        sensitive(input, call.api.names.sensitive, &mut redactor);
        Secrets { withheld: call.api.names.withheld, redactor }
    }

    /// Takes them out of an answer that says what went wrong, before its words are shortened: of a secret in several words,
    /// a part would not be recognised. Out of names of members, too: a vendor may say anything anywhere.
    pub fn out_of_answer(&self, body: &mut Node<'_>) {
        withhold(body, self.withheld, true);
        self.redactor.clean(body, true);
    }

    /// Takes them out of an error.
    pub fn out_of<T>(&self, done: Result<T, Error>) -> Result<T, Error> {
        let clean = |text: String| self.redactor.redacted(&text, true).unwrap_or(text);
        done.map_err(|error| {
            let details = error.details.as_ref().and_then(|text| Node::parse(text.as_bytes()).ok());
            let details = details.map(|mut details| {
                self.out_of_answer(&mut details);
                details.to_json()
            });
            Error { message: clean(error.message), code: error.code.map(clean), details, ..error }
        })
    }

    /// Takes them out of a result.
    pub fn out_of_result(&self, result: &mut Node<'_>) {
        self.redactor.clean(result, false);
    }

    /// Takes from a text that comes in pieces what can be passed on, without them: of what may begin one, the rest is awaited.
    pub fn out_of_pieces(&self, text: &mut String) -> String {
        let rest = text.split_off(self.redactor.settled(text));
        let settled = std::mem::replace(text, rest);
        self.redactor.redacted(&settled, false).unwrap_or(settled)
    }
}

/// Takes away members that are never passed on, whatever they hold and however deep they stand. Where something went wrong,
/// their names stay: they may say which field is at fault.
pub(crate) fn withhold(answer: &mut Node<'_>, names: &[&str], retain_names: bool) {
    if names.is_empty() {
        return;
    }
    match answer {
        Node::List(items) => items.iter_mut().for_each(|item| withhold(item, names, retain_names)),
        Node::Object(members) => {
            let is_withheld = |member: &str| names.iter().any(|name| same_word(name, member));
            members.retain(|(name, _)| retain_names || !is_withheld(name));
            for (name, value) in members {
                if is_withheld(name) {
                    *value = INSTEAD.into();
                } else {
                    withhold(value, names, retain_names);
                }
            }
        }
        _ => {}
    }
}

fn sensitive(input: &Node<'_>, names: &[&str], secrets: &mut Redactor) {
    match input {
        Node::List(items) => items.iter().for_each(|item| sensitive(item, names, secrets)),
        Node::Object(members) => {
            for (name, value) in members {
                match value {
                    Node::Text(secret) if names.contains(&&**name) => secrets.add(secret),
                    inner => sensitive(inner, names, secrets),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &[u8] =
        br#"{"a":[{"securedValue":"x","id":1,"b":{"SecuredValue":{"c":"AES:9f3="}}}],"secured_value":7}"#;

    #[test]
    fn what_is_withheld_leaves_no_trace_in_a_result_whatever_its_form() {
        let mut result = Node::parse(SENT).unwrap();
        withhold(&mut result, &["securedValue"], false);
        assert_eq!(result.to_json(), r#"{"a":[{"id":1,"b":{}}]}"#);
    }

    #[test]
    fn an_error_shows_only_the_name_of_a_withheld_member() {
        let secrets = Secrets { withheld: &["securedValue"], ..Secrets::default() };
        let mut body = Node::parse(SENT).unwrap();
        secrets.out_of_answer(&mut body);
        let expected =
            r#"{"a":[{"securedValue":"[secret]","id":1,"b":{"SecuredValue":"[secret]"}}],"secured_value":"[secret]"}"#;
        assert_eq!(body.to_json(), expected);
        let details = Some(r#"{"failed":{"secured-value":"ab"}}"#.to_owned());
        let error = crate::error::fail(crate::types::ErrorKind::Rejected, "no");
        let error = secrets.out_of::<()>(Err(Error { details, ..error })).unwrap_err();
        assert_eq!(error.details.as_deref(), Some(r#"{"failed":{"secured-value":"[secret]"}}"#));
    }
}
