//! What must not be said again.

use crate::call::Call;
use crate::settings::redact;
use crate::types::Error;
use crate::wire::Node;

/// What must not be said again: secret settings, and what a caller gave in fields that are secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    settings: Vec<String>,
    given: Vec<String>,
}

impl Secrets {
    pub fn of(call: &Call, input: &Node<'_>) -> Secrets {
        let settings = call.settings.secrets(call.api.settings).map(str::to_owned).collect();
        let mut given = Vec::new();
        sensitive(input, call.api.names.sensitive, &mut given);
        Secrets { settings, given }
    }

    /// Takes them out of an answer that says what went wrong, before its words are shortened: of a secret in several words,
    /// a part would not be recognised. Out of names of members, too: a vendor may say anything anywhere.
    pub fn out_of_answer(&self, body: &mut Node<'_>) {
        let secrets = || self.settings.iter().chain(&self.given);
        body.each_text(true, &mut |text| secrets().for_each(|secret| redact(text.to_mut(), secret)));
    }

    /// Takes them out of an error.
    pub fn out_of<T>(&self, done: Result<T, Error>) -> Result<T, Error> {
        let clean = |mut text: String| {
            self.settings.iter().chain(&self.given).for_each(|secret| redact(&mut text, secret));
            text
        };
        done.map_err(|error| {
            let details = error.details.as_ref().and_then(|text| Node::parse(text.as_bytes()).ok());
            let details = details.map(|mut details| {
                self.out_of_answer(&mut details);
                details.to_json()
            });
            Error { message: clean(error.message), code: error.code.map(clean), details, ..error }
        })
    }

    /// Takes what a caller gave out of a result. Very short ones would be found where they are not meant.
    pub fn out_of_result(&self, result: &mut Node<'_>) {
        for secret in self.given.iter().filter(|secret| secret.len() > 3) {
            result.each_text(false, &mut |text| redact(text.to_mut(), secret));
        }
    }
}

fn sensitive(input: &Node<'_>, names: &[&str], secrets: &mut Vec<String>) {
    match input {
        Node::List(items) => items.iter().for_each(|item| sensitive(item, names, secrets)),
        Node::Object(members) => {
            for (name, value) in members {
                match value {
                    Node::Text(secret) if names.contains(&&**name) => secrets.push(secret.clone().into_owned()),
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

    #[test]
    fn a_secret_is_taken_out_of_names_of_members_too() {
        let secrets = Secrets { settings: vec!["hush-hush".to_owned()], given: vec![] };
        let mut body = Node::parse(br#"{"hush-hush":[{"a hush-hush b":"hush-hush"}]}"#).unwrap();
        secrets.out_of_answer(&mut body);
        assert_eq!(body.to_json(), r#"{"[secret]":[{"a [secret] b":"[secret]"}]}"#);
    }
}
