//! Search: an intent in plain words → the operations that fit it, ranked.
//!
//! It is decided by words, the same everywhere: no network, no model. An operation's words count by where they stand (its
//! name, summary, interface, description, fields), a word's synonyms count nearly as much as the word, and what all
//! operations share counts little: BM25F. Beyond that, an intent is read as people build sentences. Its verb must be of a
//! class that the operation's verb is of, its object should be the operation's object, and what it asks for and an operation
//! lacks counts against it. And it is held against the phrases that people use, where all words count. How likely it is that
//! the best operation is meant at all is part of its score: what is not likely is given, and weak.
//!
//! It knows no vendor: their names come from their catalogues.

#![deny(missing_docs)]

mod bytes;
mod column;
mod document;
mod fit;
mod lexicon;
mod phrases;
mod postings;
mod query;
mod segment;
mod text;

pub use segment::{Broken, Draft, Operation, Segment};

use document::Document;
use fit::FACTS;
use postings::{Postings, entries, entry, sorted};
use query::Query;
use serde_json::Value;
use std::collections::BinaryHeap;
use text::Forms;

/// An operation that fits an intent with a greater score than this is likely to be meant.
pub const LIKELY: f32 = 0.5;

/// An operation that fits an intent.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its id, such as `vendor.list-things`.
    pub id: String,
    /// How well it fits, above 0, and 1 only for an operation that is asked for by its id.
    pub score: f32,
}

impl Found {
    /// Whether it is doubtful that the operation is meant.
    pub fn weak(&self) -> bool {
        self.score <= LIKELY
    }
}

/// What an operation is ranked by.
#[derive(Debug)]
pub struct Facts<'i> {
    /// Its id.
    pub id: &'i str,
    /// Its facts, each of which has a weight.
    pub all: [f32; FACTS],
    /// Whether it must not come before others.
    pub against: bool,
    /// Whether the operation has no phrases, so that other weights hold.
    pub plain: bool,
}

/// What can be searched: the operations of one vendor, or of several.
#[derive(Debug, Default)]
pub struct Index {
    vendors: Vec<Vendor>,
    documents: Vec<Document>,
    /// What they say in names, comments and fields, and in phrases.
    words: Postings,
    phrases: Postings,
    /// By operation: by how much the words of its phrases count less.
    lengths: Vec<f32>,
    // Entries of forms and numbers of operations: their verbs, what they are about, and what stands after prepositions in
    // their names.
    verbs: Vec<u64>,
    objects: Vec<u64>,
    qualifiers: Vec<u64>,
}

/// How a vendor is called.
#[derive(Debug, Default, PartialEq)]
struct Vendor {
    /// What its ids begin with.
    prefix: String,
    /// The words of its name and of its title.
    name: Vec<u32>,
    title: Vec<u32>,
}

impl Index {
    /// Of catalogues, as `operations.describe` gives them.
    pub fn of(catalogues: &[&Value]) -> Index {
        Index::merged(catalogues.iter().map(|catalogue| Segment::of(catalogue)))
    }

    /// Of the segments of vendors.
    pub fn merged(segments: impl IntoIterator<Item = Segment>) -> Index {
        let mut index = Index::default();
        let (mut words, mut phrases) = (Vec::new(), Vec::new());
        for segment in segments {
            let first = index.documents.len() as u32;
            let vendor = index.vendors.len();
            index.documents.extend(segment.documents.into_iter().map(|one| Document { vendor, ..one }));
            index.vendors.push(segment.vendor);
            words.push((segment.words, first));
            phrases.push((segment.phrases, first));
        }
        (index.words, index.phrases) = (Postings::merged(&words), Postings::merged(&phrases));
        index.with_tables()
    }

