//! The types of a vendor's WIT.

use crate::names;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The most bytes that a value of a record may take in memory. A component's tables hold 65,535.
const LARGEST: u64 = 60_000;

/// A type of WIT.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    Bool,
    S32,
    U32,
    S64,
    F64,
    Text,
    Json,
    /// An id that is a number at the vendor and text in WIT, unless another field of this name is text at the vendor.
    NumericId,
    /// An amount that is a number at the vendor and decimal text in WIT, with the same exception.
    Decimal,
    Named(usize),
    List(Box<Ty>),
    Option(Box<Ty>),
}

/// A type with a name.
#[derive(Debug)]
pub(crate) struct Def {
    pub name: String,
    pub doc: String,
    pub kind: DefKind,
    size: u64,
    align: u64,
    /// How large the type is for a validator, which counts what is inside of a type wherever the type stands.
    weight: u64,
}

#[derive(Debug)]
pub(crate) enum DefKind {
    Record(Vec<Field>),
    /// Words, in WIT and at the vendor.
    Enum(Vec<(String, String)>),
    /// The same with other words beside them.
    Variant(Vec<(String, String)>),
}

/// A field of a record.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub name: String,
    pub ty: Ty,
    pub doc: String,
    /// The vendor's name for it.
    pub theirs: String,
    /// A value that the document gives, as the vendor spells it.
    pub example: Option<Value>,
}

impl Field {
    /// As it is given where it is required or not. WIT has no list that is required, and what may be null may be absent.
    pub fn required(self, required: bool, nullable: bool) -> Field {
        let doc = |field: &Field| format!("{} Required.", field.doc);
        match (&self.ty, required) {
            (Ty::List(_), true) => Field { doc: doc(&self), ..self },
            (_, true) if nullable => Field { doc: doc(&self), ty: self.ty.optional(), ..self },
            (_, true) => self,
            (_, false) => Field { ty: self.ty.optional(), ..self },
        }
    }
}

/// What a type holds: whether it is open, and its fields or words; of a field also its comment, where that counts.
type Key = (bool, Vec<(String, Option<(Ty, String)>)>);

/// Which types are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    /// This one is alone.
    Never,
    /// Those that hold the same.
    Equal,
    /// Those that hold the same and say the same of it: what is given has to be what the comments of its fields demand.
    Alike,
}

#[derive(Debug, Default)]
pub(crate) struct Types {
    pub defs: Vec<Def>,
    /// Equal types, by what they hold.
    same: HashMap<Key, usize>,
    names: Names,
}

/// Names that are taken, and the number that the next of the same name gets.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Names {
    pub fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// The names of a record's fields. What no field names stands in `extra`.
    pub fn of_fields() -> Names {
        let mut names = Names::default();
        names.take("extra");
        names
    }

    /// The name, or the name with the first number that is free.
    pub fn unique(&mut self, name: &str) -> String {
        if self.take(name) {
            return name.to_owned();
        }
        let mut number = self.next.get(name).copied().unwrap_or(2);
        let unique = loop {
            let numbered = format!("{name}-{number}");
            number += 1;
            if self.take(&numbered) {
                break numbered;
            }
        };
        self.next.insert(name.to_owned(), number);
        unique
    }
}

impl Types {
    /// Types of which none is called like an operation.
    pub fn new(operations: impl Iterator<Item = String>) -> Types {
        let mut types = Types::default();
        operations.for_each(|name| _ = types.names.take(&name));
        types
    }

    /// A name that no other type has.
    pub fn named(&mut self, wanted: &str) -> String {
        self.names.unique(&names::type_name(wanted))
    }

    /// Adds a type, or finds the one that is the same. An operation's own input is shared with nothing.
    pub fn add(&mut self, wanted: &str, doc: String, kind: DefKind, shared: Shared) -> usize {
        let comment = |field: &Field| if shared == Shared::Alike { field.doc.clone() } else { String::new() };
        let key = match &kind {
            DefKind::Record(fields) => {
                let fields = fields.iter().map(|field| (field.name.clone(), Some((field.ty.clone(), comment(field)))));
                (false, fields.collect())
            }
            DefKind::Enum(words) => (false, words.iter().map(|(word, _)| (word.clone(), None)).collect()),
            DefKind::Variant(words) => (true, words.iter().map(|(word, _)| (word.clone(), None)).collect()),
        };
        if let Some(index) = self.same.get(&key).filter(|_| shared != Shared::Never) {
            return *index;
        }
        let (size, align) = self.layout(&kind);
        let weight = self.inside(&kind);
        let name = self.names.unique(&names::type_name(wanted));
        self.defs.push(Def { name, doc, kind, size, align, weight });
        let index = self.defs.len() - 1;
        if shared != Shared::Never {
            self.same.insert(key, index);
        }
        index
    }

