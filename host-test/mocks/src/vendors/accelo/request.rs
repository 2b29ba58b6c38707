//! One request, with the parameters of its query, form, JSON or multipart body merged into one map.

use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::parse;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde_json::{Map, Value};

use super::reply::{Failure, invalid};

pub struct Call {
    /// The method that counts, after `_method` had its say.
    pub method: String,
    pub segments: Vec<String>,
    pub params: Map<String, Value>,
    /// The token of the header; the one of a parameter stays in `params`.
    pub bearer: Option<String>,
    pub basic: Option<(String, String)>,
    pub host: Option<String>,
    /// What was wrong with the encoding; reported where the shape of the error is known.
    pub broken: Option<Failure>,
}

impl Call {
    pub fn read(parts: &Parts, body: &[u8]) -> Call {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let mut call = Call {
            method: parts.method.as_str().to_ascii_uppercase(),
            segments: segments(parts.uri.path()),
            params: Map::new(),
            bearer: header(AUTHORIZATION).and_then(|value| credentials(value, "bearer")).map(str::to_owned),
            basic: header(AUTHORIZATION).and_then(|value| credentials(value, "basic")).and_then(decode_basic),
            host: header(HOST).map(str::to_owned),
            broken: None,
        };
        call.merge_form(parts.uri.query().unwrap_or_default().as_bytes());
        let kind = header(CONTENT_TYPE).unwrap_or_default();
        if kind.contains("json") {
            call.merge_json(body);
        } else if kind.starts_with("multipart/form-data") {
            call.merge_multipart(kind, body);
        } else {
            call.merge_form(body);
        }
        call.override_method();
        call
    }

    fn merge_form(&mut self, text: &[u8]) {
        for (name, value) in parse(text).filter(|(name, _)| !name.is_empty()) {
            self.params.insert(name.into_owned(), value.into_owned().into());
        }
    }

    fn merge_json(&mut self, body: &[u8]) {
        if body.trim_ascii().is_empty() {
            return;
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => self.params.extend(object),
            _ => self.broken = Some(invalid("The body is not a JSON object.")),
        }
    }

    /// Text parts become parameters. A part with a file name is accepted and its bytes are dropped, since no operation of
    /// the mock reads a file back.
    fn merge_multipart(&mut self, kind: &str, body: &[u8]) {
        let boundary = kind.split("boundary=").nth(1).and_then(|rest| rest.split(';').next());
        let Some(boundary) = boundary.map(|text| format!("--{}", text.trim().trim_matches('"'))) else {
            self.broken = Some(invalid("The multipart body has no boundary."));
            return;
        };
        let text = String::from_utf8_lossy(body);
        for part in text.split(boundary.as_str()).skip(1) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
            let Some(name) = quoted(head, " name=") else { continue };
            let value = if quoted(head, "filename=").is_some() { "" } else { value.trim_end_matches("\r\n") };
            self.params.insert(name, value.into());
        }
    }

    /// The vendor applies the override before it looks for a route, so a GET with `_method=delete` deletes.
    fn override_method(&mut self) {
        let Some(wanted) = self.text("_method") else { return };
        let wanted = wanted.to_ascii_uppercase();
        if !matches!(self.method.as_str(), "GET" | "POST")
            || !matches!(wanted.as_str(), "GET" | "PUT" | "POST" | "DELETE")
        {
            self.broken = Some(invalid("_method must be get, put, post or delete, on a GET or POST."));
            return;
        }
        self.method = wanted;
    }

    /// A parameter as text; numbers count, since JSON bodies carry both. `None` for null, lists and objects.
    pub fn text(&self, name: &str) -> Option<String> {
        as_text(self.params.get(name)?)
    }

    /// A parameter that must be there and not blank.
    pub fn required(&self, name: &str) -> Result<String, Failure> {
        match self.text(name) {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(invalid(format!("{name} is required."))),
        }
    }

    /// A whole number that is not negative; a blank one counts as absent.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.text(name) {
            Some(text) if !text.trim().is_empty() => {
                text.trim().parse().map(Some).map_err(|_| invalid(format!("{name} must be a number.")))
            }
            _ => Ok(None),
        }
    }

    /// A parameter out of a closed set.
    pub fn one_of(&self, name: &str, allowed: &[&str]) -> Result<Option<String>, Failure> {
        match self.text(name) {
            Some(text) if text.is_empty() => Ok(None),
            Some(text) if allowed.contains(&text.as_str()) => Ok(Some(text)),
            Some(_) => Err(invalid(format!("{name} must be one of {}.", allowed.join(", ")))),
            None => Ok(None),
        }
    }

    /// A switch, which the vendor accepts as `1` or `yes`.
    pub fn switch(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("yes"))
    }
}

/// Strings and numbers as text, booleans as `1` and `0`.
pub fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        _ => None,
    }
}

/// The decoded parts between the slashes. The suffix `.json` asks for what is sent anyway.
fn segments(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".json").unwrap_or(path);
    // A `+` is a plain character in a path; the form decoder would make a blank of it.
    let decode = |part: &str| {
        let escaped = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        parse(escaped.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
    };
    path.trim_matches('/').split('/').map(decode).collect()
}

fn credentials<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = value.trim().split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn decode_basic(text: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The quoted value that follows `key`.
fn quoted(head: &str, key: &str) -> Option<String> {
    let rest = head.split(key).nth(1)?.strip_prefix('"')?;
    Some(rest.split('"').next()?.to_owned())
}
