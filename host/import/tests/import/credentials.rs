//! How requests prove who sends them.

use crate::{definition, document, imported, imported_as, lines};
use outwit_import::{Imported, Kind, Options};
use outwit_link::vendor::Auth;
use serde_json::{Value, json};

/// A document of one operation with these schemes and this security.
fn with(schemes: Value, security: Value) -> Imported {
    let mut document = document(json!({ "/a": { "get": { "operationId": "do-it", "responses": {} } } }));
    document["components"]["securitySchemes"] = schemes;
    document["security"] = security;
    imported(&document)
}

fn auth(scheme: Value) -> Auth {
    with(json!({ "s": scheme }), json!([{ "s": [] }])).vendor.auth
}

fn header(header: &str, key: &str) -> Auth {
    Auth::Header { header: header.to_owned(), key: key.to_owned() }
}

fn bearer() -> Auth {
    Auth::Bearer { token: "ACME_TOKEN".to_owned() }
}

#[test]
fn schemes_are_what_they_say() {
    let basic = || Auth::Basic { user: "ACME_USER".to_owned(), password: "ACME_PASSWORD".to_owned() };
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    assert_eq!(auth(json!({ "type": "http", "scheme": "Bearer" })), bearer());
    assert_eq!(auth(json!({ "type": "oauth2", "flows": {} })), bearer());
    assert_eq!(auth(json!({ "type": "openIdConnect" })), bearer());
    assert_eq!(auth(json!({ "type": "http", "scheme": "basic" })), basic());
    assert_eq!(auth(json!({ "type": "basic" })), basic());
    assert_eq!(auth(key("header", "X-API-Key")), header("x-api-key", "ACME_API_KEY"));
    let query = Auth::Query { parameter: "api_key".to_owned(), key: "ACME_API_KEY".to_owned() };
    assert_eq!(auth(key("query", "api_key")), query);
    let cookie = Auth::Cookie { cookie: "session".to_owned(), key: "ACME_SESSION".to_owned() };
    assert_eq!(auth(key("cookie", "session")), cookie);
}

#[test]
fn a_bare_key_in_authorization_is_the_whole_value_unless_a_text_says_more() {
    let key = |says: &str| json!({ "type": "apiKey", "in": "header", "name": "Authorization", "description": says });
    let imported = with(json!({ "s": key("") }), json!([{ "s": [] }]));
    assert_eq!(imported.vendor.auth, header("authorization", "ACME_AUTHORIZATION"));
    assert!(imported.vendor.settings[0].description.contains("`Bearer …`"));
    assert_eq!(auth(key("Give `Bearer TOKEN`.")), bearer());
    assert!(matches!(auth(key("HTTP Basic authentication")), Auth::Basic { .. }));
}

#[test]
fn several_keys_are_sent_at_once() {
    let key = |name: &str| json!({ "type": "apiKey", "in": "header", "name": name });
    let imported = with(json!({ "a": key("Client-Id"), "b": key("Secret") }), json!([{ "a": [], "b": [] }]));
    let all = vec![header("client-id", "ACME_CLIENT_ID"), header("secret", "ACME_SECRET")];
    assert_eq!(imported.vendor.auth, Auth::All { all });
    assert!(imported.vendor.settings.iter().all(|setting| setting.secret && setting.required));
}

#[test]
fn the_way_of_most_operations_is_the_vendors() {
    let operation = |security: Value| json!({ "responses": {}, "security": security });
    let mut document = document(json!({
        "/a": { "get": operation(json!([{ "key": [] }, { "oauth": [] }])) },
        "/b": { "get": operation(json!([{ "oauth": [] }])) },
        "/c": { "get": operation(json!([{ "key": [] }])) },
        "/d": { "get": operation(json!([])) },
        "/e": { "get": operation(json!([{}, { "oauth": [] }])) },
    }));
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "apiKey", "in": "header", "name": "k" }, "oauth": { "type": "oauth2" }
    });
    let vendor = imported(&document).vendor;
    assert_eq!(vendor.auth, bearer());
    let own = |name: &str| vendor.operations[name].auth.clone();
    assert_eq!(own("get-a"), None);
    assert_eq!(own("get-b"), None);
    assert_eq!(own("get-c"), Some(header("k", "ACME_K")));
    assert_eq!(own("get-d"), Some(Auth::None));
    assert_eq!(own("get-e"), None);
    let required = |name: &str| vendor.settings.iter().find(|setting| setting.name == name).unwrap().required;
    assert_eq!((required("ACME_TOKEN"), required("ACME_K")), (true, false));
}

