//! Where fields go, and how they are written there.

use crate::{definition, document, imported, lines, row, takes};
use outwit_import::{Imported, Kind};
use outwit_link::vendor::{Body, Param, Place, Style};
use serde_json::{Value, json};

/// The facts of the only field that has any.
fn fact(imported: &Imported) -> Param {
    let input = &row(imported).input;
    assert!(input.len() < 2, "{input:?}");
    input.values().next().cloned().unwrap_or_default()
}

/// How a parameter of the query is written.
fn query(parameter: Value) -> Imported {
    let mut parameter = parameter;
    parameter["in"] = "query".into();
    parameter["name"] = "a".into();
    imported(&takes("get", "/things", json!([parameter])))
}

#[test]
fn a_field_has_a_place_where_the_method_does_not_tell() {
    for (method, expected) in
        [("get", None), ("delete", None), ("post", Some(Place::Query)), ("patch", Some(Place::Query))]
    {
        let parameters = json!([{ "name": "a", "in": "query", "schema": { "type": "string" } }]);
        assert_eq!(fact(&imported(&takes(method, "/things", parameters))).place, expected, "{method}");
    }
}

#[test]
fn bodies_of_reads_and_deletions_are_bodies() {
    for method in ["get", "delete"] {
        let mut document = takes(method, "/things", json!([]));
        let body =
            json!({ "content": { "application/json": { "schema": { "properties": { "a": { "type": "string" } } } } } });
        document["paths"]["/things"][method]["requestBody"] = body;
        assert_eq!(fact(&imported(&document)).place, Some(Place::Body), "{method}");
    }
}

#[test]
fn lists_are_written_as_the_document_says() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    for (parameter, expected) in [
        (json!({ "schema": list }), Style::Repeated),
        (json!({ "schema": list, "style": "form", "explode": true }), Style::Repeated),
        (json!({ "schema": list, "explode": false }), Style::Comma),
        (json!({ "schema": list, "style": "spaceDelimited" }), Style::Space),
        (json!({ "schema": list, "style": "pipeDelimited" }), Style::Pipe),
        (json!({ "schema": list, "style": "pipeDelimited", "explode": true }), Style::Repeated),
        (json!({ "content": { "application/json": { "schema": list } } }), Style::Json),
        // The other dialect.
        (json!({ "type": "array", "items": { "type": "string" }, "collectionFormat": "multi" }), Style::Repeated),
        (json!({ "type": "array", "items": { "type": "string" }, "collectionFormat": "csv" }), Style::Comma),
        (json!({ "type": "array", "items": { "type": "string" }, "collectionFormat": "ssv" }), Style::Space),
        (json!({ "type": "array", "items": { "type": "string" }, "collectionFormat": "pipes" }), Style::Pipe),
    ] {
        let imported = query(parameter.clone());
        assert_eq!(fact(&imported).style, expected, "{parameter}");
        assert_eq!(definition(&imported, "do-it-input"), ["a: list<string>"]);
    }
}

#[test]
fn objects_of_queries_are_written_as_the_document_says() {
    let object = json!({ "type": "object", "properties": { "b": { "type": "string" } } });
    for (parameter, expected) in [
        (json!({ "schema": object }), Style::Repeated),
        (json!({ "schema": object, "style": "deepObject", "explode": true }), Style::Brackets),
        (json!({ "schema": object, "explode": false }), Style::Comma),
        (json!({ "content": { "application/json": { "schema": object } } }), Style::Json),
    ] {
        assert_eq!(fact(&query(parameter.clone())).style, expected, "{parameter}");
    }
}

#[test]
fn what_no_rule_writes_is_left_out_or_takes_its_operation_along() {
    let deep = json!({ "type": "object", "properties": { "b": { "type": "object", "properties": { "c": { "type": "string" } } } } });
    let optional = query(json!({ "schema": deep }));
    assert_eq!(optional.report.imported, 1);
    assert_eq!(lines(&optional, Kind::OptionalLeftOut)[0].1, "nothing says how a is written");
    let required = query(json!({ "schema": deep, "required": true }));
    assert_eq!(required.report.imported, 0);
    assert_eq!(required.report.left_out[&Kind::Unsayable], 1);
    assert_eq!(lines(&required, Kind::Unsayable)[0].0, "/paths/~1things/get");
    // By tabs, for one.
    let list = json!({ "type": "array", "items": { "type": "string" }, "collectionFormat": "tsv", "required": true });
    assert_eq!(query(list).report.left_out[&Kind::Unsayable], 1);
}

