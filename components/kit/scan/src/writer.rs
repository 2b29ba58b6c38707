//! Text that is written piece by piece.

/// Writes JSON.
#[derive(Debug, Default)]
pub struct Writer(String);

impl Writer {
    /// The JSON.
    pub fn take(self) -> String {
        self.0
    }

    /// How long it is.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was written, to be continued. Before a value, [`Writer::value`] comes first.
    pub fn text_mut(&mut self) -> &mut String {
        &mut self.0
    }

    /// A value begins: a comma, unless this is the first value in what is open, or the value of a member.
    pub fn value(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'[' | b'{' | b':')) {
            self.0.push(',');
        }
    }

    /// Room for so much more. A text that doubles its room takes three times its size.
    pub fn reserve(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            self.0.reserve_exact(more.max(256).max(self.0.len() / 4));
        }
    }

    /// A list or an object begins.
    pub fn open(&mut self, list: bool) {
        self.value();
        self.0.push(if list { '[' } else { '{' });
    }

    /// The list or object that began last ends.
    pub fn close(&mut self, list: bool) {
        self.0.push(if list { ']' } else { '}' });
    }

    /// A member of this name, which needs no escapes; its value comes next.
    pub fn field(&mut self, name: &str) {
        self.reserve(name.len() + 64);
        self.value();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    /// Whether a list or an object has begun, and nothing in it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.0.as_bytes().last(), Some(b'[' | b'{'))
    }

    /// A text between two others, as they are.
    #[inline(always)]
    pub(crate) fn put(&mut self, before: &str, text: &str, after: &str) {
        self.0.push_str(before);
        self.0.push_str(text);
        self.0.push_str(after);
    }
}

/// A number in decimal digits. (Formatting takes several times as long.)
pub fn put_digits(json: &mut String, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len() - 1;
    while number > 9 {
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        at -= 1;
    }
    digits[at] = b'0' + number as u8;
    digits[at..].iter().for_each(|digit| json.push(char::from(*digit)));
}
