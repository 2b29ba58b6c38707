//! Records are read from text as they are read from a tree of it.

use crate::{Case, Field, Form, Kind, ListAt, Names, Node, Spelling, Text, Tree, Type, read_into, read_with_list};

const fn of(kind: Kind) -> Type {
    Type { size: 4, align: 4, form: Form::Any, kind }
}

static TEXT: Type = of(Kind::Text);
static JSON: Type = of(Kind::Json);
static UNSIGNED: Type = of(Kind::Unsigned);
static BYTE: Type = Type { size: 1, ..of(Kind::Signed) };
static TRUTH: Type = of(Kind::Bool);
static FLOAT: Type = Type { size: 8, ..of(Kind::Float) };
static WORD: Type = of(Kind::Enum(&["on-hold", "active", "done"]));
static CASES: [Case; 3] = [
    Case { name: "meeting", holds: None },
    Case { name: "phone-call", holds: None },
    Case { name: "other", holds: Some(&TEXT) },
];
static VARIANT: Type = of(Kind::Variant { cases: &CASES, payload: 4 });
static LINKED: Type = of(Kind::Record(&LINKED_FIELDS));
static LINKED_FIELDS: [Field; 2] = [field("id", &TEXT), field("first-name", &OPTION_TEXT)];
static COMPANY: Type = of(Kind::Record(&COMPANY_FIELDS));
static COMPANY_FIELDS: [Field; 2] = [field("id", &TEXT), field("extra", &OPTION_JSON)];
static OPTION_COMPANY: Type = of(Kind::Option { some: &COMPANY, payload: 4 });
static TEXTS: Type = of(Kind::List(&TEXT));
static LINKS: Type = of(Kind::List(&LINKED));
static OPTION_TEXT: Type = of(Kind::Option { some: &TEXT, payload: 4 });
static OPTION_JSON: Type = of(Kind::Option { some: &JSON, payload: 4 });
static OPTION_UNSIGNED: Type = of(Kind::Option { some: &UNSIGNED, payload: 4 });
static OPTION_BYTE: Type = of(Kind::Option { some: &BYTE, payload: 4 });
static OPTION_TRUTH: Type = of(Kind::Option { some: &TRUTH, payload: 4 });
static OPTION_FLOAT: Type = of(Kind::Option { some: &FLOAT, payload: 8 });
static OPTION_WORD: Type = of(Kind::Option { some: &WORD, payload: 4 });
static OPTION_VARIANT: Type = of(Kind::Option { some: &VARIANT, payload: 4 });
static OPTION_LINKED: Type = of(Kind::Option { some: &LINKED, payload: 4 });
static FIELDS: [Field; 13] = [
    field("id", &TEXT),
    field("is-open", &OPTION_TRUTH),
    field("made-at", &OPTION_UNSIGNED),
    field("small", &OPTION_BYTE),
    field("rate", &OPTION_FLOAT),
    field("standing", &OPTION_WORD),
    field("medium", &OPTION_VARIANT),
    field("staff", &OPTION_LINKED),
    field("company", &OPTION_COMPANY),
    field("tags", &TEXTS),
    field("links", &LINKS),
    field("open", &OPTION_JSON),
    field("extra", &OPTION_JSON),
];
static RECORD: Type = of(Kind::Record(&FIELDS));
static LIST: Type = of(Kind::List(&RECORD));
static OPTIONAL: Type = of(Kind::Record(&OPTIONAL_FIELDS));
static OPTIONAL_FIELDS: [Field; 2] = [field("small", &OPTION_BYTE), field("staff", &OPTION_LINKED)];
static OPTIONALS: Type = of(Kind::List(&OPTIONAL));

const fn field(name: &'static str, ty: &'static Type) -> Field {
    Field { name, ty, offset: 0, flat: 0 }
}

const PLAIN: Names = Names { zero_is_none: &["made-at", "staff"], withheld: &["securedValue"], ..Names::DEFAULT };
const RENAMED: Names = Names {
    members: Spelling::Camel,
    renamed: &[("staff", "owner"), ("staff", "assignee"), ("made-at", "created"), ("rate", "price")],
    words_renamed: &[("done", "active"), ("meeting", "phone-call")],
    ..PLAIN
};
const POINTED: Names = Names { renamed: &[("made-at", "/open/made_at")], open: true, ..PLAIN };

const NAMES: [&str; 18] = [
    "id",
    "is_open",
    "isOpen",
    "made_at",
    "created",
    "small",
    "price",
    "standing",
    "medium",
    "staff",
    "owner",
    "assignee",
    "tags",
    "links",
    "open",
    "securedValue",
    "unknown",
    r"i\u0064",
];
const VALUES: [&str; 41] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "127",
    "128",
    "4294967295",
    "4294967296",
    "1e3",
    "12.0",
    "0.5",
    "-0",
    "12345678901234567890",
    "123456789012345678901234567890",
    "1e400",
    r#""""#,
    r#"" ""#,
    r#""0""#,
    r#""007""#,
    r#""12""#,
    r#""12.00""#,
    r#""-5""#,
    r#""yes""#,
    r#""true""#,
    r#""on-hold""#,
    r#""On Hold""#,
    r#""active""#,
    r#""meeting""#,
    r#""phone_call""#,
    r#""a\nb\u00e9""#,
    "\"a\tb\"",
    r#""ä""#,
    "[]",
    "{}",
    r#"["a", 2]"#,
    r#"{"id": "3", "first_name": "Mirela"}"#,
    r#"{"id":3,"first_name":"\u0041","z":[1]}"#,
    r#"[{"id":"7"},{"id":8,"securedValue":1},null]"#,
    r#"{"made_at":5,"securedValue":{"a":1}}"#,
];

