//! What one vendor adds to an index, and what of it is known before its facts are.

use super::document::{Collector, Document, READS, STRONG, Traits, Word};
use super::postings::{Postings, Use, entry, sorted};
use super::text::tokens;
use super::{Index, Vendor, list, text};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::borrow::Cow;

/// An operation, by the facts that are not part of a [`Draft`].
#[derive(Clone, Debug)]
pub struct Operation<'o> {
    /// Its id, such as `vendor.list-things`.
    pub id: Cow<'o, str>,
    /// What it does: `read`, `write` or `destroy`.
    pub effect: &'o str,
    /// Whether it takes or gives a credential: such operations are not found.
    pub secret: bool,
}

/// The index of one vendor, which [`Index::merged`] takes.
#[derive(Debug, Default, PartialEq)]
pub struct Segment {
    pub(crate) vendor: Vendor,
    pub(crate) documents: Vec<Document>,
    pub(crate) words: Postings,
    pub(crate) phrases: Postings,
}

/// What the texts of a catalogue add to an index. The effects of operations need not be known, and which are secret.
#[derive(Debug, Default, PartialEq)]
pub struct Draft {
    pub(crate) facts: Vec<Traits>,
    /// In the order of forms and operations.
    pub(crate) words: Vec<DraftUse>,
    pub(crate) phrases: Vec<DraftUse>,
}

/// A word of an operation: what it counts, and what it counts if the operation reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DraftUse {
    pub form: u32,
    /// The operation's number.
    pub operation: u32,
    pub counts: [Count; 2],
}

/// What a word counts, in strong places and in weak ones.
pub(crate) type Count = [f32; 2];

impl Segment {
    /// Of a catalogue, as `operations.describe` gives it.
    pub fn of(catalogue: &Value) -> Segment {
        let operations: Vec<Operation> = list(&catalogue["operations"])
            .iter()
            .map(|one| Operation {
                id: text(&one["id"]).into(),
                effect: text(&one["effect"]),
                secret: one["secret"].as_bool() == Some(true),
            })
            .collect();
        let (vendor, title) = (text(&catalogue["vendor"]), text(&catalogue["title"]));
        // A catalogue from elsewhere has no index, or one of another version.
        Segment::of_index(text(&catalogue["search-index"]), vendor, title, &operations)
            .unwrap_or_else(|_| Draft::of(catalogue).segment(vendor, title, &operations))
    }

    /// Of what a catalogue has as `search-index`: the bytes of a [`Draft`], in Base64.
    ///
    /// # Errors
    ///
    /// A text that is no index, or the index of other operations.
    pub fn of_index(index: &str, vendor: &str, title: &str, operations: &[Operation]) -> Result<Segment, Broken> {
        let bytes = BASE64_STANDARD.decode(index).map_err(|_| Broken("it is not Base64"))?;
        let draft = Draft::from_bytes(&bytes)?;
        if draft.facts.len() != operations.len() {
            return Err(Broken("it is of other operations"));
        }
        Ok(draft.segment(vendor, title, operations))
    }
}

impl Index {
    /// Of one vendor.
    pub fn of_one(segment: Segment) -> Index {
        let Segment { vendor, documents, words, phrases } = segment;
        Index { vendors: vec![vendor], documents, words, phrases, ..Index::default() }.with_tables()
    }
}

impl Vendor {
    pub fn of(name: &str, title: &str) -> Vendor {
        let words = |text| tokens(text).iter().map(|token| token.forms[0]).collect();
        Vendor { prefix: name.to_owned(), name: words(name), title: words(title) }
    }
}

impl Draft {
    /// Of a catalogue.
    pub fn of(catalogue: &Value) -> Draft {
        let mut collector = Collector::new(catalogue);
        let facts = collector.read(&Vendor::of(text(&catalogue["vendor"]), "").name);
        let phrases = gathered(&collector.phrases, |count, weight| count[0] += weight, |count| count);
        let words = gathered(
            &collector.words,
            |count, weight| count[usize::from(weight <= STRONG)] += weight,
            |[strong, weak]| {
                let weak = if weak < -0.3 { -1.0 } else { weak.clamp(0.0, 0.6) };
                [1.3 * strong / (strong + 1.0), weak]
            },
        );
        Draft { facts, words, phrases }
    }

    /// With the facts of the vendor and of its operations, in the order of the catalogue.
    pub fn segment(&self, vendor: &str, title: &str, operations: &[Operation]) -> Segment {
        let vendor = Vendor::of(vendor, title);
        let mut documents = Vec::new();
        // By the operation's number: the document's, and which count holds.
        let mut numbers = Vec::new();
        for (operation, facts) in operations.iter().zip(&self.facts) {
            numbers
                .push((!operation.secret).then_some((documents.len() as u32, usize::from(operation.effect == READS))));
            if !operation.secret {
                documents.push(Document::of(operation, facts, &vendor.name));
            }
        }
        let postings = |all: &[DraftUse]| {
            let mut postings = Postings::default();
            for one in all {
                if let Some(Some((document, which))) = numbers.get(one.operation as usize)
                    && let [strong, weak] = one.counts[*which]
                    && (strong != 0.0 || weak != 0.0)
                {
                    postings.push(one.form, Use { document: *document, strong, weak });
                }
            }
            postings
        };
        let (words, phrases) = (postings(&self.words), postings(&self.phrases));
        Segment { vendor, documents, words, phrases }
    }
}

/// The uses of words. What a word counts is a sum, in the order of the text.
fn gathered(words: &[Word], add: impl Fn(&mut Count, f32), finish: impl Fn(Count) -> Count) -> Vec<DraftUse> {
    let mut uses: Vec<DraftUse> = Vec::new();
    for at in sorted(words.iter().enumerate().map(|(at, word)| entry(word.form, at)).collect()) {
        let Word { form, operation, weight, if_read } = words[at as u32 as usize];
        if uses.last().is_none_or(|last| (last.form, last.operation) != (form, operation)) {
            uses.push(DraftUse { form, operation, counts: [[0.0; 2]; 2] });
        }
        let counts = uses.last_mut().map_or(&mut [][..], |last| &mut last.counts[usize::from(if_read)..]);
        counts.iter_mut().for_each(|count| add(count, weight));
    }
    uses.iter_mut().flat_map(|one| &mut one.counts).for_each(|count| *count = finish(*count));
    uses.retain(|one| one.counts != [[0.0; 2]; 2]);
    uses
}

/// Why bytes are no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub(crate) &'static str);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the search index cannot be read: {}", self.0)
    }
}

impl std::error::Error for Broken {}
