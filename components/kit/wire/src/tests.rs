mod spelling;

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

/// A double cannot hold it: as a text it would be at fault, and one number would hide the rest of the answer.
#[test]
fn a_float_that_no_double_holds_is_none_and_as_open_json_its_own_digits() {
    static FLOAT: Type = Type { size: 8, align: 8, form: Form::Any, kind: Kind::Float };
    static OPTION: Type = Type { size: 16, align: 8, form: Form::Any, kind: Kind::Option { some: &FLOAT, payload: 8 } };
    static JSON: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Json };
    let sent = Node::read(b"-1e400").unwrap();
    let read = |ty: &Type| super::read(ty, &sent, &VENDOR, "x").map(|read| read.to_json());
    assert_eq!(read(&OPTION).unwrap(), "null");
    assert_eq!(read(&JSON).unwrap(), r#""-1e400""#);
    assert_eq!(read(&FLOAT).unwrap_err().problem, r#"expected a number, got "-1e400""#);
    let soon = Node::read(br#""soon""#).unwrap();
    assert!(super::read(&OPTION, &soon, &VENDOR, "x").is_err());
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
