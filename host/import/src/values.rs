//! What values of a document are in WIT: words, examples, secrets.

use crate::document::Node;
use crate::names;
use crate::types::Ty;
use serde_json::Value;
use std::collections::HashSet;

/// The most words of an enumeration.
const MOST_WORDS: usize = 100;

/// The words of an enumeration in WIT's spelling and the vendor's, unless they cannot be told apart there.
pub(crate) fn words(words: &[Node]) -> Option<Vec<(String, String)>> {
    let mut made: Vec<(String, String)> = Vec::new();
    let mut letters = HashSet::new();
    let mut given = HashSet::new();
    for word in words {
        let theirs = match word {
            Node::Null => continue,
            Node::Text(theirs) if theirs.is_empty() => continue,
            Node::Text(theirs) => theirs,
            _ => return None,
        };
        if !given.insert(theirs) {
            continue;
        }
        let ours = names::kebab(&names::words(theirs));
        let is_word = theirs.is_ascii() && ours.starts_with(|c: char| c.is_ascii_lowercase()) && ours.len() <= 60;
        if !is_word || !letters.insert(ours.replace('-', "")) || made.len() >= MOST_WORDS {
            return None;
        }
        made.push((ours, theirs.clone()));
    }
    (made.len() > 1).then_some(made)
}

/// Whether a value of the document is one of the type.
pub(crate) fn fits(ty: &Ty, value: &Value) -> bool {
    match ty.some() {
        Ty::Bool => value.is_boolean(),
        Ty::S32 => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Ty::U32 => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        Ty::S64 => value.is_i64(),
        Ty::F64 => value.is_number(),
        Ty::Text => value.is_string(),
        // As text in WIT.
        Ty::NumericId => value.as_u64().is_some_and(|number| number > 0),
        Ty::List(item) => !matches!(**item, Ty::List(_)) && fits(item, value),
        _ => false,
    }
}

/// Whether a field is a secret, by its name.
pub(crate) fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 2] = ["password", "passphrase"];
    const NAMES: [&str; 8] = [
        "client-secret",
        "access-token",
        "refresh-token",
        "id-token",
        "api-key",
        "private-key",
        "secret-key",
        "api-secret",
    ];
    NAMES.contains(&name) || WORDS.iter().any(|word| name.split('-').any(|known| known == *word))
}
