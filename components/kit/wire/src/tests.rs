use super::*;
use serde_json::{Value, json};

/// As [`super::read`], of a value and into one.
fn read(ty: &Type, value: &Value, names: &Names, root: &str) -> Result<Value, ReadError> {
    super::read(ty, &value.clone().into(), names, root).map(Node::into_value)
}

/// As [`super::write`], of a value.
fn write(ty: &Type, value: &Value, names: &Names) -> Value {
    super::write(ty, &value.clone().into(), names)
}

static TEXT: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Text };
static NUMBER: Type = Type { size: 4, align: 4, form: Form::Any, kind: Kind::Unsigned };
static SIGNED: Type = Type { size: 1, align: 1, form: Form::Any, kind: Kind::Signed };
static FLOAT: Type = Type { size: 8, align: 8, form: Form::Any, kind: Kind::Float };
static TRUTH: Type = Type { size: 1, align: 1, form: Form::Any, kind: Kind::Bool };
static JSON: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Json };
static SOME_TEXT: Type = option(&TEXT);
static SOME_NUMBER: Type = option(&NUMBER);
static SOME_TRUTH: Type = option(&TRUTH);
static SOME_JSON: Type = option(&JSON);
static SOME_LINK: Type = option(&LINK);
static SOME_MEDIUM: Type = option(&MEDIUM);
static TEXTS: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&TEXT) };
static LINK: Type = record(&[field("id", &TEXT), field("title", &SOME_TEXT), field("extra", &SOME_JSON)]);
static MEDIUM: Type = Type {
    size: 12,
    align: 4,
    form: Form::Any,
    kind: Kind::Variant {
        cases: &[
            Case { name: "note", holds: None },
            Case { name: "event-log", holds: None },
            Case { name: "other", holds: Some(&TEXT) },
        ],
        payload: 4,
    },
};
static WORD: Type = Type { size: 1, align: 1, form: Form::Any, kind: Kind::Enum(&["client-credentials", "code"]) };
static ACTIVITY: Type = record(&[
    field("id", &TEXT),
    field("page", &SOME_NUMBER),
    field("against-id", &SOME_TEXT),
    field("billable", &SOME_NUMBER),
    field("block-send", &SOME_TRUTH),
    field("medium", &SOME_MEDIUM),
    field("task", &SOME_LINK),
    field("tags", &TEXTS),
    field("extra", &SOME_JSON),
]);

const fn option(some: &'static Type) -> Type {
    Type { size: 0, align: 4, form: Form::Any, kind: Kind::Option { some, payload: 4 } }
}

const fn record(fields: &'static [Field]) -> Type {
    Type { size: 0, align: 4, form: Form::Any, kind: Kind::Record(fields) }
}

const fn field(name: &'static str, ty: &'static Type) -> Field {
    Field { name, ty, offset: 0, flat: 0 }
}

const VENDOR: Names = Names {
    renamed: &[("page", "_page")],
    zero_is_none: &["against-id", "task"],
    bools_as_ints: &["block-send"],
    ..Names::DEFAULT
};

fn from_vendor(value: Value) -> Result<Value, String> {
    read(&ACTIVITY, &value, &VENDOR, "response").map_err(|fault| fault.to_string())
}

fn from_caller(value: Value) -> Result<Value, String> {
    read(&ACTIVITY, &value, &Names::CALLERS, "input").map_err(|fault| fault.to_string())
}

#[test]
fn names_are_spelled_as_each_side_wants() {
    for (spelling, expected) in [
        (Spelling::Kebab, "against-type-2"),
        (Spelling::Snake, "against_type_2"),
        (Spelling::Camel, "againstType2"),
        (Spelling::Pascal, "AgainstType2"),
    ] {
        for name in ["against-type-2", "against_type_2"] {
            assert_eq!(respell(name, spelling), expected);
        }
    }
    assert_eq!(kebab("linkedInUrl"), "linked-in-url");
    assert_eq!((VENDOR.member("page"), VENDOR.back("_page")), ("_page".into(), "page".into()));
    assert_eq!((VENDOR.member("against-id"), VENDOR.back("against_id")), ("against_id".into(), "against-id".into()));
}

#[test]
fn a_vendor_may_send_numbers_as_text_and_text_as_numbers() {
    let read = from_vendor(json!({"id": 7, "billable": "2700", "block_send": "1", "_page": "3.0"})).unwrap();
    assert_eq!(read, json!({"id": "7", "billable": 2700, "block-send": true, "page": 3, "tags": []}));
}

