//! Small parts that read what others wrote, each against another way to say the same.

use crate::engine::Target;
use crate::vendors::{all, cut};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use kit::unpack;
use kit::wire::Node;
use outwit::internals::{Redactor, check_input};
use outwit_server::mcp::cut::fit;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Month, PrimitiveDateTime};

/// The look at a caller's input before a component reads it, against the members that it holds.
pub const INPUT: Target = Target { name: "input", run: looked_at, seeds: inputs };
/// The reader of DEFLATE, against the library that reads it.
pub const UNPACK: Target = Target { name: "unpack", run: unpacked, seeds: blocks };
/// How long a vendor asks to wait, against the dates of a library. A header, its value.
pub const RETRY: Target = Target { name: "retry", run: asked, seeds: super::none };
/// The cutting of results to a budget. A budget, then the result.
pub const CUT: Target = Target { name: "cut", run: fitted, seeds: results };
/// The taking of secrets out of results and texts. A secret, then what may hold it, as it is and encoded by libraries.
pub const REDACT: Target = Target { name: "redact", run: redacted, seeds: super::none };

fn looked_at(data: &[u8]) -> &'static str {
    let Ok(text) = std::str::from_utf8(data) else { return "no text" };
    let refused = check_input(text, MEMORY).err().and_then(|error| error.field);
    match (Node::parse(data), refused.as_deref()) {
        (Ok(Node::Number(_)), Some("input")) => "a number that would be rounded",
        (_, Some("input")) => {
            // A byte takes at most what the largest value takes.
            assert!(data.len() * 1000 > MEMORY, "a small input is too large");
            "too large"
        }
        (Ok(node), refused) => {
            let lost = says_twice(&node) || refused.is_some() && has_rounded(&node);
            assert_eq!(refused.is_some(), lost, "a member that is given twice: {refused:?}");
            assert!(refused.is_none_or(|field| field.starts_with("input")), "a field at no place: {refused:?}");
            if refused.is_some() { "given twice" } else { "taken" }
        }
        (Err(_), Some(_)) => "given twice, and no JSON",
        (Err(_), None) => "left to the component",
    }
}

/// What a component has here: little, so that an input may be too large for it.
const MEMORY: usize = 1 << 17;

/// Whether an object holds two members of one name.
fn says_twice(node: &Node<'_>) -> bool {
    let mut names = BTreeSet::new();
    match node {
        Node::List(items) => items.iter().any(says_twice),
        Node::Object(members) => members.iter().any(|(name, value)| !names.insert(name) || says_twice(value)),
        _ => false,
    }
}

/// Whether there is a number that may be a rounded whole one.
fn has_rounded(node: &Node<'_>) -> bool {
    match node {
        Node::Number(number) => number.is_f64() && number.as_f64().is_some_and(|float| float.abs() >= 9e18),
        Node::List(items) => items.iter().any(has_rounded),
        Node::Object(members) => members.iter().any(|(_, value)| has_rounded(value)),
        _ => false,
    }
}

fn inputs() -> Vec<Vec<u8>> {
    let cases = all().iter().flat_map(|vendor| &vendor.cases);
    cases.map(|case| case.input.to_string().into_bytes()).collect()
}

fn unpacked(data: &[u8]) -> &'static str {
    let size = |at| Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?) as usize);
    // Announced sizes are believed, and one may ask for all the memory there is.
    let (Some(first), Some(both)) = (size(0), size(4)) else { return "no size" };
    if first.max(both) > 1 << 20 {
        return "no size";
    }
    let parts = unpack::parts(data);
    assert_eq!(parts.0.len(), first.min(parts.0.len() + parts.1.len()), "another first part than announced");
    let read = [&*parts.0, &*parts.1].concat();
    assert!(read.len() <= both, "more than was announced");
    let summaries = unpack::summaries(data);
    assert!(first > both || summaries == parts.0, "another first part where it is read alone");
    let mut expected = Vec::new();
    match DeflateDecoder::new(&data[8..]).take(both as u64).read_to_end(&mut expected) {
        Ok(_) => {
            // A distance may not lead before the beginning (RFC 1951, 3.2.3). The library goes on with zeros from there.
            assert!(expected.starts_with(&read), "another text than the library reads");
            "both read it"
        }
        Err(_) => "broken",
    }
}

fn blocks() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 4] = [b"", b"abc", b"abcabcabcabcabcabcabchello", &[b'x'; 700]];
    let packed = |(first, text): (u8, &&[u8])| {
        let mut stream = DeflateEncoder::new(Vec::new(), Compression::best());
        stream.write_all(text).expect("a Vec takes all");
        let both = (text.len() as u32).to_le_bytes();
        [&[first, 0, 0, 0], &both[..], &stream.finish().expect("a Vec takes all")].concat()
    };
    (0..).step_by(2).zip(&texts).map(packed).collect()
}

/// A moment within four years of the world's.
const NOW: u64 = 1_772_010_000;
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year repr:full] [hour]:[minute]:[second] GMT");

