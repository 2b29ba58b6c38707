//! What is the same in nearly every request, and where requests go.

use crate::{definition, document, imported, imported_as, lines};
use outwit_import::{Kind, Options};
use outwit_link::vendor::Setting;
use serde_json::{Value, json};

/// A document with `count` operations that have this parameter.
fn all_take(count: usize, parameter: &Value, path: &str) -> Value {
    let mut paths = json!({});
    for number in 0..count {
        let operation = json!({ "operationId": format!("op{number}"), "parameters": [parameter], "responses": {} });
        paths[format!("{path}/r{number}")] = json!({ "get": operation });
    }
    document(paths)
}

fn setting(name: &str, description: &str, default: Option<&str>) -> Setting {
    Setting {
        name: name.to_owned(),
        description: description.to_owned(),
        required: default.is_none(),
        secret: false,
        default: default.map(str::to_owned),
    }
}

#[test]
fn the_value_in_front_of_nearly_all_paths_is_a_setting() {
    let parameter = json!({ "name": "account_id", "in": "path", "required": true, "description": "Your account", "schema": { "type": "string" } });
    let imported_one = imported(&all_take(4, &parameter, "/accounts/{account_id}"));
    assert_eq!(imported_one.vendor.operations["op0"].route, "/accounts/{ACME_ACCOUNT_ID}/r0");
    assert_eq!(imported_one.vendor.settings, [setting("ACME_ACCOUNT_ID", "Your account.", None)]);
    assert_eq!(lines(&imported_one, Kind::Setting).len(), 1);
    // Of few operations nothing is known.
    assert!(imported(&all_take(3, &parameter, "/accounts/{account_id}")).vendor.settings.is_empty());
    // Where accounts can be listed or deleted, they are records.
    let mut records = all_take(12, &parameter, "/accounts/{account_id}");
    records["paths"]["/accounts"] = json!({ "get": { "responses": {} } });
    assert!(imported(&records).vendor.settings.is_empty());
    // Where the value is none of an operation's words, the operation has an input.
    let format =
        |words: [&str; 2]| json!({ "name": "format", "in": "path", "required": true, "schema": { "enum": words } });
    let mut formats = all_take(12, &format(["XML", "JSON"]), "/{format}");
    formats["paths"]["/{format}/other"] = json!({ "get": {
        "operationId": "other", "parameters": [format(["xml", "json"])], "responses": {} } });
    let formats = imported(&formats);
    assert_eq!(formats.vendor.operations["op0"].route, "/{ACME_FORMAT}/r0");
    assert_eq!(formats.vendor.settings, [setting("ACME_FORMAT", "Format.", Some("JSON"))]);
    assert!(formats.vendor.operations.values().any(|operation| operation.route == "/{format}/other"));
    // What does not say whose things are stays an input.
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    assert!(imported(&all_take(12, &id, "/things/{id}")).vendor.settings.is_empty());
}

#[test]
fn required_headers_of_nearly_all_operations_are_settings() {
    let parameter = json!({ "name": "X-Tenant", "in": "header", "required": true, "schema": { "type": "string" } });
    let mut document = all_take(12, &parameter, "");
    document["paths"]["/other"] = json!({ "get": { "responses": {} } });
    let imported_one = imported(&document);
    assert_eq!(imported_one.vendor.headers, [("x-tenant".to_owned(), "ACME_TENANT".to_owned())]);
    assert_eq!(imported_one.vendor.settings, [setting("ACME_TENANT", "Tenant.", None)]);
    assert!(lines(&imported_one, Kind::Decided)[0].1.contains("1 do not have it"));
    // What differs from request to request is none.
    let key = json!({ "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string" } });
    assert!(imported(&all_take(12, &key, "")).vendor.headers.is_empty());
}