#[test]
fn nothing_has_several_dresses() {
    for nothing in [json!(null), json!("")] {
        let sent = json!({"id": "7", "billable": nothing, "medium": nothing, "task": nothing, "tags": nothing});
        assert_eq!(from_vendor(sent).unwrap(), json!({"id": "7", "tags": []}));
    }
    for zero in [json!("0"), json!(0)] {
        let sent = json!({"id": zero, "against_id": zero, "billable": zero, "task": zero});
        assert_eq!(from_vendor(sent).unwrap(), json!({"id": "0", "billable": 0, "tags": []}));
    }
    assert_eq!(
        from_vendor(json!({"id": "", "against_id": ""})).unwrap(),
        json!({"id": "", "against-id": "", "tags": []})
    );
}

#[test]
fn a_list_of_nothing_may_be_null() {
    assert_eq!(read(&TEXTS, &json!(null), &VENDOR, "x").unwrap(), json!([]));
    assert!(read(&TEXTS, &json!(null), &Names::CALLERS, "x").is_err());
}

#[test]
fn a_linked_record_may_be_its_bare_id() {
    let task = |sent| from_vendor(json!({"id": "7", "task": sent})).unwrap()["task"].clone();
    assert_eq!(task(json!("12")), json!({"id": "12"}));
    assert_eq!(task(json!(12)), json!({"id": "12"}));
    assert_eq!(task(json!({"id": 12, "title": "T", "x": 1})), json!({"id": "12", "title": "T", "extra": {"x": 1}}));
}

#[test]
fn words_in_the_place_of_a_record_are_none() {
    for words in [json!("Company name already exists"), json!("7"), json!(7)] {
        assert!(from_vendor(words.clone()).unwrap_err().starts_with("response: expected an object, got"), "{words}");
        let list = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&ACTIVITY) };
        assert!(read(&list, &json!([words]), &VENDOR, "response").is_err(), "{words}");
    }
    // As a link it is read where it may be an id, and told where not.
    assert_eq!(from_vendor(json!({"id": "7", "task": "not set"})).unwrap()["extra"], json!({"task": "not set"}));
    static LOOSE: Type = record(&[field("name", &SOME_TEXT), field("tags", &TEXTS), field("extra", &SOME_JSON)]);
    let fault = read(&LOOSE, &json!({"message": "No"}), &VENDOR, "response").unwrap_err().to_string();
    assert_eq!(fault, "response.message: no such field, expected one of: name, tags, extra");
    let open = Names { open: true, ..VENDOR };
    let read = read(&LOOSE, &json!({"message": "No"}), &open, "response").unwrap();
    assert_eq!(read, json!({"tags": [], "extra": {"message": "No"}}));
}

#[test]
fn a_malformed_optional_field_is_reported_and_the_rest_is_read() {
    for odd in [json!("0000-00-00 00:00:00"), json!(-62_169_984_000_i64), json!(1.5), json!("N"), json!([]), json!({})]
    {
        let read = from_vendor(json!({"id": "7", "billable": odd, "against_id": "x"})).unwrap();
        assert_eq!(read, json!({"id": "7", "against-id": "x", "tags": [], "extra": {"billable": odd}}), "{odd}");
    }
    for odd in [json!([]), json!(false), json!({"id": null}), json!({"title": "T"})] {
        let read = from_vendor(json!({"id": "7", "task": odd})).unwrap();
        assert_eq!(read, json!({"id": "7", "tags": [], "extra": {"task": odd}}), "{odd}");
    }
    let read_tags = |odd: Value| from_vendor(json!({"id": "7", "tags": odd}));
    assert_eq!(read_tags(json!({})).unwrap(), json!({"id": "7", "tags": [], "extra": {"tags": {}}}));
    assert!(read_tags(json!({"message": "No"})).is_err());
    let list = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&ACTIVITY) };
    assert_eq!(read(&list, &json!([null, {"id": 7}]), &VENDOR, "x").unwrap(), json!([{"id": "7", "tags": []}]));
    assert!(read(&list, &json!([{"page": 7}]), &VENDOR, "x").is_err(), "an item that cannot be read is not left out");
}

#[test]
fn what_the_record_does_not_name_is_extra() {
    let read = from_vendor(json!({"id": "7", "against-id": "kebab", "other": [1], "extra": 2})).unwrap();
    assert_eq!(read["extra"], json!({"against-id": "kebab", "other": [1], "extra": 2}));
}

#[test]
fn enum_words_are_read_in_any_spelling_and_unknown_words_are_preserved() {
    let medium = |sent| from_vendor(json!({"id": "7", "medium": sent})).unwrap()["medium"].clone();
    assert_eq!(medium(json!("Event_Log")), "event-log");
    assert_eq!(medium(json!("carrier pigeon")), "carrier pigeon");
    assert!(read(&WORD, &json!("pin"), &VENDOR, "x").is_err());
    let odd = from_vendor(json!({"id": "7", "medium": {"Other": "x"}})).unwrap();
    assert_eq!(odd["extra"], json!({"medium": {"Other": "x"}}), "an unknown word is a text");
}