    /// Makes fields `json` that are too large for a record; whether there were any.
    pub fn fit(&self, fields: &mut [Field]) -> bool {
        let mut made = false;
        while self.record(fields).0 > LARGEST {
            let largest = fields.iter_mut().max_by_key(|field| self.size(&field.ty).0);
            let Some(largest) = largest.filter(|field| self.size(&field.ty).0 > 16) else { return made };
            largest.ty = Ty::Option(Box::new(Ty::Json));
            made = true;
        }
        made
    }

    /// The types with names that a type refers to.
    pub fn inner(&self, index: usize) -> Vec<usize> {
        match &self.defs[index].kind {
            DefKind::Record(fields) => fields.iter().filter_map(|field| field.ty.named()).collect(),
            DefKind::Enum(_) | DefKind::Variant(_) => Vec::new(),
        }
    }

    /// Adds a type and all that it is made of.
    pub fn reach(&self, index: usize, reached: &mut BTreeSet<usize>) {
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            if reached.insert(index) {
                open.extend(self.inner(index));
            }
        }
    }

    /// How large a type is for a validator.
    pub fn weight(&self, ty: &Ty) -> u64 {
        match ty {
            Ty::Named(index) => self.defs[*index].weight,
            Ty::List(inner) | Ty::Option(inner) => self.weight(inner).saturating_add(1),
            _ => 1,
        }
    }

    fn inside(&self, kind: &DefKind) -> u64 {
        match kind {
            DefKind::Record(fields) => fields.iter().fold(1, |sum, field| sum.saturating_add(self.weight(&field.ty))),
            DefKind::Enum(_) => 1,
            DefKind::Variant(_) => 2,
        }
    }

    /// Makes the heaviest fields `json` of each record that weighs more than that; how many.
    pub fn lighten(&mut self, most: u64) -> usize {
        let mut count = 0;
        // A type stands behind those that it holds.
        for index in 0..self.defs.len() {
            self.defs[index].weight = self.inside(&self.defs[index].kind);
            while self.defs[index].weight > most {
                let DefKind::Record(fields) = &self.defs[index].kind else { break };
                let weights = fields.iter().map(|field| self.weight(&field.ty));
                let Some((heaviest, _)) = weights.enumerate().max_by_key(|(_, weight)| *weight) else { break };
                if fields[heaviest].ty.named().is_none() {
                    break;
                }
                if let DefKind::Record(fields) = &mut self.defs[index].kind {
                    fields[heaviest].ty.lighten();
                }
                self.defs[index].weight = self.inside(&self.defs[index].kind);
                count += 1;
            }
            (self.defs[index].size, self.defs[index].align) = self.layout(&self.defs[index].kind);
        }
        count
    }

    fn layout(&self, kind: &DefKind) -> (u64, u64) {
        match kind {
            DefKind::Record(fields) => self.record(fields),
            DefKind::Enum(_) => (1, 1),
            DefKind::Variant(_) => (12, 4),
        }
    }

    fn record(&self, fields: &[Field]) -> (u64, u64) {
        let (mut end, mut most) = (0, 1);
        for field in fields {
            let (size, align) = self.size(&field.ty);
            end = u64::next_multiple_of(end, align) + size;
            most = most.max(align);
        }
        (end.next_multiple_of(most), most)
    }

    fn size(&self, ty: &Ty) -> (u64, u64) {
        match ty {
            Ty::Bool => (1, 1),
            Ty::S32 | Ty::U32 => (4, 4),
            Ty::S64 | Ty::F64 => (8, 8),
            // Either may become a number of 64 bits.
            Ty::NumericId | Ty::Decimal => (8, 8),
            Ty::Text | Ty::Json | Ty::List(_) => (8, 4),
            Ty::Named(index) => (self.defs[*index].size, self.defs[*index].align),
            Ty::Option(some) => {
                let (size, align) = self.size(some);
                (size + align, align)
            }
        }
    }
}

impl Ty {
    /// `json` in the place of what has a name, as far as it is no list.
    pub fn lighten(&mut self) {
        match self {
            Ty::Option(inner) | Ty::List(inner) => inner.lighten(),
            ty => *ty = Ty::Json,
        }
    }

    /// Which may be left out: an option, or a list, which is no option.
    pub fn optional(self) -> Ty {
        match self {
            Ty::List(_) | Ty::Option(_) => self,
            ty => Ty::Option(Box::new(ty)),
        }
    }

    pub fn may_be_absent(&self) -> bool {
        matches!(self, Ty::List(_) | Ty::Option(_))
    }

    /// What is optional, or the type itself.
    pub fn some(&self) -> &Ty {
        match self {
            Ty::Option(some) => some,
            ty => ty,
        }
    }

    /// The type with a name that is in it.
    pub fn named(&self) -> Option<usize> {
        match self {
            Ty::Named(index) => Some(*index),
            Ty::List(inner) | Ty::Option(inner) => inner.named(),
            _ => None,
        }
    }

    /// Whether a value is one text, number, boolean or word.
    pub fn is_scalar(&self, types: &Types) -> bool {
        match self.some() {
            Ty::Named(index) => !matches!(types.defs[*index].kind, DefKind::Record(_)),
            Ty::Json | Ty::List(_) => false,
            _ => true,
        }
    }
}
