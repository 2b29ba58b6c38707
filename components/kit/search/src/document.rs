//! An operation as it is searched.

use super::lexicon::{
    CREATE, DENIES, DESTROY, EMPTY, FORBIDS, LIGHT, NUMERAL, PARTICULAR, PREPOSITION, READ, SEVERAL, TELL, VERBS,
};
use super::postings::Postings;
use super::query::alike;
use super::text::{Forms, LAST, PLURAL, PREFIX, Token, tokens};
use super::{Index, Vendor, list, text};
use serde_json::Value;

/// Where words of an operation stand, and how much they count there.
const NAME: f32 = 3.0;
const SUMMARY: f32 = 1.6;
const SIBLING: f32 = 0.8;
const INTERFACE: f32 = 0.6;
const DESCRIPTION: f32 = 0.4;
const FIELD: f32 = 0.4;
const RESULT: f32 = 0.3;
/// Below this, a place says little: such words add up, but never to as much as one in a better place.
const STRONG: f32 = 0.45;

/// An operation as it is searched.
#[derive(Debug)]
pub(crate) struct Document {
    pub id: String,
    /// Its number.
    number: usize,
    /// Its vendor, by number.
    pub vendor: usize,
    /// Whether it has no phrases.
    pub plain: bool,
    /// The classes of its verb.
    pub verbs: u64,
    /// Its verb, and that of its summary.
    pub verb: [u32; 2],
    /// Whether it takes the id of a record.
    pub one: bool,
    /// Whether it is about several records.
    pub many: bool,
    /// Whether few operations have a verb of its class.
    pub rare: bool,
    /// What its name says that it is about.
    pub object: Forms,
    /// The words of its name after the verb, and whether each is part of the object.
    pub name: Vec<(Forms, bool)>,
}

impl Document {
    pub fn of(index: &mut Index, catalogue: &Value, operation: &Value, vendor: &Vendor) -> Document {
        let (postings, number) = (&mut index.postings, index.documents.len());
        let id = text(&operation["id"]);
        let effect = text(&operation["effect"]);
        let interface = text(&operation["interface"]);
        let summary = tokens(text(&operation["summary"]));
        let description = tokens(text(&operation["description"]));
        let (words, object, _, many) = named(operation, vendor);
        let first = |tokens: &[Token]| tokens.first().map_or(0, |token| token.is & VERBS);
        let hash_of = |tokens: &[Token]| tokens.first().map_or(0, |token| token.forms[0]);
        let mut document = Document {
            id: id.to_owned(),
            vendor: index.vendors.len(),
            verbs: first(&words),
            verb: [hash_of(&words), hash_of(&summary)],
            one: false,
            many,
            rare: false,
            object,
            name: Vec::new(),
            number,
            plain: list(&operation["phrases"]).is_empty(),
        };
        if document.verbs == 0 {
            document.verbs = first(&summary);
            if document.verbs & TELL != 0 {
                // Who is told something is not made by that.
                document.verbs = TELL;
            }
        }
        document.verbs &= !READ;
        match effect {
            "read" => document.verbs |= READ,
            "destroy" => document.verbs = DESTROY,
            _ if document.verbs == 0 => document.verbs = CREATE,
            _ => {}
        }
        let mut part = true;
        for token in words.iter().skip(1) {
            if token.is(PREPOSITION) {
                part = false;
            } else if !vendor.name.iter().any(|name| name.forms[0] == token.forms[0]) {
                document.name.push((token.forms, part));
            }
        }
        // A verb such as list says nothing of what it is about; one such as stream does.
        let mut from = 1;
        if let Some(verb) = words.first().filter(|verb| verb.grouped() || !verb.is(VERBS)) {
            from = 0;
            if !verb.is(VERBS) {
                document.name.push((verb.forms, false));
            }
        }
        document.put(postings, words.get(from..).unwrap_or_default(), NAME);
        document.put(postings, summary.get(1..).unwrap_or_default(), SUMMARY);
        document.put(postings, &tokens(interface), INTERFACE);
        document.put(postings, &description, DESCRIPTION);
        document.schema(postings, catalogue, &operation["input"], 3, FIELD);
        if effect == "read" {
            document.schema(postings, catalogue, &operation["output"], 2, RESULT);
        }
        // What is said of one operation on a kind of record holds for the others.
        for other in list(&catalogue["operations"]) {
            let (_, same, plain, _) = named(other, vendor);
            if plain && same[0] == object[0] && text(&other["id"]) != id && text(&other["interface"]) == interface {
                let summary = tokens(text(&other["summary"]));
                document.put(postings, summary.get(1..).unwrap_or_default(), SIBLING);
            }
        }
        document
    }

