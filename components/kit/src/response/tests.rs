use super::*;
use crate::api::Row;
use crate::types::Advice;
use crate::wire::{Field, Form};
use serde_json::Value;

const API: Api = Api {
    name: "acme",
    title: "Acme",
    result: "/data",
    code: &["/meta/status", "/error"],
    success_codes: &["ok"],
    envelope: "/meta",
    message: &["/meta/message", "/error_description"],
    error_codes: &[("duplicate", ErrorKind::Conflict)],
    error_phrases: &[("does not exist", ErrorKind::NotFound), ("Site '", ErrorKind::Misconfigured)],
    ..Api::DEFAULT
};

static ROW: Row = Row { member: Some("things"), ..Row::new("GET", "/x") };
static TEXT: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Text };
static LIST: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&TEXT) };

fn judged_by(api: &Api, output: Option<&Type>, status: u16, body: &str) -> Result<Option<Value>, Error> {
    let resolved = ResolvedRow::plain(&ROW);
    let reply = Reply { status, headers: vec![], body: vec![], unread: None };
    let judged = judge(api, resolved, output, &reply, body.as_bytes(), &Secrets::default(), None);
    judged.map(|result| result.map(Node::into_value)).map_err(|refused| refused.error)
}

fn judged(status: u16, body: &str) -> Result<Option<Value>, Error> {
    judged_by(&API, None, status, body)
}

