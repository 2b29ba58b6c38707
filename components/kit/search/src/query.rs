//! An intent, read as people build sentences: a verb, its object, and what else there is.

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

/// Where a word stands to the verb's object.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Before,
    In,
    After,
}

/// What is known while an intent is read.
struct Reader<'r> {
    query: Query,
    index: &'r Index,
    tokens: &'r [Token],
    verb_at: usize,
    phase: Phase,
    /// The object's head: a term, by number. Candidates for it where the object is a pronoun or has no other noun.
    head: Option<usize>,
    owner: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
    /// Whether the object is a word that is not known.
    unknown: bool,
    /// Whether the object is a name or a value.
    filled: bool,
    /// After the head came "of".
    of: bool,
    /// After the object came "as".
    appositive: bool,
    denied: bool,
    /// Whether a length of time is told.
    lasts: bool,
    names: usize,
}

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
        let mut reader = Reader {
            query,
            index,
            tokens: &tokens,
            verb_at,
            phase: if verb_at < tokens.len() { Phase::Before } else { Phase::In },
            head: None,
            owner: None,
            before: None,
            after: None,
            unknown: false,
            filled: false,
            of: false,
            appositive: false,
            denied: false,
            lasts: false,
            names: 0,
        };
        for at in 0..tokens.len() {
            reader.read(at);
        }
        reader.done()
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

