//! How much operations say of a word, and of all words of an intent together.

use super::Index;
use super::postings::Use;
use super::query::{HEAD, MODIFIER, NAME, OTHER, Query, REST, Term};
use super::text::Forms;

/// How much an operation says of a word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Says {
    /// In strong places, from 0 to 1.3, and in weak ones, from 0 to 0.6.
    pub strong: f32,
    pub weak: f32,
    /// Below 0 where it says that it is not for this.
    pub denied: f32,
}

/// How much operations say of a word.
#[derive(Debug)]
pub(crate) struct Column {
    pub forms: Forms,
    /// The operations that say something, in the order of their numbers.
    says: Vec<(u32, Says)>,
    /// On average and at most.
    pub average: f32,
    pub most: f32,
}

impl Column {
    pub fn of(forms: &Forms, index: &Index) -> Column {
        let mut column = Column { forms: *forms, says: Vec::new(), average: 0.0, most: 0.0 };
        let mut lists = forms.map(|form| if form == 0 { &[][..] } else { index.words.uses_of(form) });
        while let Some(first) = lists.iter().filter_map(|uses| Some(uses.first()?.document)).min() {
            let mut says = Says::default();
            for uses in &mut lists {
                if let Some((Use { strong, weak, .. }, rest)) =
                    uses.split_first().filter(|(one, _)| one.document == first)
                {
                    *uses = rest;
                    says.strong = says.strong.max(*strong);
                    says.weak = says.weak.max(*weak);
                    says.denied = says.denied.min(*weak);
                }
            }
            let both = says.strong + says.weak * (1.0 - 0.5 * says.strong);
            column.average += both;
            column.most = column.most.max(both);
            column.says.push((first, says));
        }
        column.average /= index.documents.len().max(1) as f32;
        column
    }
}

/// What an operation says of an intent's terms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    /// By their weights, and of those that are asked for.
    pub all: f32,
    pub said: f32,
    /// Of the head, in strong places.
    pub head: f32,
    /// Of terms whose roles are `NAME` and after it.
    pub roles: [f32; 4],
    /// How many qualifiers it has, and how many terms it is not for.
    pub qualifiers: f32,
    pub denied: f32,
}

/// What operations say of an intent's terms.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// By the number of the operation.
    pub each: Vec<Sum>,
    /// What an operation lacks of the terms beside the head, and of those elsewhere, on average.
    lacks: [Vec<f32>; 2],
    /// What the terms weigh, and those that are asked for.
    pub total: f32,
    pub asked: f32,
    /// How many qualifiers there are.
    pub qualifiers: f32,
}

impl Sums {
    /// Term by term, since most operations say nothing of most terms.
    pub fn of(query: &Query, count: usize) -> Sums {
        let lacks = |role| if query.terms.iter().any(|term| term.role == role) { vec![0.0; count] } else { Vec::new() };
        let mut sums = Sums {
            each: vec![Sum::default(); count],
            lacks: [lacks(MODIFIER), lacks(REST)],
            total: 0.1,
            asked: query.unknown + f32::from(u8::from(query.product)),
            qualifiers: 0.0,
        };
        let head = query.terms.iter().rposition(|term| term.role == HEAD);
        let mut counts = [1.0; 2];
        let mut row = vec![0.0; count];
        for (at, term) in query.terms.iter().enumerate() {
            let (role, weight) = (term.role, term.weight);
            let counted = if role <= REST { weight * [1.0, 0.4, 0.6, 0.4][role] } else { 0.0 };
            sums.total += weight;
            sums.asked += counted;
            sums.qualifiers += f32::from(u8::from(term.qualifier));
            let column = &query.columns[term.column].says;
            for (document, Says { strong, weak, denied }) in column {
                let document = *document as usize;
                let says = (strong + weak).min(1.0);
                row[document] = says;
                let sum = &mut sums.each[document];
                sum.all += weight * says;
                sum.said += counted * says;
                if head == Some(at) {
                    sum.head = *strong;
                }
                if role >= NAME {
                    sum.roles[role - NAME] += weight * says;
                }
                sum.qualifiers += f32::from(u8::from(term.qualifier && *strong >= 0.3));
                sum.denied += f32::from(u8::from(role <= REST && *denied < -0.3 && *strong < 0.3));
            }
            if let MODIFIER | REST = role {
                let (lacks, count) = (&mut sums.lacks[role - MODIFIER], &mut counts[role - MODIFIER]);
                for (lacks, says) in lacks.iter_mut().zip(&row) {
                    *lacks += (weight * (1.0 - says) - *lacks) / *count;
                }
                *count += 1.0;
            }
            for (document, _) in column {
                row[*document as usize] = 0.0;
            }
        }
        sums
    }

    /// What an operation lacks of the terms with a role, on average.
    pub fn lacks(&self, role: usize, number: usize) -> f32 {
        self.lacks[role - MODIFIER].get(number).copied().unwrap_or_default()
    }
}

/// The forms of an intent's terms.
#[derive(Debug, Default)]
pub(crate) struct FormSet {
    forms: Vec<u32>,
    /// Which of them there are by their lowest bits: most words of operations are none of them.
    low: [u64; 16],
}

impl FormSet {
    pub fn of(terms: &[Term]) -> FormSet {
        let mut set = FormSet::default();
        for form in terms.iter().flat_map(|term| term.forms).filter(|form| *form != 0) {
            if let Err(place) = set.forms.binary_search(&form) {
                set.forms.insert(place, form);
            }
            set.low[form as usize / 64 % 16] |= 1 << (form % 64);
        }
        set
    }

    /// Whether one of a word's forms is among them.
    pub fn has_one(&self, forms: &Forms) -> bool {
        let maybe = |form: &u32| self.low[*form as usize / 64 % 16] >> (form % 64) & 1 == 1;
        forms.iter().any(|form| maybe(form) && self.forms.binary_search(form).is_ok())
    }
}

const _: () = assert!(OTHER < MODIFIER && MODIFIER + 1 == REST && REST < NAME);
