//! An operation as it is searched.

use super::lexicon::{
    CREATE, DENIES, DESTROY, EMPTY, FORBIDS, INFORM, LIGHT, NUMERAL, PARTICULAR, PREPOSITION, READ, SEVERAL, VERBS,
    known,
};
use super::phrases::SAME;
use super::text::{Forms, LAST, PLURAL, PREFIX, Token, tokens};
use super::{Operation, list, text};
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
pub(crate) const STRONG: f32 = 0.45;
/// The effect of operations that read.
pub(crate) const READS: &str = "read";
/// How deep the schemas of inputs are read.
const INPUT: u8 = 3;

/// An operation as it is searched.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub id: String,
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
    /// How many words its phrases have.
    pub length: f32,
}

/// What an operation's name says.
pub(crate) struct Called {
    pub words: Vec<Token>,
    /// What the operation is about.
    pub object: Forms,
    /// Whether the name says nothing more.
    pub plain: bool,
    many: bool,
}

impl Called {
    pub fn of(id: &str, vendor: &[u32]) -> Called {
        let name = id.bytes().position(|byte| byte == b'.').map_or(id, |dot| id.get(dot + 1..).unwrap_or_default());
        let words = tokens(name);
        let end = words.iter().position(|token| token.is(PREPOSITION)).unwrap_or(words.len());
        // The vendor's own name, or a word such as work, is what an operation is about only where there is no other.
        let ours = |token: &&Token| vendor.contains(&token.forms[0]);
        let last = words[..end].iter().skip(1).rfind(|token| !ours(token) && !token.is(LIGHT | SEVERAL));
        let last = last.or(words[..end].last());
        let object = last.map_or([0; 4], |token| token.forms);
        let plain = end == words.len();
        let many = last.is_some_and(|token| token.is(PLURAL)) || words.first().is_some_and(|verb| verb.is(LIGHT));
        Called { words, object, plain, many }
    }
}

impl Document {
    /// Of an operation, the first word of its summary, and the words of its vendor's name.
    pub fn of(operation: &Operation, facts: &Traits, vendor: &[u32]) -> Document {
        let Traits { summary, plain, one, length } = *facts;
        let Called { words, object, many, .. } = Called::of(&operation.id, vendor);
        let verb = words.first().map_or(0, |token| token.forms[0]);
        let mut verbs = words.first().map_or(0, |token| token.is & VERBS);
        if verbs == 0 {
            verbs = if summary == 0 { 0 } else { known(summary).is & VERBS };
            if verbs & INFORM != 0 {
                // Who is told something is not made by that.
                verbs = INFORM;
            }
        }
        verbs &= !READ;
        match operation.effect {
            READS => verbs |= READ,
            "destroy" => verbs = DESTROY,
            _ if verbs == 0 => verbs = CREATE,
            _ => {}
        }
        let mut name = Vec::new();
        let mut part = true;
        for token in words.iter().skip(1) {
            if token.is(PREPOSITION) {
                part = false;
            } else if !vendor.contains(&token.forms[0]) {
                name.push((token.forms, part));
            }
        }
        if let Some(verb) = words.first().filter(|verb| !verb.is(VERBS)) {
            name.push((verb.forms, false));
        }
        let id = operation.id.to_string();
        Document { id, vendor: 0, plain, verbs, verb: [verb, summary], one, many, rare: false, object, name, length }
    }
}

impl Document {
    /// The forms of its name after a preposition.
    pub fn qualifiers(&self) -> impl Iterator<Item = u32> {
        let own = self.name.iter().filter(|(name, part)| !part && name[0] != self.verb[0]);
        own.flat_map(|(name, _)| *name).filter(|form| *form != 0)
    }
}

/// What is known of an operation beside its name and its effect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Traits {
    /// The first word of its summary.
    pub summary: u32,
    /// Whether it has no phrases.
    pub plain: bool,
    /// Whether it takes the id of a record.
    pub one: bool,
    /// How many words its phrases have.
    pub length: f32,
}

/// A word that an operation uses, or that it uses if it reads: a form, the operation's number, and what the word counts.
pub(crate) struct Word {
    pub form: u32,
    pub operation: u32,
    pub weight: f32,
    pub if_read: bool,
}