#[test]
fn the_result_is_taken_out_of_its_envelope() {
    assert_eq!(judged(200, r#"{"meta":{"status":"ok"},"data":[1]}"#).unwrap().unwrap(), Value::from(vec![1]));
    assert_eq!(judged(200, r#"{"data":{"things":[1],"others":[]}}"#).unwrap().unwrap(), Value::from(vec![1]));
    assert_eq!(judged(204, " \n").unwrap(), None);
}

#[test]
fn what_stands_beside_a_wrapped_record_belongs_to_it() {
    let judged = judged(200, r#"{"data":{"things":{"id":1,"name":"a"},"name":"b","session":"s"}}"#).unwrap();
    assert_eq!(judged.unwrap(), serde_json::json!({ "id": 1, "name": "a", "session": "s" }));
}

#[test]
fn a_code_is_a_word() {
    let code = |error| judged(400, error).unwrap_err().code;
    assert_eq!(code(r#"{"error":"not_found","error_description":"There is none."}"#).as_deref(), Some("not_found"));
    for error in [r#"{"error":"There is none."}"#, r#"{"error":""}"#] {
        assert_eq!(code(error), None, "{error}");
    }
}

#[test]
fn a_list_is_found_in_whatever_it_is_wrapped() {
    let found = |body| judged_by(&Api { result: "", code: &[], envelope: "", ..API }, Some(&LIST), 200, body);
    for body in [r#"["a"]"#, r#"{"things":["a"],"others":[]}"#, r#"{"others":["a"],"count":1}"#] {
        assert_eq!(found(body).unwrap().unwrap(), Value::from(vec!["a"]), "{body}");
    }
    for body in ["{}", r#"{"things":null}"#] {
        assert_eq!(found(body).unwrap().unwrap(), Value::Null, "{body}");
    }
    let error = found(r#"{"these":[],"those":[]}"#).unwrap_err();
    assert!(
        error.message.ends_with("with an object instead of a list; its members: these, those"),
        "{}",
        error.message
    );
}

#[test]
fn a_job_that_failed_is_an_error_and_one_that_did_not_is_none() {
    const JOBS: Api = Api {
        result: "",
        state: &["/job/status", "/status"],
        failed: &["error"],
        success_codes: &[],
        envelope: "",
        ..API
    };
    let error = judged_by(&JOBS, None, 200, r#"{"status":"Error","error":"step_failed"}"#).unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Failed, Some("step_failed")));
    assert!(judged_by(&JOBS, None, 200, r#"{"status":"paused","error":"x"}"#).is_ok());
    assert!(judged_by(&JOBS, None, 200, r#"{"job":{"status":"error"}}"#).is_err());
}

#[test]
fn errors_by_field_are_reported_and_the_first_field_is_named() {
    const FIELDS: Api = Api { problems: "/errors", message: &["/title"], ..API };
    let body = r#"{"title":"Invalid.","errors":{"dueDate":["Too early.","Not a date."],"subject":"Missing."}}"#;
    let error = judged_by(&FIELDS, None, 400, body).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("input.due-date"));
    assert_eq!(error.message, "Acme: Invalid. Too early. Not a date. Missing.");
    for body in [r#"{"errors":{"$.dueDate":["Not a date."]}}"#, r#"{"errors":{"DueDate":"Not a date."}}"#] {
        let error = judged_by(&FIELDS, None, 400, body).unwrap_err();
        assert_eq!((error.field.as_deref(), &*error.message), (Some("input.due-date"), "Acme: Not a date."));
    }
}

#[test]
fn an_answer_is_judged_by_its_content_too() {
    let error = judged(200, r#"{"meta":{"status":"broken","message":"Oh\n no"}}"#).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Rejected, "Acme: Oh no"));
    assert_eq!(error.code.as_deref(), Some("broken"));
}

static FIELDS: [Field; 1] = [Field { name: "id", ty: &TEXT, offset: 0, flat: 0 }];
static RECORD: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Record(&FIELDS) };

#[test]
fn an_error_with_status_200_is_no_record_and_its_message_is_reported() {
    const BARE: Api = Api { result: "", code: &[], envelope: "", ..API };
    for body in [
        r#""It is there already""#,
        r#"{"success":false,"message":"It is there already"}"#,
        r#"{"isSuccess":false,"errors":["It is there already"]}"#,
        r#"{"ok":0,"errors":{"name":["It is there already"]}}"#,
        r#"{"error":"It is there already"}"#,
        r#"{"error":{"message":"It is there already"},"id":7}"#,
        r#"{"status":"error","detail":"It is there already"}"#,
        r#"{"status":400,"title":"It is there already"}"#,
    ] {
        for output in [&RECORD, &LIST] {
            let error = judged_by(&BARE, Some(output), 200, body).unwrap_err();
            assert_eq!((error.kind, &*error.message), (ErrorKind::Rejected, "Acme: It is there already"), "{body}");
        }
    }
    for body in [
        r#"{"error":"Quota exceeded","details":[]}"#,
        r#"{"success":false,"message":"Quota exceeded","data":[]}"#,
        r#"{"message":"Quota exceeded","data":[]}"#,
        r#"{"message":"Quota exceeded"}"#,
        r#"{"errors":[{"message":"Quota exceeded"}]}"#,
    ] {
        let error = judged_by(&BARE, Some(&LIST), 200, body).unwrap_err();
        assert_eq!((error.kind, &*error.message), (ErrorKind::Rejected, "Acme: Quota exceeded"), "{body}");
    }
    let wrapped = |response| format!(r#"{{"meta":{{"status":"ok","message":"Fine."}},"data":{response}}}"#);
    for response in [r#""Invalid activity""#, r#"{"success":false,"message":"Invalid activity"}"#] {
        let error = judged_by(&API, Some(&RECORD), 200, &wrapped(response)).unwrap_err();
        assert_eq!((error.code, &*error.message), (None, "Acme: Invalid activity"), "{response}");
    }
}

static CREATE: Row = Row::new("POST", "/x");

fn refused<'b>(row: &'static Row, api: &Api, body: &'b str) -> Option<Refused<'b>> {
    static EXTRA: [Field; 3] = [
        Field { name: "id", ty: &TEXT, offset: 0, flat: 0 },
        Field { name: "status", ty: &TEXT, offset: 0, flat: 0 },
        Field { name: "failure", ty: &TEXT, offset: 0, flat: 0 },
    ];
    static DOCUMENTED: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Record(&EXTRA) };
    let reply = Reply { status: 201, headers: vec![], body: vec![], unread: None };
    let output = if std::ptr::eq(row, &CREATE) { &RECORD } else { &DOCUMENTED };
    judge(api, ResolvedRow::plain(row), Some(output), &reply, body.as_bytes(), &Secrets::default(), None).err()
}

#[test]
fn what_says_that_nothing_was_made_is_an_error_beside_an_id_too() {
    const BARE: Api = Api { result: "", code: &[], success_codes: &[], message: &["/message"], ..API };
    for body in [
        r#"{"id":7,"failed":true}"#,
        r#"{"id":7,"hasErrors":true,"errors":["No"]}"#,
        r#"{"id":7,"success":"0"}"#,
        r#"{"id":7,"statusCode":409}"#,
        r#"{"id":7,"status_code":"500"}"#,
        r#"{"id":7,"code":422}"#,
        r#"{"id":7,"status":"failed"}"#,
        r#"{"id":7,"errorCode":"E17"}"#,
        r#"[{"error":"Quota exceeded"}]"#,
    ] {
        let refused = refused(&CREATE, &BARE, body).expect(body);
        assert_eq!((refused.error.kind, refused.error.status), (ErrorKind::Rejected, Some(201)), "{body}");
        // What was made all the same is not lost.
        assert_eq!(refused.result.is_some(), body.contains("\"id\""), "{body}");
    }
    for body in [
        r#"{"id":7,"failed":false,"failure":null,"errorCode":0,"error":"none","statusCode":201,"code":4711}"#,
        r#"{"id":7,"success":"true","status":200,"code":"A-1","isError":"false","errors":[]}"#,
        r#"{"id":7,"message":"Saved."}"#,
        r#"{"id":7,"status":"412"}"#,
        r#"{"id":7,"message":"Created successfully, no errors."}"#,
        r#"{"id":7,"message":"Created. Don't forget to add a contact, 0 failed."}"#,
    ] {
        assert!(refused(&CREATE, &BARE, body).is_none(), "{body}");
    }
}

#[test]
fn a_documented_member_is_read_as_the_document_says() {
    const BARE: Api = Api { result: "", code: &[], success_codes: &[], ..API };
    static DOCUMENTED: Row = Row::new("POST", "/documented");
    for body in [r#"{"id":7,"status":"failed"}"#, r#"{"id":7,"failure":"of the pump"}"#] {
        assert!(refused(&DOCUMENTED, &BARE, body).is_none(), "{body}");
    }
    // A body of the framework, and no record.
    assert!(refused(&DOCUMENTED, &BARE, r#"{"status":400,"title":"Invalid"}"#).is_some());
}

#[test]
fn how_work_stands_explains_an_error_and_nothing_else() {
    const JOBS: Api = Api { result: "", state: &["/status"], code: &[], success_codes: &[], ..API };
    assert!(refused(&CREATE, &JOBS, r#"{"id":7,"status":"paused","error":"x"}"#).is_none());
    for body in [r#"{"id":7,"status":"queued","success":false}"#, r#"{"id":7,"status":"queued","statusCode":402}"#] {
        assert!(refused(&CREATE, &JOBS, body).expect(body).result.is_some(), "{body}");
    }
    // What is started without an id and with words, was not.
    for body in [
        r#"{"status":"queued","code":402}"#,
        r#"{"status":"denied","message":"Out of credits"}"#,
        r#"{"status":"ok","errors":["No credits"]}"#,
        r#"{"status":"not_found","error":"Workflow not found"}"#,
    ] {
        assert!(refused(&CREATE, &JOBS, body).expect(body).result.is_none(), "{body}");
    }
    assert!(refused(&CREATE, &JOBS, r#"{"status":"cancelled","message":"Execution cancelled"}"#).is_none());
}

#[test]
fn what_went_well_may_have_words_too() {
    const BARE: Api = Api { result: "", code: &[], envelope: "", ..API };
    for body in [
        r#"{"id":7,"message":"Saved.","error":null,"errors":[],"success":true}"#,
        r#"{"id":7,"error":"","errors":{},"status":"error","title":"How to fail"}"#,
        r#"{"id":7,"status":404,"description":"A gate"}"#,
    ] {
        assert!(judged_by(&BARE, Some(&RECORD), 200, body).is_ok(), "{body}");
    }
    for body in [r#"{"things":[],"message":"There are none."}"#, r#"{"message":"Two.","others":["a"]}"#, "[]"] {
        assert!(judged_by(&BARE, Some(&LIST), 200, body).is_ok(), "{body}");
    }
}

/// Accelo's documentation, Response: every answer has `meta.status`, which is "ok" on success, unless `_suppress_meta` was asked
/// for, which leaves all of `meta` out.
#[test]
fn an_envelope_says_ok_or_says_nothing_around_data() {
    let judged = |output, body: &str| judged_by(&API, output, 200, body);
    for (meta, response) in [
        (r#"{"status":"ok","message":"Fine.","error":null,"errors":[]}"#, "[]"),
        (r#"{"status":"ok"}"#, r#"{"id":"5"}"#),
        (r#"{"message":"Fine."}"#, r#"[{"id":"5"}]"#),
        (r#"{"status":null}"#, r#"{"id":"5"}"#),
        ("{}", r#"{"id":"5"}"#),
    ] {
        for output in [Some(&RECORD), Some(&LIST), None] {
            let body = format!(r#"{{"meta":{meta},"data":{response}}}"#);
            // A record in the place of a list is none, which says so by itself.
            if !response.starts_with('{') || output.is_none_or(|ty| !matches!(ty.kind, Kind::List(_))) {
                assert!(judged(output, &body).is_ok(), "{body}");
            }
        }
    }
    assert_eq!(judged(Some(&LIST), r#"{"data":[]}"#).unwrap(), Some(Value::from(vec![(); 0])));
    for (meta, response) in [
        (r#"{"status":null,"message":"Quota exceeded"}"#, "null"),
        (r#"{"status":null,"message":"Quota exceeded"}"#, "[]"),
        (r#"{"status":500,"message":"Quota exceeded"}"#, r#"{"id":"5"}"#),
        (r#"{"status":false,"message":"Quota exceeded"}"#, r#"{"id":"5"}"#),
        (r#"{"status":"","message":"Quota exceeded"}"#, "{}"),
        (r#"{"status":"not ok","message":"Quota exceeded"}"#, r#"{"id":"5"}"#),
        (r#"{"status":["error"],"message":"Quota exceeded"}"#, r#"{"id":"5"}"#),
        (r#"{"message":"Quota exceeded"}"#, "null"),
        (r#"{"status":"ok","message":"Fine.","error":"Quota exceeded"}"#, r#"{"id":"5"}"#),
        (r#"{"status":"ok","message":"Fine.","errors":[{"message":"Quota exceeded"}]}"#, "[]"),
        (r#"{"error":{"message":"Quota exceeded"}}"#, r#"{"id":"5"}"#),
    ] {
        for output in [Some(&RECORD), Some(&LIST), None] {
            let body = format!(r#"{{"meta":{meta},"data":{response}}}"#);
            let error = judged(output, &body).unwrap_err();
            assert!(error.message.ends_with("Quota exceeded"), "{body}: {}", error.message);
            assert!(matches!(error.kind, ErrorKind::Rejected | ErrorKind::Unreadable), "{body}");
        }
    }
    for body in [r#"{"data":null}"#, "{}", r#"{"data":""}"#] {
        for output in [Some(&RECORD), Some(&LIST), None] {
            assert_eq!(judged(output, body).unwrap_err().kind, ErrorKind::Unreadable, "{body}");
        }
    }
}

#[test]
fn a_plain_text_error_is_reported_as_it_is() {
    let message = |status, body: &str| judged(status, body).unwrap_err().message;
    assert_eq!(message(400, "No such thing\n"), "Acme: No such thing");
    assert_eq!(message(502, "<html>no</html>"), "Acme answered HTTP 502");
    assert!(message(200, "Please sign in").ends_with("(byte 1: a word that is no value); it says: Please sign in"));
}

#[test]
fn what_is_no_answer_is_unreadable() {
    for body in ["<html>", r#"{"data": [1"#, "{}", "[]", "3"] {
        let error = judged(200, body).unwrap_err();
        assert_eq!((error.kind, error.advice), (ErrorKind::Unreadable, Advice::GiveUp), "{body}");
    }
}

#[test]
fn an_answer_that_is_nested_deeper_than_others_could_read_is_unreadable() {
    let nested = |depth: usize| format!(r#"{{"data":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(judged(200, &nested(100)).is_ok());
    for depth in [110, 120, 1000] {
        assert_eq!(judged(200, &nested(depth)).unwrap_err().kind, ErrorKind::Unreadable, "{depth}");
    }
}

#[test]
fn long_words_are_left_out_whole() {
    assert_eq!(clean(" a\r\nbc\u{0}d ", 6), "a bc d");
    assert_eq!(clean("a secret-1234 b", 10), "a …");
    assert_eq!(clean("secret-1234", 10), "…");
}

#[test]
fn what_a_code_means_may_depend_on_the_operation() {
    static ONE: Row = Row { error_codes: &[("invalid", ErrorKind::NotFound)], ..Row::new("GET", "/x/{id}") };
    let judged = |row: &'static Row, body: &str| {
        let reply = Reply { status: 400, headers: vec![], body: vec![], unread: None };
        let judged = judge(&API, ResolvedRow::plain(row), None, &reply, body.as_bytes(), &Secrets::default(), None);
        judged.map(|_| ()).map_err(|refused| refused.error.kind).unwrap_err()
    };
    assert_eq!(judged(&ONE, r#"{"error":"invalid"}"#), ErrorKind::NotFound);
    assert_eq!(judged(&ONE, r#"{"error":"duplicate"}"#), ErrorKind::Conflict);
    assert_eq!(judged(&ROW, r#"{"error":"invalid"}"#), ErrorKind::Rejected);
}

#[test]
fn code_and_phrase_are_more_specific_than_the_status() {
    let kind = |status, body| judged(status, body).unwrap_err().kind;
    assert_eq!(kind(400, r#"{"meta":{"status":"duplicate"}}"#), ErrorKind::Conflict);
    assert_eq!(kind(400, r#"{"error":"x","error_description":"It does not exist."}"#), ErrorKind::NotFound);
    let wrong_site = r#"{"error":"duplicate","error_description":"Site 'x' can't be found"}"#;
    assert_eq!(kind(500, wrong_site), ErrorKind::Misconfigured, "the phrase before the code");
    assert!(blames_settings(&API, wrong_site.as_bytes()));
    assert!(!blames_settings(&API, br#"{"error_description":"It does not exist."}"#) && !blames_settings(&API, b"<"));
    assert_eq!(kind(400, "{}"), ErrorKind::Rejected);
    assert_eq!(kind(401, "<html>"), ErrorKind::Unauthenticated);
    assert_eq!(kind(403, ""), ErrorKind::Forbidden);
    assert_eq!(kind(404, ""), ErrorKind::NotFound);
    assert_eq!(kind(409, ""), ErrorKind::Conflict);
    assert_eq!(kind(429, ""), ErrorKind::RateLimited);
    assert_eq!(kind(503, ""), ErrorKind::Unavailable);
    assert_eq!(kind(302, ""), ErrorKind::Rejected);
}

#[test]
fn a_bad_status_beside_nothing_of_what_was_asked_for_is_an_error() {
    const BARE: Api = Api { result: "", code: &[], success_codes: &[], ..API };
    for body in [r#"{"status":"error"}"#, r#"{"status":401}"#, r#"{"code":403}"#, r#"{"message":"Could not be made"}"#]
    {
        assert!(refused(&CREATE, &BARE, body).is_some(), "{body}");
    }
}

#[test]
fn a_code_in_an_imported_record_is_the_records_own() {
    static RECORD: Type = Type {
        size: 0,
        align: 4,
        form: Form::Any,
        kind: Kind::Record(&[
            Field { name: "id", ty: &TEXT, offset: 0, flat: 0 },
            Field { name: "code", ty: &TEXT, offset: 0, flat: 0 },
        ]),
    };
    let api = Api {
        result: "",
        code: &["/code", "/error"],
        success_codes: &[],
        envelope: "",
        imported: Some(crate::imported::Imported::new(&[], &[], false)),
        ..API
    };
    let judged = |body| judged_by(&api, Some(&RECORD), 200, body);
    for body in [r#"{"id":"1","code":"SUMMER"}"#, r#"{"id":"1","error":"timeout"}"#] {
        assert!(judged(body).is_ok(), "{body}");
    }
    assert_eq!(judged(r#"{"error":"timeout"}"#).unwrap_err().code.as_deref(), Some("timeout"));
}