/// What comes of a document that is read from text and from a tree of it, and what was found, by both sinks.
fn both(ty: &Type, document: &str, names: &Names) -> [Result<String, String>; 4] {
    let (lazy, _) = Node::read_lazily(document.as_bytes()).unwrap();
    let mut eager = Node::read(document.as_bytes()).unwrap();
    crate::withhold(&mut eager, names.withheld, None);
    let read = |node: &Node<'_>| {
        let mut text = Text::default();
        let read = read_into(ty, node, names, "response", &mut text).map_err(|fault| fault.to_string());
        let mut tree = Tree::default();
        let read_tree = read_into(ty, node, names, "response", &mut tree).map_err(|fault| fault.to_string());
        [read.map(|()| text.take()), read_tree.map(|()| tree.take().to_json())]
    };
    let ([lazy, lazy_tree], [eager, eager_tree]) = (read(&lazy), read(&eager));
    // On the way through an answer, too: all of it, or nothing.
    let answer = format!(r#"{{"meta":{{"list":[1]}}, "data":{{"list": {document} ,"more":[2]}},"list":[3]}}"#);
    let list = ListAt { pointer: "/data", member: Some("list"), ty, names, root: "response" };
    let mut text = Text::default();
    let (node, _, on_the_way) = read_with_list(answer.as_bytes(), list, &mut text).unwrap();
    assert_eq!(node, Node::read_lazily(answer.as_bytes()).unwrap().0);
    assert_eq!(on_the_way.is_some(), lazy.is_ok(), "{document}");
    assert_eq!(text.take(), lazy.clone().unwrap_or_default(), "{document}");
    [lazy, lazy_tree, eager, eager_tree]
}

