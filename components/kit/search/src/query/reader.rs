//! Reads an intent word by word.

use super::*;

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

/// What the words of an intent add to what is known of its verb.
pub(super) fn read(query: Query, index: &Index, tokens: &[Token], verb_at: usize) -> Query {
    let mut reader = Reader {
        query,
        index,
        tokens,
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

const AND: u32 = hash(b"and");
const AS: u32 = hash(b"as");
const I: u32 = hash(b"i");
const NO: u32 = hash(b"no");
const OF: u32 = hash(b"of");
const OR: u32 = hash(b"or");
const THIS: u32 = hash(b"this");
const WE: u32 = hash(b"we");
