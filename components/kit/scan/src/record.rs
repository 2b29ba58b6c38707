//! Reads one object of many that look alike. Plain values of its members are written at once. Everything else is left to the
//! caller's [`Receiver`].

use crate::column::{Absent, Column, Plain, Value};
use crate::marks::Marks;
use crate::scanner::{Scanner, Token};
use crate::words::has;
use crate::writer::Writer;

/// What a member of an object stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The column of this index.
    Column(usize),
    /// It is not passed on.
    Withheld,
    /// No column.
    Unknown,
}

/// What the caller does with an object that is read.
pub trait Receiver<'t> {
    /// How many columns there are.
    fn columns(&self) -> usize;
    /// What an object without the column of this index has.
    fn absent(&self, column: usize) -> Absent;
    /// The column of this index; none if its name may not be written at once.
    fn column(&self, column: usize) -> Option<Column>;
    /// Whether 0 stands for nothing in the column of this index.
    fn zero_is_none(&self, column: usize) -> bool;
    /// The word that a text is in the column of this index, of [`Plain::Word`]; none unless the text is the same.
    fn word(&self, column: usize, text: &str) -> Option<&'static str>;
    /// What the member of this name stands for.
    fn meaning(&mut self, name: &'t str) -> Meaning;
    /// The object begins.
    fn open(&mut self);
    /// Whether a text may not be written at once.
    fn suspects(&self, text: &str) -> bool;
    /// Where plain values are written, and what marks texts that may be [suspicious](Receiver::suspects). Without it, each value
    /// comes by [`Receiver::plain`].
    fn writer(&mut self) -> Option<(&mut Writer, Option<&Marks>)>;
    /// A plain value of the column of this index.
    fn plain(&mut self, column: usize, value: Value<'t>);
    /// A value of the column of this index that is not plain, or none where the column needs one; of [`Plain::Linked`], with what it
    /// takes to read its members. Returns whether to read on.
    fn other(&mut self, column: usize, member: Option<(&'t str, Token<'t>)>, linked: Option<&mut Members<'t>>) -> bool;
    /// These members have no column.
    fn rest(&mut self, rest: &mut dyn Iterator<Item = (&'t str, Token<'t>)>);
    /// The object ends.
    fn close(&mut self);
}

/// The members of an object. One takes the room of the one before.
#[derive(Debug, Default)]
pub struct Members<'t> {
    /// Their values.
    all: Vec<Token<'t>>,
    /// What the members of the last objects are called and stand for.
    seen: Vec<Seen<'t>>,
    /// How many of those the plan is for; 0 without a plan.
    planned: usize,
    /// What is to be written of an object with these members.
    plan: Vec<Step>,
    /// The members without a column.
    rest: Vec<u8>,
    /// The columns that a plan had so far, with their indexes.
    columns: Vec<(u16, Column)>,
    /// Those of [`Plain::Linked`].
    linked: Vec<Linked<'t>>,
    /// How many bytes what is written of an object takes, beside its values.
    keys: usize,
    /// How many bytes their plain values take.
    length: usize,
}

/// The name of a member.
#[derive(Clone, Copy, Debug)]
struct Seen<'t> {
    /// As it stands, with its quotes and the colon.
    text: &'t str,
    name: &'t str,
    meaning: Meaning,
    /// Which of the [linked](Members::linked) it is; [`NONE`] if it is none.
    linked: u8,
}

/// Objects in a column.
#[derive(Debug)]
struct Linked<'t> {
    /// Its place among the columns.
    column: u16,
    /// Those of the object before.
    members: Members<'t>,
    /// The object, if those are of the one that is being read.
    text: &'t str,
}

/// A column of the output.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Its place among the columns.
    column: u16,
    /// Its member; [`NONE`] if it has none.
    place: u8,
    /// Which of the [linked](Members::linked) it is; [`NONE`] if it is none.
    linked: u8,
}

const NONE: u8 = u8::MAX;

/// Reads the object that begins here. Tells whether it did: an object that has two members for a column, none for any, or escapes in
/// names, and what is no JSON, is left to others, with the scanner where it was. An object that does not go on is read.
// Within a caller that is compiled for the least size, it would be, too.
#[inline(never)]
pub fn record<'t>(
    members: &mut Members<'t>,
    scanner: &mut Scanner<'t>,
    depth: u8,
    receiver: &mut dyn Receiver<'t>,
) -> bool {
    let start = scanner.at;
    if members.find(scanner, depth, Some(receiver)).is_none() {
        scanner.at = start;
        return false;
    }
    let mut next = 0;
    match receiver.writer() {
        Some((writer, marks)) => {
            writer.open(false);
            next = members.write(0, writer, marks, usize::MAX);
            if next == members.plan.len() && members.rest.is_empty() {
                writer.close(false);
                return true;
            }
        }
        None => receiver.open(),
    }
    members.write_on(next, receiver);
    true
}

