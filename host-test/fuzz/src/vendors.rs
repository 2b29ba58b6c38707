//! The vendors' components, as they are called here, and their cases, of which inputs are made.

use kit::world::{Answer, Failure, Sent, World};
use kit::{Component, Operation, describe, dispatch};
use outwit::{Advice, Catalogue, Error, ErrorKind, Operation as Described};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

pub type Settings = BTreeMap<String, String>;

/// A vendor.
pub struct Vendor {
    pub component: &'static Component,
    pub catalogue: Catalogue,
    /// The catalogue as it is told.
    pub described: String,
    pub cases: Vec<Case>,
}

/// A case of `components/*/cases`.
pub struct Case {
    pub operation: String,
    pub input: Value,
    pub settings: Settings,
    pub answers: Vec<Answer>,
    /// What comes out, unless it is an error.
    pub output: Option<Value>,
}

static ALL: OnceLock<Vec<Vendor>> = OnceLock::new();

/// Makes these all vendors.
pub fn set(components: Vec<&'static Component>) {
    ALL.get_or_init(|| components.into_iter().map(Vendor::of).collect());
}

/// All vendors.
pub fn all() -> &'static [Vendor] {
    ALL.get().expect("the program begins with the vendors")
}

/// An operation by its id.
pub fn operation(id: &str) -> Option<(&'static Vendor, &'static Operation, &'static Described)> {
    let (name, rest) = id.split_once('.')?;
    let vendor = all().iter().find(|vendor| vendor.catalogue.vendor == name)?;
    let operation = vendor.component.operations.iter().find(|operation| operation.name == rest)?;
    Some((vendor, operation, vendor.catalogue.operation(id)?))
}

impl Vendor {
    fn of(component: &'static Component) -> Vendor {
        let described = describe(component);
        let catalogue = Catalogue::parse(&described).expect("a catalogue");
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../components").join(&catalogue.vendor).join("cases");
        let mut files: Vec<_> = folder.read_dir().expect("cases").map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        let of_file =
            |file| serde_json::from_slice::<Vec<Value>>(&std::fs::read(file).expect("a file")).expect("cases");
        let cases: Vec<Case> =
            files.into_iter().flat_map(of_file).map(|case| Case::of(&case, &catalogue.vendor)).collect();
        Vendor { component, catalogue, described, cases }
    }

    /// The settings of all tests, with these: each is the setting's own name as a word. Nothing is tried twice.
    pub fn settings(&self, other: &Settings) -> Vec<(String, String)> {
        let own = self.catalogue.settings.iter().filter(|s| s.default.is_none() && !s.name.starts_with("OUTWIT_"));
        let mut all: Settings = own.map(|s| (s.name.clone(), s.name.to_ascii_lowercase().replace('_', "-"))).collect();
        all.insert("OUTWIT_TRIES".to_owned(), "1".to_owned());
        all.extend(other.clone());
        all.into_iter().collect()
    }

    /// Calls an operation by its id; gives what was sent, too.
    pub fn call(
        &self,
        id: &str,
        input: &str,
        settings: &[(String, String)],
        answers: Vec<Answer>,
    ) -> (Result<Value, Error>, Vec<Sent>) {
        let world = World::new(settings, answers);
        let outcome = dispatch(self.component, id, input, &world);
        let parsed = |output: String| serde_json::from_str(&output).expect("an output is JSON");
        (outcome.map(parsed).map_err(error), world.take_sent())
    }
}

/// The same error in the host's types.
fn error(error: kit::Error) -> Error {
    let (kind, advice) = (ErrorKind::ALL[error.kind as usize], Advice::ALL[error.advice as usize]);
    Error {
        operation: error.operation,
        field: error.field,
        status: error.status,
        code: error.code,
        retry_after_ms: error.retry_after_ms,
        maybe_done: error.maybe_done,
        details: error.details.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text))),
        ..Error::new(kind, advice, error.message)
    }
}

