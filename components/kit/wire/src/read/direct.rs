//! Records of an answer's list, read from their text: plain values go from there to where they are written, and there is no tree
//! of them. What is out of the ordinary is read as everything else is.

use super::record::Outcome;
use super::{Place, ReadError, Reader, Step, bare};
use crate::{Field, Kind, Member, Node, Sink, Type, parse, same_word};
use scan::{Absent, Column, Marks, Meaning, Members, Plain, Receiver, Scanner, Token, Value, Writer, has};
use std::borrow::Cow;

/// What it takes to read records of a type from text.
pub(super) struct Direct<'t> {
    /// The index of what is known of these records.
    at: usize,
    members: Members<'t>,
}

/// A record that is being read.
struct Record<'r, 'p, 't> {
    reader: &'r Reader<'p, 't>,
    at: usize,
    fields: &'static [Field],
    out: &'r mut dyn Sink<'t>,
    /// What no field names.
    unknown: Vec<Member<'t>>,
    /// What goes into `extra` beside that.
    odd: Vec<Member<'t>>,
    fault: Option<ReadError>,
}

impl<'t> Reader<'_, 't> {
    /// The index of what is known of records that may be read from text: none if a field stands deeper inside.
    fn flat(&self, fields: &'static [Field]) -> Option<usize> {
        let at = self.known(fields);
        self.known.borrow()[at].pointed.is_empty().then_some(at)
    }

    /// What it takes to read records of a type from text, if they may be read so.
    pub(super) fn direct(&self, fields: &'static [Field]) -> Option<Direct<'t>> {
        let at = self.flat(fields)?;
        let members = self.known.borrow_mut()[at].direct.take().unwrap_or_default();
        Some(Direct { at, members })
    }

    /// Leaves it to the next list of the same records.
    pub(super) fn put_back(&self, direct: Direct<'t>) {
        self.known.borrow_mut()[direct.at].direct = Some(direct.members);
    }

    /// Reads the record that begins here. Tells whether it did; otherwise it has to be read in the other way.
    pub(super) fn read_direct(
        &self,
        direct: &mut Direct<'t>,
        scanner: &mut Scanner<'t>,
        depth: u8,
        out: &mut dyn Sink<'t>,
    ) -> Result<bool, ReadError> {
        if scanner.next_byte() != Some(b'{') {
            return Ok(false);
        }
        self.read_members(direct.at, &mut direct.members, scanner, depth, out)
    }

    fn read_members(
        &self,
        at: usize,
        members: &mut Members<'t>,
        scanner: &mut Scanner<'t>,
        depth: u8,
        out: &mut dyn Sink<'t>,
    ) -> Result<bool, ReadError> {
        let fields = self.known.borrow()[at].fields;
        let mut record = Record { reader: self, at, fields, out, unknown: Vec::new(), odd: Vec::new(), fault: None };
        let read = scan::record(members, scanner, depth, &mut record);
        record.fault.map_or(Ok(read), Err)
    }

    fn column(&self, field: &Field) -> Column {
        let ty = there(field.ty);
        let most = |sign: u16| Plain::Whole(u64::MAX >> (64 - 8 * ty.size + sign));
        let plain = match ty.kind {
            Kind::Text => Plain::Text,
            Kind::Json => Plain::Json,
            Kind::Unsigned => most(0),
            Kind::Signed => most(1),
            Kind::Bool => Plain::Truth,
            Kind::Enum(_) | Kind::Variant { .. } => Plain::Word,
            Kind::Record(fields) if self.flat(fields).is_some() => Plain::Linked,
            _ => Plain::None,
        };
        Column::new(field.name, plain, absent(field))
    }
}

fn absent(field: &Field) -> Absent {
    match field.ty.kind {
        Kind::Option { .. } => Absent::Nothing,
        Kind::List(_) => Absent::List,
        _ => Absent::Fault,
    }
}