impl<'t> Members<'t> {
    /// Finds the members, and what is to be written of them. Most objects have those of the one before; without a receiver, others
    /// are not found.
    fn find(
        &mut self,
        scanner: &mut Scanner<'t>,
        depth: u8,
        mut receiver: Option<&mut dyn Receiver<'t>>,
    ) -> Option<()> {
        self.all.clear();
        self.length = 0;
        scanner.enters(depth).ok()?;
        while scanner.has_next(b'}', self.all.is_empty()).ok()? {
            let index = self.all.len();
            let linked = match self.seen.get(index).filter(|seen| scanner.passes(seen.text)) {
                Some(seen) => seen.linked,
                None => {
                    self.name(index, scanner, receiver.as_deref_mut()?)?;
                    NONE
                }
            };
            let linked = self.linked.get_mut(usize::from(linked)).and_then(|linked| linked.find(scanner, depth + 1));
            let token = match linked {
                Some(object) => Token::Other(object),
                None => scanner.token(depth + 1).ok()?,
            };
            if let Token::Text(text) | Token::Word(text) = token {
                self.length += text.len();
            }
            self.all.push(token);
        }
        if self.planned == 0 || self.planned != self.all.len() { self.plan(receiver?) } else { Some(()) }
    }

    /// The name of the member of this index, which comes next and is another one than before.
    #[inline(never)]
    fn name(&mut self, index: usize, scanner: &mut Scanner<'t>, receiver: &mut dyn Receiver<'t>) -> Option<()> {
        if index == usize::from(NONE) {
            return None;
        }
        scanner.next_byte();
        let from = scanner.at;
        let name = scanner.plain_name()?;
        self.planned = 0;
        self.seen.truncate(index);
        let (text, meaning) = (scanner.piece(from, scanner.at), receiver.meaning(name));
        self.seen.push(Seen { text, name, meaning, linked: NONE });
        Some(())
    }

    /// Finds the member of each column, if each has one, and one is there.
    #[inline(never)]
    fn plan(&mut self, receiver: &dyn Receiver<'t>) -> Option<()> {
        self.planned = 0;
        self.rest.clear();
        self.linked.iter_mut().for_each(|linked| linked.text = "");
        let mut found = vec![NONE; receiver.columns()];
        let mut any = false;
        for (place, seen) in (0..NONE).zip(self.seen.iter().take(self.all.len())) {
            match &seen.meaning {
                Meaning::Column(column) => {
                    *found.get_mut(*column).filter(|found| **found == NONE)? = place;
                    any = true;
                }
                Meaning::Unknown => self.rest.push(place),
                Meaning::Withheld => {}
            }
        }
        self.plan.clear();
        self.keys = 0;
        for (index, place) in (0..).zip(found) {
            if place != NONE || receiver.absent(usize::from(index)) != Absent::Nothing {
                self.step(index, place, receiver)?;
            }
        }
        self.planned = if any { self.all.len() } else { 0 };
        any.then_some(())
    }

    /// Adds a step to the plan.
    fn step(&mut self, index: u16, place: u8, receiver: &dyn Receiver<'t>) -> Option<()> {
        let column = match self.columns.iter().position(|(known, _)| *known == index) {
            Some(column) => column,
            None => {
                self.columns.push((index, receiver.column(usize::from(index))?));
                self.columns.len() - 1
            }
        };
        let Column { key, plain, .. } = &self.columns.get(column)?.1;
        self.keys += key.len() + 2;
        let column = u16::try_from(column).ok()?;
        let mut linked = NONE;
        if *plain == Plain::Linked {
            let known = self.linked.iter().position(|linked| linked.column == column);
            linked = u8::try_from(known.unwrap_or(self.linked.len())).ok().filter(|linked| *linked != NONE)?;
            if known.is_none() {
                self.linked.push(Linked { column, members: Members::default(), text: "" });
            }
            if let Some(seen) = self.seen.get_mut(usize::from(place)) {
                seen.linked = linked;
            }
        }
        self.plan.push(Step { column, place, linked });
        Some(())
    }

    /// The name and the value of the member at a place.
    fn at(&self, place: u8) -> Option<(&'t str, Token<'t>)> {
        let place = usize::from(place);
        Some((self.seen.get(place)?.name, *self.all.get(place)?))
    }

