//! Whether names and words are the same.

/// Whether one of these names is this one.
#[inline(never)]
pub fn has(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| same(known.as_bytes(), name.as_bytes()))
}

/// As `==`, which takes several times as long for names.
#[inline]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let half = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
    // The last ones may be among those before.
    if let (Some(end), Some(other_end)) = (one.last_chunk(), other.last_chunk()) {
        let mut words = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
        return word(end) == word(other_end) && words.all(|(one, other)| word(one) == word(other));
    }
    if let (Some(start), Some(end), Some(other_start), Some(other_end)) =
        (one.first_chunk(), one.last_chunk(), other.first_chunk(), other.last_chunk())
    {
        return half(start) == half(other_start) && half(end) == half(other_end);
    }
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// Whether two words are the same but for case and separators.
#[inline(never)]
pub fn same_word(one: &str, other: &str) -> bool {
    alike(one.as_bytes(), other.as_bytes())
}

/// Whether a word is one of these, which `|` separates, but for case and separators.
#[inline(never)]
pub fn is_one_of(word: &str, words: &str) -> bool {
    words.as_bytes().split(|byte| *byte == b'|').any(|known| alike(word.as_bytes(), known))
}

fn alike(one: &[u8], other: &[u8]) -> bool {
    fn letters(word: &[u8]) -> impl Iterator<Item = u8> {
        word.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase)
    }
    letters(one).eq(letters(other))
}
