//! What operations give.

use crate::{answers, definition, document, imported, row, signature, takes};
use outwit_import::Kind;
use serde_json::{Map, Value, json};

/// What an operation of this method gives, with these responses.
fn gives(method: &str, responses: Value) -> String {
    let mut document = takes(method, "/things", json!([]));
    document["paths"]["/things"][method]["responses"] = responses;
    let signature = signature(&imported(&document), "do-it");
    signature.split_once("result<").unwrap().1.split_once(", error>").unwrap().0.to_owned()
}

fn json_of(schema: Value) -> Value {
    json!({ "content": { "application/json": { "schema": schema } } })
}

#[test]
fn every_field_of_an_answer_may_be_absent_and_the_rest_comes_last() {
    let imported = imported(&answers(json!({ "required": ["a", "nobody"], "properties": {
        "a": { "type": "string" }, "b": { "type": "string", "writeOnly": true }, "c": { "type": "array", "items": { "type": "string" } }
    } , "additionalProperties": false })));
    assert_eq!(definition(&imported, "do-it-answer"), ["a: option<string>", "c: list<string>", "extra: option<json>"]);
}

#[test]
fn a_list_at_the_top_is_a_list() {
    assert_eq!(
        gives("get", json!({ "200": json_of(json!({ "type": "array", "items": { "type": "string" } })) })),
        "list<string>"
    );
}

#[test]
fn a_list_and_nothing_else_is_taken_out() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    for schema in [
        json!({ "properties": { "Things": list } }),
        json!({ "properties": { "Things": list, "status": { "type": "string" }, "success": { "type": "boolean" } } }),
    ] {
        let imported = imported(&answers(schema));
        assert_eq!(signature(&imported, "do-it"), "do-it: func() -> result<list<string>, error>;");
        assert_eq!(row(&imported).member.as_deref(), Some("Things"));
    }
}

#[test]
fn a_list_beside_a_cursor_stays_in_its_record() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let imported = imported(&answers(json!({ "properties": { "data": list, "next": { "type": "string" } } })));
    assert_eq!(signature(&imported, "do-it"), "do-it: func() -> result<do-it-answer, error>;");
    assert_eq!(row(&imported).member, None);
}

#[test]
fn a_read_of_which_nothing_is_said_is_json_and_a_write_is_nothing() {
    for responses in [json!({}), json!({ "200": {} }), json!({ "200": { "content": { "application/json": {} } } })] {
        assert_eq!(gives("get", responses.clone()), "json", "{responses}");
        assert_eq!(gives("post", responses.clone()), "_", "{responses}");
    }
    assert_eq!(gives("get", json!({ "204": {} })), "_");
}

#[test]
fn the_first_success_with_a_schema_counts_and_the_richer_one_if_they_differ() {
    let poor = json_of(json!({ "type": "string" }));
    let rich = json_of(json!({ "properties": { "a": { "type": "string" } } }));
    assert_eq!(gives("get", json!({ "200": poor, "207": rich })), "do-it-answer");
    assert_eq!(gives("get", json!({ "202": {}, "200": poor, "404": rich })), "string");
    assert_eq!(gives("get", json!({ "default": poor })), "string");
}

#[test]
fn an_answer_that_may_be_nothing_says_so() {
    let mut document = answers(json!({ "properties": { "a": { "type": "string" } } }));
    assert!(!row(&imported(&document)).silent);
    document["paths"]["/things"]["get"]["responses"]["204"] = json!({});
    assert!(row(&imported(&document)).silent);
}

#[test]
fn text_is_text() {
    let responses = json!({ "200": { "content": { "text/csv": { "schema": { "type": "string" } } } } });
    assert_eq!(gives("get", responses.clone()), "string");
    let imported = imported(&document(json!({ "/a": { "get": { "operationId": "do-it", "responses": responses } } })));
    assert!(row(&imported).text);
    // JSON that is a text is no plain text.
    assert_eq!(gives("get", json!({ "200": json_of(json!({ "type": "string" })) })), "string");
}