#[test]
fn names_that_follow_no_rule_are_said() {
    let parameters = json!([{ "name": "filter[created]", "in": "query", "schema": { "type": "string" } }]);
    let imported = imported(&takes("get", "/things", parameters));
    assert_eq!(definition(&imported, "do-it-input"), ["filter-created: option<string>"]);
    assert_eq!(fact(&imported).name.as_deref(), Some("filter[created]"));
}

/// OpenAPI 3.0, Parameter Object: `required` is false by default, and parameters in the header that are called Accept, Content-Type
/// or Authorization are ignored. RFC 9110, 5.1: names of headers have no case.
#[test]
fn headers_are_inputs_unless_a_request_has_them_anyway() {
    let header = |name: &str| json!({ "name": name, "in": "header", "schema": { "type": "string" } });
    let mut parameters: Vec<Value> = ["X-Trace", "If-Match", "Accept-Language", "Idempotency-Key"].map(header).into();
    parameters.push(
        json!({ "name": "X-Tags", "in": "header", "schema": { "type": "array", "items": { "type": "string" } } }),
    );
    parameters.push(json!({ "name": "X-Source", "in": "header", "required": true, "schema": { "type": "string" } }));
    parameters.extend(["Accept", "content-type", "Authorization", "User-Agent", "Content-Length", "Host"].map(header));
    parameters.extend(["Connection", "Transfer-Encoding", "Cookie"].map(header));
    let refused = ["X-Forwarded-For", "Keep-Alive", "X-Real-IP", "Via", "traceparent", "X-HTTP-Method-Override"];
    parameters.extend(refused.map(header));
    let imported = imported(&takes("get", "/things", parameters.into()));
    let fields = ["accept-language", "idempotency-key", "if-match", "x-tags", "x-trace"];
    let sent = &row(&imported).input;
    let names: Vec<&str> = sent.keys().map(String::as_str).filter(|name| *name != "x-source").collect();
    assert_eq!(names, fields);
    for (field, param) in sent {
        let expected = Param { name: param.name.clone(), place: Some(Place::Header), ..Param::default() };
        assert_eq!(*param, expected, "{field}");
        // In a query, a name would be in the vendor's spelling.
        assert_eq!(param.name.as_deref().unwrap_or(field), field);
    }
    let mut definition = definition(&imported, "do-it-input");
    definition.sort();
    let expected = [
        "accept-language: option<string>",
        "idempotency-key: option<string>",
        "if-match: option<string>",
        "x-source: string",
        "x-tags: list<string>",
        "x-trace: option<string>",
    ];
    assert_eq!(definition, expected);
    let left_out: Vec<String> = lines(&imported, Kind::OptionalLeftOut).into_iter().map(|(_, text)| text).collect();
    assert_eq!(left_out, refused.map(|name| format!("{name} may be absent, and cannot be given")));
}

#[test]
fn a_required_cookie_takes_its_operation_along() {
    let parameters = json!([{ "name": "c", "in": "cookie", "required": true, "schema": { "type": "string" } }]);
    assert_eq!(imported(&takes("get", "/things", parameters)).report.left_out[&Kind::Unsayable], 1);
}

#[test]
fn paths_name_fields_as_wit_does() {
    for (path, name, expected) in [
        ("/a/{TaskID}.json", "TaskID", "/a/{task-id}.json"),
        ("/Aero{category}s", "category", "/Aero{category}s"),
        ("a/{x y}/ü", "x y", "/a/{x-y}/%C3%BC"),
    ] {
        let parameters = json!([{ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }]);
        let imported = imported(&takes("get", path, parameters));
        assert_eq!(row(&imported).route, expected);
        assert!(imported.vendor.encode_paths);
    }
}

