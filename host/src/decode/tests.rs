use super::*;

/// What may be encoded in a text, of so many bytes at least: base64, hexadecimal digits, masks.
fn found(text: &str, least: usize) -> [Vec<&str>; 3] {
    let candidates = Candidates::of(text.as_bytes(), least, 4);
    [&candidates.base64, &candidates.hex, &candidates.masks]
        .map(|parts| parts.iter().map(|part| &text[part.clone()]).collect())
}

#[test]
fn words_of_base64_begin_and_end_where_they_do() {
    for (text, least, words) in [
        // RFC 4648: eight bytes are eleven letters, and the signs that fill up.
        ("abcdefghij+", 8, &["abcdefghij+"][..]),
        ("abcdefghij", 8, &[]),
        ("\"abcdefghijk\"", 8, &["abcdefghijk"]),
        ("abcdefghijk=abcdefghijk", 8, &["abcdefghijk", "abcdefghijk"]),
        ("abcdefghijklmnop!qrstuvwxyzabcdef", 12, &["abcdefghijklmnop", "qrstuvwxyzabcdef"]),
        // A line of a mail ends wherever it does, and a long one may have become a line with spaces.
        ("abcd\nefgh\r\nijk", 8, &["abcd\nefgh\r\nijk"]),
        ("abcdefghijklmnop qrst", 15, &["abcdefghijklmnop qrst"]),
        ("abcdefghijklmnop \t qrst", 15, &["abcdefghijklmnop \t qrst"]),
        ("abc abcdefghijk", 8, &["abcdefghijk"]),
        ("abcdefghijk abc", 8, &["abcdefghijk"]),
        ("abcdefgh ijklmnop", 8, &[]),
    ] {
        assert_eq!(found(text, least)[0], words, "{text:?}");
    }
}

#[test]
fn hexadecimal_digits_have_gaps() {
    for (text, numbers) in [
        ("01234567 89abCDEF", &["01234567 89abCDEF"][..]),
        ("01234567 89abCDE", &[]),
        ("(01:23:45:67:89:ab:cd:ef)", &["01:23:45:67:89:ab:cd:ef"]),
        ("01:23:45:67:89:ab:cd:e", &[]),
        ("0123456789abcdefx0123456789abcdef", &["0123456789abcdef", "0123456789abcdef"]),
    ] {
        assert_eq!(found(text, 8)[1], numbers, "{text:?}");
    }
}

#[test]
fn masks_are_three_of_a_sign_or_an_ellipsis() {
    for (text, masks) in [
        ("ab***cd....ef####", &["***", "....", "####"][..]),
        ("xxxx-XXX", &["xxxx", "XXX"]),
        ("a…b•••c", &["…", "•••"]),
        ("a**b..c##xxXX••", &[]),
    ] {
        assert_eq!(found(text, 8)[2], masks, "{text:?}");
    }
}

#[test]
fn what_stands_around_escapes_is_one_part_where_it_meets() {
    let parts = |text: &str| -> Vec<(usize, usize)> {
        let candidates = Candidates::of(text.as_bytes(), 8, 4);
        candidates.parts(0).iter().map(|part| (part.start, part.end)).collect()
    };
    assert_eq!(parts("0123456%41"), [(3, 10)]);
    assert_eq!(parts("%41bc%42"), [(0, 8)]);
    assert_eq!(parts("%41.....%42"), [(0, 11)]);
    assert_eq!(parts("%41......%42"), [(0, 4), (5, 12)]);
    assert_eq!(parts("100 % of it"), []);
}