#[test]
fn schemes_that_no_operation_names_hold_for_all() {
    let mut document = document(json!({ "/a": { "get": { "responses": {} } } }));
    document["components"]["securitySchemes"]["s"] = json!({ "type": "http", "scheme": "bearer" });
    let imported = imported(&document);
    assert_eq!(imported.vendor.auth, bearer());
    assert_eq!(lines(&imported, Kind::Decided)[0].0, "/security");
}

#[test]
fn credentials_among_the_parameters_are_settings() {
    let mut document = document(json!({ "/a": { "get": { "operationId": "do-it", "responses": {}, "parameters": [
        { "name": "api_token", "in": "query", "required": true, "schema": { "type": "string" } },
        { "name": "page", "in": "query", "schema": { "type": "string" } },
    ] } } }));
    let query = Auth::Query { parameter: "api_token".to_owned(), key: "ACME_API_TOKEN".to_owned() };
    let imported_one = imported(&document);
    assert_eq!(imported_one.vendor.auth, query);
    assert_eq!(definition(&imported_one, "do-it-input"), ["page: option<string>"]);
    // Beside what the document declares, both are sent.
    document["components"]["securitySchemes"]["s"] = json!({ "type": "http", "scheme": "bearer" });
    document["security"] = json!([{ "s": [] }]);
    assert_eq!(imported(&document).vendor.auth, Auth::All { all: vec![bearer(), query] });
    // Nothing is sent twice.
    document["components"]["securitySchemes"]["s"] = json!({ "type": "apiKey", "in": "query", "name": "api_token" });
    assert!(matches!(imported(&document).vendor.auth, Auth::Query { .. }));
}

#[test]
fn a_scheme_that_is_not_defined_is_said_and_can_be_given() {
    let imported_one = with(json!({}), json!([{ "nobody": [] }]));
    assert_eq!(imported_one.vendor.auth, Auth::None);
    assert_eq!(imported_one.report.without_credential, 1);
    assert!(lines(&imported_one, Kind::Doubtful)[0].1.contains("nobody"));
    let mut document = document(json!({
        "/a": { "get": { "responses": {} } }, "/b": { "get": { "responses": {}, "security": [] } }
    }));
    document["security"] = json!([{ "nobody": [] }]);
    let given = header("x-token", "ACME_SECRET");
    let options = Options { auth: Some(given.clone()), ..Options::default() };
    let imported_two = imported_as(document.to_string().as_bytes(), &options).unwrap();
    assert_eq!(imported_two.vendor.auth, given);
    assert_eq!(imported_two.vendor.operations["get-b"].auth, Some(Auth::None));
    assert_eq!(imported_two.vendor.settings[0].name, "ACME_SECRET");
    assert_eq!(imported_two.report.without_credential, 0);
}

#[test]
fn a_scheme_that_is_not_defined_may_tell_by_its_name() {
    let imported = with(json!({}), json!([{ "api_key": [] }, { "oauth2": [] }]));
    assert_eq!((imported.vendor.auth.clone(), imported.report.without_credential), (bearer(), 0));
    assert!(lines(&imported, Kind::Doubtful)[0].1.contains("with a bearer token"));
    assert!(matches!(with(json!({}), json!([{ "basicAuth": [] }])).vendor.auth, Auth::Basic { .. }));
}

#[test]
fn a_harmless_call_shows_whether_a_credential_works() {
    let mut document = document(json!({
        "/users/me": { "get": { "operationId": "getMe", "responses": { "200": { "content": { "application/json": {} } } } } },
        "/users/{id}": { "get": { "operationId": "getUser", "responses": {} } },
    }));
    assert_eq!(imported(&document).vendor.check, None);
    document["components"]["securitySchemes"]["s"] = json!({ "type": "http", "scheme": "bearer" });
    assert_eq!(imported(&document).vendor.check.unwrap().operation, "get-me");
}

#[test]
fn a_key_that_no_request_carries_costs_its_operations_and_not_the_document() {
    for (place, name) in
        [("header", "X Key"), ("header", "Host"), ("header", "x-http-method-override"), ("cookie", "a;b")]
    {
        let mut document = document(json!({
            "/a": { "get": { "operationId": "readIt", "responses": {} } },
            "/b": { "get": { "operationId": "openIt", "responses": {}, "security": [] } },
        }));
        document["components"]["securitySchemes"]["s"] = json!({ "type": "apiKey", "in": place, "name": name });
        document["security"] = json!([{ "s": [] }]);
        let imported = imported(&document);
        assert_eq!(imported.vendor.operations.keys().collect::<Vec<_>>(), ["open-it"], "{name}");
        assert_eq!(imported.report.left_out[&Kind::Security], 1, "{name}");
    }
}
