//! Lists, and those of an answer that are read while it is parsed.

use super::direct::Record;
use super::{Place, ReadError, Reader, Step};
use crate::parse::{self, Parser};
use crate::{Broken, Kind, Mark, Names, Node, Sink, Type, Unread};
use scan::Scanner;
use std::cell::RefCell;

/// What was checked is not broken. Of what is read on the way, whoever reads it again says where.
#[cold]
fn broken(problem: Broken) -> ReadError {
    ReadError { at: String::new(), problem: problem.problem.to_owned() }
}

/// Where the list of records is that an answer is about.
#[derive(Clone, Copy, Debug)]
pub struct ListAt<'a> {
    /// A JSON pointer of plain names.
    pub pointer: &'a str,
    /// The member of what it leads to that is the list.
    pub member: Option<&'a str>,
    /// The type of the list.
    pub ty: &'a Type,
    /// How the answer spells it.
    pub names: &'a Names,
    /// What the answer is called in faults.
    pub root: &'a str,
}

/// As [`Node::read_lazily`], and reads the list into `out` on the way, which has nothing before. Gives the list that was read. There is
/// none, and nothing in `out`, where anything is wrong with it: then [`read_into`](crate::read_into) says what.
///
/// # Errors
///
/// As [`Node::parse`].
pub fn read_with_list<'t>(
    json: &'t [u8],
    list: ListAt<'_>,
    out: &mut dyn Sink<'t>,
) -> Result<(Node<'t>, u8, Option<Unread<'t>>), Broken> {
    let ListAt { pointer, member, ty, names, root } = list;
    let mut read = |scanner: &mut Scanner<'t>, depth: u8| {
        let Kind::List(item) = ty.kind else { return false };
        let known = RefCell::default();
        let place = Place { up: None, step: Step::Root(root) };
        let reader = Reader { names, known: &known, place, field: "", zero_is_none: false };
        let mut parser = Parser::at(scanner.clone());
        let read = reader.items(item, &mut parser, depth, out).is_ok();
        if read {
            *scanner = parser.scanner;
        } else {
            out.back(Mark::START);
        }
        read
    };
    parse::read_with_list(json, (pointer, member), &mut read)
}

/// After so many records of a list, it is known about how long all of them will be.
const SAMPLE: usize = 100;

impl<'t> Reader<'_, 't> {
    pub(super) fn list(&self, item: &Type, value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        let is_empty = match value {
            Node::List(items) => items.is_empty(),
            Node::Unread(_) => false,
            // A list of nothing comes as null, too.
            Node::Null if !self.names.strict => true,
            _ => return Err(self.fault("a list", value)),
        };
        if is_empty && self.must_be_filled(self.field) {
            return Err(ReadError { at: self.place.to_string(), problem: "expected at least one".to_owned() });
        }
        if let Node::Unread(unread) = value {
            return self.items(item, &mut unread.parser(), 0, out);
        }
        out.open(true);
        if let Node::List(items) = value {
            items.iter().enumerate().try_for_each(|(index, value)| self.item(index).list_item(item, value, out))?;
        }
        out.close(true);
        Ok(())
    }

    /// Reads the list that begins where a parser is, at a depth.
    fn items(
        &self,
        item: &Type,
        parser: &mut Parser<'_, 't>,
        depth: u8,
        out: &mut dyn Sink<'t>,
    ) -> Result<(), ReadError> {
        let (mut at, mut fields, mut members): (_, &[_], _) = (0, &[], None);
        if let Kind::Record(of) = item.kind
            && !self.names.strict
            && !self.names.formed
            && let Some((known, direct)) = self.direct(of)
        {
            (at, fields, members) = (known, of, Some(direct));
        }
        let scanner = &mut parser.scanner;
        scanner.enter(depth).map_err(broken)?;
        out.open(true);
        let (from, before) = (scanner.at, out.length());
        let mut record = Record::of(self, at, fields, out);
        let mut index = 0;
        while parser.scanner.goes_on(b']', index == 0).map_err(broken)? {
            let scanner = &mut parser.scanner;
            if index == SAMPLE {
                // Behind the list may be more.
                let end = scanner.text.bytes().rposition(|byte| byte == b']').unwrap_or(0);
                let (read, rest) = (scanner.at - from, end.saturating_sub(scanner.at));
                // A little more, so that it need not grow at its end; and what comes may be shorter than what came.
                let more = (rest as u64 * (record.out.length() - before) as u64 / read as u64) as usize;
                record.out.expect(more.min(3 * rest) / 64 * 65);
            }
            record.item = Some(index);
            let begins = scanner.next_byte() == Some(b'{');
            let direct = members.as_mut().filter(|_| begins);
            if !direct.is_some_and(|members| scan::record(members, scanner, depth + 1, &mut record)) {
                let value = parser.value(depth + 1, None).map_err(broken)?;
                self.item(index).list_item(item, &self.checked(value), record.out)?;
            }
            if let Some(fault) = record.fault.take() {
                return Err(fault);
            }
            index += 1;
        }
        record.out.close(true);
        if members.is_some() {
            self.known.borrow_mut()[at].direct = members;
        }
        Ok(())
    }

    /// Reads an item of a list.
    fn list_item(&self, ty: &Type, value: &Node<'t>, out: &mut dyn Sink<'t>) -> Result<(), ReadError> {
        // Nothing among records is no record.
        if value.is_null() && !self.names.strict && matches!(ty.kind, Kind::Record(_)) {
            return Ok(());
        }
        self.value(ty, value, out)
    }

    pub(super) fn item(&self, index: usize) -> Reader<'_, 't> {
        Reader { place: Place { up: Some(&self.place), step: Step::Item(index) }, ..*self }
    }
}
