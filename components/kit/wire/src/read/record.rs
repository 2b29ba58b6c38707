//! A record: which member each of its fields is read from.

use super::{Place, ReadError, Reader, Step, is_zero};
use crate::{Field, Kind, Member, Names, Node, Sink, moment};
use scan::{Members, has};

/// A field of a record by its index, and which of the field's names a member has: the lower, the better.
type Meant = (usize, usize);

/// What is known of the records of a type. A list holds many that look alike, so that names are mostly looked up once and not
/// once a record.
pub(super) struct Known<'t> {
    pub fields: &'static [Field],
    /// Where what no field names goes.
    pub extra: Option<&'static Field>,
    /// Fields that this side has deeper inside, with the pointers to them.
    pub pointed: Vec<(Meant, &'static str)>,
    /// What it takes to read them from text; none while that is in use, and before.
    pub direct: Option<Members<'t>>,
}

/// The members of a record by the fields that are read from them.
struct Sorted {
    /// Of each field, where it is read from.
    found: Vec<Found>,
    /// The members that no field names, and those that say something else than the one that counts.
    rest: Vec<usize>,
}

/// Where a field is read from.
#[derive(Clone, Copy)]
enum Source {
    Nothing,
    /// The member of this index.
    Member(usize),
    /// What this pointer leads to.
    Pointer(&'static str),
    /// The value itself, which is an id.
    Bare,
}

#[derive(Clone, Copy)]
struct Found {
    source: Source,
    rank: usize,
}

/// What came of reading a field.
pub(super) enum Outcome {
    /// There is nothing for it.
    Nothing,
    Read,
    /// What is there goes into `extra`.
    Odd,
}

const NOT_FOUND: Found = Found { source: Source::Nothing, rank: 0 };

impl<'t> Known<'t> {
    fn of(fields: &'static [Field], names: &Names) -> Self {
        let mut pointed = Vec::new();
        for (rank, (ours, theirs)) in names.renamed.iter().enumerate() {
            if theirs.as_bytes().first() == Some(&b'/')
                && let Some(field) = fields.iter().position(|field| field.name == *ours)
            {
                pointed.push(((field, rank), *theirs));
            }
        }
        let extra = fields.iter().rfind(|field| field.name == "extra");
        Known { fields, extra, pointed, direct: None }
    }

    /// Finds the members that the fields are read from.
    fn sort(&self, value: &Node<'t>, members: &[Member<'t>], names: &Names) -> Sorted {
        let mut sorted = Sorted { found: vec![NOT_FOUND; self.fields.len()], rest: Vec::new() };
        for (index, (name, _)) in members.iter().enumerate() {
            match names.meant(self.fields, name) {
                Some((field, rank)) => sorted.offer(field, Found { source: Source::Member(index), rank }, value),
                None => sorted.rest.push(index),
            }
        }
        for ((field, rank), pointer) in &self.pointed {
            if value.at(pointer).is_some() {
                sorted.offer(*field, Found { source: Source::Pointer(pointer), rank: *rank }, value);
            }
        }
        sorted
    }
}

impl Sorted {
    /// Of several members for a field, the one of the first name counts. A name that holds nothing does not hide another one. A
    /// member that does not count is among the rest, where it says something of its own.
    fn offer(&mut self, field: usize, new: Found, record: &Node<'_>) {
        let old = std::mem::replace(&mut self.found[field], new);
        let (Some((_, value)), Some((_, other))) = (new.of(record), old.of(record)) else { return };
        let better = match (other.is_null(), value.is_null()) {
            _ if old.rank == new.rank => true,
            (false, true) => false,
            (true, false) => true,
            _ => new.rank < old.rank,
        };
        if !better {
            self.found[field] = old;
        }
        if let Source::Member(index) = if better { old.source } else { new.source }
            && old.rank != new.rank
            && value != other
        {
            self.rest.push(index);
        }
    }
}

impl Found {
    /// The name and the value there.
    fn of<'v, 't>(&self, record: &'v Node<'t>) -> Option<(&'v str, &'v Node<'t>)> {
        match self.source {
            Source::Nothing => None,
            Source::Member(index) => record.members()?.get(index).map(|(name, value)| (&**name, value)),
            Source::Pointer(pointer) => Some((pointer, record.at(pointer)?)),
            Source::Bare => Some(("id", record)),
        }
    }
}

