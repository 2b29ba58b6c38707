use super::*;

/// How a caller sees a text with nothing but these secrets taken out.
fn cleaned(secrets: &[&str], json: &str, words: bool) -> String {
    let mut node = Node::parse(json.as_bytes()).unwrap();
    Redactor::new(secrets.iter().copied()).clean(&mut node, words);
    node.to_json()
}

const ODD: &str = "ab+cd/EF==9x&<z>\"~Qw";

#[test]
fn a_secret_is_found_in_whatever_letters() {
    let redactor = Redactor::new([ODD]);
    for form in [
        ODD,
        "ab%2Bcd%2FEF%3D%3D9x%26%3Cz%3E%22~Qw",
        "ab%2bcd%2fEF==9x%26%3cz%3e%22%7eQw",
        r#"ab+cd\/EF==9x&<z>\"~Qw"#,
        r#"ab+cd\\\/EF==9x\u0026\u003Cz>\\\"~Qw"#,
        "ab+cd/EF==9x&amp;&lt;z&gt;&quot;~Qw",
        "ab+cd/EF==9x&#38;&#x3c;z&#62;&#x000022;~Qw",
        r"ab\x2bcd\x2FEF==9x\\x26<z>\x22~Qw",
        "AB+CD/EF==9X&<Z>\"~QW",
        "ab+cd/ef==9x&<z>\"~qw",
        "61622b63642f45463d3d3978263c7a3e227e5177",
        "61622B63642F45463D3D3978263C7A3E227E5177",
        "wQ~\">z<&x9==FE/dc+ba",
    ] {
        assert_eq!(redactor.redacted(&format!("a {form} b"), false).as_deref(), Some("a [secret] b"), "{form}");
        assert!(redactor.suspects(&Node::from(form).to_json()), "{form}");
    }
    for text in ["ab+cd/EF==9x&<z>~Qw %", "\\", "&#xffffffff;", "%%%", "ab+cd/EF==9x&<z>\"~Q"] {
        assert_eq!(redactor.redacted(text, true), None, "{text}");
    }
}

/// The bounds of what is looked for, by the constants above.
#[test]
fn a_secret_is_found_from_its_first_letter_and_from_the_least_length_on() {
    for (secret, form, found) in [
        ("green", "&#103;reen", true),
        ("green", "&#x67;&#x72;een", true),
        ("green", "%67reen", true),
        ("green", r"\u0067reen", true),
        ("green", "neerg", true),
        ("green", "677265656e", true),
        ("gree", "eerg", false),
        ("greenish", "GREENISH", true),
        ("greenis", "GREENIS", false),
    ] {
        let redacted = Redactor::new([secret]).redacted(&format!("a {form} b"), false);
        assert_eq!(redacted.as_deref(), found.then_some("a [secret] b"), "{form}");
    }
}

#[test]
fn a_secret_is_found_within_base64_but_for_the_letters_that_it_shares() {
    // RFC 4648 by another hand: what `base64` prints of `u:` and so on before the secret.
    let redactor = Redactor::new(["ab+cd/EF==9x"]);
    for (coded, left) in [
        ("YWIrY2QvRUY9PTl4", "[secret]"),
        ("dTphYitjZC9FRj09OXg=", "dTp[secret]g="),
        ("dXNlcjphYitjZC9FRj09OXg=", "dXNlcjp[secret]g="),
        ("QmVhcmVyIGFiK2NkL0VGPT05eA==", "QmVhcmVyI[secret]eA=="),
    ] {
        let found = redactor.redacted(coded, false).unwrap_or_default();
        assert!(found.contains("[secret]") && found.len() <= left.len() + 2, "{coded}: {found}, about {left}");
    }
    assert!(Redactor::new(["??>>??>>??"]).redacted("Pz8-Pj8_Pj4_Pw", false).is_some(), "base64url");
}