impl Case {
    fn of(case: &Value, vendor: &str) -> Case {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| {
            let members = value.as_object().into_iter().flatten();
            members.map(|(name, value)| (name.clone(), text(value))).collect::<Settings>()
        };
        let answer = |exchange: &Value| {
            let reply = &exchange["reply"];
            let headers = texts(&reply["headers"]).into_iter().map(|(name, value)| (name, value.into_bytes()));
            let body = if reply["body"].is_null() { text(&reply["text"]) } else { reply["body"].to_string() };
            let status = reply["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            Answer::Whole(status.unwrap_or(200), headers.collect(), body.into_bytes(), 4096)
        };
        Case {
            operation: format!("{vendor}.{}", text(&case["operation"])),
            input: case["input"].clone(),
            settings: texts(&case["settings"]),
            answers: case["exchanges"].as_array().into_iter().flatten().map(answer).collect(),
            output: case.get("output").cloned(),
        }
    }
}

/// Answers as they are written in inputs: `--- 200 16`, headers, an empty line, a body that comes in so many bytes at once; or
/// `--- lost`.
pub fn answers(text: &[u8]) -> Vec<Answer> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = find(rest, b"--- ") {
        rest = &rest[at + 4..];
        let one = &rest[..find(rest, b"\n--- ").map_or(rest.len(), |end| end + 1)];
        let (head, one) = cut(one, b"\n");
        let head = String::from_utf8_lossy(head);
        let mut words = head.split_whitespace();
        let first = words.next().unwrap_or_default();
        if let Ok(status) = first.parse::<u16>() {
            let (head, body) = if one.starts_with(b"\n") { (&one[..0], &one[1..]) } else { cut(one, b"\n\n") };
            let headers = head.split(|byte| *byte == b'\n').filter_map(|line| {
                let (name, value) = cut(line, b":");
                let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
                Some((name.to_owned(), value.trim_ascii().to_vec()))
            });
            let body = body.strip_suffix(b"\n").unwrap_or(body).to_vec();
            let at_once = words.next().and_then(|word| word.parse().ok()).unwrap_or(4096);
            all.push(Answer::Whole(status % 600, headers.collect(), body, at_once));
        } else {
            all.push(Answer::Failed(match first {
                "not-sent" => Failure::NotSent("the connection is refused"),
                "timed-out" => Failure::TimedOut,
                "denied" => Failure::Denied,
                _ => Failure::Lost("the connection broke before the answer"),
            }));
        }
    }
    all
}

/// Answers, written down.
pub fn written(answers: &[Answer]) -> Vec<u8> {
    let mut text = Vec::new();
    for answer in answers {
        let Answer::Whole(status, headers, body, at_once) = answer else { continue };
        text.extend(format!("--- {status} {at_once}\n").into_bytes());
        for (name, value) in headers {
            text.extend([name.as_bytes(), b": ", value, b"\n"].concat());
        }
        text.extend([b"\n", &**body, b"\n"].concat());
    }
    text
}

/// What stands before a mark, and after it.
pub fn cut<'t>(text: &'t [u8], mark: &[u8]) -> (&'t [u8], &'t [u8]) {
    find(text, mark).map_or((text, &[]), |at| (&text[..at], &text[at + mark.len()..]))
}

pub fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}

/// The words that vendors' catalogues are made of: names of operations, fields, settings, words of sets.
pub fn words() -> Vec<Vec<u8>> {
    fn learn(value: &Value, words: &mut Vec<String>) {
        match value {
            Value::String(text) => words.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| learn(item, words)),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                words.push(name.clone());
                learn(value, words);
            }),
            _ => {}
        }
    }
    let mut words = Vec::new();
    for vendor in all() {
        learn(&serde_json::from_str(&vendor.described).expect("a catalogue"), &mut words);
        for case in &vendor.cases {
            learn(&case.input, &mut words);
            case.output.iter().for_each(|output| learn(output, &mut words));
            for answer in &case.answers {
                if let Answer::Whole(_, _, body, _) = answer {
                    serde_json::from_slice(body).iter().for_each(|body| learn(body, &mut words));
                }
            }
        }
        words.extend(vendor.settings(&Settings::new()).into_iter().flat_map(|(name, value)| [name, value]));
    }
    words.retain(|word| word.len() <= 40 && !word.contains("\n"));
    words.sort();
    words.dedup();
    words.into_iter().map(String::into_bytes).collect()
}
