//! The JSON in an answer: its body, or what the events of a stream hold.

use crate::tree::Tree;
use crate::world::Answer;

/// A document in a body, with what stands before and after it.
pub struct Document {
    before: String,
    pub tree: Tree,
    after: String,
}

impl Document {
    /// All of an answer; none where it holds no JSON.
    pub fn all(answer: &Answer) -> Vec<Document> {
        let Ok(text) = std::str::from_utf8(&answer.body) else { return Vec::new() };
        let parsed = |text: &str| serde_json::from_str(text).ok().map(|value| Tree::of(&value));
        if !answer.is_stream() {
            let whole = parsed(text).map(|tree| Document { before: String::new(), tree, after: String::new() });
            return whole.into_iter().collect();
        }
        let mut all = Vec::new();
        let mut begin = 0;
        for line in text.split_inclusive('\n') {
            let data = line.trim_end().strip_prefix("data:").map(str::trim_start);
            if let Some((data, tree)) = data.and_then(|data| Some((data, parsed(data)?))) {
                let start = begin + line.trim_end().len() - data.len();
                let (before, after) = (text[..start].to_owned(), text[start + data.len()..].to_owned());
                all.push(Document { before, tree, after });
            }
            begin += line.len();
        }
        all
    }

    /// The body with another text in the document's place.
    pub fn body(&self, instead: &str) -> Vec<u8> {
        format!("{}{instead}{}", self.before, self.after).into_bytes()
    }

    /// The body up to that many bytes of the document; a character may be cut, too.
    pub fn cut(&self, length: usize) -> Vec<u8> {
        let text = self.tree.to_string();
        [self.before.as_bytes(), &text.as_bytes()[..length]].concat()
    }
}

/// A stream of these events.
pub fn events(trees: &[Tree]) -> Vec<u8> {
    trees.iter().map(|tree| format!("data: {tree}\n\n")).collect::<String>().into_bytes()
}

/// Whether everything that ought to be JSON is JSON that a program can hold.
pub fn well_formed(answer: &Answer) -> bool {
    // In streams, what is no JSON is passed over.
    answer.is_stream()
        || answer.body.trim_ascii().is_empty()
        || serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok()
}