    /// Writes plain values of the plan from one step on, and tells which is the first that has to be seen to. `allowed`: the step
    /// whose text may be written whatever marks it.
    fn write(&self, from: usize, writer: &mut Writer, marks: Option<&Marks>, allowed: usize) -> usize {
        writer.reserve(self.length + self.keys);
        let mut first = writer.is_open();
        let mut index = from;
        while let Some(step) = self.plan.get(index) {
            let Some((_, column)) = self.columns.get(usize::from(step.column)) else { return index };
            let key = if first { column.key.get(1..).unwrap_or_default() } else { &column.key };
            let text = match self.all.get(usize::from(step.place)) {
                Some(token) => match column.text(*token) {
                    Some(text) => text,
                    None if *token == Token::Word("null") && column.absent == Absent::Nothing => {
                        index += 1;
                        continue;
                    }
                    None => match self.linked.get(usize::from(step.linked)) {
                        Some(linked) if !linked.text.is_empty() && linked.write(key, writer, marks) => {
                            (first, index) = (false, index + 1);
                            continue;
                        }
                        _ => return index,
                    },
                },
                None if column.absent == Absent::List => "[]",
                None => return index,
            };
            let quoted = column.plain.is_quoted();
            if quoted && index != allowed && marks.is_some_and(|marks| marks.any(text)) {
                return index;
            }
            writer.put(key, text, if quoted { "\"" } else { "" });
            (first, index) = (false, index + 1);
        }
        index
    }

    /// Writes the rest from a step on that has to be seen to, unless the object does not go on.
    #[inline(never)]
    fn write_on(&mut self, mut next: usize, receiver: &mut dyn Receiver<'t>) {
        let mut allowed = usize::MAX;
        while let Some(step) = self.plan.get(next) {
            match self.other(*step, receiver) {
                Next::Allowed if next != allowed => allowed = next,
                Next::Stop => return,
                _ => next += 1,
            }
            // As far as there are plain values that can be written at once.
            if let Some((writer, marks)) = receiver.writer() {
                next = self.write(next, writer, marks, allowed);
            }
        }
        if !self.rest.is_empty() {
            receiver.rest(&mut self.rest.iter().filter_map(|place| self.at(*place)));
        }
        receiver.close();
    }

    /// Sees to a step whose value is not written at once.
    fn other(&mut self, step: Step, receiver: &mut dyn Receiver<'t>) -> Next {
        let member = self.at(step.place);
        let Some((index, column)) = self.columns.get_mut(usize::from(step.column)) else { return Next::Step };
        let index = usize::from(*index);
        if let (Plain::Word, Some((_, Token::Text(text)))) = (column.plain, member)
            && !has(&column.words, text)
            && let Some(word) = receiver.word(index, text)
        {
            column.words.push(word);
        }
        if member.is_some_and(|(_, token)| token.is_zero()) && column.zero_is_none.is_none() {
            column.zero_is_none = Some(receiver.zero_is_none(index));
        }
        let value = match member {
            Some((_, token)) => column.value(token),
            None => (column.absent == Absent::List).then_some(Value::EmptyList),
        };
        match value {
            Some(Value::Text(text)) if receiver.writer().is_some() && !receiver.suspects(text) => {
                return Next::Allowed;
            }
            Some(value) => receiver.plain(index, value),
            None => {
                let linked = self.linked.get_mut(usize::from(step.linked)).map(|linked| &mut linked.members);
                if !receiver.other(index, member, linked) {
                    return Next::Stop;
                }
            }
        }
        Next::Step
    }
}

impl<'t> Linked<'t> {
    /// Finds the members of the object that comes next, if they are those of the one before. Otherwise, the scanner stays where it was.
    #[inline(never)]
    fn find(&mut self, scanner: &mut Scanner<'t>, depth: u8) -> Option<&'t str> {
        let (begin, from) = (scanner.next_byte(), scanner.at);
        self.text = "";
        if begin == Some(b'{') && self.members.planned > 0 && self.members.find(scanner, depth, None).is_some() {
            self.text = scanner.piece(from, scanner.at);
            return Some(self.text);
        }
        scanner.at = from;
        None
    }

    /// Writes the object with its key, if all of it can be written at once. Tells whether it did.
    #[inline(never)]
    fn write(&self, key: &str, writer: &mut Writer, marks: Option<&Marks>) -> bool {
        let before = writer.len();
        writer.put(key, "{", "");
        let done =
            self.members.write(0, writer, marks, usize::MAX) == self.members.plan.len() && self.members.rest.is_empty();
        if done {
            writer.close(false);
        } else {
            writer.text_mut().truncate(before);
        }
        done
    }
}

/// What to do after a step.
enum Next {
    /// The next step.
    Step,
    /// The same step, whose text may be written.
    Allowed,
    /// Nothing.
    Stop,
}