    /// Whether its name has a term after a preposition.
    pub fn qualifies(&self, forms: &Forms) -> bool {
        self.name.iter().any(|(name, part)| !part && name[0] != self.verb[0] && alike(name, forms))
    }

    /// Adds the words of a text. What it must not be found for is what a sentence denies.
    fn put(&self, postings: &mut Postings, tokens: &[Token], weight: f32) {
        for sentence in tokens.split_inclusive(|token| token.is(LAST)) {
            let denied = if denies(sentence) { -1.5 } else { 1.0 };
            for token in sentence {
                if token.is(EMPTY & !(LIGHT | SEVERAL | NUMERAL | PARTICULAR)) && !token.grouped() || token.is(DENIES) {
                    continue;
                }
                for (at, form) in token.forms.iter().enumerate() {
                    if *form == 0 {
                        continue;
                    }
                    let mut weight = denied * if at == 0 { weight } else { 0.8 * weight };
                    if token.is(PREFIX) {
                        weight = NAME;
                    }
                    let entry = postings.last(*form, self.number);
                    *(if weight > STRONG { &mut entry.strong } else { &mut entry.weak }) += weight;
                }
            }
        }
    }

    /// Adds the names and comments of what a schema describes.
    fn schema(&mut self, postings: &mut Postings, catalogue: &Value, schema: &Value, depth: u8, weight: f32) {
        // Records stand in `$defs`, by name.
        let name = text(&schema["$ref"]);
        let schema = match name.bytes().rposition(|byte| byte == b'/') {
            Some(slash) => &catalogue["$defs"][name.get(slash + 1..).unwrap_or_default()],
            None => schema,
        };
        if depth == 0 {
            return;
        }
        if depth == 3 {
            for name in list(&schema["required"]) {
                self.one |= text(name).ends_with("id");
            }
        }
        self.schema(postings, catalogue, &schema["items"], if schema["items"].is_object() { depth } else { 0 }, weight);
        self.put(postings, &tokens(text(&schema["description"])), weight * 0.6);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.put(postings, &tokens(name), weight);
            self.schema(postings, catalogue, property, depth - 1, weight * 0.6);
        }
        for word in list(&schema["enum"]) {
            self.put(postings, &tokens(text(word)), weight * 0.5);
        }
    }
}

/// The words of an operation's name, what it is about, whether its name says nothing more, and whether it is about several.
fn named(operation: &Value, vendor: &Vendor) -> (Vec<Token>, Forms, bool, bool) {
    let id = text(&operation["id"]);
    let name = id.bytes().position(|byte| byte == b'.').map_or(id, |dot| id.get(dot + 1..).unwrap_or_default());
    let words = tokens(name);
    let end = words.iter().position(|token| token.is(PREPOSITION)).unwrap_or(words.len());
    // The vendor's own name, or a word such as work, is what an operation is about only where there is no other.
    let ours = |token: &&Token| vendor.name.iter().any(|name| name.forms[0] == token.forms[0]);
    let last = words[..end].iter().skip(1).rfind(|token| !ours(token) && !token.is(LIGHT | SEVERAL));
    let last = last.or(words[..end].last());
    let object = last.map_or([0; 4], |token| token.forms);
    let plain = end == words.len();
    let many = last.is_some_and(|token| token.is(PLURAL)) || words.first().is_some_and(|verb| verb.is(LIGHT));
    (words, object, plain, many)
}

fn denies(sentence: &[Token]) -> bool {
    sentence.iter().any(|token| token.is(FORBIDS))
}
