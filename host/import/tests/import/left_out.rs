//! What is left out, and said.

use crate::{document, imported, imported_as, lines, takes};
use outwit_import::{Kind, Options, Problem};
use serde_json::{Value, json};

/// Why the only operation is left out.
fn reason(paths: Value) -> Kind {
    let imported = imported(&document(paths));
    assert_eq!((imported.report.operations, imported.report.imported), (1, 0));
    assert_eq!(imported.report.left_out.len(), 1);
    let line = &imported.report.lines[0];
    assert!(line.pointer.starts_with("/paths/") && line.operation.is_some(), "{line:?}");
    *imported.report.left_out.keys().next().unwrap()
}

#[test]
fn methods_that_are_not_sent() {
    for method in ["head", "options", "trace"] {
        assert_eq!(reason(json!({ "/a": { method: { "responses": {} } } })), Kind::Method);
    }
}

#[test]
fn paths_that_cannot_be_sent() {
    for path in ["/a?b=c", "/a#b", "/{a", "/a}", "/{}", "/a/../b", "/{a}/{a}", "/a\nb"] {
        assert_eq!(reason(json!({ path: { "get": { "responses": {} } } })), Kind::Path, "{path:?}");
    }
}

#[test]
fn the_second_of_a_method_and_path() {
    let get = json!({ "get": { "responses": {} } });
    let imported = imported(&document(json!({ "/a/{b}": get, "/a/{c}": get })));
    assert_eq!(imported.report.imported, 1);
    assert_eq!(lines(&imported, Kind::SameRoute)[0].0, "/paths/~1a~1{c}/get");
}

#[test]
fn bodies_that_are_neither_json_nor_a_form() {
    for (media, kind) in [
        ("multipart/form-data", Kind::Multipart),
        ("application/xml", Kind::BodyMedia),
        ("text/plain", Kind::BodyMedia),
        ("application/octet-stream", Kind::BodyMedia),
        ("application/x-ndjson", Kind::BodyMedia),
    ] {
        let body = json!({ "content": { media: { "schema": { "type": "string" } } } });
        assert_eq!(reason(json!({ "/a": { "post": { "requestBody": body, "responses": {} } } })), kind, "{media}");
    }
}

#[test]
fn json_is_chosen_of_several_bodies() {
    let schema = json!({ "schema": { "properties": { "a": { "type": "string" } } } });
    let body = json!({ "content": { "multipart/form-data": schema, "application/json": schema } });
    let imported = imported(&document(json!({ "/a": { "post": { "requestBody": body, "responses": {} } } })));
    assert_eq!(imported.report.imported, 1);
}

#[test]
fn schemes_that_cannot_be_sent() {
    let mut document = document(json!({ "/a": { "get": { "responses": {} } } }));
    document["components"]["securitySchemes"]["d"] = json!({ "type": "http", "scheme": "digest" });
    document["security"] = json!([{ "d": [] }]);
    let imported = imported(&document);
    assert_eq!(imported.report.left_out[&Kind::Security], 1);
    assert_eq!(lines(&imported, Kind::Security)[0].1, "it wants d, by the scheme \"digest\"");
}

#[test]
fn what_only_redirects_is_left_out() {
    let moved = json!({ "302": { "description": "There." }, "default": { "description": "No." } });
    let imported = imported(&document(json!({ "/a": { "get": { "responses": moved } } })));
    assert_eq!(lines(&imported, Kind::AnswerMedia)[0].1, "its answer is a redirect");
    let both = json!({ "200": { "description": "Here." }, "302": { "description": "There." } });
    assert_eq!(super::imported(&document(json!({ "/a": { "get": { "responses": both } } }))).report.imported, 1);
}

#[test]
fn deprecated_operations_are_imported_and_said() {
    let imported = imported(&document(json!({ "/a": { "get": { "deprecated": true, "responses": {} } } })));
    assert_eq!((imported.report.imported, lines(&imported, Kind::Deprecated).len()), (1, 1));
}

#[test]
fn only_what_was_asked_for_is_imported() {
    let document = document(json!({
        "/users": { "get": { "operationId": "listUsers", "tags": ["Users"], "responses": {} } },
        "/users/{id}": { "get": { "operationId": "getUser", "tags": ["Users"], "responses": {} } },
        "/deals": { "get": { "operationId": "listDeals", "tags": ["Deals"], "responses": {} } },
    }));
    let with = |only: &[&str]| {
        let options = Options { only: only.iter().map(|one| (*one).to_owned()).collect(), ..Options::default() };
        imported_as(document.to_string().as_bytes(), &options)
    };
    let names = |only: &[&str]| with(only).unwrap().vendor.operations.into_keys().collect::<Vec<_>>();
    assert_eq!(names(&["listUsers"]), ["list-users"]);
    assert_eq!(names(&["Users"]), ["get-user", "list-users"]);
    assert_eq!(names(&["/users/*", "listDeals"]), ["get-user", "list-deals"]);
    assert_eq!(with(&["nobody"]).unwrap_err(), Problem::NothingMatches);
}

#[test]
fn an_operation_of_a_foreign_path_item_is_said() {
    let mut document = takes("get", "/a", json!([]));
    document["paths"]["/b"] = json!({ "$ref": "other.yaml#/b" });
    assert_eq!(lines(&imported(&document), Kind::Reference)[0].0, "/paths/~1b");
}

