//! Records of an answer's list, read from their text: plain values go from there to where they are written, and there is no tree
//! of them. What is out of the ordinary is read as everything else is.

use super::record::Outcome;
use super::{ReadError, Reader, bare};
use crate::{Field, Kind, Member, Node, Sink, Type, parse, same_word};
use scan::{Absent, Column, Marks, Meaning, Members, Plain, Receiver, Scanner, Token, Value, Writer, has};
use std::borrow::Cow;

/// A record that is being read.
pub(super) struct Record<'r, 'p, 't> {
    /// That of the record, or of the list that it stands in.
    reader: &'r Reader<'p, 't>,
    /// Its place in that list.
    pub item: Option<usize>,
    /// The index of what is known of such records.
    at: usize,
    fields: &'static [Field],
    pub out: &'r mut dyn Sink<'t>,
    /// What no field names.
    unknown: Vec<Member<'t>>,
    /// What goes into `extra` beside that.
    odd: Vec<Member<'t>>,
    pub fault: Option<ReadError>,
}

impl<'t> Reader<'_, 't> {
    /// What it takes to read records of a type from text, and the index of what is known of them; none if a field stands deeper inside.
    pub(super) fn direct(&self, fields: &'static [Field]) -> Option<(usize, Members<'t>)> {
        let at = self.flat(fields)?;
        let members = self.known.borrow_mut()[at].direct.take();
        Some((at, members.unwrap_or_default()))
    }

    fn flat(&self, fields: &'static [Field]) -> Option<usize> {
        let at = self.known(fields);
        self.known.borrow()[at].pointed.is_empty().then_some(at)
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

impl<'r, 'p, 't> Record<'r, 'p, 't> {
    pub(super) fn of(
        reader: &'r Reader<'p, 't>,
        at: usize,
        fields: &'static [Field],
        out: &'r mut dyn Sink<'t>,
    ) -> Record<'r, 'p, 't> {
        Record { reader, item: None, at, fields, out, unknown: Vec::new(), odd: Vec::new(), fault: None }
    }

    fn reader(&self) -> Reader<'_, 't> {
        self.item.map_or(*self.reader, |index| self.reader.item(index))
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
            None if self.reader.known.borrow()[self.at].extra.is_some() => Meaning::Unknown,
            // There is no place for it.
            None => Meaning::Withheld,
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
            self.fault = Some(self.reader().missing(&self.fields[column]));
            return false;
        };
        if linked.is_some_and(|members| self.linked(column, token, members)) {
            return true;
        }
        let value = self.reader.checked(parse::read(token));
        let reader = self.item.map_or(*self.reader, |index| self.reader.item(index));
        match reader.field(self.at, column, (name, &value), self.out) {
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
        if let Some(extra) =
            self.reader.known.borrow()[self.at].extra.filter(|_| self.odd.len() + self.unknown.len() > 0)
        {
            let odd = std::mem::take(&mut self.odd);
            self.reader.rest(self.fields, extra, self.unknown.iter(), odd, self.out);
        }
        self.unknown.clear();
        self.odd.clear();
        self.out.close(false);
    }
}

impl<'t> Record<'_, '_, 't> {
    /// Reads a record in a field of this one, and tells whether it did.
    fn linked(&mut self, column: usize, token: Token<'t>, members: &mut Members<'t>) -> bool {
        let field = &self.fields[column];
        let (Token::Other(object), Type { kind: Kind::Record(fields), .. }) = (token, there(field.ty)) else {
            return false;
        };
        if !object.starts_with('{') {
            return false;
        }
        // What is at fault there is read again, and told then.
        let reader = Reader { field: field.name, zero_is_none: false, ..*self.reader };
        let before = self.out.field(field.name);
        let mut record = Record::of(&reader, reader.known(fields), fields, self.out);
        let read = scan::record(members, &mut Scanner::of(object, true), 0, &mut record) && record.fault.is_none();
        if !read {
            self.out.back(before);
        }
        read
    }
}

/// What an option is of.
fn there(ty: &Type) -> &Type {
    if let Kind::Option { some, .. } = ty.kind { some } else { ty }
}

#[cfg(test)]
mod tests;
