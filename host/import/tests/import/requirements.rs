//! Security requirements: which of several is met, what may be left out, and what one request has no room for.
//!
//! OpenAPI 3.1, Security Requirement Object: all schemes of one object have to be satisfied; of several objects, one; and an empty
//! object among them makes security optional.

use crate::credentials::{bearer, header, with};
use crate::{document, imported, imported_as, lines};
use outwit_import::{Imported, Kind, Options};
use outwit_link::vendor::Auth;
use serde_json::{Value, json};

fn optional(auth: Auth) -> Auth {
    Auth::Optional { auth: Box::new(auth) }
}

fn schemes() -> Value {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    json!({
        "key": key("header", "X-Key"), "bearer": { "type": "http", "scheme": "bearer" },
        "basic": { "type": "http", "scheme": "basic" }, "raw": key("header", "Authorization"),
        "app": key("query", "key"), "user": key("query", "key"), "sid": key("cookie", "sid"),
        "jar": key("header", "Cookie"),
        "oauth": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "https://acme.test/token", "scopes": {} } } },
    })
}

/// A document of operations with these requirements: `a`, `b` and so on.
fn of(all: &[Value]) -> Imported {
    let mut document = document(json!({}));
    for (letter, security) in ('a'..).zip(all) {
        let operation = json!({ "operationId": letter.to_string(), "responses": {}, "security": security });
        document["paths"][format!("/{letter}")] = json!({ "get": operation });
    }
    document["components"]["securitySchemes"] = schemes();
    imported(&document)
}

fn required(imported: &Imported, name: &str) -> bool {
    imported.vendor.settings.iter().find(|setting| setting.name == name).unwrap().required
}

/// The lines of a kind that have this word.
fn with_word(imported: &Imported, kind: Kind, word: &str) -> Vec<String> {
    lines(imported, kind).into_iter().map(|(_, text)| text).filter(|text| text.contains(word)).collect()
}

#[test]
fn an_empty_requirement_makes_the_others_optional() {
    for security in [json!([{}, { "key": [] }]), json!([{ "key": [] }, {}])] {
        let imported = of(&[security]);
        assert_eq!(imported.vendor.auth, optional(header("x-key", "ACME_KEY")));
        assert_eq!(imported.vendor.operations["a"].auth, None);
        assert!(!required(&imported, "ACME_KEY"));
    }
    // Of the whole document.
    let whole = with(schemes(), json!([{}, { "bearer": [] }]));
    assert_eq!((whole.vendor.auth.clone(), required(&whole, "ACME_TOKEN")), (optional(bearer()), false));
    // Alone, it says that nothing is sent.
    assert_eq!(of(&[json!([{}])]).vendor.auth, Auth::None);
}

#[test]
fn the_way_of_the_vendor_is_optional_where_that_of_most_operations_is() {
    let (open, closed) = (json!([{}, { "key": [] }]), json!([{ "key": [] }]));
    let key = || header("x-key", "ACME_KEY");
    let few = of(&[open.clone(), closed.clone(), closed.clone()]);
    assert_eq!((few.vendor.auth.clone(), few.vendor.operations["a"].auth.clone()), (key(), Some(optional(key()))));
    assert!(required(&few, "ACME_KEY"));
    let many = of(&[open.clone(), open, closed]);
    assert_eq!((many.vendor.auth.clone(), many.vendor.operations["c"].auth.clone()), (optional(key()), Some(key())));
    assert!(!required(&many, "ACME_KEY"));
}

/// The host obtains the vendor's token, also where a call may be made without.
#[test]
fn tokens_of_oauth_may_be_optional_of_operations() {
    let imported = of(&[json!([{}, { "oauth": [] }])]);
    assert!(matches!(imported.vendor.auth, Auth::OAuth(_)));
    assert_eq!(imported.vendor.operations["a"].auth, Some(optional(bearer())));
    assert!(!required(&imported, "ACME_TOKEN"));
}

#[test]
fn a_credential_that_is_given_is_optional_where_the_document_says_so() {
    let mut document = document(json!({
        "/a": { "get": { "operationId": "a", "responses": {}, "security": [{}, { "key": [] }] } },
        "/b": { "get": { "operationId": "b", "responses": {}, "security": [{}] } },
        "/c": { "get": { "operationId": "c", "responses": {} } },
    }));
    document["components"]["securitySchemes"] = schemes();
    let options = Options { auth: Some(bearer()), ..Options::default() };
    let vendor = imported_as(document.to_string().as_bytes(), &options).unwrap().vendor;
    let own = |name: &str| vendor.operations[name].auth.clone();
    assert_eq!((vendor.auth.clone(), own("a")), (bearer(), Some(optional(bearer()))));
    assert_eq!((own("b"), own("c")), (Some(Auth::None), None));
}

