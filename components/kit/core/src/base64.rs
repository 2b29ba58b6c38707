//! Base64 (RFC 4648), written. A crate for it takes 2 KB more in every component.

/// Bytes in base64.
pub fn base64(bytes: &[u8]) -> String {
    let letters = (bytes.len() * 8).div_ceil(6);
    let mut text = String::with_capacity(letters + 3);
    for index in 0..letters {
        text.push(char::from(base64_letter(bytes, index * 6)));
    }
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The letter of the six bits from this one on.
pub(crate) fn base64_letter(bytes: &[u8], bit: usize) -> u8 {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0));
    let pair = byte(bit / 8) << 8 | byte(bit / 8 + 1);
    LETTERS[usize::from(pair >> (10 - bit % 8) & 63)]
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_written_as_rfc_4648_has_them() {
        // Section 10, and the letters that differ in addresses.
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff", "+/8="),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }
}
