//! What must not be said again.

use crate::call::Call;
use crate::types::Error;
use crate::wire::{Node, same_word};

/// What stands in the place of a secret.
const INSTEAD: &str = "[secret]";
/// The shortest secret that is looked for in what went well, and in other codes: others would be found where they are not meant.
const LEAST: usize = 4;

/// What must not be said again: secret settings, and what a caller gave in fields that are secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    wanted: Vec<Wanted>,
    withheld: &'static [&'static str],
}

/// A form of a secret, which is found in whatever escapes.
struct Wanted {
    form: Vec<u8>,
    code: Code,
    /// How long the secret is.
    length: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Code {
    Plain,
    Base64,
    Hex,
}

impl Secrets {
    pub fn of(call: &Call, input: &Node<'_>) -> Secrets {
        let mut all: Vec<String> = call.settings.secrets(call.api.settings).map(str::to_owned).collect();
        sensitive(input, call.api.names.sensitive, &mut all);
        Secrets { withheld: call.api.names.withheld, ..Secrets::new(&all) }
    }

    fn new(all: &[String]) -> Secrets {
        let mut wanted = Vec::new();
        for secret in all.iter().map(|secret| secret.as_bytes()).filter(|secret| !secret.is_empty()) {
            let mut want = |form, code| wanted.push(Wanted { form, code, length: secret.len() });
            want(secret.to_vec(), Code::Plain);
            if secret.len() > LEAST {
                want(hex(secret), Code::Hex);
                // By what stands before it, as the user before the password of HTTP Basic.
                (0..3).for_each(|before| want(base64(secret, before), Code::Base64));
            }
        }
        Secrets { wanted, withheld: &[] }
    }

    /// Takes them out of an answer that says what went wrong, before its words are shortened: of a secret in several words,
    /// a part would not be recognised. Out of names of members, too: a vendor may say anything anywhere.
    pub fn out_of_answer(&self, body: &mut Node<'_>) {
        withhold(body, self.withheld, true);
        self.out_of_texts(body, 1);
    }

    /// Takes them out of an error.
    pub fn out_of<T>(&self, done: Result<T, Error>) -> Result<T, Error> {
        let clean = |text: String| self.redacted(&text, 1).unwrap_or(text);
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
        self.out_of_texts(result, LEAST);
    }

    fn out_of_texts(&self, of: &mut Node<'_>, least: usize) {
        if self.wanted.iter().any(|wanted| wanted.length >= least) {
            of.each_text(true, &mut |text| {
                if let Some(redacted) = self.redacted(text, least) {
                    *text = redacted.into();
                }
            });
        }
    }

    /// The text without them; none if there are none in it.
    fn redacted(&self, text: &str, least: usize) -> Option<String> {
        let mut out: Option<String> = None;
        let (mut at, mut from) = (0, 0);
        while at < text.len() {
            let wanted = self.wanted.iter().filter(|wanted| wanted.length >= least);
            match wanted.filter_map(|wanted| wanted.end(text.as_bytes(), at)).max() {
                Some(end) => {
                    let out = out.get_or_insert_default();
                    out.push_str(text.get(from..at).unwrap_or_default());
                    out.push_str(INSTEAD);
                    (at, from) = (end, end);
                }
                None => at += 1,
            }
        }
        if let Some(out) = &mut out {
            out.push_str(text.get(from..).unwrap_or_default());
        }
        out
    }
}

impl Wanted {
    /// Where it ends, if it begins here.
    fn end(&self, text: &[u8], mut at: usize) -> Option<usize> {
        for wanted in &self.form {
            let same = |byte: u8| match self.code {
                Code::Plain => byte == *wanted,
                Code::Hex => byte.eq_ignore_ascii_case(wanted),
                // Addresses have other signs for two of the letters.
                Code::Base64 => byte == *wanted || matches!((byte, wanted), (b'-', b'+') | (b'_', b'/')),
            };
            let byte = *text.get(at)?;
            at = match unescaped(text, at, byte).filter(|(byte, _)| same(*byte)) {
                Some((_, next)) => next,
                None if same(byte) => at + 1,
                None => return None,
            };
        }
        Some(at)
    }
}

/// The byte that an escape of an address, of JSON or of HTML stands for, and where the text goes on.
fn unescaped(text: &[u8], at: usize, first: u8) -> Option<(u8, usize)> {
    let number = |from: usize, to: usize, radix: u32| {
        let digits = text.get(from..to).filter(|digits| !digits.is_empty())?;
        let add = |number: u32, digit: &u8| Some(number * radix + char::from(*digit).to_digit(radix)?);
        u8::try_from(digits.iter().take(8).try_fold(0, add)?).ok()
    };
    match first {
        b'%' => Some((number(at + 1, at + 3, 16)?, at + 3)),
        b'\\' => {
            // JSON in JSON has several.
            let after = at + text.get(at..)?.iter().position(|byte| *byte != b'\\')?;
            match text.get(after)? {
                b'u' => Some((number(after + 1, after + 5, 16)?, after + 5)),
                byte => Some((*byte, after + 1)),
            }
        }
        b'&' => {
            let end = at + text.get(at..)?.iter().take(9).position(|byte| *byte == b';')?;
            let byte = match text.get(at + 1..end)? {
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"quot" => b'"',
                b"apos" => b'\'',
                [b'#', b'x' | b'X', ..] => number(at + 3, end, 16)?,
                [b'#', ..] => number(at + 2, end, 10)?,
                _ => return None,
            };
            Some((byte, end + 1))
        }
        _ => None,
    }
}

fn hex(secret: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    secret.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit & 15)]).collect()
}

