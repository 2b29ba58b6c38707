//! Headers of HTTP messages.

/// A header that is text.
pub fn header<'h>(headers: &'h [(String, Vec<u8>)], wanted: &str) -> Option<&'h str> {
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    std::str::from_utf8(value).ok().map(str::trim)
}