#[test]
fn unreadable_values_are_reported_with_their_path() {
    let fault = |sent| from_vendor(sent).unwrap_err();
    assert_eq!(fault(json!({"id": {}})), "response.id: expected text, got an object");
    assert_eq!(fault(json!({"id": "7", "tags": ["a", {}]})), "response.tags[1]: expected text, got an object");
    assert_eq!(fault(json!([])), "response: expected an object, got a list");
    assert_eq!(fault(json!({})), "response.id: missing, and it is required");
    assert_eq!(
        read(&NUMBER, &json!(4_294_967_296_u64), &VENDOR, "response").unwrap_err().to_string(),
        "response: expected a whole number from 0 to 4294967295, got 4294967296"
    );
}

#[test]
fn all_input_errors_are_reported_at_once_with_the_nearest_name() {
    let fault = |sent| from_caller(sent).unwrap_err();
    for (sent, near) in [
        ("pages", "page"),
        ("against_id", "against-id"),
        ("againstId", "against-id"),
        ("billible", "billable"),
        ("blockSend", "block-send"),
        ("block-sent", "block-send"),
    ] {
        assert_eq!(fault(json!({"id": "7", sent: 1})), format!("input.{sent}: no such field, did you mean {near}"));
    }
    let all = "input.against_id: no such field, did you mean against-id; input.id: missing, and it is required; \
               input.page: expected a whole number from 0 to 4294967295, got \"x\"; \
               input.task.titel: no such field, did you mean title; input.task.id: missing, and it is required";
    assert_eq!(fault(json!({"against_id": "1", "page": "x", "task": {"titel": "x"}})), all);
    let many: serde_json::Map<_, _> = (0..10_000).map(|n| (format!("x{n}"), Value::Null)).collect();
    assert!(fault(many.into()).len() < 2000);
}

#[test]
fn a_caller_is_taken_at_their_word() {
    let fault = |sent| from_caller(sent).unwrap_err();
    assert_eq!(fault(json!({})), "input.id: missing, and it is required");
    // Ids are numbers elsewhere.
    assert_eq!(from_caller(json!({"id": 7})).unwrap()["id"], "7");
    assert_eq!(fault(json!({"id": true})), "input.id: expected text, got true");
    assert_eq!(fault(json!({"id": 7.5})), "input.id: expected text, got 7.5");
    assert!(fault(json!({"id": "7", "page": "3"})).starts_with("input.page: expected a whole number"));
    assert!(fault(json!({"id": "7", "class": 3})).starts_with("input.class: no such field, expected one of: id, page"));
    assert_eq!(fault(json!({"id": "7", "block-send": "yes"})), "input.block-send: expected true or false, got \"yes\"");
    assert_eq!(fault(json!({"id": "7", "tags": "x"})), "input.tags: expected a list, got \"x\"");
    assert_eq!(fault(json!({"id": "7", "tags": [7]})), "input.tags[0]: expected text, got 7");
    // Ids may come from elsewhere as numbers, if no digit can have been lost.
    assert_eq!(from_caller(json!({"id": 9_007_199_254_740_993_u64})).unwrap()["id"], "9007199254740993");
    for odd in [json!(7.5), json!(-7), json!(1e20)] {
        assert!(fault(json!({ "id": odd })).starts_with("input.id: expected text, got "), "{odd}");
    }
    let read = from_caller(json!({"id": "7", "page": null, "extra": {"a": 1}})).unwrap();
    assert_eq!(read, json!({"id": "7", "extra": {"a": 1}, "tags": []}));
}

#[test]
fn numbers_stay_in_their_range() {
    let signed = |sent| read(&SIGNED, &sent, &VENDOR, "x").ok();
    assert_eq!(signed(json!("-128")), Some(json!(-128)));
    assert_eq!((signed(json!(128)), signed(json!(-129)), signed(json!(1.5))), (None, None, None));
    let float = |sent| read(&FLOAT, &sent, &VENDOR, "x").ok();
    assert_eq!(float(json!("2.5")), Some(json!(2.5)));
    assert_eq!((float(json!("NaN")), float(json!("inf")), float(json!(""))), (None, None, None));
}

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
    let given = json!({ "ids": ["2205", "7"], "name": "x" });
    assert_eq!(write(&IDS, &given, &VENDOR), json!({ "ids": [2205, 7], "name": "x" }));
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
