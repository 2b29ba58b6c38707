//! Requests and replies without WASI.

use serde_json::Value;

/// A request, of which the body is not read yet.
pub struct Request {
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// It is longer than allowed.
    TooLarge,
    /// The client hung up.
    Broken,
    /// It did not come in time.
    TooLate,
}

impl Request {
    pub fn of(method: &str, target: &str, headers: Vec<(String, Vec<u8>)>) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Request { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), headers }
    }

    /// A header that is there once, as a text; one that is there twice may mean something else to whoever passed it on.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let (_, value) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        std::str::from_utf8(value).ok().map(str::trim)
    }

    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(header, _)| header == name)
    }
}

/// A reply.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(value: &Value) -> Reply {
        Reply::text(value.to_string())
    }

    /// What is JSON already.
    pub fn text(json: String) -> Reply {
        Reply::typed(200, "application/json", json.into_bytes())
    }

    pub fn typed(status: u16, media: &str, body: Vec<u8>) -> Reply {
        Reply { status, headers: vec![("content-type", media.to_owned())], body }
    }

    pub fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Vec::new() }
    }
}
