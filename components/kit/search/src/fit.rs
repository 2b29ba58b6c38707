//! How well an operation fits an intent: a sum of facts about the two, each with a weight.
//!
//! There are two sums: one ranks the operations, and one says how likely it is that the best of them is meant at all. The
//! weights were fitted to the intents in `host-test/intents` by `fit.py` there; fit them again when the facts change. For an
//! operation without phrases, other weights hold.

use super::document::Document;
use super::lexicon::{CREATE, DESTROY, READ, STOP, UPDATE};
use super::query::{AMOUNT, HEAD, HINT, ID, MODIFIER, NAME, OTHER, Query, REST, alike};

/// How many facts there are. The first are those of the roles that words have, where `HEAD` and `OTHER` have none.
pub const FACTS: usize = 45;

/// More than all facts together.
const AGAINST: f32 = 100.0;

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
const OBJECT_ELSEWHERE: usize = 35;
const UNSERVED: usize = 36;
const QUALIFIER_MISSED: usize = 37;
const MANY_SAME: usize = 38;
const DENIED: usize = 39;
const SAID: usize = 40;
const SAID_BEST: usize = 41;
const SAID_SUM: usize = 42;
const SAID_MEANT: usize = 43;
const SAID_LACKS: usize = 44;

impl Query {
    /// The more, the better an operation fits. Nothing, where it has nothing in common with the intent.
    pub fn rank(&self, document: &Document, number: usize) -> Option<f32> {
        // What is common to all of it and to the intent is said of some term.
        if self.said.fits[number].meant + self.sums.each[number].all / self.sums.total <= 0.0 {
            return None;
        }
        let facts = self.facts(document, number);
        Some(weigh(&facts, &RANK[usize::from(document.plain)]) - if self.against(document) { AGAINST } else { 0.0 })
    }

    /// Whether an operation must not come before others: one that changes something where the intent asks, and one of
    /// another vendor than the intent names.
    pub fn against(&self, document: &Document) -> bool {
        self.asks && document.verbs & READ == 0 || self.any_named && !self.named[document.vendor]
    }

    /// How likely it is that an operation is meant at all, the best being this one: from 0 to 1.
    pub fn sure(&self, document: &Document, number: usize) -> f32 {
        let facts = self.facts(document, number);
        let mut sum = weigh(&facts, &SURE[usize::from(document.plain)]);
        for ((one, other), weight) in TOGETHER.iter().zip(&SURE_TOGETHER[usize::from(document.plain)]) {
            sum += facts[*one] * facts[*other] * f32::from(*weight) / 16.0;
        }
        let only_reads = facts[CLASS_OTHER] > 0.0 && self.verbs & READ == 0 && document.verbs & READ != 0;
        let vague = self.terms.iter().all(|term| matches!(term.role, OTHER | HINT));
        if facts[VENDOR_OTHER] + facts[PRODUCT] > 0.0 || only_reads || vague {
            // Another product is asked for; something is to be done, and this would only tell about it; or, as in "delete it",
            // it is not said with what.
            sum = sum.min(-1.0);
        }
        0.5 + 0.5 * sum / (1.0 + sum.abs())
    }

