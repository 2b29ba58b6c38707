//! What plain values are read as.

use crate::{Case, Node};
use serde_json::Number;

/// The cases that are words.
pub(super) fn bare(cases: &[Case]) -> Vec<&'static str> {
    cases.iter().filter(|case| case.holds.is_none()).map(|case| case.name).collect()
}

/// As [`str::trim`], which takes long where there is nothing to trim.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// A whole number that may be written with a fraction of zeros.
pub(super) fn without_zeros(text: &str) -> &str {
    let text = trim(text);
    text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0')).map_or(text, |(whole, _)| whole)
}

/// A number as JSON has it.
pub(super) fn number(text: &str) -> Option<Number> {
    match Node::parse(text.as_bytes()) {
        Ok(Node::Number(number)) => Some(number),
        _ => None,
    }
}

/// Whether a text is a number that no float holds.
pub(super) fn is_too_great(text: &str) -> bool {
    // What is leniently read as a text, and is in no quotation marks.
    number(text).is_none() && Node::read(text.as_bytes()).is_ok_and(|read| read.as_str() == Some(text))
}

/// A decimal number as JSON has it.
pub(crate) fn decimal(text: &str) -> Option<Number> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    number(text).filter(|_| plain)
}

pub(super) fn is_zero(value: &Node<'_>) -> bool {
    match value {
        Node::Text(text) => text == "0",
        Node::Number(number) => number.as_u64() == Some(0),
        _ => false,
    }
}

pub(super) fn shown(value: &Node<'_>) -> String {
    match value {
        Node::Bool(_) | Node::Number(_) | Node::Null => value.to_json(),
        Node::Text(text) if text.len() <= 60 => value.to_json(),
        Node::Text(text) => format!("a text of {} bytes", text.len()),
        Node::List(_) | Node::Unread(_) => "a list".to_owned(),
        Node::Object(_) => "an object".to_owned(),
    }
}