impl<'t> Receiver<'t> for Record<'_, '_, 't> {
    fn columns(&self) -> usize {
        self.fields.len()
    }

    fn absent(&self, column: usize) -> Absent {
        absent(&self.fields[column])
    }

    fn column(&self, column: usize) -> Option<Column> {
        let field = &self.fields[column];
        (!self.out.suspects(field.name)).then(|| self.reader.column(field))
    }

    fn zero_is_none(&self, column: usize) -> bool {
        has(self.reader.names.zero_is_none, self.fields[column].name)
    }

    fn word(&self, column: usize, text: &str) -> Option<&'static str> {
        let of = |words: &[&'static str]| self.reader.word(words, &Node::from(text)).filter(|word| *word == text);
        match there(self.fields[column].ty).kind {
            Kind::Enum(words) => of(words),
            Kind::Variant { cases, .. } => of(&bare(cases)),
            _ => None,
        }
    }

    fn meaning(&mut self, name: &'t str) -> Meaning {
        let names = self.reader.names;
        match names.meant(self.fields, name) {
            _ if names.withheld.iter().any(|withheld| same_word(withheld, name)) => Meaning::Withheld,
            Some((field, _)) => Meaning::Column(field),
            None => Meaning::Unknown,
        }
    }

    fn open(&mut self) {
        self.out.open(false);
    }

    fn suspects(&self, text: &str) -> bool {
        self.out.suspects(text)
    }

    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)> {
        self.out.writer()
    }

    fn plain(&mut self, column: usize, value: Value<'t>) {
        self.out.field(self.fields[column].name);
        self.out.put(match value {
            Value::Text(text) => Node::Text(Cow::Borrowed(text)),
            Value::Number(number) => Node::Number(number.into()),
            Value::Truth(truth) => Node::Bool(truth),
            Value::EmptyList => Node::List(Vec::new()),
        });
    }

    fn other(&mut self, column: usize, member: Option<(&'t str, Token<'t>)>, linked: Option<&mut Members<'t>>) -> bool {
        let Some((name, token)) = member else {
            self.fault = Some(self.reader.missing(&self.fields[column]));
            return false;
        };
        if linked.is_some_and(|members| self.linked(column, name, token, members)) {
            return true;
        }
        let value = self.reader.checked(parse::read(token));
        match self.reader.field(self.at, column, (name, &value), self.out) {
            Ok(Outcome::Odd) => self.odd.push((Cow::Borrowed(name), value)),
            Ok(Outcome::Nothing | Outcome::Read) => {}
            Err(fault) => self.fault = Some(fault),
        }
        self.fault.is_none()
    }

    fn rest(&mut self, rest: &mut dyn Iterator<Item = (&'t str, Token<'t>)>) {
        rest.for_each(|(name, token)| self.unknown.push((name.into(), self.reader.checked(parse::read(token)))));
    }

    fn close(&mut self) {
        if let Some(extra) = self.reader.known.borrow()[self.at].extra.filter(|_| self.odd.len() + self.unknown.len() > 0) {
            let odd = std::mem::take(&mut self.odd);
            self.reader.rest(self.fields, extra, self.unknown.iter(), odd, self.out);
        }
        self.out.close(false);
    }
}

impl<'t> Record<'_, '_, 't> {
    /// Reads a record in a field of this one, and tells whether it did.
    fn linked(&mut self, column: usize, name: &str, token: Token<'t>, members: &mut Members<'t>) -> bool {
        let field = &self.fields[column];
        let (Token::Other(object), Type { kind: Kind::Record(fields), .. }) = (token, there(field.ty)) else {
            return false;
        };
        if !object.starts_with('{') {
            return false;
        }
        let place = Place { up: Some(&self.reader.place), step: Step::Member(name) };
        let reader = Reader { place, field: field.name, zero_is_none: false, ..*self.reader };
        let before = self.out.field(field.name);
        let read = reader.read_members(reader.known(fields), members, &mut Scanner::of(object, true), 0, self.out);
        if !matches!(read, Ok(true)) {
            self.out.back(before);
        }
        matches!(read, Ok(true))
    }
}

/// What an option is of.
fn there(ty: &Type) -> &Type {
    if let Kind::Option { some, .. } = ty.kind { some } else { ty }
}

#[cfg(test)]
mod tests;