impl<'t> Reader<'_, 't> {
    /// The index of what is known of records of this type.
    pub(super) fn known(&self, fields: &'static [Field]) -> usize {
        let mut all_known = self.known.borrow_mut();
        all_known.iter().position(|known| std::ptr::eq(known.fields, fields)).unwrap_or_else(|| {
            all_known.push(Known::of(fields, self.names));
            all_known.len() - 1
        })
    }

    pub(super) fn record(
        &self,
        fields: &'static [Field],
        value: &Node<'t>,
        out: &mut dyn Sink<'t>,
    ) -> Result<(), ReadError> {
        let at = self.known(fields);
        let members = value.members().unwrap_or_default();
        let mut sorted = self.known.borrow()[at].sort(value, members, self.names);
        match (value, fields) {
            (Node::Object(_), _) => {}
            // A bare id stands for a record that another one links to. In the place of an answer, it would be words about what
            // went wrong.
            (Node::Text(_) | Node::Number(_), [Field { name: "id", .. }, ..]) if self.is_linked() && is_id(value) => {
                sorted.found[0] = Found { source: Source::Bare, rank: 0 };
            }
            _ => return Err(self.fault("an object", value)),
        }
        self.fields(at, fields, value, &sorted, out)
    }

    /// Reads the fields of a record from where they were found.
    fn fields(
        &self,
        at: usize,
        fields: &'static [Field],
        value: &Node<'t>,
        sorted: &Sorted,
        out: &mut dyn Sink<'t>,
    ) -> Result<(), ReadError> {
        let members = value.members().unwrap_or_default();
        let Sorted { found, rest } = sorted;
        let extra = self.known.borrow()[at].extra;
        // A caller is told all that is wrong at once, and first of a member that the record does not have: it is often the one
        // that is missed. Vendors may send what they like.
        let mut wrong = None;
        if self.names.strict {
            rest.iter().for_each(|index| add(&mut wrong, self.unknown(fields, &members[*index].0)));
        }
        let open = self.names.strict || self.names.open && extra.is_some();
        let strange = !open && !self.is_linked() && found.iter().all(|found| matches!(found.source, Source::Nothing));
        let mut odd = Vec::new();
        // What was read of what the caller gave.
        let mut present = Vec::new();
        out.open(false);
        for (index, (field, found)) in fields.iter().zip(found).enumerate() {
            let ty = field.ty;
            let Some((name, value)) = found.of(value) else {
                match ty.kind {
                    Kind::Option { .. } => {}
                    Kind::List(_) if !self.must_be_filled(field.name) => empty_list(field, out),
                    _ => {
                        let fault = self.missing(field);
                        if !self.names.strict {
                            return Err(fault);
                        }
                        add(&mut wrong, fault);
                    }
                }
                continue;
            };
            match self.field(at, index, (name, value), out) {
                Ok(Outcome::Nothing) => {}
                Ok(Outcome::Read) => present.extend(self.names.strict.then_some((field.name, value))),
                Ok(Outcome::Odd) => odd.push(match found.source {
                    Source::Member(index) => members[index].clone(),
                    _ => (name.trim_start_matches('/').to_owned().into(), value.clone()),
                }),
                Err(fault) if self.names.strict => add(&mut wrong, fault),
                Err(fault) => return Err(fault),
            }
        }
        if self.names.strict
            && let Err(fault) = self.check_together(&present)
        {
            add(&mut wrong, fault);
        }
        if strange && let Some(index) = rest.first() {
            return Err(self.unknown(fields, &members[*index].0));
        }
        if let Some(field) = extra
            && !self.names.strict
        {
            self.rest(fields, field, rest.iter().map(|index| &members[*index]), odd, out);
        }
        out.close(false);
        wrong.map_or(Ok(()), Err)
    }

    /// Reads the field of this index from a member. What a vendor has in an odd form, and need not have, does not hide the rest.
    pub(super) fn field(
        &self,
        at: usize,
        index: usize,
        (name, value): (&str, &Node<'t>),
        out: &mut dyn Sink<'t>,
    ) -> Result<Outcome, ReadError> {
        let known = self.known.borrow();
        let Known { fields, extra, .. } = known[at];
        drop(known);
        let field = &fields[index];
        let zero_is_none = is_zero(value) && has(self.names.zero_is_none, field.name);
        let place = Place { up: Some(&self.place), step: Step::Member(name) };
        let reader = Reader { place, field: field.name, zero_is_none, ..*self };
        // What is there is of the type that the option is of.
        let mut there = field.ty;
        match there.kind {
            Kind::Option { some, .. } if reader.is_none(some, value) => return Ok(Outcome::Nothing),
            Kind::Option { some, .. } => there = some,
            Kind::List(_)
                if (value.is_null() || reader.is_nothing(there, value)) && !self.must_be_filled(field.name) =>
            {
                empty_list(field, out);
                return Ok(Outcome::Nothing);
            }
            _ => {}
        }
        let before = out.field(field.name);
        let Err(fault) = reader.value(there, value, out) else { return Ok(Outcome::Read) };
        let is_list = matches!(field.ty.kind, Kind::List(_)) && is_hollow(value);
        let may_lack = is_list || matches!(field.ty.kind, Kind::Option { .. });
        if self.names.strict || extra.is_none() || !may_lack {
            return Err(fault);
        }
        out.back(before);
        if is_list {
            empty_list(field, out);
        }
        Ok(Outcome::Odd)
    }

    /// What fields say that cannot both hold.
    fn check_together(&self, present: &[(&str, &Node<'_>)]) -> Result<(), ReadError> {
        if !self.names.formed {
            return Ok(());
        }
        let get = |wanted: &str| present.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        let wrong = |name: &str, problem: &[&str]| {
            let place = Place { up: Some(&self.place), step: Step::Member(name) };
            Err(ReadError { at: place.to_string(), problem: problem.concat() })
        };
        for (from, to) in self.names.ranges {
            if let (Some(start), Some(end)) = (get(from).and_then(moment), get(to).and_then(moment))
                && end < start
            {
                return wrong(to, &["expected no earlier moment than ", from]);
            }
        }
        for (one, other) in self.names.opposites {
            if [one, other].into_iter().all(|name| matches!(get(name), Some(Node::Bool(true)))) {
                return wrong(other, &["expected no true beside ", one, ", which is the opposite"]);
            }
        }
        Ok(())
    }

    /// Every member that the record does not name; nothing that the vendor sends is lost.
    pub(super) fn rest<'v>(
        &self,
        fields: &[Field],
        extra: &Field,
        rest: impl Iterator<Item = &'v Member<'t>>,
        mut all: Vec<Member<'t>>,
        out: &mut dyn Sink<'t>,
    ) where
        't: 'v,
    {
        // What pointers lead into is named if they name all that is there.
        let pointed = |name: &str, inner: &str| {
            self.names.renamed.iter().any(|(ours, theirs)| {
                theirs.strip_prefix('/').and_then(|theirs| theirs.split_once('/')) == Some((name, inner))
                    && fields.iter().any(|field| field.name == *ours)
            })
        };
        let all_named =
            |name: &str, inner: &[Member<'_>]| !inner.is_empty() && inner.iter().all(|(inner, _)| pointed(name, inner));
        for (name, value) in rest {
            if !value.is_null() && !value.members().is_some_and(|inner| all_named(name, inner)) {
                all.push((name.clone(), value.clone()));
            }
        }
        if !all.is_empty() {
            out.field(extra.name);
            self.json(&Node::Object(all), out);
        }
    }

    fn unknown(&self, fields: &[Field], name: &str) -> ReadError {
        let place = Place { up: Some(&self.place), step: Step::Member(name) };
        let mut problem = "no such field, expected one of".to_owned();
        let mut before = ": ";
        for field in fields {
            if self.names.strict && is_near(name, field.name) {
                problem = ["no such field, did you mean ", field.name].concat();
                break;
            }
            problem += before;
            problem += &self.names.member(field.name);
            before = ", ";
        }
        ReadError { at: place.to_string(), problem }
    }

    pub(super) fn missing(&self, field: &Field) -> ReadError {
        let name = self.names.member(field.name);
        let place = Place { up: Some(&self.place), step: Step::Member(&name) };
        ReadError { at: place.to_string(), problem: "missing, and it is required".to_owned() }
    }
}

pub(super) fn empty_list<'t>(field: &'static Field, out: &mut dyn Sink<'t>) {
    out.field(field.name);
    out.put(Node::List(Vec::new()));
}

/// Whether two names begin alike, for half of the longer one, whatever their case and separators.
fn is_near(a: &str, b: &str) -> bool {
    let (mut letters, mut alike) = (b.bytes().filter(|letter| *letter != b'-'), 0);
    for letter in a.bytes().filter(|letter| !matches!(letter, b'-' | b'_')) {
        if letters.next() != Some(letter.to_ascii_lowercase()) {
            break;
        }
        alike += 1;
    }
    alike * 2 >= a.len().max(b.len())
}

/// Adds what else is wrong to the first fault, as long as somebody reads it.
fn add(wrong: &mut Option<ReadError>, fault: ReadError) {
    match wrong {
        None => *wrong = Some(fault),
        Some(first) if first.problem.len() < 1000 => {
            first.problem = [&first.problem, "; ", &fault.at, ": ", &fault.problem].concat();
        }
        _ => {}
    }
}

/// What PHP has for nothing.
fn is_hollow(value: &Node<'_>) -> bool {
    *value == Node::Bool(false) || value.members().is_some_and(<[_]>::is_empty)
}

/// Whether it may be an id: one word.
fn is_id(value: &Node<'_>) -> bool {
    value.as_str().is_none_or(|text| !text.contains(char::is_whitespace))
}
