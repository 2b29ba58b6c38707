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

mod document;
mod fit;
mod lexicon;
mod phrases;
mod postings;
mod query;
mod text;

use document::Document;
use fit::FACTS;
use phrases::Phrases;
use postings::Postings;
use query::Query;
use serde_json::Value;
use text::{Token, tokens};

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
    postings: Postings,
    phrases: Phrases,
}

/// How a vendor is called.
#[derive(Debug)]
struct Vendor {
    title: Vec<Token>,
    name: Vec<Token>,
    /// What its ids begin with.
    prefix: String,
}

impl Index {
    /// Of catalogues, as `operations.describe` gives them.
    pub fn of(catalogues: &[&Value]) -> Index {
        let mut index = Index::default();
        for catalogue in catalogues {
            let words = |key: &str| tokens(text(&catalogue[key]));
            let vendor =
                Vendor { title: words("title"), name: words("vendor"), prefix: text(&catalogue["vendor"]).to_owned() };
            for operation in list(&catalogue["operations"]) {
                // Whoever searches is not to be led to credentials.
                if operation["secret"].as_bool() != Some(true) {
                    let document = Document::of(&mut index, catalogue, operation, &vendor);
                    index.documents.push(document);
                    index.phrases.add(operation);
                }
            }
            index.vendors.push(vendor);
        }
        index.phrases.finish();
        let verbs: Vec<u64> = index.documents.iter().map(|document| document.verbs).collect();
        for document in &mut index.documents {
            let alike = verbs.iter().filter(|verbs| *verbs & document.verbs != 0).count();
            document.rare = alike * 20 < verbs.len();
        }
        index
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
        if let Some((vendor, _)) = id(intent) {
            let named = self.documents.iter().find(|document| document.id == intent);
            let ours = self.vendors.iter().any(|known| known.prefix == vendor);
            if named.is_some() || !ours {
                return named
                    .iter()
                    .take(limit)
                    .map(|document| Found { id: document.id.clone(), score: 1.0 })
                    .collect();
            }
        }
        let query = Query::of(intent, self);
        let mut ranks: Vec<f32> = Vec::new();
        for (at, document) in self.documents.iter().enumerate() {
            ranks.push(query.rank(document, at));
        }
        let mut found = Vec::new();
        let (mut best, mut sure) = (0.0, 0.0);
        while found.len() < limit {
            let mut next = 0;
            for (at, rank) in ranks.iter().enumerate() {
                if *rank > ranks[next] {
                    next = at;
                }
            }
            let Some(document) = self.documents.get(next).filter(|_| ranks[next].is_finite()) else { break };
            if found.is_empty() {
                best = ranks[next];
                sure = query.sure(document, next);
            }
            found.push(Found { id: document.id.clone(), score: sure * 4.0 / (4.0 + best - ranks[next]) });
            ranks[next] = f32::NEG_INFINITY;
        }
        found
    }
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