/// The letters of base64 that a secret alone decides, with so many bytes before it.
fn base64(secret: &[u8], before: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = (before * 8).div_ceil(6)..(before + secret.len()) * 8 / 6;
    let byte = |at: usize| u16::from(secret.get(at).copied().unwrap_or(0));
    let letter = |index: usize| {
        let bit = index * 6 - before * 8;
        let pair = byte(bit / 8) << 8 | byte(bit / 8 + 1);
        LETTERS[usize::from(pair >> (10 - bit % 8) & 63)]
    };
    letters.map(letter).collect()
}

/// Takes away members that are never passed on, whatever they hold and however deep they stand. Where something went wrong,
/// their names stay: they may say which field is at fault.
pub(crate) fn withhold(answer: &mut Node<'_>, names: &[&str], keep_names: bool) {
    if names.is_empty() {
        return;
    }
    match answer {
        Node::List(items) => items.iter_mut().for_each(|item| withhold(item, names, keep_names)),
        Node::Object(members) => {
            let is_withheld = |member: &str| names.iter().any(|name| same_word(name, member));
            members.retain(|(name, _)| keep_names || !is_withheld(name));
            for (name, value) in members {
                if is_withheld(name) {
                    *value = INSTEAD.into();
                } else {
                    withhold(value, names, keep_names);
                }
            }
        }
        _ => {}
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
        let secrets = Secrets::new(&["hush-hush".to_owned()]);
        let mut body = Node::parse(br#"{"hush-hush":[{"a hush-hush b":"hush-hush"}]}"#).unwrap();
        secrets.out_of_answer(&mut body);
        assert_eq!(body.to_json(), r#"{"[secret]":[{"a [secret] b":"[secret]"}]}"#);
    }

    #[test]
    fn a_secret_is_found_in_whatever_letters() {
        let secrets = Secrets::new(&["ab+cd/EF==9x&<z>\"~Qw".to_owned()]);
        for form in [
            r#"ab+cd/EF==9x&<z>"~Qw"#,
            "ab%2Bcd%2FEF%3D%3D9x%26%3Cz%3E%22~Qw",
            "ab%2bcd%2fEF==9x%26%3cz%3e%22%7eQw",
            r#"ab+cd\/EF==9x&<z>\"~Qw"#,
            r#"ab+cd\\\/EF==9x\u0026\u003Cz>\\\"~Qw"#,
            "ab+cd/EF==9x&amp;&lt;z&gt;&quot;~Qw",
            "ab+cd/EF==9x&#38;&#x3c;z&#62;&#34;~Qw",
            "61622b63642f45463d3d3978263c7a3e227e5177",
            "61622B63642F45463D3D3978263C7A3E227E5177",
        ] {
            assert_eq!(secrets.redacted(&format!("a {form} b"), LEAST).as_deref(), Some("a [secret] b"), "{form}");
        }
        for before in ["", "u:", "user:", "Bearer "] {
            use base64::Engine;
            let text = format!("{before}ab+cd/EF==9x&<z>\"~Qw");
            for coded in
                [base64::prelude::BASE64_STANDARD.encode(&text), base64::prelude::BASE64_URL_SAFE.encode(&text)]
            {
                let left = secrets.redacted(&coded, LEAST).unwrap_or_default();
                let [head, tail] = *left.split(INSTEAD).collect::<Vec<_>>() else { panic!("{left}") };
                assert!(head.len() <= before.len() * 4 / 3 + 2 && tail.len() <= 4, "{left}");
            }
        }
        assert_eq!(secrets.redacted("ab+cd/EF==9x&<z>~Qw %", LEAST), None);
        let short = Secrets::new(&["abc".to_owned(), String::new()]);
        assert_eq!(
            (short.redacted("abc", LEAST), short.redacted("xabcabc", 1).unwrap()),
            (None, "x[secret][secret]".into())
        );
    }

    const SENT: &[u8] =
        br#"{"a":[{"securedValue":"x","id":1,"b":{"SecuredValue":{"c":"AES:9f3="}}}],"secured_value":7}"#;

    #[test]
    fn what_is_withheld_leaves_no_trace_in_a_result_whatever_its_form() {
        let mut result = Node::parse(SENT).unwrap();
        withhold(&mut result, &["securedValue"], false);
        assert_eq!(result.to_json(), r#"{"a":[{"id":1,"b":{}}]}"#);
    }

    #[test]
    fn of_what_is_withheld_an_error_tells_the_name_only() {
        let secrets = Secrets { withheld: &["securedValue"], ..Secrets::default() };
        let mut body = Node::parse(SENT).unwrap();
        secrets.out_of_answer(&mut body);
        let told =
            r#"{"a":[{"securedValue":"[secret]","id":1,"b":{"SecuredValue":"[secret]"}}],"secured_value":"[secret]"}"#;
        assert_eq!(body.to_json(), told);
        let details = Some(r#"{"failed":{"secured-value":"ab"}}"#.to_owned());
        let error = crate::error::fail(crate::types::ErrorKind::Rejected, "no");
        let error = secrets.out_of::<()>(Err(Error { details, ..error })).unwrap_err();
        assert_eq!(error.details.as_deref(), Some(r#"{"failed":{"secured-value":"[secret]"}}"#));
    }
}
