//! A record: which member each of its fields is read from.

use super::{Place, ReadError, Reader, Step};
use crate::{Field, Kind, Member, Node, Sink, moment};
use std::borrow::Cow;

/// A field of a record by its index, and which of the field's names a member has: the lower, the better.
type Meant = (usize, usize);

/// What the members of the last record of a type meant. A list holds many that look alike, so that names are mostly looked up
/// once and not once a record.
pub(super) struct Known<'t> {
    fields: &'static [Field],
    /// Names that are not borrowed are empty here.
    members: Vec<(&'t str, Option<Meant>)>,
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

impl<'t> Reader<'_, 't> {
    pub(super) fn record<'v>(
        &self,
        fields: &'static [Field],
        value: &'v Node<'t>,
        out: &mut dyn Sink<'t>,
    ) -> Result<(), ReadError> {
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
        // What was read of what the caller gave.
        let mut present = Vec::new();
        out.open(false);
        for (field, found) in fields.iter().zip(found) {
            let ty = field.ty;
            let filled = self.must_be_filled(field.name);
            let Some(Found { name, value, member, .. }) = found else {
                match ty.kind {
                    Kind::Option { .. } => {}
                    Kind::List(_) if !filled => empty_list(field, out),
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
            let place = Place { up: Some(&self.place), step: Step::Member(name) };
            let reader = Reader { place, field: field.name, ..*self };
            match ty.kind {
                Kind::Option { some, .. } if reader.is_none(some, value) => continue,
                Kind::List(_) if (value.is_null() || reader.is_nothing(ty, value)) && !filled => {
                    empty_list(field, out);
                    continue;
                }
                _ => {}
            }
            let before = out.mark();
            out.field(field.name);
            match (reader.value(ty, value, out), &ty.kind) {
                (Ok(()), _) => present.extend(self.names.strict.then_some((field.name, value))),
                (Err(fault), _) if self.names.strict => add(&mut wrong, fault),
                // What a vendor has in an odd form, and need not have, does not hide the rest. It stands in `extra`.
                (Err(fault), kind) => {
                    let is_list = matches!(kind, Kind::List(_)) && is_hollow(value);
                    if extra.is_none() || !is_list && !matches!(kind, Kind::Option { .. }) {
                        return Err(fault);
                    }
                    out.back(before);
                    let pointed = || (name.trim_start_matches('/').to_owned().into(), value.clone());
                    odd.push(member.cloned().unwrap_or_else(pointed));
                    if is_list {
                        empty_list(field, out);
                    }
                }
            }
        }
        if self.names.strict
            && let Err(fault) = self.check_together(&present)
        {
            add(&mut wrong, fault);
        }
        if strange && let Some((name, _)) = rest.first() {
            return Err(self.unknown(fields, name));
        }
        if let Some(field) = extra
            && !self.names.strict
        {
            self.rest(fields, field, &rest, odd, out);
        }
        out.close(false);
        wrong.map_or(Ok(()), Err)
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

    /// Finds the fields' members; gives those that no field names, and those that say something else than the one that counts.
    fn sorted_out<'v>(
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
                Some((seen, meant)) if *seen == name && !name.is_empty() => *meant,
                _ => {
                    let meant = self.names.meant(fields, name);
                    seen.truncate(index);
                    seen.push((if let Cow::Borrowed(name) = member.0 { name } else { "" }, meant));
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
    fn find_pointed<'v>(
        &self,
        fields: &[Field],
        value: &'v Node<'t>,
        found: &mut [Option<Found<'v, 't>>],
        rest: &mut Vec<&'v Member<'t>>,
    ) {
        for (rank, (ours, pointer)) in self.names.renamed.iter().enumerate() {
            // For each record and each name: `starts_with` compares in a call, which costs ten times as much.
            if pointer.as_bytes().first() == Some(&b'/')
                && let Some(field) = fields.iter().position(|field| field.name == *ours)
                && let Some(value) = value.at(pointer)
            {
                rest.extend(offer(&mut found[field], Found { name: pointer, value, rank, member: None }));
            }
        }
    }

    /// Every member that the record does not name; nothing that the vendor sends is lost.
    fn rest(
        &self,
        fields: &[Field],
        extra: &Field,
        rest: &[&Member<'t>],
        mut all: Vec<Member<'t>>,
        out: &mut dyn Sink<'t>,
    ) {
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

    fn missing(&self, field: &Field) -> ReadError {
        let name = self.names.member(field.name);
        let place = Place { up: Some(&self.place), step: Step::Member(&name) };
        ReadError { at: place.to_string(), problem: "missing, and it is required".to_owned() }
    }
}

fn empty_list<'t>(field: &'static Field, out: &mut dyn Sink<'t>) {
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
