//! How requests prove who sends them.

use crate::{definition, document, imported, imported_as, lines};
use outwit_import::{Imported, Kind, Options};
use outwit_link::vendor::Auth;
use serde_json::{Value, json};

/// A document of one operation with these schemes and this security.
pub fn with(schemes: Value, security: Value) -> Imported {
    let mut document = document(json!({ "/a": { "get": { "operationId": "do-it", "responses": {} } } }));
    document["components"]["securitySchemes"] = schemes;
    document["security"] = security;
    imported(&document)
}

fn auth(scheme: Value) -> Auth {
    with(json!({ "s": scheme }), json!([{ "s": [] }])).vendor.auth
}

pub fn header(header: &str, key: &str) -> Auth {
    Auth::Header { header: header.to_owned(), key: key.to_owned() }
}

pub fn bearer() -> Auth {
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
fn what_proves_who_somebody_is_is_a_secret_setting_and_the_name_of_a_user_is_none() {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    for (scheme, public) in [
        (json!({ "type": "http", "scheme": "basic" }), Some("ACME_USER")),
        (json!({ "type": "http", "scheme": "bearer" }), None),
        (key("header", "X-Key"), None),
        (key("query", "key"), None),
        (key("cookie", "session"), None),
        (key("header", "Authorization"), None),
    ] {
        let settings = with(json!({ "s": scheme }), json!([{ "s": [] }])).vendor.settings;
        let open: Vec<&str> = settings.iter().filter(|setting| !setting.secret).map(|setting| &*setting.name).collect();
        assert_eq!(open, public.as_slice(), "{scheme}");
    }
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
    assert_eq!(own("get-e"), Some(Auth::Optional { auth: Box::new(bearer()) }));
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

/// A document whose operations ask for these scopes of a scheme of OAuth.
fn oauth(scheme: Value, paths: Value) -> Imported {
    let mut document = document(paths);
    document["components"]["securitySchemes"] = json!({ "s": scheme });
    imported(&document)
}

fn asks(scopes: Value) -> Value {
    json!({ "responses": {}, "security": [{ "s": scopes }] })
}

#[test]
fn client_credentials_are_facts_of_oauth() {
    let flow =
        json!({ "clientCredentials": { "tokenUrl": "https://id.acme.test/oauth/token", "scopes": { "other": "" } } });
    let paths = json!({ "/a": { "get": asks(json!(["b:read"])), "put": asks(json!(["a:write", "b:read"])) } });
    let imported = oauth(json!({ "type": "oauth2", "flows": flow }), paths);
    let facts = outwit_link::vendor::OAuth {
        token: "ACME_TOKEN".to_owned(),
        client_id: "ACME_CLIENT_ID".to_owned(),
        client_secret: "ACME_CLIENT_SECRET".to_owned(),
        token_url: "https://id.acme.test/oauth/token".to_owned(),
        scope: "a:write b:read".to_owned(),
        ..Default::default()
    };
    assert_eq!(imported.vendor.auth, Auth::OAuth(Box::new(facts)));
    assert!(imported.vendor.operations.values().all(|operation| operation.auth.is_none()));
    let settings: Vec<(&str, bool, bool)> =
        imported.vendor.settings.iter().map(|setting| (&*setting.name, setting.required, setting.secret)).collect();
    let expected = [("ACME_TOKEN", true, true), ("ACME_CLIENT_ID", false, false), ("ACME_CLIENT_SECRET", false, true)];
    assert_eq!(settings, expected);
    assert!(imported.wit["oauth.wit"].contains("exchange-token: func"));
    assert!(!imported.wit["oauth.wit"].contains("request-authorization"));
    let decided = lines(&imported, Kind::Decided);
    assert!(decided.iter().any(|(_, text)| text.contains("from https://id.acme.test/oauth/token")), "{decided:?}");
}

/// A token with scopes that nobody needs may do more than it has to, or is not given.
#[test]
fn only_the_scopes_of_the_scheme_itself_are_asked_for() {
    let flows = json!({ "clientCredentials": { "tokenUrl": "https://id.acme.test/token", "scopes": {} } });
    let both = json!({ "responses": {}, "security": [{ "s": ["read"] }, { "other": ["admin"] }] });
    let mut document = document(json!({ "/a": { "get": both }, "/b": { "get": asks(json!(["read"])) } }));
    let other = json!({ "type": "apiKey", "in": "header", "name": "X-Key" });
    document["components"]["securitySchemes"] = json!({ "s": { "type": "oauth2", "flows": flows }, "other": other });
    let Auth::OAuth(facts) = imported(&document).vendor.auth else { panic!() };
    assert_eq!(facts.scope, "read");
}

#[test]
fn a_users_consent_is_preferred_and_addresses_may_be_relative() {
    let flows = json!({
        "clientCredentials": { "tokenUrl": "/cc", "scopes": {} },
        "authorizationCode": { "tokenUrl": "/oauth/token", "authorizationUrl": "https://acme.test/allow?prompt=yes", "scopes": {} },
    });
    let imported_one = oauth(json!({ "type": "oauth2", "flows": flows }), json!({ "/a": { "get": asks(json!([])) } }));
    let Auth::OAuth(facts) = &imported_one.vendor.auth else { panic!("{:?}", imported_one.vendor.auth) };
    assert_eq!(facts.grant, outwit_link::vendor::Grant::AuthorizationCode);
    assert_eq!(facts.token_url, "https://api.acme.test/oauth/token");
    assert_eq!(facts.authorize_url.as_deref(), Some("https://acme.test/allow?prompt=yes"));
    assert!(imported_one.wit["oauth.wit"].contains("request-authorization: func"));
    // Swagger 2.0 has other words for the same.
    let old = json!({
        "swagger": "2.0", "info": { "title": "Acme", "version": "1" }, "host": "api.acme.test", "schemes": ["https"],
        "securityDefinitions": { "s": { "type": "oauth2", "flow": "accessCode", "scopes": {},
            "tokenUrl": "https://acme.test/token", "authorizationUrl": "https://acme.test/allow" } },
        "paths": { "/a": { "get": asks(json!(["x"])) } },
    });
    let imported_two = imported(&old);
    let Auth::OAuth(facts) = &imported_two.vendor.auth else { panic!("{:?}", imported_two.vendor.auth) };
    assert_eq!((&*facts.token_url, &*facts.scope), ("https://acme.test/token", "x"));
}

#[test]
fn flows_that_give_a_host_no_token_take_one_from_a_person() {
    let code = |token: &str, consent: &str| json!({ "authorizationCode": { "tokenUrl": token, "authorizationUrl": consent, "scopes": {} } });
    let cases = [
        (json!({ "implicit": { "authorizationUrl": "https://acme.test/allow", "scopes": {} } }), "implicit"),
        (code("http://acme.test/token", "https://acme.test/allow"), "https://"),
        (code("https://acme.test/{tenant}/token", "https://acme.test/allow"), "placeholders"),
        (code("https://acme.test/token", ""), "authorizationUrl"),
        (code("https://acme.test/token?a=b", "https://acme.test/allow"), "tokenUrl"),
    ];
    for (flows, why) in cases {
        let imported = oauth(json!({ "type": "oauth2", "flows": flows }), json!({ "/a": { "get": asks(json!([])) } }));
        assert_eq!(imported.vendor.auth, bearer(), "{why}");
        let decided = lines(&imported, Kind::Decided);
        assert!(decided.iter().any(|(at, text)| at.ends_with("/s") && text.contains(why)), "{why}: {decided:?}");
    }
}

#[test]
fn names_that_the_document_has_and_oauth_beside_other_keys_are_a_plain_token() {
    let flow = json!({ "clientCredentials": { "tokenUrl": "https://acme.test/token", "scopes": {} } });
    let scheme = json!({ "type": "oauth2", "flows": flow });
    let named = json!({ "operationId": "exchangeToken", "responses": {}, "security": [{ "s": [] }] });
    assert_eq!(oauth(scheme.clone(), json!({ "/a": { "get": named } })).vendor.auth, bearer());
    let tagged = json!({ "tags": ["oauth"], "responses": {}, "security": [{ "s": [] }] });
    assert!(oauth(scheme.clone(), json!({ "/a": { "get": tagged } })).wit.contains_key("oauth-tokens.wit"));
    let mut both = document(json!({ "/a": { "get": { "responses": {} } } }));
    both["components"]["securitySchemes"] =
        json!({ "s": scheme, "k": { "type": "apiKey", "in": "header", "name": "k" } });
    both["security"] = json!([{ "s": [], "k": [] }]);
    let Auth::All { all } = imported(&both).vendor.auth else { panic!() };
    assert!(all.contains(&bearer()), "{all:?}");
    // An operation that names another scheme with the same token is sent in the same way.
    both["components"]["securitySchemes"]["b"] = json!({ "type": "http", "scheme": "bearer" });
    both["security"] = json!([{ "s": [] }]);
    both["paths"]["/b"] = json!({ "get": { "responses": {}, "security": [{ "b": [] }] } });
    let vendor = imported(&both).vendor;
    assert!(matches!(vendor.auth, Auth::OAuth(_)) && vendor.operations["get-b"].auth.is_none(), "{vendor:?}");
}