#[test]
fn letters_beyond_ascii_and_line_ends_are_found_as_they_are_escaped() {
    let redactor = Redactor::new(["pässwörd €", "-----BEGIN\nKEY"]);
    for form in [
        "pässwörd €",
        r"p\u00e4ssw\u00f6rd \u20ac",
        "p%C3%A4ssw%c3%b6rd+%E2%82%AC",
        "p&#228;ssw&#xF6;rd &#8364;",
        r"-----BEGIN\nKEY",
        r"-----BEGIN\\nKEY",
    ] {
        assert_eq!(redactor.redacted(form, false).as_deref(), Some("[secret]"), "{form}");
    }
}

#[test]
fn a_secret_is_taken_out_of_names_and_of_numbers_too() {
    let json = r#"{"hush-hush":[{"a hush-hush b":"hush-hush"},12345678,123456789,1.5]}"#;
    let clean = r#"{"[secret]":[{"a [secret] b":"[secret]"},"[secret]",123456789,1.5]}"#;
    assert_eq!(cleaned(&["hush-hush", "12345678"], json, false), clean);
    assert_eq!(cleaned(&[], json, true), json);
}

/// A text that was a float: of a long whole number, it has an exponent and fewer digits.
#[test]
fn a_secret_of_digits_is_found_in_a_text_that_was_a_float() {
    for secret in ["98765432109876543", "12345678901234567890", "987654321098", "9876543210987654"] {
        let redactor = Redactor::new([secret]);
        for ending in [".0", ".00", "e0", "E+0"] {
            let Ok(Node::Number(read)) = Node::read([secret, ending].concat().as_bytes()) else {
                panic!("{secret}{ending}")
            };
            let text = format!("a {read} b");
            let redacted = redactor.redacted(&text, false).unwrap_or(text);
            assert!(
                redacted.contains("[secret]") && !redacted.contains("987654") && !redacted.contains("123456"),
                "{redacted}"
            );
        }
    }
}

#[test]
fn a_secret_of_digits_is_found_as_a_number_by_its_value() {
    let json = "[1.2e5,120000,-120000,120001,7,7.0]";
    assert_eq!(cleaned(&["0120000", "7"], json, false), r#"["[secret]","[secret]",-120000,120001,"[secret]",7.0]"#);
}

#[test]
fn a_row_of_backslashes_is_read_once() {
    // It took 25 seconds where each of them was looked at from each.
    let redactor = Redactor::new([ODD]);
    assert_eq!(redactor.redacted(&"\\".repeat(1 << 16), false), None);
}

#[test]
fn a_short_secret_is_a_secret_where_it_stands_alone() {
    let json = r#"["abc","an abc","xabc",{"abc":1}]"#;
    assert_eq!(cleaned(&["abc", ""], json, false), r#"["[secret]","an abc","xabc",{"[secret]":1}]"#);
    assert_eq!(cleaned(&["abc"], json, true), r#"["[secret]","an [secret]","xabc",{"[secret]":1}]"#);
}

#[test]
fn a_secret_that_holds_another_goes_as_one() {
    assert_eq!(cleaned(&["hush", "hush-hush"], r#"["a hush-hush b hush"]"#, false), r#"["a [secret] b [secret]"]"#);
}

#[test]
fn of_a_text_in_pieces_what_may_begin_a_secret_waits() {
    let redactor = Redactor::new(["hush-hush"]);
    for (text, settled) in [
        ("say hush-", "say "),
        ("say hush-hush", "say hush-hush"),
        ("hush-no!", "hush-no!"),
        ("a hush%2", "a "),
        ("", ""),
    ] {
        assert_eq!(&text[..redactor.settled(text)], settled, "{text}");
    }
    assert_eq!(Redactor::default().settled("a%"), 2);
    let mut pieces = String::new();
    let mut left = String::new();
    for piece in ["the key is hu", "sh-hu", "sh", ", hus", "h-hush?", " hu"] {
        left.push_str(piece);
        let now: String = left.drain(..redactor.settled(&left)).collect();
        pieces.push_str(&redactor.redacted(&now, false).unwrap_or(now));
    }
    assert_eq!(pieces + &left, "the key is [secret], [secret]? hu");
}
