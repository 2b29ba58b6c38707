//! What operations take.

use crate::{definition, imported, lines, row, sends, signature, takes};
use outwit_import::Kind;
use outwit_link::vendor::Place;
use serde_json::{Value, json};

#[test]
fn nothing_is_taken_where_nothing_is_sent() {
    let imported = imported(&takes("get", "/things", json!([])));
    assert_eq!(signature(&imported, "do-it"), "do-it: func() -> result<json, error>;");
}

#[test]
fn the_path_comes_first_and_then_the_query_and_the_body() {
    let mut document = takes(
        "post",
        "/a/{one}/{two}",
        json!([
            { "name": "q", "in": "query", "schema": { "type": "string" } },
            { "name": "two", "in": "path", "required": true, "schema": { "type": "string" } },
            { "name": "one", "in": "path", "required": true, "schema": { "type": "string" } },
        ]),
    );
    let body = json!({ "required": ["b"], "properties": { "b": { "type": "string" } } });
    document["paths"]["/a/{one}/{two}"]["post"]["requestBody"] =
        json!({ "content": { "application/json": { "schema": body } } });
    let fields = definition(&imported(&document), "do-it-input");
    assert_eq!(fields, ["one: string", "two: string", "q: option<string>", "b: string"]);
}

#[test]
fn a_list_is_never_optional_and_what_is_not_required_is() {
    let imported = imported(&sends(json!({ "required": ["a"], "properties": {
        "a": { "type": "string" }, "b": { "type": "string" }, "c": { "type": "array", "items": { "type": "string" } }
    } })));
    assert_eq!(definition(&imported, "do-it-input"), ["a: string", "b: option<string>", "c: list<string>"]);
}

#[test]
fn members_that_are_the_vendors_are_not_sent() {
    let imported = imported(&sends(json!({ "properties": {
        "a": { "type": "string", "readOnly": true }, "b": { "type": "string" },
        "c": { "type": "object", "properties": { "d": { "type": "string", "readOnly": true }, "e": { "type": "string" } } }
    } })));
    assert_eq!(definition(&imported, "do-it-input"), ["b: option<string>", "c: option<do-it-c>"]);
    assert_eq!(definition(&imported, "do-it-c"), ["e: option<string>"]);
}

#[test]
fn a_body_without_members_is_extra() {
    for schema in [
        json!({ "type": "object" }),
        json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        json!({ "oneOf": [{ "properties": { "a": {} } }, { "type": "object" }] }),
    ] {
        let imported = imported(&sends(schema.clone()));
        assert_eq!(definition(&imported, "do-it-input"), ["extra: option<json>"], "{schema}");
        assert!(row(&imported).input.is_empty());
    }
    let open = json!({ "properties": { "a": { "type": "string" } }, "additionalProperties": true });
    assert_eq!(definition(&imported(&sends(open)), "do-it-input"), ["a: option<string>", "extra: option<json>"]);
}

#[test]
fn a_body_that_is_no_object_is_sent_whole() {
    let whole = |schema: Value| {
        let mut document = sends(schema);
        document["paths"]["/things"]["post"]["requestBody"]["required"] = true.into();
        let imported = imported(&document);
        assert_eq!(row(&imported).input["body"].place, Some(Place::WholeBody));
        definition(&imported, "do-it-input")
    };
    assert_eq!(whole(json!({ "type": "array", "items": { "type": "string" } })), ["body: list<string>"]);
    assert_eq!(whole(json!({ "type": "string" })), ["body: string"]);
    assert_eq!(whole(json!({ "oneOf": [{ "type": "string" }, { "type": "object" }] })), ["body: json"]);
}