#[test]
fn words_and_lists_stand_in_paths_as_text() {
    let schema = json!({ "type": "string", "enum": ["tasks", "emails"] });
    let parameters = json!([
        { "name": "kind", "in": "path", "required": true, "schema": schema },
        { "name": "ids", "in": "path", "required": true, "schema": { "type": "array", "items": { "type": "string" } } },
    ]);
    let imported = imported(&takes("get", "/{kind}/{ids}", parameters));
    assert_eq!(definition(&imported, "do-it-input"), ["kind: do-it-kind", "ids: string"]);
}

/// A form with these members and this encoding.
fn form(schema: Value, encoding: Value) -> Imported {
    let mut document = takes("post", "/things", json!([]));
    let content = json!({ "application/x-www-form-urlencoded": { "schema": schema, "encoding": encoding } });
    document["paths"]["/things"]["post"]["requestBody"] = json!({ "content": content });
    imported(&document)
}

#[test]
fn forms_are_forms() {
    let imported = form(json!({ "properties": { "a": { "type": "string" } } }), json!({}));
    assert_eq!((imported.vendor.body, row(&imported).body), (Body::Form, None));
    let body =
        |media: &str| json!({ "content": { media: { "schema": { "properties": { "a": { "type": "string" } } } } } });
    let operation =
        |id: &str, media: &str| json!({ "post": { "operationId": id, "requestBody": body(media), "responses": {} } });
    let mixed = crate::imported(&document(json!({
        "/a": operation("a1", "application/json"), "/b": operation("b1", "application/x-www-form-urlencoded"),
    })));
    assert_eq!((mixed.vendor.body, mixed.vendor.operations["b1"].body), (Body::Json, Some(Body::Form)));
}

#[test]
fn values_of_forms_are_written_as_the_document_says() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let object = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    for (schema, encoding, expected) in [
        (&list, json!({}), Style::Repeated),
        (&list, json!({ "a": { "style": "form", "explode": false } }), Style::Comma),
        (&object, json!({}), Style::Json),
        (&object, json!({ "a": { "style": "deepObject" } }), Style::Brackets),
    ] {
        let imported = form(json!({ "properties": { "a": schema } }), encoding.clone());
        assert_eq!(fact(&imported).style, expected, "{schema} {encoding}");
    }
}

#[test]
fn operations_have_servers_of_their_own() {
    let mut document = document(json!({
        "/a": { "get": { "operationId": "one", "responses": {}, "servers": [{ "url": "https://files.acme.test" }] } },
        "/b": { "get": { "operationId": "two", "responses": {} }, "servers": [{ "url": "https://api.acme.test/v1" }] },
    }));
    document["info"]["title"] = "Acme".into();
    let imported = imported(&document);
    assert_eq!(imported.vendor.operations["one"].base.as_deref(), Some("https://files.acme.test"));
    assert_eq!(imported.vendor.operations["two"].base, None);
}

/// OpenAPI 3.0, Request Body Object: `required` says whether there has to be one, and a reference leads to it.
#[test]
fn a_body_that_is_required_is_sent_even_if_no_member_of_it_is_given() {
    let schema = json!({ "properties": { "a": { "type": "string" } } });
    for (method, required, expected) in [
        ("delete", true, Some(Body::Json)),
        ("delete", false, None),
        ("get", true, Some(Body::Json)),
        ("post", true, None),
    ] {
        let mut document = takes(method, "/things", json!([]));
        document["paths"]["/things"][method]["requestBody"] = json!({ "$ref": "#/components/requestBodies/B" });
        let body = json!({ "required": required, "content": { "application/json": { "schema": schema } } });
        document["components"] = json!({ "requestBodies": { "B": body } });
        assert_eq!(row(&imported(&document)).body, expected, "{method}, {required}");
    }
    let mut document = takes("post", "/things", json!([]));
    document["paths"]["/things"]["post"]["requestBody"] = json!({ "$ref": "#/components/requestBodies/B" });
    for (required, expected) in [(true, "body: string"), (false, "body: option<string>")] {
        let body =
            json!({ "required": required, "content": { "application/json": { "schema": { "type": "string" } } } });
        document["components"] = json!({ "requestBodies": { "B": body } });
        assert_eq!(definition(&imported(&document), "do-it-input"), [expected]);
    }
}
