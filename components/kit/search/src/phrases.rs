//! What people say when they want an operation: its phrases, by words.
//!
//! Here all words count, since *who*, *what* and *is … done* tell intents apart, and the rarer ones count more: BM25.

use super::lexicon::EMPTY;
use super::postings::{Postings, Use};
use super::text::{CAPITAL, Token, VALUE, tokens};
use super::{list, text};
use serde_json::Value;

/// How soon a word that comes again counts no more, and how much less a word counts among many.
const SOON: f32 = 1.2;
const LONG: f32 = 0.6;
/// How much a word that means the same counts.
const SAME: f32 = 0.5;

/// The phrases of all operations.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    postings: Postings,
    /// How many words each operation has.
    lengths: Vec<f32>,
}

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
    last: usize,
}

impl Phrases {
    /// Adds an operation. Its name is a phrase, too, and its summary.
    pub fn add(&mut self, operation: &Value) {
        self.lengths.push(0.0);
        list(&operation["phrases"]).iter().for_each(|phrase| self.put(text(phrase)));
        let (_, name) = text(&operation["id"]).split_once('.').unwrap_or_default();
        self.put(name);
        self.put(text(&operation["summary"]));
    }

    fn put(&mut self, phrase: &str) {
        let number = self.lengths.len() - 1;
        for token in tokens(phrase) {
            self.lengths[number] += 1.0;
            for (at, form) in token.forms.into_iter().enumerate().filter(|(_, form)| *form != 0) {
                let weight = if at == 0 { 1.0 } else { SAME };
                self.postings.last(form, number).strong += weight;
            }
        }
    }

    /// What has to be done after the last.
    pub fn finish(&mut self) {
        let average = self.lengths.iter().sum::<f32>() / self.lengths.len().max(1) as f32;
        for Use { document, strong, .. } in self.postings.all() {
            let length = self.lengths[*document] / average;
            *strong = *strong * (SOON + 1.0) / (*strong + SOON * (1.0 - LONG + LONG * length));
        }
    }

    pub fn said(&self, tokens: &[Token]) -> Said {
        let mut said = Said { fits: vec![Fit::default(); self.lengths.len()], best: 0.1, asked: 0.1, meant: 0.1 };
        for (number, token) in tokens.iter().enumerate() {
            if tokens[..number].iter().any(|before| before.forms[0] == token.forms[0]) {
                continue;
            }
            let mut known = false;
            let mut rarest = 0.0_f32;
            for (at, form) in token.forms.iter().enumerate().filter(|(_, form)| **form != 0) {
                let uses = self.postings.of(*form);
                let count = uses.len() as f32;
                known |= count > 0.0;
                let rare = log2(1.0 + (self.lengths.len() as f32 + 0.5) / (count + 0.5));
                let rare = if at == 0 { rare } else { SAME * rare };
                rarest = rarest.max(rare);
                for Use { document, strong, .. } in uses {
                    let fit = &mut said.fits[*document];
                    fit.score += rare * strong;
                    fit.last = number + 1;
                }
            }
            said.asked += rarest;
            if token.is(EMPTY | VALUE) && !token.grouped() || token.is(CAPITAL) && !known {
                continue;
            }
            said.meant += rarest;
            for fit in &mut said.fits {
                if fit.last == number + 1 {
                    fit.meant += rarest;
                } else {
                    fit.lacks = fit.lacks.max(rarest);
                }
            }
        }
        for fit in &said.fits {
            said.best = said.best.max(fit.score);
        }
        said
    }
}

/// The logarithm, straight between powers of two: the same on every machine.
fn log2(number: f32) -> f32 {
    number.to_bits() as f32 / (1 << 23) as f32 - 127.0
}
