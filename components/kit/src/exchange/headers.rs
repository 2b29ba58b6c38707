//! The headers of a request, its credential included.

use crate::api::{Auth, Row};
use crate::call::Call;
use crate::encode::Encoded;
use crate::error::misconfigured;
use crate::types::Error;
use outwit_core::base64;

/// The headers of a request of this row.
pub(super) fn headers(call: &Call, row: &Row, encoded: &Encoded) -> Result<Vec<(String, Vec<u8>)>, Error> {
    // Who does not stream after all may say everything at once.
    let accept = row.stream.map_or("application/json", |_| "text/event-stream, application/json");
    let mut headers = common_headers(accept, encoded.content_type, encoded.body.as_deref());
    let mut put = |name: &str, value: &str| headers.push((name.to_owned(), value.as_bytes().to_vec()));
    if let Some(to_come) = call.take_to_come() {
        put("outwit-to-come", &to_come.to_string());
    }
    if !call.settings.host_authenticates() {
        let setting = |name| {
            let value = call.settings.require(name)?;
            let sendable = value.bytes().all(|b| (0x21..0x7f).contains(&b));
            sendable.then_some(value).ok_or_else(|| misconfigured(name, "holds characters that no header can carry"))
        };
        match row.auth.unwrap_or(call.api.auth) {
            Auth::Bearer { token } => put("authorization", &["Bearer ", setting(token)?].concat()),
            Auth::Basic { user, password } => {
                put("authorization", &basic(&[setting(user)?, ":", setting(password)?].concat()));
            }
            Auth::Header { name, key } => put(name, setting(key)?),
            Auth::None
            | Auth::Query { .. }
            | Auth::Cookie { .. }
            | Auth::Client { .. }
            | Auth::All(_)
            | Auth::Optional(_) => {}
        }
    }
    Ok(headers)
}

/// The headers of every request.
pub(crate) fn common_headers(accept: &str, content_type: &str, body: Option<&[u8]>) -> Vec<(String, Vec<u8>)> {
    let mut headers = Vec::new();
    let mut put = |name: &str, value: &str| headers.push((name.to_owned(), value.as_bytes().to_vec()));
    put("accept", accept);
    // Nothing here unpacks an answer, and proxies may pack what nobody said a word about.
    put("accept-encoding", "identity");
    put("user-agent", concat!("outwit/", env!("CARGO_PKG_VERSION")));
    if let Some(body) = body {
        if !body.is_empty() {
            put("content-type", content_type);
        }
        put("content-length", &body.len().to_string());
    }
    headers
}

/// HTTP Basic.
pub(crate) fn basic(pair: &str) -> String {
    ["Basic ", &base64(pair.as_bytes())].concat()
}
