//! Keys: which settings hold them, and which requests carry them.

use crate::credentials::{bearer, header, with};
use crate::{definition, document, imported, imported_as, lines, takes};
use outwit_import::{Kind, Options};
use outwit_link::vendor::Auth;
use serde_json::{Value, json};

/// OpenAPI 3.0, Security Requirement Object: all schemes of one object have to be satisfied, and of several objects one. Each
/// scheme has a key of its own.
#[test]
fn keys_of_one_name_in_different_places_are_different_settings() {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name, "description": place });
    let schemes = json!({
        "h": key("header", "X-API-Key"), "q": key("query", "api_key"), "c": key("cookie", "api-key"),
        "t": key("query", "token"), "b": { "type": "http", "scheme": "bearer" },
    });
    let imported = with(schemes.clone(), json!([{ "h": [], "q": [], "c": [] }]));
    let all = vec![
        Auth::Cookie { cookie: "api-key".to_owned(), key: "ACME_API_KEY".to_owned() },
        Auth::Header { header: "x-api-key".to_owned(), key: "ACME_API_KEY_HEADER".to_owned() },
        Auth::Query { parameter: "api_key".to_owned(), key: "ACME_API_KEY_QUERY".to_owned() },
    ];
    assert_eq!(imported.vendor.auth, Auth::All { all });
    let settings: Vec<(&str, &str, bool)> = imported
        .vendor
        .settings
        .iter()
        .map(|one| (&*one.name, &*one.description, one.required && one.secret))
        .collect();
    let expected = [
        ("ACME_API_KEY", "cookie.", true),
        ("ACME_API_KEY_HEADER", "header.", true),
        ("ACME_API_KEY_QUERY", "query.", true),
    ];
    assert_eq!(settings, expected);
    assert_eq!(lines(&imported, Kind::Setting).len(), 2);
    // A token is no key of the query that is called so.
    let Auth::All { all } = with(schemes.clone(), json!([{ "b": [], "t": [] }])).vendor.auth else { panic!() };
    let query = Auth::Query { parameter: "token".to_owned(), key: "ACME_TOKEN_QUERY".to_owned() };
    assert_eq!(all, [bearer(), query]);
    // What one of several suffices for has the name that it has alone.
    let alone = with(schemes, json!([{ "h": [] }, { "q": [] }])).vendor;
    assert_eq!(alone.auth, header("x-api-key", "ACME_API_KEY"));
    assert_eq!(alone.settings.len(), 1);
}

#[test]
fn an_operation_of_its_own_key_has_its_own_setting() {
    let operation = |scheme: &str| json!({ "get": { "responses": {}, "security": [{ scheme: [] }] } });
    let mut document = document(json!({ "/a": operation("h"), "/b": operation("h"), "/c": operation("q") }));
    document["components"]["securitySchemes"] = json!({
        "q": { "type": "apiKey", "in": "query", "name": "key" }, "h": { "type": "apiKey", "in": "header", "name": "key" },
    });
    let vendor = imported(&document).vendor;
    assert_eq!(vendor.auth, header("key", "ACME_KEY"));
    let query = Auth::Query { parameter: "key".to_owned(), key: "ACME_KEY_QUERY".to_owned() };
    assert_eq!(vendor.operations["get-c"].auth, Some(query));
    let required: Vec<(&str, bool)> = vendor.settings.iter().map(|one| (&*one.name, one.required)).collect();
    assert_eq!(required, [("ACME_KEY", true), ("ACME_KEY_QUERY", false)]);
}

/// OpenAPI 3.0, Parameter Object: what is required is sent. A requirement of other schemes does not take it away.
#[test]
fn a_required_parameter_in_the_place_of_a_scheme_is_sent_beside_what_is_wanted() {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    let given = |required: bool, names: &[(&str, &str)]| {
        let schema = json!({ "type": "string" });
        let one =
            |(place, name): &(&str, &str)| json!({ "name": name, "in": place, "required": required, "schema": schema });
        names.iter().map(one).collect::<Value>()
    };
    let with = |parameters: Value, security: Value| {
        let mut document = takes("get", "/a", parameters);
        document["components"]["securitySchemes"] = json!({
            "key": key("header", "X-Auth-Key"), "secret": key("header", "X-Auth-Secret"), "q": key("query", "q-key"),
            "bearer": { "type": "http", "scheme": "bearer" }, "tenant": key("header", "X-Tenant"),
        });
        document["security"] = security;
        imported(&document)
    };
    let (first, second) = (header("x-auth-key", "ACME_AUTH_KEY"), header("x-auth-secret", "ACME_AUTH_SECRET"));
    let both = Auth::All { all: vec![first.clone(), second] };
    let pair = [("header", "X-Auth-Key"), ("header", "X-Auth-Secret")];
    for security in
        [json!([{ "key": [] }]), json!([{ "key": [] }, { "secret": [] }]), json!([{ "key": [], "secret": [] }])]
    {
        assert_eq!(with(given(true, &pair), security.clone()).vendor.auth, both, "{security}");
    }
    // Of several that suffice, the one that needs the least.
    let token = [("header", "X-Auth-Key"), ("header", "Authorization")];
    let vendor = with(given(true, &token), json!([{ "bearer": [] }, { "key": [] }])).vendor;
    assert_eq!((vendor.auth, vendor.settings.len()), (first.clone(), 1));
    // Nothing is wanted, and the key is required.
    let vendor = with(given(true, &[("query", "q-key")]), json!([])).vendor;
    assert_eq!(vendor.auth, Auth::Query { parameter: "q-key".to_owned(), key: "ACME_Q_KEY".to_owned() });
    // What may be absent is sent where it is wanted, and is an input where no requirement names its scheme.
    assert_eq!(with(given(false, &pair), json!([{ "key": [] }, { "secret": [] }])).vendor.auth, first);
    let tenant = with(given(false, &[("header", "X-Tenant")]), json!([{ "key": [] }]));
    assert_eq!(tenant.vendor.auth, first);
    assert_eq!(definition(&tenant, "do-it-input"), ["x-tenant: option<string>"]);
}