#[test]
fn json_is_chosen_of_several_media_types() {
    let both = json!({ "200": { "content": {
        "application/xml": { "schema": { "type": "string" } }, "application/vnd.acme+json": { "schema": { "type": "boolean" } }
    } } });
    assert_eq!(gives("get", both), "bool");
}

#[test]
fn answers_that_are_no_text_take_their_operations_along() {
    for (media, kind) in [
        ("application/pdf", Kind::AnswerMedia),
        ("application/xml", Kind::AnswerMedia),
        ("application/x-ndjson", Kind::AnswerStream),
    ] {
        let content = json!({ media: { "schema": { "type": "string" } } });
        let paths =
            json!({ "/a": { "get": { "operationId": "do-it", "responses": { "200": { "content": content } } } } });
        assert_eq!(imported(&document(paths)).report.left_out[&kind], 1, "{media}");
    }
    let bytes = json!({ "200": json_of(json!({ "type": "string", "format": "binary" })) });
    let paths = json!({ "/a": { "get": { "operationId": "do-it", "responses": bytes } } });
    assert_eq!(imported(&document(paths)).report.left_out[&Kind::AnswerMedia], 1);
}

#[test]
fn errors_say_what_is_wrong_where_the_document_says() {
    let mut document = answers(json!({ "type": "string" }));
    let error = json!({ "properties": {
        "error": { "properties": { "code": { "type": "integer" }, "message": { "type": "string" } } }, "title": { "type": "string" }
    } });
    document["paths"]["/things"]["get"]["responses"]["404"] = json_of(error);
    let answers = imported(&document).vendor.answers;
    assert_eq!(answers.message, ["/error/message", "/title"]);
    assert_eq!(answers.code, ["/error/code"]);
}

#[test]
fn an_answer_with_a_token_is_a_secret() {
    let imported = imported(&answers(json!({ "properties": { "access_token": { "type": "string" } } })));
    assert!(row(&imported).secret);
}

/// RFC 9110, 15.3.5 and 15.3.6: these statuses have no content.
#[test]
fn an_answer_without_content_gives_nothing_whatever_its_schema_is() {
    for (status, expected) in
        [("204", "result<_, error>"), ("205", "result<_, error>"), ("200", "result<string, error>")]
    {
        let mut document = answers(json!({ "type": "string" }));
        let responses = &mut document["paths"]["/things"]["get"]["responses"];
        let answer = responses["200"].take();
        *responses = json!({ status: answer });
        assert!(signature(&imported(&document), "do-it").ends_with(&format!("-> {expected};")), "{status}");
    }
}

/// RFC 6839, 3.1: what ends with `+json` is JSON, under a name of its own.
#[test]
fn json_of_another_name_is_sent_and_asked_for_by_it() {
    let content = |names: &[&str]| {
        let schema = json!({ "schema": { "properties": { "a": { "type": "string" } } } });
        json!({ "content": names.iter().map(|name| ((*name).to_owned(), schema.clone())).collect::<Map<_, _>>() })
    };
    let own = |sent: &[&str], answered: &[&str]| {
        let mut document = answers(json!({}));
        let operation = json!({ "requestBody": content(sent), "responses": { "200": content(answered) } });
        document["paths"]["/things"] = json!({ "post": operation });
        let imported = imported(&document);
        (row(&imported).content_type.clone(), row(&imported).accept.clone())
    };
    let some = |name: &str| Some(name.to_owned());
    let (patch, api) = ("application/merge-patch+json", "application/vnd.api+json");
    assert_eq!(own(&[patch], &[api]), (some(patch), some(api)));
    assert_eq!(own(&["Application/Merge-Patch+JSON; charset=utf-8"], &["application/json"]), (some(patch), None));
    assert_eq!(own(&[patch, "application/json"], &[api, "*/*"]), (None, None));
    // A misspelled name is nobody's.
    assert_eq!(own(&["application/jsonn"], &["json"]), (None, None));
    assert_eq!(own(&["application/x-www-form-urlencoded", api], &[api]), (some(api), some(api)));
}
