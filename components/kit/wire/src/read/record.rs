//! A record: which member each of its fields is read from.

use super::{Place, ReadError, Reader, Step};
use crate::{Field, Kind, Member, Node, moment};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A field of a record by its index, and which of the field's names a member has: the lower, the better.
type Meant = (usize, usize);

/// What the members of the last record of a type meant. A list holds many that look alike, so that names are mostly looked up
/// once and not once a record.
pub(super) struct Known<'v> {
    fields: &'static [Field],
    members: Vec<(&'v str, Option<Meant>)>,
}

/// The member that a field is read from.
#[derive(Clone, Copy)]
struct Found<'v, 't> {
    name: &'v str,
    value: &'v Node<'t>,
    rank: usize,
    /// None where a pointer leads to it.
    member: Option<&'v Member<'t>>,
}

impl<'v> Reader<'_, 'v> {
    pub(super) fn record<'t>(&self, fields: &'static [Field], value: &'v Node<'t>) -> Result<Node<'t>, ReadError> {
        let mut found: Vec<Option<Found<'v, 't>>> = vec![None; fields.len()];
        let mut rest = Vec::new();
        match (value, fields) {
            (Node::Object(members), _) => rest = self.sorted_out(fields, members, &mut found),
            // A bare id stands for a record that another one links to. In the place of an answer, it would be words about what
            // went wrong.
            (Node::Text(_) | Node::Number(_), [Field { name: "id", .. }, ..]) if self.is_linked() && is_id(value) => {
                found[0] = Some(Found { name: "id", value, rank: 0, member: None });
            }
            _ => return Err(self.fault("an object", value)),
        }
        self.find_pointed(fields, value, &mut found, &mut rest);
        // A caller is told all that is wrong at once, and first of a member that the record does not have: it is often the one
        // that is missed. Vendors may send what they like.
        let mut wrong = None;
        if self.names.strict {
            rest.iter().for_each(|(name, _)| add(&mut wrong, self.unknown(fields, name)));
        }
        let extra = fields.iter().find(|field| field.name == "extra");
        let open = self.names.strict || self.names.open && extra.is_some();
        let strange = !open && !self.is_linked() && found.iter().all(Option::is_none);
        let mut odd = Vec::new();
        let mut record = Vec::with_capacity(found.iter().flatten().count() + 1);
        for (field, found) in fields.iter().zip(found) {
            let kind = &field.ty.kind;
            let sent = found.map(|found| (found.name, found.value));
            let read = match (kind, sent) {
                (Kind::Option { .. }, None) => Ok(None),
                (Kind::List(_), None) if !self.must_be_filled(field.name) => Ok(Some(Node::List(vec![]))),
                (_, None) => Err(self.missing(field)),
                (kind, Some((name, value))) => {
                    let place = Place { up: Some(&self.place), step: Step::Member(name) };
                    let reader = Reader { place, field: field.name, ..*self };
                    match kind {
                        Kind::Option { some, .. } => reader.option(some, value),
                        Kind::List(_)
                            if (value.is_null() || reader.is_nothing(field.ty, value))
                                && !self.must_be_filled(field.name) =>
                        {
                            Ok(Some(Node::List(vec![])))
                        }
                        _ => reader.value(field.ty, value).map(Some),
                    }
                }
            };
            let read = match (read, kind) {
                (Ok(read), _) => read,
                (Err(fault), _) if self.names.strict => {
                    add(&mut wrong, fault);
                    None
                }
                // What a vendor has in an odd form, and need not have, does not hide the rest. It stands in `extra`.
                (Err(_), Kind::Option { .. }) if extra.is_some() => {
                    odd.extend(sent);
                    None
                }
                (Err(_), Kind::List(_)) if extra.is_some() && sent.is_some_and(|(_, value)| is_hollow(value)) => {
                    odd.extend(sent);
                    Some(Node::List(vec![]))
                }
                (Err(fault), _) => return Err(fault),
            };
            if let Some(value) = read {
                record.push((Cow::Borrowed(field.name), value));
            }
        }
        if self.names.strict
            && let Err(fault) = self.check_together(&record)
        {
            add(&mut wrong, fault);
        }
        if strange && let Some((name, _)) = rest.first() {
            return Err(self.unknown(fields, name));
        }
        if let Some(field) = extra
            && !self.names.strict
            && let Some(rest) = self.rest(fields, &rest, odd)
        {
            record.push((Cow::Borrowed(field.name), rest));
        }
        wrong.map_or(Ok(Node::Object(record)), Err)
    }

    /// What fields say that cannot both hold.
    fn check_together(&self, record: &[Member<'_>]) -> Result<(), ReadError> {
        if !self.names.formed {
            return Ok(());
        }
        let get = |wanted: &str| record.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
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

    /// Finds the fields' members; gives those that no field names, and those that say something else than the one that counts.
    fn sorted_out<'t>(
        &self,
        fields: &'static [Field],
        members: &'v [Member<'t>],
        found: &mut [Option<Found<'v, 't>>],
    ) -> Vec<&'v Member<'t>> {
        let mut known = self.known.borrow_mut();
        let index = known.iter().position(|known| std::ptr::eq(known.fields, fields)).unwrap_or_else(|| {
            known.push(Known { fields, members: Vec::new() });
            known.len() - 1
        });
        let seen = &mut known[index].members;
        let mut rest = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let (name, value) = (&*member.0, &member.1);
            let meant = match seen.get(index) {
                Some((seen, meant)) if *seen == name => *meant,
                _ => {
                    let meant = self.names.meant(fields, name);
                    seen.truncate(index);
                    seen.push((name, meant));
                    meant
                }
            };
            match meant {
                Some((field, rank)) => {
                    rest.extend(offer(&mut found[field], Found { name, value, rank, member: Some(member) }));
                }
                None => rest.push(member),
            }
        }
        rest
    }

    /// Finds the fields that this side has deeper inside.
    fn find_pointed<'t>(
        &self,
        fields: &[Field],
        value: &'v Node<'t>,
        found: &mut [Option<Found<'v, 't>>],
        rest: &mut Vec<&'v Member<'t>>,
    ) {
        for (rank, (ours, pointer)) in self.names.renamed.iter().enumerate() {
            if pointer.starts_with('/')
                && let Some(field) = fields.iter().position(|field| field.name == *ours)
                && let Some(value) = value.at(pointer)
            {
                rest.extend(offer(&mut found[field], Found { name: pointer, value, rank, member: None }));
            }
        }
    }

    /// Every member that the record does not name; nothing that the vendor sends is lost.
    fn rest<'t>(&self, fields: &[Field], rest: &[&Member<'t>], odd: Vec<(&str, &Node<'t>)>) -> Option<Node<'t>> {
        let mut object = Map::new();
        for (name, value) in odd {
            object.insert(name.trim_start_matches('/').to_owned(), value.clone().into_value());
        }
        for (name, value) in rest {
            // What pointers lead into is named if they name all that is there.
            let pointed = |inner: &str| {
                self.names.renamed.iter().any(|(ours, theirs)| {
                    theirs.strip_prefix('/').and_then(|theirs| theirs.split_once('/')) == Some((name, inner))
                        && fields.iter().any(|field| field.name == *ours)
                })
            };
            let all_named = |inner: &[Member<'_>]| !inner.is_empty() && inner.iter().all(|(name, _)| pointed(name));
            if !value.is_null() && !value.members().is_some_and(all_named) {
                object.insert(name.clone().into_owned(), value.clone().into_value());
            }
        }
        (!object.is_empty()).then(|| Value::Object(object).into())
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

    fn missing(&self, field: &Field) -> ReadError {
        let name = self.names.member(field.name);
        let place = Place { up: Some(&self.place), step: Step::Member(&name) };
        ReadError { at: place.to_string(), problem: "missing, and it is required".to_owned() }
    }
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

/// Of several members for a field, the one of the first name counts. A name that holds nothing does not hide another one. Gives
/// the member that does not count, where it says something of its own.
fn offer<'v, 't>(found: &mut Option<Found<'v, 't>>, new: Found<'v, 't>) -> Option<&'v Member<'t>> {
    let Some(old) = *found else {
        *found = Some(new);
        return None;
    };
    let better = match (old.value.is_null(), new.value.is_null()) {
        _ if old.rank == new.rank => true,
        (false, true) => false,
        (true, false) => true,
        _ => new.rank < old.rank,
    };
    let (counts, other) = if better { (new, old) } else { (old, new) };
    *found = Some(counts);
    other.member.filter(|_| counts.rank != other.rank && counts.value != other.value)
}