fn same(record: &str, names: &Names) -> bool {
    let document = format!(r#"[{{"id":"1","small":3}}, {record} ,{{"id":"2","unknown":"x","small":4}}]"#);
    let read = [&OPTIONALS, &LIST].map(|ty| {
        let [lazy, lazy_tree, eager, eager_tree] = both(ty, &document, names);
        assert_eq!(lazy, eager, "{document}");
        assert_eq!((&lazy, &lazy), (&lazy_tree, &eager_tree), "{document}");
        lazy.is_ok()
    });
    read[1]
}

#[test]
fn a_record_is_read_from_text_as_from_a_tree() {
    let mut read = [0, 0];
    for names in [&PLAIN, &RENAMED, &POINTED] {
        for record in ["null", "{}", "7", r#""7""#, "[]", r#"{"id":"1","id":"2"}"#, r#"{"z":1}"#, "{ \"id\" :\n\"4\" }"]
        {
            read[usize::from(same(record, names))] += 1;
        }
        for name in NAMES {
            for value in VALUES {
                read[usize::from(same(&format!(r#"{{"id":"5","{name}":{value}}}"#), names))] += 1;
                for (other, second) in [("owner", "9"), ("assignee", "null"), ("tags", "[\"b\"]"), ("open", "{}")] {
                    let record = format!(r#"{{"{other}":{second},"{name}":{value},"id":6}}"#);
                    read[usize::from(same(&record, names))] += 1;
                }
            }
        }
    }
    // Both happen.
    assert!(read[0] > 500 && read[1] > 5000, "{read:?}");
}

/// More members than a record is read from text with, and texts that end behind an escaped quote or break off.
#[test]
fn a_record_of_many_members_and_texts_with_quotes_is_read_as_from_a_tree() {
    for before in [0, 252, 253, 254, 300] {
        let many: String = (0..before).map(|number| format!(r#""n{number}":1,"#)).collect();
        for name in ["staff", "unknown"] {
            let value = r#"{"id":"3","first_name":"a \"b\\\", {"}"#;
            same(&format!(r#"{{{many}"id":"5","{name}":{value},"open":[{{"a":"\"]}}"}}]}}"#), &PLAIN);
        }
    }
    // 2^64 and more, of 20 digits.
    for number in ["18446744073709551615", "18446744073709551616", "99999999999999999999"] {
        same(&format!(r#"{{"id":"5","made_at":{number},"small":"{number}"}}"#), &PLAIN);
    }
    for broken in [r#"["a"#, r#"["a\"#, r#"[{"a":"b"#, r#"[{"a":"b\""#, r#"[{"a"#, r#"{"a":[{"b":"c"#] {
        assert!(Node::read_lazily(broken.as_bytes()).is_err_and(|problem| problem.is_end()), "{broken}");
    }
}

/// What is no JSON is found in a list that is read on the way as it is found otherwise, wherever it stands in a record.
#[test]
fn a_list_on_the_way_is_checked_as_any_other() {
    let good = r#"{"list": [{"id":"1","small":13,"unknown":[{"a":1}],"staff":{"id":"3","z":-0.5e3}} , {"id":"2","small":4}], "z":0}"#;
    let list = ListAt { pointer: "/list", member: None, ty: &LIST, names: &PLAIN, root: "response" };
    let read =
        |json: &[u8]| read_with_list(json, list, &mut Text::default()).map(|(node, depth, _)| (node.to_json(), depth));
    let expected = |json: &[u8]| Node::read_lazily(json).map(|(node, depth)| (node.to_json(), depth));
    assert!(read(good.as_bytes()).is_ok());
    let mut broken = 0;
    for at in 0..good.len() {
        let mut texts = vec![good.as_bytes()[..at].to_vec()];
        for byte in *b"\"\\{}[],: 0a-\x01\xff" {
            let mut text = good.as_bytes().to_vec();
            text[at] = byte;
            texts.push(text);
        }
        for text in texts {
            let problem = expected(&text);
            broken += usize::from(problem.is_err());
            assert_eq!(read(&text), problem, "{}", String::from_utf8_lossy(&text));
        }
    }
    assert!(broken > 500, "{broken}");
    for (depth, deeper) in [(125, false), (126, true)] {
        let deep = format!(r#"{{"list":[{{"id":"1","unknown":{}{}}}]}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert_eq!(read(deep.as_bytes()), expected(deep.as_bytes()));
        assert_eq!(expected(deep.as_bytes()).is_err(), deeper);
    }
}

#[test]
fn plain_values_are_written_as_the_type_has_them() {
    let document =
        br#"[{"id":5,"is_open":"1","made_at":"0","small":"7","medium":"meeting","staff":{"id":"2"},"extra":1}]"#;
    let (node, _) = Node::read_lazily(document).unwrap();
    let mut text = Text::default();
    read_into(&LIST, &node, &PLAIN, "response", &mut text).unwrap();
    let expected = r#"[{"id":"5","is-open":true,"small":7,"medium":"meeting","staff":{"id":"2"},"tags":[],"links":[],"extra":{"extra":1}}]"#;
    assert_eq!(text.take(), expected);
}

#[test]
fn records_of_one_list_may_have_other_members_in_another_order() {
    let records = [
        r#"{"id":"1","small":3,"unknown":"x"}"#,
        r#"{"id":"1","small":3}"#,
        r#"{"small":3,"id":"1"}"#,
        r#"{"id":"1","small":3,"unknown":"x","is_open":true}"#,
        r#"{"id":"1","small":3,"unknown":"x","other":[1]}"#,
        r#"{"id":"1","id":"2"}"#,
        r#"{"unknown":"x"}"#,
        r#"{"small":null,"made_at":0,"id":7,"securedValue":8}"#,
        "{}",
        r#"{"id":"1","staff":{"id":"2","first_name":"A"},"small":3}"#,
        r#"{"id":"1","staff":{"id":"3","first_name":null},"small":3}"#,
        r#"{"id":"1","staff":{"id":"4","first_name":"C","z":1},"small":3}"#,
        r#"{"id":"1","staff":{"first_name":"D","id":"5"},"small":3}"#,
        r#"{"id":"1","staff":{"id":[6],"first_name":"E"},"small":3}"#,
        r#"{"id":"1","staff":"7","small":3}"#,
        r#"{"id":"1","company":{"id":"7","z":1},"small":3}"#,
        r#"{"id":"1","company":{"id":"8"},"small":3}"#,
        r#"{"id":"1","small":3,"staff":{"id":"8","first_name":"F"}}"#,
    ];
    for first in records {
        for second in records {
            for third in records {
                let document = format!("[{first},{second},{third},{first}]");
                for ty in [&LIST, &OPTIONALS] {
                    let [lazy, lazy_tree, eager, eager_tree] = both(ty, &document, &PLAIN);
                    assert_eq!(lazy, eager, "{document}");
                    assert_eq!((&lazy, &lazy), (&lazy_tree, &eager_tree), "{document}");
                }
            }
        }
    }
}

/// A list knows after some records how long it will be, and not by what stands behind it; a record with a long list in it takes no more
/// room than that.
#[test]
fn what_stands_behind_a_list_takes_no_room() {
    let records = vec![r#"{"id":"1"}"#; 150].join(",");
    let behind = format!(r#"{{"list":[{records}],"included":"{}"}}"#, "x".repeat(1 << 20));
    let links = vec![r#"{"id":"1"}"#; 20_000].join(",");
    let inside = format!(r#"{{"list":[{{"id":"1","links":[{links}]}}]}}"#);
    for (json, most) in [(behind, 20_000), (inside, 400_000)] {
        let list = ListAt { pointer: "/list", member: None, ty: &LIST, names: &PLAIN, root: "response" };
        let mut text = Text::default();
        assert!(read_with_list(json.as_bytes(), list, &mut text).unwrap().2.is_some());
        let text = text.take();
        assert!(text.capacity() <= most, "{} bytes for {}", text.capacity(), text.len());
    }
}
