//! How well an operation fits an intent: a sum of facts about the two, each with a weight.
//!
//! There are two sums: one ranks the operations, and one says how likely it is that the best of them is meant at all. The
//! weights were fitted to the intents in `host-test/intents` by `fit.py` there; fit them again when the facts change.

use super::document::Document;
use super::lexicon::{CREATE, DESTROY, READ, STOP, UPDATE};
use super::query::{HEAD, MODIFIER, OTHER, Query, REST, alike};

/// How many facts there are. The first are those of the roles that words have, where `HEAD` and `OTHER` have none.
pub const FACTS: usize = 35;

const HEAD_WEAK: usize = HEAD;
const OBJECT_SAME: usize = OTHER;
const UNKNOWN_OBJECT: usize = 8;
const UNKNOWN_VERB: usize = 9;
const PRODUCT: usize = 10;
const ALWAYS: usize = 11;
const VERB_SAME: usize = 12;
const CLASS_SAME: usize = 13;
const CLASS_OTHER: usize = 14;
const CLASS_RARE: usize = 15;
const NONE_READ: usize = 16;
const NAME_COVERED: usize = 17;
const NAME_OPEN: usize = 18;
const QUALIFIER_OPEN: usize = 19;
const QUALIFIER_SAME: usize = 20;
const LONG_NAME: usize = 21;
const VENDOR_SAME: usize = 22;
const VENDOR_OTHER: usize = 23;
const ONE_SAME: usize = 24;
const COVER: usize = 25;
const COVERED: usize = 26;
const COVER_SAME: usize = 27;
const HEAD_SAID: usize = 28;
const NONE_OTHER: usize = 29;
const ALL: usize = 30;
const ALL_SUM: usize = 31;
const NAME_ALL: usize = 32;
const UNKNOWN: usize = 33;
const VERB_AGAINST: usize = 34;

impl Query {
    pub fn rank(&self, document: &Document) -> f32 {
        weigh(&self.facts(document), &RANK)
    }

    /// How likely it is that an operation is meant at all, the best being this one: from 0 to 1.
    pub fn sure(&self, document: &Document) -> f32 {
        let facts = self.facts(document);
        if facts[VENDOR_OTHER] + facts[PRODUCT] > 0.0 {
            return 0.0;
        }
        let mut sum = weigh(&facts, &SURE);
        for ((one, other), weight) in TOGETHER.iter().zip(&SURE_TOGETHER) {
            sum += facts[*one] * facts[*other] * f32::from(*weight) / 16.0;
        }
        0.5 + 0.5 * sum / (1.0 + sum.abs())
    }

