//! Records of an answer's list, read from their text: plain values go from there to where they are written, and there is no tree
//! of them. What is out of the ordinary is read as everything else is.

use super::record::Outcome;
use super::{Place, ReadError, Reader, Step, bare};
use crate::{Field, Kind, Member, Node, Sink, Type, parse, same_word};
use scan::{Absent, Column, Marks, Meaning, Members, Plain, Receiver, Scanner, Token, Value, Writer, has, key};
use std::borrow::Cow;

/// What it takes to read records of a type from text.
pub(super) struct Direct<'t> {
    room: Members<'t>,
    /// Whether they may be read so: no field stands deeper inside.
    fits: bool,
}

/// A record that is being read.
struct Record<'r, 'p, 't> {
    reader: &'r Reader<'p, 't>,
    at: usize,
    fields: &'static [Field],
    out: &'r mut dyn Sink<'t>,
    /// What goes into `extra` beside what no field names.
    odd: Vec<Member<'t>>,
    fault: Option<ReadError>,
}

impl<'t> Reader<'_, 't> {
    /// Reads the record that begins here, in a text that was checked. Tells whether it did; otherwise it has to be read in the
    /// other way.
    pub(super) fn direct(
        &self,
        fields: &'static [Field],
        scanner: &mut Scanner<'t>,
        out: &mut dyn Sink<'t>,
    ) -> Result<bool, ReadError> {
        if scanner.next_byte() != Some(b'{') {
            return Ok(false);
        }
        let at = self.known(fields);
        let direct = self.known.borrow_mut()[at].direct.take();
        let begin = || Direct { room: Members::default(), fits: self.known.borrow()[at].pointed.is_empty() };
        let mut direct = direct.unwrap_or_else(|| Box::new(begin()));
        let mut record = Record { reader: self, at, fields, out, odd: Vec::new(), fault: None };
        let read = direct.fits && scan::record(&mut direct.room, scanner, &mut record);
        let fault = record.fault;
        self.known.borrow_mut()[at].direct = Some(direct);
        fault.map_or(Ok(read), Err)
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
            _ => Plain::None,
        };
        let zero_is_none = has(self.names.zero_is_none, field.name);
        Column { key: key(field.name), plain, absent: absent(field), zero_is_none, words: Vec::new() }
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

    fn other(&mut self, column: usize, member: Option<(&'t str, Token<'t>)>) -> bool {
        let Some((name, token)) = member else {
            self.fault = Some(self.reader.missing(&self.fields[column]));
            return false;
        };
        if self.linked(column, name, token) {
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

    fn close(&mut self, rest: &mut dyn Iterator<Item = (&'t str, Token<'t>)>) {
        if !self.odd.is_empty() || rest.size_hint().1 != Some(0) {
            self.rest(rest);
        }
        self.out.close(false);
    }
}

impl<'t> Record<'_, '_, 't> {
    #[cold]
    fn rest(&mut self, rest: &mut dyn Iterator<Item = (&'t str, Token<'t>)>) {
        let extra = self.reader.known.borrow()[self.at].extra;
        if let Some(extra) = extra {
            let mut unknown = Vec::new();
            rest.for_each(|(name, token)| unknown.push((name.into(), self.reader.checked(parse::read(token)))));
            self.reader.rest(self.fields, extra, unknown.iter(), std::mem::take(&mut self.odd), self.out);
        }
    }

    /// Reads a record in a field of this one, and tells whether it did.
    fn linked(&mut self, column: usize, name: &str, token: Token<'t>) -> bool {
        let field = &self.fields[column];
        let (Token::Other(object), Type { kind: Kind::Record(fields), .. }) = (token, there(field.ty)) else {
            return false;
        };
        let place = Place { up: Some(&self.reader.place), step: Step::Member(name) };
        let reader = Reader { place, field: field.name, zero_is_none: false, ..*self.reader };
        let before = self.out.field(field.name);
        let read = reader.direct(fields, &mut Scanner::of(object, true), self.out);
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