#[test]
fn required_constants_of_queries_are_settings() {
    let version = json!({ "name": "api-version", "in": "query", "required": true, "schema": { "type": "string" } });
    let imported_one = imported(&all_take(1, &version, ""));
    assert_eq!(imported_one.vendor.queries, [("api-version".to_owned(), "ACME_API_VERSION".to_owned())]);
    assert_eq!(imported_one.vendor.settings, [setting("ACME_API_VERSION", "Api version.", Some("1"))]);
    let format =
        json!({ "name": "f", "in": "query", "required": true, "schema": { "type": "string", "enum": ["json"] } });
    assert_eq!(imported(&all_take(2, &format, "")).vendor.settings[0].default.as_deref(), Some("json"));
    // What people look for is an input.
    let query = json!({ "name": "q", "in": "query", "required": true, "schema": { "type": "string" } });
    let imported_two = imported(&all_take(5, &query, ""));
    assert!(imported_two.vendor.queries.is_empty());
    assert_eq!(definition(&imported_two, "op0-input"), ["q: string"]);
    // What is sent everywhere has to be allowed everywhere.
    let mut some = all_take(12, &version, "");
    some["paths"]["/other"] = json!({ "get": { "responses": {} } });
    assert!(imported(&some).vendor.queries.is_empty());
}

/// What requests start with, by the document's servers, and what is said of it.
fn base(servers: Value) -> (String, Vec<Setting>, Vec<String>) {
    let mut document = document(json!({ "/a": { "get": { "responses": {} } } }));
    document["servers"] = servers;
    let imported =
        imported_as(document.to_string().as_bytes(), &Options { name: Some("acme".to_owned()), ..Options::default() })
            .unwrap();
    let mut said: Vec<_> = lines(&imported, Kind::Decided).into_iter().map(|(_, text)| text).collect();
    said.extend(lines(&imported, Kind::Doubtful).into_iter().map(|(_, text)| text));
    (imported.vendor.base, imported.vendor.settings, said)
}

#[test]
fn variables_of_servers_have_their_defaults() {
    let server = json!([{ "url": "https://{region}.acme.test/{stage}/", "variables": {
        "region": { "default": "eu", "enum": ["eu", "us"] }, "stage": { "default": "v2" }
    } }]);
    let (base, settings, said) = base(server);
    assert_eq!((base.as_str(), settings.len(), said.len()), ("https://eu.acme.test/v2", 0, 2));
}

#[test]
fn a_subdomain_without_a_default_is_a_setting() {
    for variable in [json!({}), json!({ "sub": { "default": "your-domain" } }), json!({ "sub": { "default": "" } })] {
        let (base, settings, _) = base(json!([{ "url": "https://{sub}.acme.test", "variables": variable }]));
        assert_eq!(
            (base.as_str(), settings[0].name.as_str()),
            ("https://{ACME_SUB}.acme.test", "ACME_SUB"),
            "{variable}"
        );
        assert!(settings[0].required && !settings[0].secret);
    }
}

#[test]
fn a_subdomain_that_stands_for_ones_own_is_a_setting() {
    for server in [
        json!([{ "url": "https://your-domain.acme.io/v1" }]),
        json!([{ "url": "https://{host}/v1", "variables": { "host": { "default": "subdomain.acme.io" } } }]),
    ] {
        let (base, settings, said) = base(server.clone());
        assert_eq!(
            (base.as_str(), settings[0].name.as_str()),
            ("https://{ACME_SUBDOMAIN}.acme.io/v1", "ACME_SUBDOMAIN")
        );
        assert!(said.iter().all(|text| !text.contains("placeholder")), "{said:?}");
    }
}

#[test]
fn of_several_servers_the_first_that_is_for_everyone_counts() {
    let urls = |urls: &[&str]| urls.iter().map(|url| json!({ "url": url })).collect::<Value>();
    let (chosen, _, said) = base(urls(&[
        "https://sandbox.acme.example",
        "http://api.acme.io",
        "https://api.acme.io",
        "https://eu.acme.io",
    ]));
    assert_eq!(chosen, "https://api.acme.io");
    assert!(said[0].contains("https://eu.acme.io"), "{said:?}");
    let (chosen, _, said) = base(urls(&["//api.acme.io/x"]));
    assert_eq!((chosen.as_str(), said.len()), ("https://api.acme.io/x", 0));
}

