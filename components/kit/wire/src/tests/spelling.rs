//! The spelling of a vendor, and forms.

use super::*;

#[test]
fn a_vendor_gets_its_own_spelling_and_nothing_that_is_nothing() {
    let input = json!({
        "id": "7", "page": 0, "against-id": "x", "block-send": true, "medium": "event-log", "tags": [], "task": null,
    });
    let sent = json!({"id": "7", "_page": 0, "against_id": "x", "block_send": 1, "medium": "event_log"});
    assert_eq!(write(&ACTIVITY, &input, &VENDOR), sent);
    let unknown = json!({"id": "7", "medium": "Carrier-Pigeon"});
    assert_eq!(write(&ACTIVITY, &unknown, &VENDOR), unknown);
}

/// A vendor that has several names for a thing, wraps some of them, and has ids and amounts that are numbers.
const ODD: Names = Names {
    members: Spelling::Camel,
    words: Spelling::Flat,
    renamed: &[
        ("id", "uuid"),
        ("id", "id"),
        ("against-id", "againstId"),
        ("against-id", "/inner/againstId"),
        ("page", "/inner/page"),
    ],
    words_renamed: &[("event-log", "EventLog"), ("note", "/memo")],
    numeric_ids: &["against-id"],
    decimals: &["price"],
    sensitive: &["secret"],
    ..Names::DEFAULT
};
static INPUT: Type = record(&[
    field("against-id", &SOME_TEXT),
    field("price", &SOME_TEXT),
    field("secret", &SOME_TEXT),
    field("medium", &SOME_MEDIUM),
    field("extra", &SOME_JSON),
]);

#[test]
fn the_first_name_that_holds_something_counts() {
    let read = |value: Value| read(&ACTIVITY, &value, &ODD, "response").unwrap();
    assert_eq!(read(json!({ "uuid": "u", "id": 7 })), json!({ "id": "u", "tags": [], "extra": { "id": 7 } }));
    assert_eq!(read(json!({ "id": "u", "uuid": "u" })), json!({ "id": "u", "tags": [] }), "it says nothing of its own");
    assert_eq!(read(json!({ "uuid": null, "id": 7 })), json!({ "id": "7", "tags": [] }));
    let inner = json!({ "id": 7, "againstId": null, "inner": { "againstId": 8, "page": 3 } });
    assert_eq!(read(inner), json!({ "id": "7", "against-id": "8", "page": 3, "tags": [] }));
    let more = json!({ "id": 7, "inner": { "againstId": 8, "more": 1 } });
    assert_eq!(read(more)["extra"], json!({ "inner": { "againstId": 8, "more": 1 } }), "what is not named is not lost");
}

#[test]
fn words_that_follow_no_rule_are_read_and_written_by_a_table() {
    for (theirs, ours) in [("EventLog", "event-log"), ("event_log", "event-log"), ("MEMO", "note"), ("note", "note")] {
        let value = json!({ "id": 7, "medium": theirs });
        assert_eq!(read(&ACTIVITY, &value, &ODD, "response").unwrap()["medium"], ours, "{theirs}");
    }
    assert_eq!(write(&INPUT, &json!({ "medium": "event-log" }), &ODD), json!({ "medium": "EventLog" }));
    assert_eq!(write(&INPUT, &json!({ "medium": "fax" }), &ODD), json!({ "medium": "fax" }));
}

#[test]
fn ids_and_amounts_are_numbers_where_the_vendor_wants_numbers() {
    let written = write(&INPUT, &json!({ "against-id": "12", "price": "95.5" }), &ODD);
    assert_eq!(written, json!({ "againstId": 12, "price": 95.5 }));
    let as_text = Names { numeric_ids_as_text: true, ..ODD };
    assert_eq!(write(&INPUT, &json!({ "against-id": "12" }), &as_text), json!({ "againstId": "12" }));
    let refused = |input: Value| read(&INPUT, &input, &ODD.callers(), "input").unwrap_err().to_string();
    for id in ["", "a", "1a", "-1", " 1", "1.0", "0", "00"] {
        let problem = format!("input.against-id: expected an id in digits, from 1, got {}", Value::from(id));
        assert_eq!(refused(json!({ "against-id": id })), problem);
    }
    for price in ["", "a", "1e5", "1,5", "-1", "-0.5", "--1", "1.", "0x1", "null"] {
        assert!(refused(json!({ "price": price })).starts_with("input.price: expected a decimal number"), "{price}");
    }
}

#[test]
fn a_list_of_ids_is_one_of_numbers_and_some_texts_may_not_be_empty() {
    static TEXTS: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&TEXT) };
    static IDS: Type = record(&[field("ids", &TEXTS), field("name", &TEXT)]);
    const VENDOR: Names = Names { numeric_ids: &["ids"], filled: &["name"], ..Names::DEFAULT };
    let input = json!({ "ids": ["2205", "7"], "name": "x" });
    assert_eq!(write(&IDS, &input, &VENDOR), json!({ "ids": [2205, 7], "name": "x" }));
    let refused = |input: Value| read(&IDS, &input, &VENDOR.callers(), "input").unwrap_err().to_string();
    let message = refused(json!({ "ids": ["1", "a"], "name": "x" }));
    assert_eq!(message, "input.ids[1]: expected an id in digits, from 1, got \"a\"");
    let message = refused(json!({ "ids": [], "name": " " }));
    assert_eq!(message, "input.name: expected a text that is not empty, got \" \"");
}