    /// What is so with an operation, mostly from 0 to 1.
    pub fn facts(&self, document: &Document, number: usize) -> [f32; FACTS] {
        let mut facts = [0.0; FACTS];
        facts[ALWAYS] = 1.0;
        facts[UNKNOWN_OBJECT] = flag(self.unknown_object);
        facts[UNKNOWN_VERB] = flag(self.unknown_verb && self.verbs == 0);
        facts[PRODUCT] = flag(self.product);
        // What the intent asks for, and what of it the operation says.
        let sum = &self.sums.each[number];
        let (mut asked, mut said) = (self.sums.asked, sum.said);
        facts[QUALIFIER_MISSED] = self.sums.qualifiers - sum.qualifiers;
        facts[DENIED] = sum.denied;
        for role in [MODIFIER, REST] {
            facts[role] = self.sums.lacks(role, number);
        }
        for role in [NAME, ID, AMOUNT, HINT] {
            facts[role] = sum.roles[role - NAME];
        }
        if let Some(head) = &self.head {
            facts[HEAD_SAID] = sum.head;
            facts[HEAD_WEAK] = flag(sum.head < 0.3);
            let same = document.object[0] == head[0];
            facts[OBJECT_SAME] = if same { 1.0 } else { 0.7 * flag(alike(&document.object, head)) };
        }
        // Other operations are about it, but not this one; and none of them does what is asked for.
        facts[OBJECT_ELSEWHERE] = flag(self.object && facts[OBJECT_SAME] == 0.0);
        facts[UNSERVED] = flag(self.object && !self.served && self.verbs != 0);
        let reads = document.verbs & READ != 0;
        facts[MANY_SAME] = flag(reads && self.head.is_some() && self.many == document.many);
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
            let same = self.forms.has_one(forms);
            hit += flag(same);
            if *part {
                parts += 1.0;
                facts[NAME_COVERED] += (flag(same) - facts[NAME_COVERED]) / parts;
                facts[NAME_OPEN] += flag(!same && (sum.head < 0.6 || document.name.len() > 1));
            } else {
                facts[if same { QUALIFIER_SAME } else { QUALIFIER_OPEN }] += 1.0;
            }
        }
        facts[ALL] = sum.all / self.sums.total;
        facts[ALL_SUM] = sum.all.min(4.0) / 4.0;
        facts[NAME_ALL] = hit / (document.name.len().max(1) as f32);
        facts[UNKNOWN] = self.unknown.min(3.0);
        facts[LONG_NAME] = parts - 1.0;
        if self.any_named {
            facts[if self.named[document.vendor] { VENDOR_SAME } else { VENDOR_OTHER }] = 1.0;
        }
        let said = self.said.fits[number];
        facts[SAID] = said.score / self.said.asked;
        facts[SAID_BEST] = said.score / self.said.best;
        facts[SAID_SUM] = said.score / 20.0;
        facts[SAID_MEANT] = said.meant / self.said.meant;
        facts[SAID_LACKS] = said.lacks / 8.0;
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
static TOGETHER: [(usize, usize); 16] = [
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
    (OBJECT_ELSEWHERE, HEAD_SAID),
    (UNSERVED, CLASS_SAME),
];

// In 16ths: with phrases, and without.
static RANK: [[i8; FACTS]; 2] = [
    [
        1, 13, -25, -27, -6, 6, -19, 10, 0, 0, 0, 0, 4, 10, -10, 13, -4, 5, -1, -22, 4, 0, 48, -48, 12, 7, 1, 31, 16,
        6, 19, 18, -3, 0, -13, -9, 0, 5, 6, 10, 27, 39, 60, 9, 3,
    ],
    [
        17, 9, -24, -32, -4, 10, -24, 4, -2, 1, 4, 37, 5, 27, -2, 31, -1, 21, 2, -24, 4, -2, 53, -48, 13, 16, -4, 25,
        35, 9, 26, 45, -6, 14, -22, -9, 2, 3, 7, 7, 11, 12, 41, 22, 8,
    ],
];
static SURE: [[i8; FACTS]; 2] = [
    [
        -9, -3, -3, -5, -1, 2, -1, 4, -3, -17, -21, -21, -9, -2, -11, 11, -1, 3, -6, -5, -4, -1, 5, 0, 7, -1, 8, 9, -2,
        5, -3, 4, -2, 1, -8, -10, -15, -7, 2, -5, -3, -6, 28, 4, -17,
    ],
    [
        -9, -5, -2, -2, -6, 0, -1, 1, -3, -20, -24, -25, -10, -3, -12, 14, -3, 3, -7, -8, 3, 4, 10, 0, 5, 2, 8, 12, -1,
        1, -5, 21, 4, 1, -6, -9, -13, -11, 3, -1, -14, 3, 14, 6, -11,
    ],
];
static SURE_TOGETHER: [[i8; 16]; 2] = [
    [-2, 2, -14, -1, 4, 1, -4, 3, 11, -1, -7, -7, 10, 7, 5, -2],
    [-1, 3, -17, 3, 1, 0, -5, 3, 7, -2, -9, -5, 11, 8, 4, -2],
];
