use super::*;
use crate::{Advice, ErrorKind};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use data_encoding::{BASE64_MIME, HEXLOWER, HEXUPPER};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode_byte, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

/// What an encoder makes of a text.
type Encoder = (&'static str, fn(&str) -> String);

const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'%').add(b'+').add(b'&');

/// Libraries' encoders, as vendors use them.
const ENCODERS: [Encoder; 20] = [
    ("as it is", str::to_owned),
    ("percent", |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()),
    ("percent in a query", |text| utf8_percent_encode(text, QUERY).to_string()),
    ("percent, all of it", |text| text.bytes().map(percent_encode_byte).collect()),
    ("form", |text| form_urlencoded::byte_serialize(text.as_bytes()).collect()),
    ("JSON", |text| json!(text).to_string()),
    ("JSON of all", |text| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()),
    ("JSON with slashes as PHP has them", |text| json!(text).to_string().replace('/', "\\/")),
    ("a program's bytes", |text| text.bytes().map(|byte| format!("\\x{byte:02X}")).collect()),
    ("Rust", |text| text.escape_debug().collect()),
    ("Rust of all", |text| text.escape_unicode().collect()),
    ("HTML", |text| html_escape::encode_safe(text).into_owned()),
    ("HTML of all", |text| text.chars().map(|letter| format!("&#{};", u32::from(letter))).collect()),
    ("quoted-printable", |text| quoted_printable::encode_to_str(text)),
    ("base64", |text| BASE64_STANDARD.encode(text)),
    ("base64url", |text| BASE64_URL_SAFE_NO_PAD.encode(text)),
    ("base64 of mails", |text| BASE64_MIME.encode(text.as_bytes())),
    ("base64 of UTF-16", |text| {
        BASE64_STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
    }),
    ("hex", |text| HEXLOWER.encode(text.as_bytes())),
    ("HEX", |text| HEXUPPER.encode(text.as_bytes())),
];

fn encoded(text: &str, chain: &[Encoder]) -> String {
    chain.iter().fold(text.to_owned(), |text, (_, encode)| encode(&text))
}

fn redactor(secrets: &[&str]) -> Redactor {
    Redactor::new(secrets.iter().copied().map(Secret::from))
}

/// What stands before and after a secret in a text that is encoded. Its letters do not continue the secret.
fn around() -> impl Strategy<Value = (String, String)> {
    ("(Bearer |u:|user:|token=|\\{\"k\":\"|){1}", "( was sent|\"\\}|, sorry| |){1}")
}

fn chains() -> impl Strategy<Value = Vec<Encoder>> {
    prop::collection::vec(select(&ENCODERS[..]), 0..=3)
}

/// Keys as vendors make them, and passwords as people do.
fn secrets() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]{16,48}",
        "[a-z]{2}-[A-Za-z0-9+/]{20,60}={0,2}",
        "[ -~]{24,40}",
        "[0-9]{12,20}",
        "[ä-ÿa-z]{12,24}"
    ]
    .prop_filter("letters", |secret| secret.chars().filter(|sign| sign.is_ascii_alphanumeric()).count() >= LEAST)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_three_encoders_make_of_a_secret_is_taken_out(
        secret in secrets(),
        (before, after) in around(),
        chain in chains(),
        // What stands right before an encoding may look like a part of it.
        glued in select(&["", "a", "ab", "abc"][..]),
        in_json in any::<bool>(),
    ) {
        let redactor = redactor(&[&secret]);
        let names: Vec<&str> = chain.iter().map(|(name, _)| *name).collect();
        let text = glued.to_owned() + &encoded(&format!("{before}{secret}{after}"), &chain);
        if in_json {
            let result = redactor.result(json!({ "a": [1, format!("it says {text}.")] }).to_string());
            prop_assert!(result.contains(INSTEAD), "{names:?}: {result}");
            let document: serde_json::Value = serde_json::from_str(&result).unwrap();
            prop_assert!(redactor.found(document["a"][1].as_str().unwrap().as_bytes(), true).is_empty());
        } else {
            let left = redactor.text(&text);
            prop_assert!(left.contains(INSTEAD), "{names:?}: {left}");
            prop_assert!(redactor.found(left.as_bytes(), true).is_empty());
        }
    }

    #[test]
    fn whatever_a_text_holds_the_rest_of_it_stays(text in "\\PC{0,80}", secret in "[a-zA-Z0-9]{20}") {
        let redactor = redactor(&[&secret]);
        prop_assert_eq!(&redactor.text(&text), &text);
        let json = json!([text]).to_string();
        prop_assert_eq!(redactor.result(json.clone()), json);
        let said = format!("{text} {secret} {text}");
        prop_assert_eq!(redactor.text(&said), format!("{text} {INSTEAD} {text}"));
    }
}

