//! Which operations have which words, by word.

use std::collections::BinaryHeap;

/// A word of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Use {
    /// The operation's number.
    pub document: u32,
    /// What the word counts there: in strong places, from 0 to 1.3, and in weak ones, from 0 to 0.6, or below 0 where the
    /// operation is not for this. In phrases: how often it comes, and 0.
    pub strong: f32,
    pub weak: f32,
}

/// The uses of each form, in the order of forms, and of one form in the order of operations.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Postings {
    pub forms: Vec<u32>,
    /// Where the uses of each form end.
    pub ends: Vec<u32>,
    pub uses: Vec<Use>,
}

impl Postings {
    /// Adds a use of the last form, or of one that comes after it.
    pub fn push(&mut self, form: u32, one: Use) {
        if self.forms.last() != Some(&form) {
            self.forms.push(form);
            self.ends.push(0);
        }
        self.uses.push(one);
        if let Some(end) = self.ends.last_mut() {
            *end = self.uses.len() as u32;
        }
    }

    /// The postings of several vendors, each with the number of its first operation.
    pub fn merged(all: &[(Postings, u32)]) -> Postings {
        let lengths = all.iter().map(|(postings, _)| postings.forms.len()).sum();
        let mut order: Vec<u64> = Vec::with_capacity(lengths);
        for (number, (postings, _)) in all.iter().enumerate() {
            order.extend(postings.forms.iter().map(|form| entry(*form, number)));
        }
        order.sort_unstable();
        let mut merged = Postings::default();
        merged.uses.reserve_exact(all.iter().map(|(postings, _)| postings.uses.len()).sum());
        let mut next = vec![0; all.len()];
        for one in order {
            let (form, number) = ((one >> 32) as u32, one as u32 as usize);
            let (postings, first) = &all[number];
            for one in postings.at(next[number]) {
                merged.push(form, Use { document: one.document + first, ..*one });
            }
            next[number] += 1;
        }
        merged
    }

    /// The uses of a form.
    pub fn uses_of(&self, form: u32) -> &[Use] {
        self.forms.binary_search(&form).map_or(&[], |place| self.at(place))
    }

    /// The uses of the form at a place.
    pub fn at(&self, place: usize) -> &[Use] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.uses[start as usize..self.ends[place] as usize]
    }
}

/// A form and the number of what has it, in one number.
pub(crate) fn entry(form: u32, number: usize) -> u64 {
    u64::from(form) << 32 | number as u64
}

/// The numbers in their order, by a sort that is small in a component.
pub(crate) fn sorted(numbers: Vec<u64>) -> Vec<u64> {
    BinaryHeap::from(numbers).into_sorted_vec()
}

/// The numbers that a form has entries with.
pub(crate) fn entries(sorted: &[u64], form: u32) -> impl Iterator<Item = usize> {
    let start = sorted.partition_point(|one| *one < entry(form, 0));
    sorted[start..].iter().take_while(move |one| (*one >> 32) as u32 == form).map(|one| *one as u32 as usize)
}
