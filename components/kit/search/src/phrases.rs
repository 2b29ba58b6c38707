//! What people say when they want an operation: its phrases, by words.
//!
//! Here all words count, since *who*, *what* and *is … done* tell intents apart, and the rarer ones count more: BM25.

use super::Index;
use super::document::Document;
use super::lexicon::EMPTY;
use super::postings::Use;
use super::text::{CAPITAL, Token, VALUE};

/// How soon a word that comes again counts no more, and how much less a word counts among many.
const SOON: f32 = 1.2;
const LONG: f32 = 0.6;
/// How much a word that means the same counts.
pub(crate) const SAME: f32 = 0.5;

/// How an intent fits the phrases of operations.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// By the number of the operation.
    pub fits: Vec<Fit>,
    /// The best score.
    pub best: f32,
    /// How rare the words are together, and those of them that are more than structure.
    pub asked: f32,
    pub meant: f32,
}

/// How an intent fits the phrases of one operation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fit {
    pub score: f32,
    /// How rare the words are, among those that are more than structure, that it has, together, and that it lacks, at most.
    pub meant: f32,
    pub lacks: f32,
    /// The last word that it has, by number.
    last: u32,
}

impl Said {
    pub fn of(tokens: &[Token], index: &Index) -> Said {
        let count = index.documents.len();
        let mut said = Said { fits: vec![Fit::default(); count], best: 0.1, asked: 0.1, meant: 0.1 };
        for (number, token) in tokens.iter().enumerate() {
            if tokens[..number].iter().any(|before| before.forms[0] == token.forms[0]) {
                continue;
            }
            let number = number as u32 + 1;
            let mut known = false;
            let mut rarest = 0.0_f32;
            for (at, form) in token.forms.iter().enumerate().filter(|(_, form)| **form != 0) {
                let uses = index.phrases.uses_of(*form);
                known |= !uses.is_empty();
                let rare = log2(1.0 + (count as f32 + 0.5) / (uses.len() as f32 + 0.5));
                let rare = if at == 0 { rare } else { SAME * rare };
                rarest = rarest.max(rare);
                for Use { document, strong, .. } in uses {
                    let document = *document as usize;
                    let length = index.lengths[document];
                    let fit = &mut said.fits[document];
                    fit.score += rare * (strong * (SOON + 1.0) / (strong + length));
                    fit.last = number;
                }
            }
            said.asked += rarest;
            if token.is(EMPTY | VALUE) && !token.grouped() || token.is(CAPITAL) && !known {
                continue;
            }
            said.meant += rarest;
            for fit in &mut said.fits {
                let has = fit.last == number;
                fit.meant += if has { rarest } else { 0.0 };
                fit.lacks = fit.lacks.max(if has { 0.0 } else { rarest });
            }
        }
        for fit in &said.fits {
            said.best = said.best.max(fit.score);
        }
        said
    }
}

/// By how much the words of operations count less, by how many words their phrases have.
pub(crate) fn lengths(documents: &[Document]) -> Vec<f32> {
    let average = documents.iter().map(|one| one.length).sum::<f32>() / documents.len().max(1) as f32;
    documents.iter().map(|one| SOON * (1.0 - LONG + LONG * (one.length / average))).collect()
}

/// The logarithm, straight between powers of two: the same on every machine.
fn log2(number: f32) -> f32 {
    number.to_bits() as f32 / (1 << 23) as f32 - 127.0
}