#[test]
fn what_stands_beside_the_reference_of_a_path_item_wins() {
    let mut document = takes("get", "/a", json!([]));
    document["paths"]["/b"] = json!({ "$ref": "#/x-items/b", "get": { "operationId": "ownThing", "responses": {} } });
    let other = |id: &str| json!({ "operationId": id, "responses": {} });
    document["x-items"] = json!({ "b": { "get": other("foreign"), "put": other("moreThings") } });
    let names: Vec<String> = imported(&document).vendor.operations.into_keys().collect();
    assert_eq!(names, ["do-it", "more-things", "own-thing"]);
}

#[test]
fn paths_that_servers_may_read_in_other_ways() {
    for path in ["/a%2Fb", "/a%2e", "/a%25", "/a;v=1", "/a%zz", "/a\\b"] {
        assert_eq!(
            reason(json!({ path: { "get": { "operationId": "doIt", "responses": {} } } })),
            Kind::Path,
            "{path}"
        );
    }
}

#[test]
fn required_headers_that_no_input_may_give() {
    let parameter =
        |name: &str| json!([{ "name": name, "in": "header", "required": true, "schema": { "type": "string" } }]);
    for name in ["X Custom", "TE", "Expect", "X-Forwarded-For", "X-HTTP-Method-Override", "Proxy-Thing"] {
        let operation = json!({ "operationId": "doIt", "parameters": parameter(name), "responses": {} });
        assert_eq!(reason(json!({ "/a": { "get": operation } })), Kind::Unsayable, "{name}");
    }
    // The component sends these by itself.
    for name in ["Accept", "Content-Type", "User-Agent"] {
        let imported = imported(&takes("get", "/a", parameter(name)));
        assert_eq!(imported.report.imported, 1, "{name}");
    }
}

/// OpenAPI 3.0, Style Values: `matrix` writes `;id=7` and `label` writes `.7`.
#[test]
fn values_of_paths_that_are_written_with_their_names_are_left_out() {
    for (style, expected) in [("matrix", 0), ("label", 0), ("simple", 1)] {
        let parameter =
            json!({ "name": "id", "in": "path", "required": true, "style": style, "schema": { "type": "string" } });
        let imported = imported(&takes("get", "/things/{id}", json!([parameter])));
        assert_eq!(imported.report.imported, expected, "{style}");
        let reported = lines(&imported, Kind::Unsayable);
        let line = ("/paths/~1things~1{id}/get".to_owned(), "nothing says how id is written".to_owned());
        assert_eq!(reported, if expected == 0 { vec![line] } else { Vec::new() }, "{style}");
    }
}

/// OpenAPI 3.0, Paths Object and Path Item Object: the value of a path is an object, and so is that of a method.
#[test]
fn paths_and_operations_that_are_no_objects_are_counted_and_named() {
    let fine = json!({ "responses": {} });
    let document = document(json!({
        "/a": { "get": fine, "put": null, "post": "later" }, "/b": null, "/c": ["get"], "/d": {}, "x-notes": "none of these",
    }));
    let imported = imported(&document);
    assert_eq!((imported.report.operations, imported.report.imported), (5, 1));
    assert_eq!(imported.report.left_out[&Kind::Malformed], 4);
    let expected = [
        ("/paths/~1a/put", "expected an object, and found nothing"),
        ("/paths/~1a/post", "expected an object, and found a text"),
        ("/paths/~1b", "expected an object, and found nothing"),
        ("/paths/~1c", "expected an object, and found a list"),
    ];
    let mut found = lines(&imported, Kind::Malformed);
    found.sort();
    let mut expected = expected.map(|(place, text)| (place.to_owned(), text.to_owned()));
    expected.sort();
    assert_eq!(found, expected);
    // Of what was not asked for, nothing is said.
    let only = Options { only: vec!["/a".to_owned()], ..Options::default() };
    let some = imported_as(document.to_string().as_bytes(), &only).unwrap();
    assert_eq!((some.report.operations, some.report.left_out[&Kind::Malformed]), (3, 2));
}

/// OpenAPI 3.2, Path Item Object and Parameter Object.
#[test]
fn what_openapi_3_2_adds_is_left_out_with_a_line() {
    let operation = |id: &str| json!({ "operationId": id, "responses": { "204": {} } });
    let mut document = document(json!({ "/a": {
        "get": operation("getIt"), "query": operation("askIt"),
        "additionalOperations": { "COPY": operation("copyIt"), "LINK": operation("linkIt") },
    } }));
    document["openapi"] = "3.2.0".into();
    document["paths"]["/a"]["get"]["parameters"] = json!([
        { "name": "all", "in": "querystring", "content": { "application/json": { "schema": { "type": "object" } } } },
        { "name": "most", "in": "querystring", "required": true, "content": { "application/json": { "schema": {} } } },
    ]);
    let imported = imported(&document);
    assert_eq!((imported.report.operations, imported.report.imported), (4, 1));
    let left_out = lines(&imported, Kind::Method);
    let pointers: Vec<&str> = left_out.iter().map(|(pointer, _)| pointer.as_str()).collect();
    let expected = ["/paths/~1a/additionalOperations/COPY", "/paths/~1a/additionalOperations/LINK", "/paths/~1a/query"];
    assert_eq!(pointers, expected);
    for (kind, name) in [(Kind::OptionalLeftOut, "all"), (Kind::Doubtful, "most")] {
        let said = lines(&imported, kind);
        assert!(said.len() == 1 && said[0].1.contains(&format!("{name} is in no place")), "{said:?}");
    }
}