    /// Adds what depends on all operations.
    fn with_tables(mut self) -> Index {
        self.lengths = phrases::lengths(&self.documents);
        let mut classes: Vec<(u64, usize)> = Vec::new();
        for document in &self.documents {
            match classes.iter_mut().find(|(verbs, _)| *verbs == document.verbs) {
                Some((_, count)) => *count += 1,
                None => classes.push((document.verbs, 1)),
            }
        }
        let (mut verbs, mut objects, mut qualifiers) = (Vec::new(), Vec::new(), Vec::new());
        for (number, document) in self.documents.iter_mut().enumerate() {
            let alike = classes.iter().filter(|(verbs, _)| verbs & document.verbs != 0).map(|(_, count)| count);
            document.rare = alike.sum::<usize>() * 20 < self.lengths.len();
            verbs.push(entry(document.verb[0], number));
            objects.extend(document.object.iter().filter(|form| **form != 0).map(|form| entry(*form, number)));
            qualifiers.extend(document.qualifiers().map(|form| entry(form, number)));
        }
        (self.verbs, self.objects, self.qualifiers) = (sorted(verbs), sorted(objects), sorted(qualifiers));
        self
    }

    /// The classes of the operations whose verb a word is.
    fn verbs_of(&self, form: u32) -> u64 {
        entries(&self.verbs, form).fold(0, |all, number| all | self.documents[number].verbs)
    }

    /// The operations that are about what a word says; one may come several times.
    fn about(&self, forms: Forms) -> impl Iterator<Item = &Document> {
        let all = forms.into_iter().filter(|form| *form != 0).flat_map(|form| entries(&self.objects, form));
        all.map(|number| &self.documents[number])
    }

    /// Whether an operation has a word in its name, after a preposition.
    fn qualifies(&self, forms: &Forms) -> bool {
        forms.iter().any(|form| *form != 0 && entries(&self.qualifiers, *form).next().is_some())
    }

    /// What operations are ranked by: for fitting the weights.
    pub fn facts(&self, intent: &str) -> Vec<Facts<'_>> {
        let query = Query::of(intent, self);
        let all = self.documents.iter().enumerate();
        all.map(|(number, document)| Facts {
            id: &document.id,
            all: query.facts(document, number),
            against: query.against(document),
            plain: document.plain,
        })
        .collect()
    }

    /// The operations that fit an intent, best first, at most `limit`.
    ///
    /// An intent may be an operation's id, which nothing else fits.
    pub fn search(&self, intent: &str, limit: usize) -> Vec<Found> {
        let ranked = self.ranked(intent).take(limit);
        ranked.map(|(number, score)| Found { id: self.documents[number].id.clone(), score }).collect()
    }

    /// As [`Index::search`], all of them, by their numbers: an operation's number is its place among those that can be found, of
    /// all vendors.
    pub fn ranked(&self, intent: &str) -> impl Iterator<Item = (usize, f32)> {
        let vendor = id(intent).map(|(vendor, _)| vendor);
        let named = vendor.and_then(|_| self.documents.iter().position(|document| document.id == intent));
        let ours = vendor.is_none_or(|vendor| self.vendors.iter().any(|known| known.prefix == vendor));
        let words = (named.is_none() && ours).then(|| self.by_words(intent));
        named.map(|number| (number, 1.0)).into_iter().chain(words.into_iter().flatten())
    }

    fn by_words(&self, intent: &str) -> impl Iterator<Item = (usize, f32)> {
        let query = Query::of(intent, self);
        let mut ranks = BinaryHeap::new();
        for (number, document) in self.documents.iter().enumerate() {
            if let Some(rank) = query.rank(document, number).filter(|rank| rank.is_finite()) {
                // Of two that rank the same, the first comes first.
                ranks.push(u64::from(ordered(rank)) << 32 | u64::from(!(number as u32)));
            }
        }
        let at = |one: u64| (!(one as u32) as usize, rank_of((one >> 32) as u32));
        let (first, best) = ranks.peek().map_or((0, 0.0), |one| at(*one));
        let sure = self.documents.get(first).map_or(0.0, |document| query.sure(document, first));
        std::iter::from_fn(move || {
            let (number, rank) = at(ranks.pop()?);
            Some((number, sure * 4.0 / (4.0 + best - rank)))
        })
    }
}

/// A number that is in the same order among others as a rank among ranks.
fn ordered(rank: f32) -> u32 {
    // Of the two zeros, one.
    let bits = (rank + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

fn rank_of(ordered: u32) -> f32 {
    f32::from_bits(if ordered >> 31 == 1 { ordered ^ 1 << 31 } else { !ordered })
}

/// The vendor and the name, where an intent has the form of an operation's id.
pub fn id(intent: &str) -> Option<(&str, &str)> {
    let plain = intent.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    intent.split_once('.').filter(|_| plain)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
