//! An operation as it is searched.

use super::lexicon::{
    CREATE, DENIES, DESTROY, EMPTY, FORBIDS, LIGHT, NUMERAL, PARTICULAR, PREPOSITION, READ, SEVERAL, TELL, VERBS,
};
use super::text::{Forms, LAST, PREFIX, Token, tokens};
use super::{Vendor, list, text};
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
    /// Its vendor, by number.
    pub vendor: usize,
    /// The classes of its verb.
    pub verbs: u64,
    /// Its verb, and that of its summary.
    pub verb: [u32; 2],
    /// Whether it takes the id of a record.
    pub one: bool,
    /// Whether few operations have a verb of its class.
    pub rare: bool,
    /// What its name says that it is about.
    pub object: Forms,
    /// The words of its name after the verb, and whether each is part of the object.
    pub name: Vec<(Forms, bool)>,
    /// How much it says of a term: a hash table of the term, and what it weighs in strong and in weak places.
    terms: Vec<(u32, f32, f32)>,
}

impl Document {
    pub fn of(catalogue: &Value, operation: &Value, vendor: &Vendor, number: usize) -> Document {
        let id = text(&operation["id"]);
        let effect = text(&operation["effect"]);
        let interface = text(&operation["interface"]);
        let summary = tokens(text(&operation["summary"]));
        let description = tokens(text(&operation["description"]));
        let (words, object, _) = named(operation);
        let first = |tokens: &[Token]| tokens.first().map_or(0, |token| token.is & VERBS);
        let hash_of = |tokens: &[Token]| tokens.first().map_or(0, |token| token.forms[0]);
        let mut document = Document {
            id: id.to_owned(),
            vendor: number,
            verbs: first(&words),
            verb: [hash_of(&words), hash_of(&summary)],
            one: false,
            rare: false,
            object,
            name: Vec::new(),
            terms: vec![(0, 0.0, 0.0); 1024],
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
        document.put(words.get(1..).unwrap_or_default(), NAME);
        document.put(summary.get(1..).unwrap_or_default(), SUMMARY);
        document.put(&tokens(interface), INTERFACE);
        document.put(&description, DESCRIPTION);
        document.schema(catalogue, &operation["input"], 3, FIELD);
        if effect == "read" {
            document.schema(catalogue, &operation["output"], 2, RESULT);
        }
        // What is said of one operation on a kind of record holds for the others.
        for other in list(&catalogue["operations"]) {
            let (_, same, plain) = named(other);
            if plain && same[0] == object[0] && text(&other["id"]) != id && text(&other["interface"]) == interface {
                let summary = tokens(text(&other["summary"]));
                document.put(summary.get(1..).unwrap_or_default(), SIBLING);
            }
        }
        document
    }

    /// How much it says of a term, from 0 to 1.3 and from -0.5 to 0.6.
    pub fn says(&self, forms: &Forms) -> (f32, f32) {
        let (mut strong, mut weak) = (0.0_f32, -1.0_f32);
        for form in forms {
            if *form != 0 {
                let (_, s, w) = self.terms[self.slot(*form)];
                strong = strong.max(1.3 * s / (s + 1.0));
                weak = weak.max(w.clamp(-0.5, 0.6));
            }
        }
        (strong, weak.max(0.0))
    }

    fn slot(&self, form: u32) -> usize {
        let mut slot = (form.wrapping_mul(0x9e37_79b1) >> 22) as usize;
        // A table that is full takes no more.
        for _ in 0..1023 {
            if self.terms[slot].0 == form || self.terms[slot].0 == 0 {
                break;
            }
            slot = (slot + 1) % 1024;
        }
        slot
    }

    /// Adds the words of a text. What it must not be found for is what a sentence denies.
    fn put(&mut self, tokens: &[Token], weight: f32) {
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
                    let slot = self.slot(*form);
                    let entry = &mut self.terms[slot];
                    if entry.0 == 0 {
                        entry.0 = *form;
                    }
                    if entry.0 == *form {
                        *(if weight > STRONG { &mut entry.1 } else { &mut entry.2 }) += weight;
                    }
                }
            }
        }
    }

    /// Adds the names and comments of what a schema describes.
    fn schema(&mut self, catalogue: &Value, schema: &Value, depth: u8, weight: f32) {
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
        self.schema(catalogue, &schema["items"], if schema["items"].is_object() { depth } else { 0 }, weight);
        self.put(&tokens(text(&schema["description"])), weight * 0.6);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.put(&tokens(name), weight);
            self.schema(catalogue, property, depth - 1, weight * 0.6);
        }
        for word in list(&schema["enum"]) {
            self.put(&tokens(text(word)), weight * 0.5);
        }
    }
}

/// The words of an operation's name, what it is about, and whether its name says nothing more.
fn named(operation: &Value) -> (Vec<Token>, Forms, bool) {
    let id = text(&operation["id"]);
    let name = id.bytes().position(|byte| byte == b'.').map_or(id, |dot| id.get(dot + 1..).unwrap_or_default());
    let words = tokens(name);
    let end = words.iter().position(|token| token.is(PREPOSITION)).unwrap_or(words.len());
    let object = words[..end].last().map_or([0; 4], |token| token.forms);
    let plain = end == words.len();
    (words, object, plain)
}

fn denies(sentence: &[Token]) -> bool {
    sentence.iter().any(|token| token.is(FORBIDS))
}