impl Reader<'_> {
    fn read(&mut self, at: usize) {
        let nothing = Token { forms: [0; 4], is: FIRST | FILLER };
        let token = self.tokens[at];
        let previous = if at > 0 { self.tokens[at - 1] } else { nothing };
        let next = self.tokens.get(at + 1).copied().unwrap_or(nothing);
        let acts = self.verb_at < self.tokens.len();
        self.denied &= !token.is(FIRST);
        if at == self.verb_at {
            self.phase = Phase::In;
            if token.grouped() {
                let term = self.term(token.forms, OTHER);
                if token.is(PHRASE) {
                    // Take a note.
                    self.head = Some(term);
                    self.phase = Phase::After;
                }
            }
            return;
        }
        if token.word(NO) && next.is(VALUE) {
            return;
        }
        if token.is(DENIES) {
            self.denied = true;
            return;
        }
        if token.is(FOREIGN) && !token.is(VENDOR) {
            // Among the words of a name it says nothing.
            let placed = previous.is(PREPOSITION | WITHIN | DETERMINER) || at == self.verb_at + 1;
            self.query.product |= placed && !self.denied && !self.query.any_named;
            return;
        }
        let structure = token.is(STRUCTURE);
        let empty = structure || token.is(EMPTY) && !token.grouped();
        self.query.one |= token.is(PARTICULAR) || token.word(THIS) || token.word(hash(b"id")) && !next.word(OF);
        self.lasts |= token.is(UNIT) && previous.is(VALUE | NUMERAL | DETERMINER);
        if token.is(NUMERAL) {
            self.term([COUNT, 0, 0, 0], AMOUNT);
        }
        self.appositive |= token.word(AS);
        if (previous.word(I) || previous.word(WE)) && token.is(PAST | REPORTED) && self.query.verbs == 0 {
            // What people tell that they did is to be written down.
            self.query.verbs = CREATE;
        }
        if self.phase == Phase::In {
            self.filled |= token.is(VALUE);
            if acts && at > self.verb_at && (token.is(FIRST) || self.filled && structure) {
                self.phase = Phase::After;
            } else if self.head.is_some() || self.unknown {
                if token.word(OF) && !self.of {
                    self.of = true;
                    return;
                }
                let joins = (token.word(AND) || token.word(OR)) && next.grouped();
                if !joins && (token.is(FIRST | VALUE) || structure || empty && !self.of) {
                    self.phase = Phase::After;
                }
            }
        }
        if token.grouped() && token.is(STRUCTURE | FILLER | DETERMINER) {
            self.term(token.forms, if structure { OTHER } else { HINT });
        } else if token.is(VENDOR) || empty {
        } else if self.denied {
            self.denied = false;
        } else if token.is(VALUE) && !token.is(UNIT) {
            self.value(token, previous, next);
        } else if token.is(PAST) && is_name(self.tokens, at + 1) {
            // A company called Acme.
        } else if self.query.knows(&token, self.index) {
            self.known(token);
        } else if is_name(self.tokens, at) {
            self.name(token, previous, next);
        } else if !token.is(MANNER) {
            self.query.unknown += if self.phase == Phase::In { 0.3 } else { 0.1 };
            if self.phase == Phase::In && !self.of && !token.is(PAST) {
                self.unknown = true;
                if acts {
                    self.head = None;
                }
            }
        }
    }

    fn value(&mut self, token: Token, previous: Token, next: Token) {
        if token.is(ADDRESS) {
            self.term(known(hash(b"email")).forms, REST);
            self.term(known(hash(b"address")).forms, HINT);
        } else if token.is(PREFIX) && self.query.knows(&token, self.index) {
            self.term(token.forms, HEAD);
            self.query.one = true;
        } else if !next.is(FIRST | VALUE) && !token.is(OWNER) && (!next.is(EMPTY) || next.grouped()) {
            self.term([COUNT, 0, 0, 0], AMOUNT);
        } else if token.is(NUMBER) && (previous.word(NO) || !previous.is(VALUE | EMPTY) || previous.grouped()) {
            self.term([hash(b"id"), 0, 0, 0], ID);
            self.query.one = true;
        }
    }

    fn name(&mut self, token: Token, previous: Token, next: Token) {
        let article = previous.word(A) || previous.word(AN);
        let noun = !next.is(FIRST | ACRONYM) && (!next.is(EMPTY) || next.grouped());
        if !self.query.any_named && (previous.is(WITHIN) || article && noun && !token.is(ACRONYM)) {
            self.query.product = true;
            return;
        }
        self.names += 1;
        if self.phase == Phase::In {
            self.filled = true;
            if self.head.is_none() && next.is(FIRST | PREPOSITION | WITHIN) {
                self.phase = Phase::After;
            }
        }
    }

    fn known(&mut self, token: Token) {
        let object = self.phase == Phase::In && !token.is(PAST);
        let verb = self.phase != Phase::In && !token.grouped() && token.is(VERBS);
        let role = match object {
            true => MODIFIER,
            false if token.is(PAST) || verb => OTHER,
            false => REST,
        };
        let term = self.term(token.forms, role);
        self.query.terms[term].plural = token.is(PLURAL);
        if role == REST && self.phase == Phase::Before {
            self.before = Some(term);
        } else if role == REST && self.appositive {
            self.after = self.after.or(Some(term));
        } else if object && token.is(OWNER) {
            self.owner = Some(term);
        } else if object {
            self.unknown = false;
            if let (true, Some(head)) = (self.of, self.head) {
                let forms = self.query.terms[head].forms;
                if self.index.about(forms).next().is_some() {
                    // The history of a client is a history.
                    self.phase = Phase::After;
                    self.query.terms[term].role = REST;
                    return;
                }
            }
            self.head = Some(term);
        }
    }

    fn done(mut self) -> Query {
        if self.lasts && self.query.verbs == 0 {
            // Who tells a length of time and no verb wants it written down.
            self.query.verbs = CREATE;
        }
        if self.head.is_none() && !self.unknown {
            self.head = self.owner.or(self.after).or(self.before);
        }
        let (index, named, any) = (self.index, self.query.named.clone(), !self.query.any_named);
        let documents = |forms: Forms| index.about(forms).filter(|one| any || named[one.vendor]);
        let about = |term: &Term| documents(term.forms).next().is_some();
        if let Some(head) = self.head
            && !about(&self.query.terms[head])
        {
            // The recurring close is recurring work.
            let other = self.query.terms.iter().rposition(|term| term.role == MODIFIER && about(term));
            self.head = other.or(self.head);
        }
        if let Some(head) = self.head {
            let head = &mut self.query.terms[head];
            head.role = HEAD;
            self.query.many = head.plural;
            for document in documents(head.forms) {
                self.query.object = true;
                let same = document.verbs & self.query.verbs != 0 || document.verb.contains(&self.query.verb);
                self.query.served |= same;
            }
        }
        if self.unknown {
            self.query.unknown += 1.0;
            self.query.unknown_object = self.query.verbs != 0 || self.query.unknown_verb;
        }
        if self.names > 0 {
            self.term([hash(b"name"), 0, 0, 0], NAME);
            if self.head.is_none() {
                let kind = if self.names > 1 { hash(b"contact") } else { hash(b"company") };
                self.term(known(kind).forms, HINT);
            }
        }
        self.query.head = self.query.terms.iter().rfind(|term| term.role == HEAD).map(|term| term.forms);
        self.query.sums = Sums::of(&self.query, index.documents.len());
        self.query.forms = FormSet::of(&self.query.terms);
        self.query
    }

    fn term(&mut self, forms: Forms, role: usize) -> usize {
        let column = self.query.column(&forms, self.index);
        let weight = 1.0 / (1.0 + self.query.columns[column].average);
        let qualifier = role <= REST && self.index.qualifies(&forms) && self.index.about(forms).next().is_none();
        self.query.terms.push(Term { forms, column, role, qualifier, plural: false, weight });
        self.query.terms.len() - 1
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
const AND: u32 = hash(b"and");
const ANOTHER: u32 = hash(b"another");
const AS: u32 = hash(b"as");
const COUNT: u32 = hash(b"count");
const FIND: u32 = hash(b"find");
const I: u32 = hash(b"i");
const LIST: u32 = hash(b"list");
const NEW: u32 = hash(b"new");
const NO: u32 = hash(b"no");
const OF: u32 = hash(b"of");
const OR: u32 = hash(b"or");
const SEARCH: u32 = hash(b"search");
const THERE: u32 = hash(b"there");
const THIS: u32 = hash(b"this");
const TO: u32 = hash(b"to");
const WE: u32 = hash(b"we");
const WITH: u32 = hash(b"with");