#[test]
fn a_secret_is_not_said_again_where_it_is_refused() {
    let refused = read(&INPUT, &json!({ "secret": 12345 }), &ODD.callers(), "input").unwrap_err();
    assert_eq!(refused.to_string(), "input.secret: expected text, got something else");
}

#[test]
fn what_an_input_does_not_name_is_sent_as_it_is_beside_what_it_names() {
    let input = json!({ "price": "1", "extra": { "interval": 2, "price": 9 } });
    assert_eq!(write(&INPUT, &input, &ODD), json!({ "price": 1, "interval": 2 }));
}

#[test]
fn a_case_that_holds_something_is_an_object_with_one_member() {
    static VALUE: Type = Type {
        size: 16,
        align: 8,
        form: Form::Any,
        kind: Kind::Variant {
            cases: &[
                Case { name: "none", holds: None },
                Case { name: "text", holds: Some(&TEXT) },
                Case { name: "number", holds: Some(&FLOAT) },
            ],
            payload: 8,
        },
    };
    let read = |value: Value| read(&VALUE, &value, &Names::CALLERS, "input").map_err(|fault| fault.to_string());
    assert_eq!(read(json!({ "number": 2.5 })), Ok(json!({ "number": 2.5 })));
    assert_eq!(read(json!("none")), Ok(json!("none")));
    assert_eq!(read(json!({ "number": "x" })).unwrap_err(), r#"input.number: expected a number, got "x""#);
    let expected = r#"input: expected one of: none, {"text": …}, {"number": …}, got "#;
    for (value, got) in [
        (json!("x"), r#""x""#),
        (json!({ "text": "a", "number": 1 }), "an object"),
        (json!({ "Te-xt": "a" }), "an object"),
        (json!([]), "a list"),
    ] {
        assert_eq!(read(value).unwrap_err(), format!("{expected}{got}"));
    }
}

#[test]
fn what_a_caller_gives_is_of_its_form_in_order_and_no_contradiction_and_what_a_vendor_gives_passes() {
    static MOMENT: Type = Type { size: 8, align: 4, form: Form::DateTime, kind: Kind::Text };
    static MAYBE: Type = option(&MOMENT);
    static LISTED: Type = option(&TRUTH);
    static RECORD: Type = record(&[
        Field { name: "start", ty: &MAYBE, offset: 0, flat: 0 },
        Field { name: "end", ty: &MAYBE, offset: 12, flat: 3 },
        Field { name: "yes", ty: &LISTED, offset: 24, flat: 6 },
        Field { name: "no", ty: &LISTED, offset: 26, flat: 8 },
        Field { name: "count", ty: &NUMBER, offset: 28, flat: 10 },
        Field { name: "items", ty: &TEXTS, offset: 32, flat: 11 },
    ]);
    let vendor = Names {
        ranges: &[("start", "end")],
        opposites: &[("yes", "no")],
        bounds: &[("count", 1, 9)],
        filled: &["items"],
        ..Names::DEFAULT
    };
    let of = |names: &Names, more: Value| {
        let mut value = json!({ "count": 3, "items": ["x"] });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(&RECORD, &value, names, "input").map(|_| ()).map_err(|fault| fault.to_string())
    };
    let (early, late) = ("2026-07-01T13:00:00Z", "2026-07-01T13:00:00+01:00");
    for (more, refused) in [
        (json!({ "start": late, "end": early, "yes": true, "no": false, "count": 9 }), ""),
        (json!({ "start": early, "end": early }), ""),
        (json!({ "start": "July" }), "input.start: expected a date with time and zone in the years 1980 to 2199"),
        (json!({ "start": early, "end": late }), "input.end: expected no earlier moment than start"),
        (json!({ "yes": true, "no": true }), "input.no: expected no true beside yes, which is the opposite"),
        (json!({ "count": 10 }), "input.count: expected a whole number from 1 to 9, got 10"),
        (json!({ "count": 0 }), "input.count: expected a whole number from 1 to 9, got 0"),
        (json!({ "items": [] }), "input.items: expected at least one"),
    ] {
        let message = of(&vendor.callers(), more.clone()).err().unwrap_or_default();
        assert!(message.starts_with(refused) && message.is_empty() == refused.is_empty(), "{more}: {message}");
        assert_eq!(of(&vendor, more.clone()), Ok(()), "{more}");
        assert_eq!(of(&Names::CALLERS, more), Ok(()), "what a recipe gives comes from a vendor");
    }
    let without = read(&RECORD, &json!({ "count": 1 }), &vendor.callers(), "input").unwrap_err();
    assert_eq!(without.to_string(), "input.items: missing, and it is required");
}
