//! An intent, read as people build sentences: a verb, its object, and what else there is.

mod reader;

use super::Index;
use super::column::{Column, FormSet, Sums};
use super::lexicon::*;
use super::phrases::Said;
use super::text::*;

/// An intent.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// The classes of its verb; 0 where it has none.
    pub verbs: u64,
    /// Its verb.
    pub verb: u32,
    /// Whether its verb is no word that is known.
    pub unknown_verb: bool,
    /// What it asks for, word by word.
    pub terms: Vec<Term>,
    /// The word that its verb's object is.
    pub head: Option<Forms>,
    /// How much it asks for that no operation knows.
    pub unknown: f32,
    /// Whether what it asks something to be done with is unknown.
    pub unknown_object: bool,
    /// Whether it asks for something to be told, and for nothing else.
    pub asks: bool,
    /// Whether it names a product that is none of the vendors.
    pub product: bool,
    /// By vendor: whether it is named, and whether one of them is.
    pub named: Vec<bool>,
    pub any_named: bool,
    /// Whether it is about one record in particular.
    pub one: bool,
    /// Whether it is about several.
    pub many: bool,
    /// Whether operations are about what the verb is done with, and whether one of them has such a verb.
    pub object: bool,
    pub served: bool,
    /// How it fits what people say.
    pub said: Said,
    /// How much operations say of its words, and of all of them.
    pub columns: Vec<Column>,
    pub sums: Sums,
    /// The forms of its terms.
    pub forms: FormSet,
}

/// A word that is known.
#[derive(Debug)]
pub(crate) struct Term {
    pub forms: Forms,
    /// Its column, by number.
    pub column: usize,
    pub role: usize,
    /// Whether operations are not about it, but have it in their names, such as from a template.
    pub qualifier: bool,
    /// Whether it is more than one.
    plural: bool,
    /// The less, the more operations have it.
    pub weight: f32,
}

// Roles of words, in the order of `fit::FACTS`.
/// What the verb is done with.
pub(crate) const HEAD: usize = 0;
/// Another verb, or a word that asks.
pub(crate) const OTHER: usize = 1;
/// Beside the head.
pub(crate) const MODIFIER: usize = 2;
/// Elsewhere.
pub(crate) const REST: usize = 3;
/// Stands for a name.
pub(crate) const NAME: usize = 4;
/// Stands for an id.
pub(crate) const ID: usize = 5;
/// Stands for a number of things.
pub(crate) const AMOUNT: usize = 6;
/// Says a little, such as a pronoun.
pub(crate) const HINT: usize = 7;

impl Query {
    pub fn of(intent: &str, index: &Index) -> Query {
        let mut tokens = tokens(intent);
        tokens.truncate(150);
        let mut query = Query { said: Said::of(&tokens, index), ..Query::default() };
        for vendor in &index.vendors {
            let mut named = false;
            for called in [&vendor.title, &vendor.name] {
                for start in 0..tokens.len() {
                    let Some(window) = tokens.get_mut(start..start + called.len()) else { break };
                    if window.iter().zip(called).all(|(token, word)| token.forms[0] == *word) {
                        for token in window {
                            token.is |= VENDOR;
                            named = true;
                        }
                    }
                }
            }
            query.any_named |= named;
            query.named.push(named);
        }
        let verb_at = query.find_verb(&tokens, index);
        reader::read(query, index, &tokens, verb_at)
    }

    fn column(&mut self, forms: &Forms, index: &Index) -> usize {
        if let Some(known) = self.columns.iter().position(|column| column.forms == *forms) {
            return known;
        }
        self.columns.push(Column::of(forms, index));
        self.columns.len() - 1
    }

    /// Whether a word means something here.
    fn knows(&mut self, token: &Token, index: &Index) -> bool {
        token.grouped() || {
            let column = self.column(&token.forms, index);
            self.columns[column].most > 0.25
        }
    }

    /// The verb: the first that stands where a verb can, and does not tell of the past.
    fn find_verb(&mut self, tokens: &[Token], index: &Index) -> usize {
        let mut found = tokens.len();
        let mut wanted = true;
        let mut first = true;
        let mut opens = true;
        for (at, token) in tokens.iter().enumerate() {
            opens |= token.is(FIRST);
            let asks = token.is(ASKS) && (first || token.is(FIRST)) || token.is(AUXILIARY) && token.is(FIRST);
            if asks && wanted {
                self.verbs = READ;
                let there = tokens.get(at + 1).is_some_and(|next| next.word(THERE));
                self.asks = first && (token.is(ASKS) || there);
                return tokens.len();
            }
            let mut class = token.is & VERBS;
            if class == 0 {
                // An operation's own verb is one, if it is no word that is known anyway.
                class = index.verbs_of(token.forms[0]);
            }
            let lead = token.is(LEAD | FILLER) || token.is(MANNER) && class == 0;
            if opens && !lead && wanted && !token.is(VALUE | VENDOR | PLURAL) {
                let unknown =
                    first && class == 0 && !token.is(EMPTY) && !self.knows(token, index) && !is_name(tokens, at);
                let reported = token.is(PAST) && self.verbs != 0;
                if class != 0 && acts(token, tokens.get(at + 1)) && !reported || unknown {
                    found = at;
                    wanted = token.is(PAST) || unknown;
                    self.verbs = class;
                    self.verb = token.forms[0];
                    self.unknown_verb = unknown;
                }
            }
            opens = lead;
            first &= lead;
        }
        // Others are said of writing, too, as in: get it into the system, show me while it is written.
        self.asks = [COUNT, FIND, LIST, SEARCH].contains(&self.verb);
        if let Some(next) = tokens.get(found + 1)
            && self.verbs & (CREATE | READ) == CREATE | READ
        {
            // Open an account, and open the account.
            let article = next.word(A) || next.word(AN) || next.word(NEW) || next.word(ANOTHER);
            self.verbs &= !(if article { READ } else { CREATE });
        }
        found
    }
}

/// Whether two words have a form in common.
pub(crate) fn alike(a: &Forms, b: &Forms) -> bool {
    a.iter().any(|form| *form != 0 && b.contains(form))
}

/// Whether a verb is one here: what can be a noun as well is a verb before what a verb can stand before.
fn acts(token: &Token, next: Option<&Token>) -> bool {
    let Some(next) = next else { return !token.grouped() };
    let to = token.is(INFORM) && (next.word(WITH) || next.word(TO));
    !token.grouped() || token.is(PHRASE) || to || !next.is(FIRST | PREPOSITION | WITHIN)
}

/// Whether a word that is not known is a name.
fn is_name(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let starts = at == 0 || tokens[at - 1].is(LAST);
    let next = tokens.get(at + 1);
    token.is(CAPITAL)
        && (!starts || token.is(OWNER) || next.is_some_and(|next| next.is(PAST | ASKS | AUXILIARY | CAPITAL)))
}

const A: u32 = hash(b"a");
const AN: u32 = hash(b"an");
const ANOTHER: u32 = hash(b"another");
const COUNT: u32 = hash(b"count");
const FIND: u32 = hash(b"find");
const LIST: u32 = hash(b"list");
const NEW: u32 = hash(b"new");
const SEARCH: u32 = hash(b"search");
const THERE: u32 = hash(b"there");
const TO: u32 = hash(b"to");
const WITH: u32 = hash(b"with");
