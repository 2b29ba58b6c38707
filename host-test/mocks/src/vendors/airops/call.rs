//! One request, taken apart.

use std::collections::HashMap;

use axum::http::request::Parts;
use bytes::Bytes;
use form_urlencoded::parse;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::reply::{Failure, bad_request, blank};
use crate::facts::Facts;

pub struct Call {
    pub method: String,
    /// The decoded parts between the slashes.
    pub segments: Vec<String>,
    pub query: HashMap<String, String>,
    pub key: Option<String>,
    is_json: bool,
    bytes: Bytes,
}

impl Call {
    pub fn read(parts: &Parts, bytes: Bytes) -> Call {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        Call {
            method: parts.method.to_string(),
            segments: parts.uri.path().trim_matches('/').split('/').map(decode).collect(),
            query: parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            key: header(AUTHORIZATION).and_then(bearer),
            is_json: header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase().contains("json"),
            bytes,
        }
    }

    /// Refuses what the document does not have. False: it does not have the address.
    pub fn fits(&self, facts: &Facts) -> Result<bool, Failure> {
        let path = format!("/{}", self.segments.join("/"));
        let Some((operation, path)) = facts.find(&self.method, &path) else { return Ok(false) };
        let query: Vec<_> = self.query.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let body = if self.bytes.is_empty() { None } else { Some(Value::Object(self.body()?.0)) };
        match facts.request(operation, &path, &query, body.as_ref(), false).first() {
            Some(misfit) => Err(bad_request(misfit.to_string())),
            None => Ok(true),
        }
    }

    /// The body, which has to be a JSON object that is labelled as JSON.
    pub fn body(&self) -> Result<Fields, Failure> {
        if !self.is_json {
            return Err(bad_request("The body must be sent as application/json"));
        }
        match serde_json::from_slice(&self.bytes) {
            Ok(Value::Object(fields)) => Ok(Fields(fields)),
            _ => Err(bad_request("The body is not a JSON object")),
        }
    }
}

/// The fields of a body. Null counts as absent.
pub struct Fields(Map<String, Value>);

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn flag(&self, name: &str) -> Result<bool, Failure> {
        let wrong = || bad_request(format!("{name} must be true or false"));
        self.get(name).map_or(Ok(false), |value| value.as_bool().ok_or_else(wrong))
    }

    pub fn text(&self, name: &str) -> Result<Option<&str>, Failure> {
        let wrong = || bad_request(format!("{name} must be a string"));
        self.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    pub fn required_text(&self, name: &str) -> Result<&str, Failure> {
        self.text(name)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| blank(name))
    }

    pub fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        let wrong = || bad_request(format!("{name} must be an integer"));
        self.get(name).map(|value| value.as_u64().ok_or_else(wrong)).transpose()
    }

    pub fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, Failure> {
        let wrong = || bad_request(format!("{name} must be an object"));
        self.get(name).map(|value| value.as_object().cloned().ok_or_else(wrong)).transpose()
    }
}

/// A `+` is a plain character in a path; the form decoder would make a blank of it.
fn decode(part: &str) -> String {
    let escaped = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    parse(escaped.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

fn bearer(value: &str) -> Option<String> {
    let (scheme, key) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
}