fn asked(data: &[u8]) -> &'static str {
    let (name, value) = cut(data, b":");
    let header = (String::from_utf8_lossy(name).into_owned(), value.to_vec());
    let asked = outwit_core::asked_ms(std::slice::from_ref(&header), false, &|| NOW);
    let text = String::from_utf8_lossy(value);
    let text = text.trim();
    if header.0.eq_ignore_ascii_case("retry-after")
        && let Ok(date) = PrimitiveDateTime::parse(text, DATE)
        && date.year() >= 1970
        // The library reads a sign before the year, too.
        && text.len() == 29
    {
        let _: Month = date.month();
        let seconds = u64::try_from(date.assume_utc().unix_timestamp()).unwrap_or_default().saturating_sub(NOW);
        // Neither a moment that is over nor one that nobody waits for.
        let wait = (seconds * 1000).clamp(250, 24 * 3_600_000);
        assert_eq!(asked, Some(wait), "another moment than the library reads: {text:?}");
        return "a date";
    }
    if asked.is_some() { "asked" } else { "not asked" }
}

fn fitted(data: &[u8]) -> &'static str {
    let (budget, text) = cut(data, b"\n");
    let budget = std::str::from_utf8(budget).ok().and_then(|budget| budget.parse().ok()).unwrap_or(500);
    let Ok(whole) = serde_json::from_slice::<Value>(text) else { return "no JSON" };
    let mut value = whole.clone();
    let cuts = fit(&mut value, budget);
    let length = value.to_string().len();
    if whole.to_string().len() <= budget {
        assert!(cuts.is_empty() && value == whole, "cut without need");
        return "fits";
    }
    for cut in &cuts {
        let (before, after) = (whole.pointer(&cut.at), value.pointer(&cut.at));
        let expected = match (before, after) {
            (Some(Value::Array(all)), Some(Value::Array(left))) => (left.len(), all.len(), "items"),
            (Some(Value::String(all)), Some(Value::String(_))) => (cut.shown, all.chars().count(), "characters"),
            // In what was cut from a list later.
            (Some(_), None) => continue,
            other => panic!("a cut at {:?}, where {other:?} stands", cut.at),
        };
        assert_eq!((cut.shown, cut.of, cut.unit), expected, "a cut that is told wrong: {cut:?}");
        assert!(cut.shown <= cut.of, "more than there was: {cut:?}");
    }
    let again = fit(&mut value.clone(), length);
    assert!(again.is_empty(), "what fits is cut again");
    if length <= budget { "cut" } else { "too long all the same" }
}

fn results() -> Vec<Vec<u8>> {
    let outputs = all().iter().flat_map(|vendor| &vendor.cases).filter_map(|case| case.output.as_ref());
    outputs.enumerate().map(|(index, output)| format!("{}\n{output}", 50 * (index % 20)).into_bytes()).collect()
}

fn redacted(data: &[u8]) -> &'static str {
    let (secret, text) = cut(data, b"\n");
    let (Ok(secret), Ok(text)) = (std::str::from_utf8(secret), std::str::from_utf8(text)) else { return "no texts" };
    let redactor = Redactor::new(secret);
    let plain = redactor.text(text);
    let result = redactor.result(text.to_owned());
    // What stands instead, with what stands beside it, may make a secret anew.
    let short =
        secret.len() < 4 || "[secret]".contains(secret) || secret.contains("[secret]") || secret.contains(['[', ']']);
    assert!(short || !plain.contains(secret), "a text with a secret");
    for form in encodings(secret, text) {
        let left = redactor.text(&form);
        let letters = secret.chars().filter(char::is_ascii_alphanumeric).count();
        assert!(letters < 8 || left.contains("[secret]"), "an encoded text with a secret: {left}");
        let again = short || secret.to_ascii_lowercase().contains("secret");
        assert!(again || left == redactor.text(&left), "a text in which something is left: {left}");
    }
    let Ok(value) = serde_json::from_str::<Value>(&result) else { return "text" };
    fn holds(value: &Value, secret: &str) -> bool {
        match value {
            Value::String(text) => text.contains(secret),
            Value::Array(items) => items.iter().any(|item| holds(item, secret)),
            Value::Object(members) => members.iter().any(|(name, value)| name.contains(secret) || holds(value, secret)),
            _ => false,
        }
    }
    assert!(short || !holds(&value, secret), "a result with a secret: {value}");
    "a result"
}

/// The secret in a text, encoded once, twice and three times. What does is chosen by the text.
fn encodings(secret: &str, text: &str) -> Vec<String> {
    let encoders: [fn(&str) -> String; 5] = [
        |text| BASE64_STANDARD.encode(text),
        |text| BASE64_URL_SAFE_NO_PAD.encode(text),
        |text| form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        |text| Value::from(text).to_string(),
        |text| text.escape_unicode().to_string(),
    ];
    let before: String = text.chars().take(9).collect();
    let choices = text.bytes().chain([1, 2, 3]).take(3);
    let mut form = format!("{before} {secret}");
    let encoded = choices.map(|choice| {
        form = encoders[usize::from(choice) % encoders.len()](&form);
        form.clone()
    });
    encoded.collect()
}