/// A key that all requests have to carry is a secret, whether the document calls it a scheme or not.
#[test]
fn a_secret_that_all_requests_carry_is_no_plain_setting() {
    let names = ["X-Server-Token", "sessionToken", "App-Secret", "api-password", "Subscription-Key"];
    for (name, is_secret) in
        names.map(|name| (name, true)).into_iter().chain([("X-App", false), ("X-Csrf-Token", false)])
    {
        let parameter = json!({ "name": name, "in": "header", "required": true, "schema": { "type": "string" } });
        let operation = json!({ "get": { "parameters": [parameter], "responses": {} } });
        let document = document(json!({ "/a": operation, "/b": operation, "/c": operation, "/d": operation }));
        let vendor = imported(&document).vendor;
        assert_eq!(vendor.settings.len(), 1, "{name}");
        assert_eq!(vendor.settings[0].secret, is_secret, "{name}");
        let sent = matches!(&vendor.auth, Auth::Header { header, .. } if *header == name.to_ascii_lowercase());
        assert_eq!((sent, vendor.headers.is_empty()), (is_secret, is_secret), "{name}");
    }
    let setting = |name: &str| {
        let parameter = json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string" } });
        let operation = json!({ "get": { "parameters": [parameter], "responses": {} } });
        imported(&document(json!({ "/a": operation, "/b": operation, "/c": operation, "/d": operation })))
            .vendor
            .settings
    };
    assert!(setting("app_key")[0].secret && !setting("app_id")[0].secret);
    // What a query looks for is an input.
    assert!(setting("password").is_empty() && setting("buyToken").is_empty());
    // What few requests carry is what they are about.
    let token = json!({ "name": "Reset-Token", "in": "header", "required": true, "schema": { "type": "string" } });
    let plain = json!({ "get": { "responses": {} } });
    let document = document(json!({
        "/a": { "get": { "operationId": "doIt", "parameters": [token], "responses": {} } }, "/b": plain, "/c": plain,
    }));
    let imported = imported(&document);
    assert_eq!(definition(&imported, "do-it-input"), ["reset-token: string"]);
    assert_eq!(imported.vendor.auth, Auth::None);
}

/// What everybody may see is no key.
#[test]
fn a_key_and_a_parameter_of_all_requests_are_different_settings() {
    let tenant = json!({ "name": "X-App", "in": "header", "required": true, "schema": { "type": "string" } });
    let operation = json!({ "get": { "parameters": [tenant], "responses": {} } });
    let mut document = document(json!({ "/a": operation, "/b": operation, "/c": operation, "/d": operation }));
    document["components"]["securitySchemes"]["k"] = json!({ "type": "apiKey", "in": "query", "name": "app" });
    document["security"] = json!([{ "k": [] }]);
    let vendor = imported(&document).vendor;
    assert_eq!(vendor.headers, [("x-app".to_owned(), "ACME_APP".to_owned())]);
    assert_eq!(vendor.auth, Auth::Query { parameter: "app".to_owned(), key: "ACME_APP_QUERY".to_owned() });
    let secret: Vec<(&str, bool)> = vendor.settings.iter().map(|one| (&*one.name, one.secret)).collect();
    assert_eq!(secret, [("ACME_APP", false), ("ACME_APP_QUERY", true)]);
}

/// The host's gate refuses a credential's header that a component sets.
#[test]
fn a_parameter_in_the_place_of_a_key_that_is_given_is_no_input() {
    let parameters = json!([
        { "name": "X-Seal", "in": "header", "schema": { "type": "string" } },
        { "name": "seal", "in": "query", "schema": { "type": "string" } },
    ]);
    let document = takes("get", "/a", parameters);
    let with = |auth: Auth| {
        let options = Options { auth: Some(auth), ..Options::default() };
        definition(&imported_as(document.to_string().as_bytes(), &options).unwrap(), "do-it-input")
    };
    assert_eq!(with(header("x-seal", "ACME_API_KEY")), ["seal: option<string>"]);
    let query = Auth::Query { parameter: "seal".to_owned(), key: "ACME_API_KEY".to_owned() };
    assert_eq!(with(query), ["x-seal: option<string>"]);
}