const KEY: &str = "ab+cd/EF==9x&<z>~Qw12kLm";

#[test]
fn encodings_that_an_attacker_used_are_redacted() {
    // By other hands: Python's `quote`, `base64`, `html.escape`, `quopri`, `str.encode`.
    for form in [
        "ab%252Bcd%252FEF%253D%253D9x%2526%253Cz%253E~Qw12kLm",
        "WVdJclkyUXZSVVk5UFRsNEpqeDZQbjVSZHpFeWEweHQ=",
        "YWIrY2Qv\r\nRUY9PTl4\r\nJjx6Pn5R\r\ndzEya0xt",
        r"\x61\x62\x2b\x63\x64\x2f\x45\x46\x3d\x3d\x39\x78\x26\x3c\x7a\x3e\x7e\x51\x77\x31\x32\x6b\x4c\x6d",
        r"ab+cd/EF==9x\\u0026\\u003cz\\u003e~Qw12kLm",
        "&amp;#x61;b+cd/EF==9x&amp;amp;&amp;lt;z&amp;gt;~Qw12kLm",
        "ab+cd/EF=3D=3D9x&<z=\r\n>~Qw12kLm",
        "YQBiACsAYwBkAC8ARQBGAD0APQA5AHgAJgA8AHoAPgB+AFEAdwAxADIAawBMAG0A",
        "610062002B00630064002F00450046003D003D003900780026003C007A003E007E0051007700310032006B004C006D00",
        "61:62:2b:63:64:2f:45:46:3d:3d:39:78:26:3c:7a:3e:7e:51:77:31:32:6b:4c:6d",
        "AB+CD/EF==9X&<Z>~QW12KLM",
        "ab+cd/ef==9x&<z>~qw12klm",
        "ab+c d/EF= =9x& <z>~ Qw12 kLm",
        "mLk21wQ~>z<&x9==FE/dc+ba",
        "ab+cd/EF******Qw12kLm",
    ] {
        let redactor = redactor(&[KEY]);
        let left = redactor.text(&format!("you sent {form}"));
        // Signs that fill up, and a zero of UTF-16.
        let rest = left.strip_prefix("you sent [secret]").unwrap_or_else(|| panic!("{form}: {left}"));
        assert!(["", "=", "A", "00"].contains(&rest), "{form}: {left}");
        let result = json!([{ form: format!("you sent {form}") }]).to_string();
        assert_eq!(redactor.result(result), format!(r#"[{{"[secret]{rest}":"you sent [secret]{rest}"}}]"#), "{form}");
    }
}

#[test]
fn no_letter_of_base64_that_a_secret_shares_is_left() {
    // RFC 4648: three bytes in four letters, so three places, and three ends.
    for before in ["", "u", "us", "use", "user"] {
        for after in ["", "t", "to", "too"] {
            let text = BASE64_STANDARD.encode(format!("{before}{KEY}{after}"));
            let left = redactor(&[KEY]).text(&text);
            let (start, end) = left.split_once(INSTEAD).unwrap();
            let length = |bytes: usize| (bytes * 8).div_ceil(6);
            let up_to_key = before.len() + KEY.len();
            let untouched = (before.len() * 8 / 6, length(up_to_key + after.len()) - length(up_to_key));
            let letters = |text: &str| text.trim_end_matches('=').len();
            assert_eq!((letters(start), letters(end)), untouched, "{before}, {after}: {left}");
        }
    }
}

#[test]
fn a_key_of_digits_is_found_as_a_number_by_its_value() {
    let result = |key: &str, json: &str| redactor(&[key]).result(json.into());
    assert_eq!(result("120000", "[1.2e5,120000,120001,12.0]"), r#"["[secret]","[secret]",120001,12.0]"#);
    assert_eq!(result("0012345678", r#"{"k":12345678,"n":"no. 12345678"}"#), r#"{"k":"[secret]","n":"no. [secret]"}"#);
    assert_eq!(result("98765432109876543210", "[9.876543210987654e19]"), r#"["[secret]"]"#);
    assert_eq!(result("7", "[7.0,70]"), "[7.0,70]");
    let signed = r#"{"a":-12345678,"b":0.12345678,"c":912345678,"d":1234567}"#;
    assert_eq!(result("12345678", signed), r#"{"a":"[secret]","b":"[secret]","c":"[secret]","d":1234567}"#);
}

#[test]
fn a_mask_goes_that_shows_more_than_a_third_of_a_secret_or_more_than_eight_of_its_letters() {
    let key = "abcdefghijklmnopqrstuvwxyz0123456789";
    let redactor = redactor(&[key, "0123456789ABCDEF"]);
    for (text, left) in [
        ("key abcdef******456789 is wrong", "key [secret] is wrong"),
        ("key abcdefghi… is wrong", "key [secret] is wrong"),
        ("key ...123456789 is wrong", "key [secret] is wrong"),
        ("ABCDEFxxxxxx456789", "[secret]"),
        ("abcdef•••456789", "[secret]"),
        ("abcdef%2A%2A%2A456789", "[secret]"),
        ("012###ABCDEF", "[secret]"),
        ("key abcd******6789 is wrong", "key abcd******6789 is wrong"),
        ("01...EF", "01...EF"),
        ("abcdef ghijkl or so", "abcdef ghijkl or so"),
    ] {
        assert_eq!(redactor.text(text), left);
    }
    assert_eq!(self::redactor(&["tok-9876zyxw"]).text("... tok-9876zyxw ... ###"), "... [secret] ... ###");
}

#[test]
fn a_secret_with_few_letters_among_many_signs_is_found_in_what_encodes_it() {
    let secret = format!("ab%{}\"cd\\{}efgh\"", "[".repeat(1000), "]".repeat(1000));
    for encode in ENCODERS.iter().map(|(_, encode)| encode) {
        let text = encode(&encode(&format!("key {secret} is wrong")));
        assert!(redactor(&[&secret]).text(&text).contains(INSTEAD), "{text}");
    }
}

#[test]
fn ordinary_texts_stay() {
    let redactor = redactor(&["tok-1234567890abcdef", "hunter22", "0b7f31c9e5d2a48e", "p4ssw0rd+x/=="]);
    for text in [
        "https://example.com/accounts/12345/activities/list-all?id=12&x=ab%20cd&amp;y=%2525#top",
        "0b7f31c9-e5d2-448e-b0c4-d8f2a6e19375 2026-11-29T15:03:00.000Z +49 30 123456-7890",
        "dGhpcyBpcyBhbiBhdHRhY2htZW50IG9mIHNvbWUgbGluZXM\r\nsIHdoaWNoIGhvbGRzIG5vIGtleSBhdCBhbGw=",
        "He said: \\\"so *** what\\\" … 100 % & more; =3D \\u00e4 \\x61 &#228; ####### ...",
        "tok-… is what a token begins with",
    ] {
        assert_eq!(redactor.text(text), text);
        let json = json!([text, { text: text }]).to_string();
        assert_eq!(redactor.result(json.clone()), json);
    }
}

#[test]
fn no_text_takes_longer_than_its_size_allows() {
    let redactor = redactor(&[KEY, "aaaaaaaaaaaaaaaa", &"a%25".repeat(500)]);
    let size = 1 << 14;
    for unit in
        ["%", "%25", "\\", "\\\\u005c", "&amp;", "&#x26;", "=3D", "a", "YQ", "61", "***", "x", "…", "QUFB", "\u{1}"]
    {
        let text = unit.repeat(size / unit.len());
        let mut search = Search { redactor: &redactor, all: true, room: [size * ROOM; DEPTH], found: Vec::new() };
        search.layer(&Layer::of(text.as_bytes()), 0);
        redactor.text(&text);
    }
}

#[test]
fn secrets_are_taken_out_of_results_and_the_rest_stays_as_it_is() {
    let redactor = Redactor::new(["hush-hush".into(), r#"quote"and\slash"#.into(), "1".into()]);
    for untouched in [r#"{ "id": "12",  "n": 1.0 }"#, r#"["\u0068ush", 1.0]"#, r#"["hush%2Dhusk"]"#] {
        assert_eq!(redactor.result(untouched.into()), untouched);
    }
    let echo = json!({ "a": ["Bearer hush-hush", "aHVzaC1odXNo"], r#"quote"and\slash"#: "1" }).to_string();
    assert_eq!(redactor.result(echo), r#"{"a":["Bearer [secret]","[secret]"],"[secret]":"[secret]"}"#);
    assert_eq!(redactor.result(r#"["\u0068ush-hush"]"#.into()), r#"["[secret]"]"#);
    assert_eq!(redactor.result("no JSON: hush%2dhush".into()), "no JSON: [secret]");
}

#[test]
fn secrets_are_taken_out_of_every_part_of_an_error() {
    let error = Error {
        code: Some("bad hush".into()),
        details: Some(json!({ "hush-hush": ["hush", 1, 12345678] })),
        ..Error::new(ErrorKind::Rejected, Advice::GiveUp, "no hushed key, hush%65d").about("hush")
    };
    let redactor = Redactor::new(["hush".into(), "hushed".into(), "no".into(), "12345678".into(), "".into()]);
    let error = redactor.error(error);
    assert_eq!(error.message, "[secret] [secret] key, [secret]");
    let text = serde_json::to_string(&error).unwrap();
    assert!(!text.contains("hush") && !text.contains("12345678"), "{text}");
}