/// Collects what words the operations of a catalogue use.
pub(crate) struct Collector<'c> {
    pub catalogue: &'c Value,
    pub words: Vec<Word>,
    pub phrases: Vec<Word>,
    /// The operation that is read: its number, whether it takes the id of a record, and whether its output is read.
    number: u32,
    one: bool,
    if_read: bool,
}

impl<'c> Collector<'c> {
    pub fn new(catalogue: &'c Value) -> Collector<'c> {
        Collector { catalogue, words: Vec::new(), phrases: Vec::new(), number: 0, one: false, if_read: false }
    }

    /// Reads all operations.
    pub fn read(&mut self, vendor: &[u32]) -> Vec<Traits> {
        let operations = list(&self.catalogue["operations"]);
        let called: Vec<(Called, Vec<Token>)> = operations
            .iter()
            .map(|one| (Called::of(text(&one["id"]), vendor), tokens(text(&one["summary"]))))
            .collect();
        let all = operations.iter().enumerate();
        all.map(|(at, operation)| {
            (self.number, self.one) = (at as u32, false);
            self.operation(operation, at, operations, &called);
            let length = self.said(operation, &called[at]);
            let summary = called[at].1.first().map_or(0, |token| token.forms[0]);
            Traits { summary, plain: list(&operation["phrases"]).is_empty(), one: self.one, length }
        })
        .collect()
    }

    fn operation(&mut self, operation: &'c Value, at: usize, all: &'c [Value], called: &[(Called, Vec<Token>)]) {
        let (Called { words, object, .. }, summary) = &called[at];
        let interface = text(&operation["interface"]);
        // A verb such as list says nothing of what it is about; one such as stream does.
        let from = usize::from(!words.first().is_some_and(|verb| verb.grouped() || !verb.is(VERBS)));
        self.put(words.get(from..).unwrap_or_default(), NAME);
        self.put(summary.get(1..).unwrap_or_default(), SUMMARY);
        self.put(&tokens(interface), INTERFACE);
        self.put(&tokens(text(&operation["description"])), DESCRIPTION);
        self.schema(&operation["input"], INPUT, FIELD);
        self.if_read = true;
        self.schema(&operation["output"], 2, RESULT);
        self.if_read = false;
        // What is said of one operation on a kind of record holds for the others.
        for (number, (other, summary)) in called.iter().enumerate() {
            let same = other.plain && other.object[0] == object[0] && text(&all[number]["interface"]) == interface;
            if number != at && same {
                self.put(summary.get(1..).unwrap_or_default(), SIBLING);
            }
        }
    }

    /// Adds the words of phrases. An operation's name is a phrase, too, and its summary. Gives how many words there are.
    fn said(&mut self, operation: &'c Value, (called, summary): &(Called, Vec<Token>)) -> f32 {
        let phrases: Vec<Vec<Token>> = list(&operation["phrases"]).iter().map(|phrase| tokens(text(phrase))).collect();
        let mut length = 0.0;
        for token in phrases.iter().chain([&called.words, summary]).flatten() {
            length += 1.0;
            for (at, form) in token.forms.into_iter().enumerate().filter(|(_, form)| *form != 0) {
                let weight = if at == 0 { 1.0 } else { SAME };
                self.phrases.push(Word { form, operation: self.number, weight, if_read: false });
            }
        }
        length
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
                    self.words.push(Word { form: *form, operation: self.number, weight, if_read: self.if_read });
                }
            }
        }
    }

    /// Adds the names and comments of what a schema describes.
    fn schema(&mut self, schema: &'c Value, depth: u8, weight: f32) {
        if depth == 0 {
            return;
        }
        // Records stand in `$defs`, by name.
        let name = text(&schema["$ref"]);
        let schema = match name.bytes().rposition(|byte| byte == b'/') {
            Some(slash) => &self.catalogue["$defs"][name.get(slash + 1..).unwrap_or_default()],
            None => schema,
        };
        if depth == INPUT {
            self.one |= list(&schema["required"]).iter().any(|name| text(name).ends_with("id"));
        }
        if schema["items"].is_object() {
            self.schema(&schema["items"], depth, weight);
        }
        self.put(&tokens(text(&schema["description"])), weight * 0.6);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.put(&tokens(name), weight);
            self.schema(property, depth - 1, weight * 0.6);
        }
        for word in list(&schema["enum"]) {
            self.put(&tokens(text(word)), weight * 0.5);
        }
    }
}

fn denies(sentence: &[Token]) -> bool {
    sentence.iter().any(|token| token.is(FORBIDS))
}
