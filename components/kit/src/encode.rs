//! Parameters to a query or a body.

use crate::api::{Api, Body, Row};
use crate::call::Call;
use crate::object::take;
use crate::route::Base;
use crate::types::Error;
use crate::wire::{Node, joined};
use serde_json::{Map, Value};

/// What of a request depends on its parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub method: &'static str,
    pub query: String,
    pub content_type: &'static str,
    pub body: Option<Vec<u8>>,
}

const JSON: &str = "application/json";

pub(crate) fn encode(api: &Api, row: &Row, mut params: Map<String, Value>) -> Encoded {
    let encoded = |method, query, content_type, body| Encoded { method, query, content_type, body };
    if api.body == Body::Form {
        // A vendor that takes forms reads words and lists as a form says them, in JSON too.
        for value in params.values_mut().filter(|value| value.is_boolean() || value.is_array() && is_flat(value)) {
            *value = Value::String(text(value));
        }
    }
    let mut beside = Map::new();
    for name in row.query {
        beside.extend(take(&mut params, name).map(|value| ((*name).to_owned(), value)));
    }
    let query = form(borrowed(&beside));
    let reads = matches!(row.method, "GET" | "DELETE");
    let flat = params.iter().all(|(name, value)| is_flat(value) && !(reads && needs_json(api, name, value)));
    match (row.method, api.method_override) {
        ("GET" | "DELETE", Some(parameter)) if !flat => {
            // Numbers (a page and its size) stay in the query, where the vendors' own examples have them.
            let mut numbers = Map::new();
            let mut rest = Map::new();
            for (name, value) in params {
                if value.is_number() { &mut numbers } else { &mut rest }.insert(name, value);
            }
            let method = row.method.to_ascii_lowercase();
            let query = form([(parameter, Value::String(method))].into_iter().chain(borrowed(&numbers)));
            encoded("POST", query, JSON, Some(json(rest)))
        }
        ("GET" | "DELETE", _) => encoded(row.method, form(borrowed(&params)), "", None),
        _ if api.body == Body::Form && flat => {
            let body = form(borrowed(&params)).into_bytes();
            encoded(row.method, query, "application/x-www-form-urlencoded", Some(body))
        }
        _ => encoded(row.method, query, JSON, Some(json(params))),
    }
}

pub(crate) fn json(params: Map<String, Value>) -> Vec<u8> {
    Node::from(Value::Object(params)).to_json().into_bytes()
}

/// The parameters as `application/x-www-form-urlencoded`.
fn form<'p>(params: impl IntoIterator<Item = (&'p str, Value)>) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in params {
        out.append_pair(name, &text(&value));
    }
    out.finish()
}

/// The address of a path with its parameters, for a person's browser.
pub fn authorize_url(call: &Call, path: &str, params: &Map<String, Value>) -> Result<String, Error> {
    url(call, None, path, params)
}

/// The same, where the address starts with `own` instead of the vendor's base.
pub(crate) fn url(call: &Call, own: Option<&str>, path: &str, params: &Map<String, Value>) -> Result<String, Error> {
    let base = Base::of(call.api, own, &call.settings)?;
    Ok(base.url(&format!("{path}?{}", form(borrowed(params)))))
}

fn borrowed(params: &Map<String, Value>) -> impl Iterator<Item = (&str, Value)> {
    params.iter().map(|(name, value)| (name.as_str(), value.clone()))
}

/// Whether a text holds what the vendor may misread in a query.
fn needs_json(api: &Api, name: &str, value: &Value) -> bool {
    let plain =
        |allowed: &str, text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || allowed.as_bytes().contains(&b));
    let known = api.plain.iter().find(|(known, _)| *known == name);
    known.is_some_and(|(_, allowed)| value.as_str().is_some_and(|text| !plain(allowed, text)))
}

fn is_flat(value: &Value) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(items) => items.iter().all(|item| !item.is_array() && !item.is_object()),
        _ => true,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => joined(&items.iter().map(text).collect::<Vec<_>>(), ","),
        Value::Null => String::new(),
        other => Node::from(other.clone()).to_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FORMS: Api =
        Api { body: Body::Form, method_override: Some("_method"), plain: &[("_search", " -")], ..Api::DEFAULT };
    const DOCUMENTS: Api = Api::DEFAULT;

    fn encoded(api: &Api, method: &'static str, params: Value) -> (&'static str, String, String) {
        let Value::Object(params) = params else { unreachable!() };
        let encoded = encode(api, &Row::new(method, "/x"), params);
        let body = encoded.body.map(|body| format!("{} {}", encoded.content_type, String::from_utf8(body).unwrap()));
        (encoded.method, encoded.query, body.unwrap_or_default())
    }

    #[test]
    fn a_read_is_a_query() {
        let params = json!({"_limit": 5, "_fields": ["a", "b()"], "q": "x y&z=é"});
        let query = "_fields=a%2Cb%28%29&_limit=5&q=x+y%26z%3D%C3%A9";
        assert_eq!(encoded(&FORMS, "GET", params), ("GET", query.into(), String::new()));
    }

    #[test]
    fn a_read_that_a_query_cannot_say_goes_as_json_where_the_vendor_allows_it() {
        let params = json!({"_limit": 5, "_fields": ["a", "b"], "_filters": {"email": ["a)b"]}});
        let body = r#"application/json {"_fields":"a,b","_filters":{"email":["a)b"]}}"#;
        assert_eq!(encoded(&FORMS, "GET", params), ("POST", "_method=get&_limit=5".into(), body.into()));
    }

    #[test]
    fn a_text_that_a_query_may_garble_goes_as_json() {
        let plain = json!({"_search": "a-b 1", "q": "(é)"});
        assert_eq!(encoded(&FORMS, "GET", plain), ("GET", "_search=a-b+1&q=%28%C3%A9%29".into(), String::new()));
        let body = r#"application/json {"_search":"Köln, (1)"}"#;
        let params = json!({"_search": "Köln, (1)", "_page": 0});
        assert_eq!(encoded(&FORMS, "GET", params.clone()), ("POST", "_method=get&_page=0".into(), body.into()));
        assert!(encoded(&FORMS, "POST", params).2.starts_with("application/x-www-form-urlencoded"), "no read");
    }

    #[test]
    fn a_write_is_a_form_or_json() {
        let form = "application/x-www-form-urlencoded n=P+%26+R&on=true".to_owned();
        assert_eq!(encoded(&FORMS, "POST", json!({"n": "P & R", "on": true})), ("POST", String::new(), form));
        let nested = r#"application/json {"f":"a,b","on":"true","to":{"emails":["x"]}}"#.to_owned();
        let params = json!({"f": ["a", "b"], "on": true, "to": {"emails": ["x"]}});
        assert_eq!(encoded(&FORMS, "POST", params), ("POST", String::new(), nested));
        static TOKEN: Row = Row { query: &["token"], ..Row::new("POST", "/x") };
        let Value::Object(params) = json!({"token": "a b", "n": 1}) else { unreachable!() };
        let beside = encode(&DOCUMENTS, &TOKEN, params);
        assert_eq!((&*beside.query, beside.body.as_deref()), ("token=a+b", Some(&br#"{"n":1}"#[..])));
        let document = r#"application/json {"ids":[1,2]}"#.to_owned();
        assert_eq!(encoded(&DOCUMENTS, "PATCH", json!({"ids": [1, 2]})), ("PATCH", String::new(), document));
    }
}
