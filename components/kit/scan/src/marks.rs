//! Places of a text that have to be looked at.

/// What may begin something that is looked for: a byte, and the byte after it. A bit of both stands for each kind.
#[derive(Clone, Debug)]
pub struct Marks {
    /// Which kinds a byte may begin.
    pub first: [u8; 256],
    /// Which kinds it may be the second byte of. After the begin of an escape, any byte may be.
    pub second: [u8; 256],
    /// The length of the shortest text that may hold one.
    pub least: usize,
}

impl Default for Marks {
    fn default() -> Self {
        Marks { first: [0; 256], second: [0; 256], least: usize::MAX }
    }
}

impl Marks {
    /// Whether a text has a place where something may begin.
    pub fn any(&self, text: &str) -> bool {
        text.len() >= self.least && self.places(text.as_bytes(), 0).next().is_some()
    }

    /// The places of a text, from one on, where something may begin.
    pub fn places<'b>(&'b self, text: &'b [u8], from: usize) -> impl Iterator<Item = usize> + 'b {
        (from..text.len()).filter(|at| {
            let byte = text[*at];
            let first = self.first[usize::from(byte)];
            let second = || text.get(at + 1).map_or(u8::MAX, |next| self.second[usize::from(*next)]);
            first != 0 && (matches!(byte, b'%' | b'\\' | b'&') || first & second() != 0)
        })
    }
}