/// RFC 9110, 11.6.2: `Authorization` is the credentials of one scheme.
#[test]
fn two_schemes_in_one_place_are_another_requirement_or_a_doubt() {
    for (first, second, place) in [
        ("basic", "bearer", "header authorization"),
        ("raw", "basic", "header authorization"),
        ("jar", "sid", "header cookie"),
    ] {
        let both = json!({ first: [], second: [] });
        // Another one can be met in full.
        let other = of(&[json!([both, { "key": [] }])]);
        assert_eq!(other.vendor.auth, header("x-key", "ACME_KEY"), "{first}, {second}");
        assert!(lines(&other, Kind::Doubtful).is_empty());
        let said = with_word(&other, Kind::Decided, "at once");
        assert!(said.len() == 1 && said[0].contains(place), "{said:?}");
        // Nothing else can be sent.
        let alone = of(&[json!([both])]);
        assert!(!matches!(alone.vendor.auth, Auth::None | Auth::All { .. }), "{:?}", alone.vendor.auth);
        let said = with_word(&alone, Kind::Doubtful, "at once");
        assert!(said.len() == 1 && said[0].contains(place) && said[0].starts_with("1 operation"), "{said:?}");
        // What is in other places is sent.
        let three = of(&[json!([{ first: [], second: [], "app": [] }])]);
        assert!(matches!(&three.vendor.auth, Auth::All { all } if all.len() == 2), "{:?}", three.vendor.auth);
        assert_eq!(with_word(&three, Kind::Doubtful, "at once").len(), 1);
    }
}

#[test]
fn schemes_that_one_value_satisfies_are_said_to_be_one() {
    let keys = of(&[json!([{ "app": [], "user": [] }]), json!([{ "app": [], "user": [] }])]);
    assert_eq!(keys.vendor.auth, Auth::Query { parameter: "key".to_owned(), key: "ACME_KEY".to_owned() });
    let said = with_word(&keys, Kind::Decided, "one value");
    assert!(said.len() == 1 && said[0].contains("app and user") && said[0].contains("parameter key"), "{said:?}");
    let tokens = of(&[json!([{ "bearer": [], "oauth": [] }])]);
    assert_eq!(tokens.vendor.auth, bearer());
    assert_eq!(with_word(&tokens, Kind::Decided, "bearer and oauth").len(), 1);
}

#[test]
fn the_report_says_which_alternative_was_chosen_and_why() {
    let said = |all: &[Value]| with_word(&of(all), Kind::Decided, "may be called");
    let both = json!([{ "key": [] }, { "bearer": [] }]);
    let as_many = said(&[both.clone(), both.clone()]);
    let expected =
        "2 operations may be called with a key in the header x-key, or with a bearer token; sent with a bearer token: ";
    assert!(as_many.len() == 1 && as_many[0].starts_with(expected), "{as_many:?}");
    assert!(as_many[0].ends_with("it is easier to set up"), "{as_many:?}");
    let most = said(&[both.clone(), json!([{ "key": [] }])]);
    assert!(most[0].contains("1 operation may") && most[0].contains("; sent with a key"), "{most:?}");
    assert!(most[0].ends_with("it is what most operations may be sent with"), "{most:?}");
    let open = said(&[json!([{}, { "key": [] }])]);
    assert!(open[0].contains("or with a key in the header x-key; sent with a key"), "{open:?}");
    assert!(open[0].contains("where its settings are given"), "{open:?}");
    // Where there is no choice, there is nothing to say.
    assert!(said(&[json!([{ "key": [] }]), json!([{ "key": [] }, { "key": [] }])]).is_empty());
    // The place is the operation's own, or the document's.
    assert_eq!(lines(&of(std::slice::from_ref(&both)), Kind::Decided)[0].0, "/paths/~1a/get/security");
    assert_eq!(lines(&with(schemes(), both), Kind::Decided).last().unwrap().0, "/security");
}

#[test]
fn a_check_of_a_credential_is_none_that_works_without() {
    let me = |security: Value| {
        let answer = json!({ "200": { "content": { "application/json": {} } } });
        let mut document = document(json!({
            "/me": { "get": { "operationId": "getMe", "responses": answer, "security": security } },
            "/b": { "get": { "operationId": "b", "responses": {} } }, "/c": { "get": { "operationId": "c", "responses": {} } },
        }));
        document["components"]["securitySchemes"] = schemes();
        document["security"] = json!([{ "key": [] }]);
        imported(&document).vendor.check.map(|check| check.operation)
    };
    assert_eq!(me(json!([{ "key": [] }])).as_deref(), Some("get-me"));
    assert_eq!((me(json!([])), me(json!([{}, { "key": [] }]))), (None, None));
}
