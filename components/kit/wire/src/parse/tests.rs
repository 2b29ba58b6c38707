use super::*;
use crate::decoded;

fn strict(text: &str) -> Result<String, String> {
    Node::parse(text.as_bytes()).map(|node| node.to_json()).map_err(|broken| broken.to_string())
}

fn lenient(text: &str) -> String {
    Node::read(text.as_bytes()).map_or_else(|broken| broken.to_string(), |node| node.to_json())
}

#[test]
fn what_is_json_is_read_as_others_read_it() {
    for text in [
        "null",
        " [ 1 , -2 , 2.5 ] ",
        r#"{"a":{"b":[]},"c":{}}"#,
        r#""\u0061\n\/\"\\ \ud83d\ude00 é""#,
        "[[],{}]",
        "0.1",
        "[0,-0,1e5,1E-3,123.456e+2,0.30000000000000004,18446744073709551615,-9223372036854775808,5e-324,1e22]",
        "1e300",
        "1.7976931348623157e308",
        "-1.5",
        "100000000000000000000",
        "0e1",
        "[true,false]",
    ] {
        let theirs: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(Node::parse(text.as_bytes()).unwrap().into_value(), theirs, "{text}");
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, problem) in [
        ("", "byte 1: the end, where more is expected"),
        (r#"{"a": [1"#, "byte 9: the end, where more is expected"),
        ("tru", "byte 4: the end, where more is expected"),
        (r#""\"#, "byte 3: the end, where more is expected"),
        ("[1 2]", "byte 4: no comma and no bracket after a value"),
        ("[1,]", "byte 4: no value"),
        ("{1:2}", "byte 2: no name of a member"),
        (r#"{"a" 1}"#, "byte 6: no colon after the name of a member"),
        ("<html>", "byte 1: no value"),
        ("{} x", "byte 4: something after the end"),
        ("[NaN]", "byte 2: a word that is no value"),
        ("[01,1]", "byte 2: a word that is no value"),
        ("[1.,1]", "byte 2: a word that is no value"),
        ("[\"a\tb\"]", "byte 4: a control character"),
        (r#"["a\x41"]"#, "byte 4: an escape that is none"),
        (r#"["\ud83d"]"#, "byte 3: half a character"),
        ("[1e400]", "byte 2: number out of range"),
        ("[Infinity]", "byte 2: a word that is no value"),
    ] {
        assert_eq!(strict(text).unwrap_err(), problem, "{text}");
        serde_json::from_str::<serde_json::Value>(text).unwrap_err();
    }
    assert_eq!(Node::parse(b"[\"\xff\"]").unwrap_err().to_string(), "byte 3: a byte that is not UTF-8");
    assert!(Node::read(b"[1").unwrap_err().is_end() && !Node::read(b"<").unwrap_err().is_end());
}

#[test]
fn one_odd_character_of_a_vendor_does_not_hide_the_rest() {
    for (text, read) in [
        (
            r#"["cut \ud83d","\ude00","\ud83d\u0041","\ud83d\n"]"#,
            "[\"cut \u{fffd}\",\"\u{fffd}\",\"\u{fffd}A\",\"\u{fffd}\\n\"]",
        ),
        (r#"[NaN,Infinity,-Infinity]"#, "[null,null,null]"),
        // RFC 8259, 6: it is a number, and what is expected of readers ends with the range of a double.
        (r#"[1e400,-1e400, 1.5E+999 ,1e-400]"#, r#"["1e400","-1e400","1.5E+999",0.0]"#),
        ("[\"a\tb\nc\u{0}\"]", r#"["a\tb\nc\u0000"]"#),
        (r#"["\x41","\u12","\'"]"#, r#"["\\x41","\\u12","\\'"]"#),
        ("\u{feff}[1]", "[1]"),
        ("[123456789012345678901,-12345678901234567890123]", r#"["123456789012345678901","-12345678901234567890123"]"#),
        ("[18446744073709551616,18446744073709551615]", r#"["18446744073709551616",18446744073709551615]"#),
    ] {
        assert_eq!(lenient(text), read, "{text}");
    }
    assert_eq!(lenient("[undefined]"), "byte 2: a word that is no value");
}

#[test]
fn text_is_read_by_its_charset_where_it_is_not_utf_8() {
    let of = |bytes: &[u8], charset: Option<&str>| {
        let kind = charset.map(|charset| format!("Application/JSON; charset=\"{charset}\""));
        decoded(bytes.to_vec(), kind.as_deref(), None).map(|text| String::from_utf8(text).unwrap())
    };
    assert_eq!(of(b"M\xfcller \x80", Some("ISO-8859-1")).unwrap(), "Müller €");
    assert_eq!(of("Müller".as_bytes(), Some("latin1")).unwrap(), "Müller");
    assert_eq!(of(b"M\xfcller", None).unwrap(), "M\u{fffd}ller");
    assert_eq!(of(b"\xef\xbb\xbf{}", None).unwrap(), "{}");
    for wide in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{", b"{\0}\0", b"\0{\0}"] {
        assert_eq!(of(wide, Some("utf-16")).unwrap_err(), "text in UTF-16, which is not known here");
    }
    assert_eq!(of(b"\x83", Some("Shift_JIS")).unwrap_err(), "text in shift_jis, which is not known here");
    assert_eq!(of(b"\x1f\x8b\x08", None).unwrap_err(), "gzip, which was not asked for");
    assert_eq!(decoded(b"x".to_vec(), None, Some("br")).unwrap_err(), "br, which was not asked for");
    assert!(decoded(b"x".to_vec(), None, Some("Identity")).is_ok() && decoded(Vec::new(), None, Some("gzip")).is_ok());
}