    /// What is so with an operation, mostly from 0 to 1.
    pub fn facts(&self, document: &Document) -> [f32; FACTS] {
        let mut facts = [0.0; FACTS];
        facts[ALWAYS] = 1.0;
        facts[UNKNOWN_OBJECT] = flag(self.unknown_object);
        facts[UNKNOWN_VERB] = flag(self.unknown_verb && self.verbs == 0);
        facts[PRODUCT] = flag(self.product);
        // What the intent asks for, and what of it the operation says.
        let mut asked = self.unknown + facts[PRODUCT];
        let mut said = 0.0;
        let mut strongly = 0.0;
        let mut counts = [1.0; 4];
        let (mut sum, mut total) = (0.0_f32, 0.1_f32);
        for term in &self.terms {
            let (strong, weak) = document.says(&term.forms);
            let says = (strong + weak).min(1.0);
            sum += term.weight * says;
            total += term.weight;
            if term.role <= REST {
                let counted = term.weight * [1.0, 0.4, 0.6, 0.4][term.role];
                asked += counted;
                said += counted * says;
            }
            match term.role {
                HEAD => {
                    strongly = strong;
                    facts[HEAD_SAID] = strong;
                    facts[HEAD_WEAK] = flag(strong < 0.3);
                    let same = document.object[0] == term.forms[0];
                    facts[OBJECT_SAME] = if same { 1.0 } else { 0.7 * flag(alike(&document.object, &term.forms)) };
                }
                OTHER => {}
                MODIFIER | REST => {
                    // What it lacks, on average.
                    facts[term.role] += (term.weight * (1.0 - says) - facts[term.role]) / counts[term.role];
                    counts[term.role] += 1.0;
                }
                role => facts[role] += term.weight * says,
            }
        }
        let reads = document.verbs & READ != 0;
        let same = document.verb.contains(&self.verb);
        facts[VERB_SAME] = flag(same);
        if self.verbs == 0 {
            facts[NONE_READ] = flag(reads);
            facts[NONE_OTHER] = flag(document.verbs & (READ | CREATE) == 0);
        } else if self.verbs & document.verbs == 0 && !same {
            facts[CLASS_OTHER] = 1.0;
            // To change, delete or stop something is nothing else.
            facts[VERB_AGAINST] = flag(self.verbs & !(UPDATE | DESTROY | STOP) == 0);
        } else {
            facts[CLASS_SAME] = 1.0;
            facts[CLASS_RARE] = flag(document.rare);
            if asked == 0.0 && (same || document.rare) {
                // Nothing more is asked for.
                (asked, said) = (1.0, 1.0);
            }
        }
        if asked > 0.0 {
            facts[COVER] = said / asked;
            facts[COVERED] = flag(said > 0.8 * asked);
            facts[COVER_SAME] = facts[COVER] * facts[CLASS_SAME];
        }
        let (mut parts, mut hit) = (0.0, 0.0_f32);
        for (forms, part) in &document.name {
            let same = self.terms.iter().any(|term| alike(forms, &term.forms));
            hit += flag(same);
            if *part {
                parts += 1.0;
                facts[NAME_COVERED] += (flag(same) - facts[NAME_COVERED]) / parts;
                facts[NAME_OPEN] += flag(!same && (strongly < 0.6 || document.name.len() > 1));
            } else {
                facts[if same { QUALIFIER_SAME } else { QUALIFIER_OPEN }] += 1.0;
            }
        }
        facts[ALL] = sum / total;
        facts[ALL_SUM] = sum.min(4.0) / 4.0;
        facts[NAME_ALL] = hit / (document.name.len().max(1) as f32);
        facts[UNKNOWN] = self.unknown.min(3.0);
        facts[LONG_NAME] = parts - 1.0;
        if self.named.contains(&true) {
            facts[if self.named[document.vendor] { VENDOR_SAME } else { VENDOR_OTHER }] = 1.0;
        }
        facts[ONE_SAME] = flag(reads && self.one == document.one);
        facts
    }
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

fn weigh(facts: &[f32; FACTS], weights: &[i8]) -> f32 {
    facts.iter().zip(weights).fold(0.0, |sum, (fact, weight)| sum + fact * f32::from(*weight) / 16.0)
}

/// Facts that mean more, or less, together.
static TOGETHER: [(usize, usize); 14] = [
    (MODIFIER, CLASS_OTHER),
    (HEAD_SAID, CLASS_SAME),
    (HEAD_SAID, CLASS_OTHER),
    (HEAD_WEAK, CLASS_OTHER),
    (HEAD_WEAK, CLASS_SAME),
    (VENDOR_SAME, COVERED),
    (UNKNOWN_OBJECT, CLASS_SAME),
    (UNKNOWN, CLASS_SAME),
    (OBJECT_SAME, CLASS_SAME),
    (UNKNOWN_OBJECT, UNKNOWN),
    (QUALIFIER_OPEN, CLASS_SAME),
    (NAME_OPEN, CLASS_SAME),
    (VERB_SAME, COVERED),
    (ALL, CLASS_SAME),
];

// In 16ths.
static RANK: [i8; FACTS] = [
    31, 25, -37, -44, -17, 11, -2, 27, 0, 0, 0, 0, 36, 22, -22, 26, 7, 9, -21, -53, 19, 23, 47, -47, 22, 34, 3, 31, 50,
    2, 31, 62, -6, 0, -10,
];
static SURE: [i8; FACTS] = [
    -47, 0, -12, 13, -6, 5, 9, -34, -8, -61, 0, -21, -28, -6, -26, 26, 7, 19, 1, 0, 14, -3, 31, 0, 2, 12, 19, 29, -15,
    0, -9, 119, -2, 24, -35,
];
static SURE_TOGETHER: [i8; 14] = [25, -8, -35, -20, 21, -32, -12, -7, 19, -12, 0, -11, 29, 3];
