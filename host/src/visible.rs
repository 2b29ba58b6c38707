//! Texts of others as a person is shown them: without characters that change what stands around them.

use std::borrow::Cow;

/// A text with every character that would not be seen, or would move others, written as its number (`\u202e`): controls other
/// than line breaks and tabs, marks of writing direction, spaces without width. Inside of JSON it stays the same document.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hides) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if hides(character) {
            character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(character);
        }
    }
    out.into()
}

fn hides(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_written_as_its_number() {
        for (text, shown) in [
            ("pay \u{202e}001 to Jo", "pay \\u202e001 to Jo"),
            ("a\u{200b}b\u{feff}\u{2066}", "a\\u200bb\\ufeff\\u2066"),
            ("\u{1b}[2K\r\u{9b}31m", "\\u001b[2K\\u000d\\u009b31m"),
            ("\u{e0041}", "\\udb40\\udc41"),
            ("Ünïcode 日本 🎉\n\tok", "Ünïcode 日本 🎉\n\tok"),
        ] {
            assert_eq!(visible(text), shown);
        }
        let json = serde_json::json!({ "name": "a\u{202e}b" });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&visible(&json.to_string())).unwrap(), json);
    }
}
