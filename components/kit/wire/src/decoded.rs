//! The bytes of an answer as text, whatever its headers say.

use crate::same_word;

/// The body of an answer in UTF-8, without a byte order mark, by its headers `Content-Type` and `Content-Encoding`. What is not in
/// UTF-8 is in what its charset says.
///
/// # Errors
///
/// Why there is none, such as a charset that is not known here.
pub fn decoded(mut bytes: Vec<u8>, kind: Option<&str>, coding: Option<&str>) -> Result<Vec<u8>, String> {
    // What begins as JSON does is not packed, whatever the header says.
    let packed = !bytes.is_empty() && !matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    if let Some(coding) = coding.filter(|coding| packed && !coding.eq_ignore_ascii_case("identity")) {
        return Err(format!("{coding}, which was not asked for"));
    }
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let charset = kind.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let unquoted = charset.and_then(|charset| charset.strip_prefix('"')?.strip_suffix('"'));
    let charset = unquoted.or(charset);
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match *bytes {
        [0x1f, 0x8b, ..] => return Err("gzip, which was not asked for".to_owned()),
        // A JSON document begins with ASCII, so that a zero tells of UTF-16.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
            return Err("text in UTF-16, which is not known here".to_owned());
        }
        _ if std::str::from_utf8(&bytes).is_ok() => return Ok(bytes),
        _ => {}
    }
    let known = |names: &[&str]| charset.is_some_and(|charset| names.iter().any(|name| same_word(name, charset)));
    if charset.is_none() || known(&["utf-8", "us-ascii"]) {
        return Ok(String::from_utf8_lossy(&bytes).into_owned().into_bytes());
    }
    if known(&["iso-8859-1", "latin1", "windows-1252"]) {
        return Ok(bytes.iter().map(|byte| western(*byte)).collect::<String>().into_bytes());
    }
    Err(format!("text in {}, which is not known here", charset.unwrap_or_default()))
}

/// A character of Windows-1252, which is what everybody means by ISO-8859-1 (WHATWG, Encoding).
fn western(byte: u8) -> char {
    const FROM_80: [u16; 32] = [
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
        0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
        0x17e, 0x178,
    ];
    let special = FROM_80.get(usize::from(byte.wrapping_sub(0x80)));
    special.and_then(|code| char::from_u32(u32::from(*code))).unwrap_or(char::from(byte))
}