#[test]
fn servers_that_are_none_are_said() {
    for servers in
        [json!([]), json!([{ "url": "/v3" }]), json!([{ "url": "https://{host}/" }]), json!([{ "url": "{base}" }])]
    {
        let (base, _, said) = base(servers.clone());
        assert!(base.starts_with("https://no-server.invalid"), "{servers}: {base}");
        assert!(said[0].contains("ACME_BASE_URL"), "{servers}: {said:?}");
    }
    for url in [
        "http://localhost:8080",
        "https://api.example.com",
        "https://your-domain.test",
        "https://your-domain.example.com",
        "http://127.0.0.1/v1",
    ] {
        let (_, _, said) = base(json!([{ "url": url }]));
        assert!(said[0].contains("is a placeholder"), "{url}: {said:?}");
    }
    let (_, _, said) = base(json!([{ "url": "http://api.acme.io" }]));
    assert!(said[0].contains("is not encrypted"), "{said:?}");
}

#[test]
fn a_base_can_be_given() {
    let options = Options { base: Some("https://mine.test/api/".to_owned()), ..Options::default() };
    let document = document(json!({ "/a": { "get": { "responses": {}, "servers": [{ "url": "https://x.test" }] } } }));
    let vendor = imported_as(document.to_string().as_bytes(), &options).unwrap().vendor;
    assert_eq!((vendor.base.as_str(), &vendor.operations["get-a"].base), ("https://mine.test/api", &None));
}

/// OpenAPI 3.0, Server Object: a URL may be relative. An operation's servers override those of the document.
#[test]
fn an_operation_goes_to_servers_of_its_own() {
    let operation = |url: &str| json!({ "get": { "servers": [{ "url": url }], "responses": {} } });
    let paths = json!({
        "/a": operation("https://files.acme.test:8443/v2/"),
        "/b": operation("/other"),
        "/c": operation("ws://live.acme.test"),
        "/d": operation("https://{tenant}.acme.test"),
        "/e": operation("https://api.acme.test/v1"),
    });
    let imported = imported(&document(paths));
    let bases: Vec<Option<&str>> = imported.vendor.operations.values().map(|row| row.base.as_deref()).collect();
    let expected = [
        Some("https://files.acme.test:8443/v2"),
        Some("https://api.acme.test/other"),
        None,
        Some("https://{ACME_TENANT}.acme.test"),
        None,
    ];
    assert_eq!(bases, expected);
    // The others work without it.
    let settings: Vec<(&str, bool)> =
        imported.vendor.settings.iter().map(|setting| (&*setting.name, setting.required)).collect();
    assert_eq!(settings, [("ACME_TENANT", false)]);
    let doubtful = lines(&imported, Kind::Doubtful);
    assert_eq!(doubtful.len(), 1, "{doubtful:?}");
    assert_eq!(doubtful[0].0, "/paths/~1c/get/servers");
}

/// Of a header that half of the operations have, and of constants that differ, a setting would be wrong for the others.
#[test]
fn what_is_not_the_same_in_nearly_all_operations_is_no_setting() {
    let header = json!({ "name": "X-Tenant", "in": "header", "required": true, "schema": { "type": "string" } });
    let mut half = all_take(6, &header, "");
    (0..4).for_each(|number| half["paths"][format!("/other{number}")] = json!({ "get": { "responses": {} } }));
    assert!(imported(&half).vendor.settings.is_empty());
    let constant =
        |word: &str| json!({ "name": "mode", "in": "query", "required": true, "schema": { "enum": [word] } });
    let mut differing = all_take(3, &constant("a"), "");
    differing["paths"]["/b"] = json!({ "get": { "parameters": [constant("b")], "responses": {} } });
    assert!(imported(&differing).vendor.queries.is_empty());
}