#[test]
fn a_name_of_path_and_body_is_two_fields() {
    let mut document = takes(
        "put",
        "/things/{id}",
        json!([
            { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
        ]),
    );
    let body = json!({ "properties": { "id": { "type": "string" } } });
    document["paths"]["/things/{id}"]["put"]["requestBody"] =
        json!({ "content": { "application/json": { "schema": body } } });
    let imported = imported(&document);
    assert_eq!(definition(&imported, "do-it-input"), ["id: string", "id-2: option<string>"]);
    assert_eq!(row(&imported).route, "/things/{id}");
    assert_eq!(row(&imported).input["id-2"].name.as_deref(), Some("id"));
}

#[test]
fn a_required_field_is_not_called_like_the_options_of_a_tool() {
    let body = |required: Value| json!({ "required": required, "properties": { "options": { "type": "string" } } });
    assert_eq!(definition(&imported(&sends(body(json!(["options"])))), "do-it-input"), ["options-2: string"]);
    assert_eq!(definition(&imported(&sends(body(json!([])))), "do-it-input"), ["options: option<string>"]);
}

#[test]
fn parameters_of_the_path_item_count_unless_the_operation_has_its_own() {
    let mut document =
        takes("get", "/things", json!([{ "name": "a", "in": "query", "schema": { "type": "integer" } }]));
    document["paths"]["/things"]["parameters"] = json!([
        { "name": "a", "in": "query", "schema": { "type": "string" } },
        { "name": "b", "in": "query", "schema": { "type": "boolean" } },
    ]);
    assert_eq!(definition(&imported(&document), "do-it-input"), ["a: option<s64>", "b: option<bool>"]);
}

#[test]
fn what_a_path_has_and_the_list_has_not_is_text() {
    let imported =
        imported(&takes("get", "/things/{thingId}", json!([{ "name": "gone", "in": "path", "required": true }])));
    assert_eq!(definition(&imported, "do-it-input"), ["thing-id: string"]);
    assert_eq!(row(&imported).route, "/things/{thing-id}");
}

#[test]
fn secrets_are_marked() {
    let imported =
        imported(&sends(json!({ "properties": { "password": { "type": "string" }, "name": { "type": "string" },
            "pin": { "type": "string", "format": "password" } } })));
    assert_eq!(imported.vendor.names.sensitive, ["password", "pin"]);
}

#[test]
fn a_broken_reference_costs_a_parameter_and_not_the_operation() {
    let imported = imported(&takes("get", "/things", json!([{ "$ref": "#/parameters/nobody" }])));
    assert_eq!(imported.report.imported, 1);
    assert_eq!(lines(&imported, Kind::Reference)[0].0, "/paths/~1things/get/parameters/0");
}

/// JSON Schema: `required` names members whether or not `properties` describes them.
#[test]
fn a_member_that_is_only_demanded_can_be_given() {
    let schema = json!({ "required": ["kind", "name"], "properties": {
        "name": { "type": "string" },
        "owner": { "type": "object", "required": ["id"], "properties": { "login": { "type": "string" } } },
    } });
    let imported = imported(&sends(schema));
    assert_eq!(
        definition(&imported, "do-it-input"),
        ["name: string", "owner: option<do-it-owner>", "kind: option<json>"]
    );
    assert_eq!(definition(&imported, "do-it-owner"), ["login: option<string>", "id: option<json>"]);
    let schema = "/paths/~1things/post/requestBody/content/application~1json/schema";
    assert_eq!(
        lines(&imported, Kind::Doubtful),
        [
            (format!("{schema}/required"), "demanded, and not described: kind".to_owned()),
            (format!("{schema}/properties/owner/required"), "demanded, and not described: id".to_owned()),
        ]
    );
}

/// OpenAPI, Operation Object: the list of parameters MUST NOT include duplicates. Which one is meant is a guess.
#[test]
fn of_two_parameters_with_one_name_the_one_that_says_more_counts() {
    let words =
        json!({ "name": "slot", "in": "path", "required": true, "schema": { "$ref": "#/components/schemas/Slot" } });
    let plain = json!({ "name": "slot", "in": "path", "required": true, "schema": { "type": "string" } });
    for both in [json!([words, plain]), json!([plain, words])] {
        let mut document = takes("get", "/things/{slot}", both);
        document["components"] = json!({ "schemas": { "Slot": { "type": "string", "enum": ["drone", "portal"] } } });
        assert_eq!(definition(&imported(&document), "do-it-input"), ["slot: new-slot"]);
    }
    // An operation's own parameter replaces that of its path, whatever it says.
    let mut document = takes("get", "/things/{slot}", json!([plain]));
    document["paths"]["/things/{slot}"]["parameters"] = json!([words]);
    assert_eq!(definition(&imported(&document), "do-it-input"), ["slot: string"]);
}

/// A value of a path has to be there, whatever its parameter says; a member of a member that has to be there is no option.
#[test]
fn what_has_to_be_there_is_no_option_at_any_depth() {
    let id = json!([{ "name": "id", "in": "path", "schema": { "type": "string" } }]);
    assert_eq!(definition(&imported(&takes("get", "/things/{id}", id)), "do-it-input"), ["id: string"]);
    let text = json!({ "type": "string" });
    let item = json!({ "type": "object", "required": ["a"], "properties": { "a": text, "b": text } });
    let imported = imported(&sends(json!({ "properties": { "item": item } })));
    let wit = crate::all_wit(&imported);
    assert!(wit.contains(" a: string,") && wit.contains(" b: option<string>,"), "{wit}");
}
