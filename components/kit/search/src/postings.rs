//! Which operations have which words, by word.

/// In the order of forms.
#[derive(Debug, Default)]
pub(crate) struct Postings(Vec<(u32, Vec<Use>)>);

/// A word of an operation.
#[derive(Debug)]
pub(crate) struct Use {
    /// The operation's number.
    pub document: usize,
    /// What the word counts there, in strong places and in weak ones.
    pub strong: f32,
    pub weak: f32,
}

impl Postings {
    pub fn of(&self, form: u32) -> &[Use] {
        match self.0.get(self.place(form)) {
            Some((known, uses)) if *known == form => uses,
            _ => &[],
        }
    }

    /// The use of a word by the last operation that there is.
    pub fn last(&mut self, form: u32, document: usize) -> &mut Use {
        let place = self.place(form);
        if self.0.get(place).is_none_or(|(known, _)| *known != form) {
            self.0.insert(place, (form, Vec::new()));
        }
        let uses = &mut self.0[place].1;
        if uses.last().is_none_or(|last| last.document != document) {
            uses.push(Use { document, strong: 0.0, weak: 0.0 });
        }
        let last = uses.len() - 1;
        &mut uses[last]
    }

    pub fn all(&mut self) -> impl Iterator<Item = &mut Use> {
        self.0.iter_mut().flat_map(|(_, uses)| uses)
    }

    fn place(&self, form: u32) -> usize {
        self.0.partition_point(|(known, _)| *known < form)
    }
}
