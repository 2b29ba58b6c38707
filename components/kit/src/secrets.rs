//! What must not be said again.

use crate::call::Call;
use crate::types::Error;
use crate::wire::{Mark, Marks, Node, Sink, Writer, withhold};
use outwit_core::Redactor;
use std::borrow::Cow;

/// What stands in the place of what is never passed on.
pub(crate) const INSTEAD: &str = "[secret]";

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

    #[cfg(test)]
    pub fn of_text(secret: &str) -> Secrets {
        Secrets { redactor: Redactor::new([secret]), ..Secrets::default() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.redactor.is_empty()
    }

    /// Takes them out of an answer that says what went wrong, before its words are shortened: of a secret in several words,
    /// a part would not be recognised. Out of names of members, too: a vendor may say anything anywhere.
    pub fn out_of_answer(&self, body: &mut Node<'_>) {
        withhold(body, self.withheld, Some(INSTEAD));
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

    /// Takes them out of a result on its way.
    pub fn out_of_parts<'s, 't>(&'s self, out: &'s mut dyn Sink<'t>) -> impl Sink<'t> + 's {
        Clean { redactor: &self.redactor, out }
    }

    /// Takes from a text that comes in pieces what can be passed on, without them: of what may begin one, the rest is awaited.
    pub fn out_of_pieces(&self, text: &mut String) -> String {
        let rest = text.split_off(self.redactor.settled(text));
        let settled = std::mem::replace(text, rest);
        self.redactor.redacted(&settled, false).unwrap_or(settled)
    }
}

struct Clean<'s, 't> {
    redactor: &'s Redactor,
    out: &'s mut dyn Sink<'t>,
}

impl<'t> Sink<'t> for Clean<'_, 't> {
    fn open(&mut self, list: bool) {
        self.out.open(list);
    }

    fn member(&mut self, name: Cow<'t, str>) -> Mark {
        let redacted = self.redactor.redacted(&name, false);
        self.out.member(redacted.map_or(name, Cow::Owned))
    }

    fn field(&mut self, name: &'static str) -> Mark {
        match self.redactor.redacted(name, false) {
            Some(redacted) => self.out.member(Cow::Owned(redacted)),
            None => self.out.field(name),
        }
    }

    fn put(&mut self, mut value: Node<'t>) {
        self.redactor.clean(&mut value, false);
        self.out.put(value);
    }

    fn copy(&mut self, text: &str) {
        match self.redactor.redacted(text, false) {
            Some(redacted) => self.out.put(Node::Text(redacted.into())),
            None => self.out.copy(text),
        }
    }

    fn close(&mut self, list: bool) {
        self.out.close(list);
    }

    fn back(&mut self, to: Mark) {
        self.out.back(to);
    }

    fn expect(&mut self, bytes: usize) {
        self.out.expect(bytes);
    }

    fn length(&self) -> usize {
        self.out.length()
    }

    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)> {
        let marks = self.redactor.marks()?;
        match self.out.writer()? {
            (writer, None) => Some((writer, Some(marks))),
            _ => None,
        }
    }

    fn suspects(&self, field: &str) -> bool {
        self.redactor.suspects(field) || self.out.suspects(field)
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
    use crate::wire::{self, Field, Form, Kind, Names, Text, Type};

    const SENT: &[u8] =
        br#"{"a":[{"securedValue":"x","id":1,"b":{"SecuredValue":{"c":"AES:9f3="}}}],"secured_value":7}"#;

    #[test]
    fn what_is_withheld_leaves_no_trace_in_a_result_whatever_its_form() {
        let mut result = Node::parse(SENT).unwrap();
        withhold(&mut result, &["securedValue"], None);
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

    static TEXT: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Text };
    static NUMBER: Type = Type { kind: Kind::Unsigned, ..TEXT };
    static WORD: Type = Type { kind: Kind::Enum(&["meeting", "call"]), ..TEXT };
    static FIELDS: [Field; 3] = [
        Field { name: "subject", ty: &TEXT, offset: 0, flat: 0 },
        Field { name: "count", ty: &NUMBER, offset: 0, flat: 0 },
        Field { name: "medium", ty: &WORD, offset: 0, flat: 0 },
    ];
    static RECORD: Type = Type { kind: Kind::Record(&FIELDS), ..TEXT };
    static LIST: Type = Type { kind: Kind::List(&RECORD), ..TEXT };

    #[test]
    fn a_list_that_is_read_from_text_lacks_what_a_tree_of_it_lacks() {
        let subjects = ["hush-hush", "a hush%2Dhush b", "Planning", "ab", "12345", "c", "hsuh-hsuh", "aHVzaC1odXNo"];
        for secret in ["hush-hush", "12345", "0012345", "ab", "c", "subject", "count", "meeting", "a", "Plan"] {
            let secrets = Secrets::of_text(secret);
            for subject in subjects {
                for count in ["12345", "1", "\"12345\""] {
                    let json = format!(r#"[{{"subject":"{subject}","count":{count},"medium":"meeting"}}]"#);
                    let (list, _) = Node::read_lazily(json.as_bytes()).unwrap();
                    let mut text = Text::default();
                    let mut out = secrets.out_of_parts(&mut text);
                    wire::read_into(&LIST, &list, &Names::DEFAULT, "response", &mut out).unwrap();
                    drop(out);
                    let tree = Node::read(json.as_bytes()).unwrap();
                    let mut tree = wire::read(&LIST, &tree, &Names::DEFAULT, "response").unwrap();
                    secrets.out_of_result(&mut tree);
                    assert_eq!(text.take(), tree.to_json(), "{secret}");
                }
            }
        }
    }
}
