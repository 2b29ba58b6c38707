//! Credentials: made from settings, and added to requests outside of the sandbox.

use crate::Error;
use crate::catalogue::Auth;
use crate::client::Body;
use crate::secret::Secret;
use crate::settings::Settings;
use base64::Engine;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::{BodyExt, Full};
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use std::collections::BTreeMap;
use wasmtime_wasi_http::Error as HttpError;

/// The header that proves who sends a request, if it needs one. The value is marked as sensitive, so that it is neither
/// printed nor kept in HTTP/2's table of headers, and its memory is cleared when the request is done.
pub(crate) type Credential = Option<(HeaderName, HeaderValue)>;

/// Why there is no credential.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// A setting is not given.
    Missing,
    /// The setting of this name holds what no header can carry.
    Malformed(String),
    /// The setting of this name has quotation marks around its value, which a file of variables left there.
    Quoted(String),
}

impl Unusable {
    /// The error for callers, where the component cannot report it itself: it does not see the value.
    pub fn malformed(self) -> Option<Error> {
        match self {
            Unusable::Missing => None,
            Unusable::Malformed(name) => {
                let message = format!("the setting {name} holds characters that no header can carry");
                Some(Error::misconfigured(message).about(&name))
            }
            Unusable::Quoted(name) => {
                let message = format!("the setting {name} has quotes around its value, which do not belong to it");
                Some(Error::misconfigured(message).about(&name))
            }
        }
    }
}

/// The credential that `auth` asks for, from the settings that it names.
pub(crate) fn credential(auth: &Auth, settings: &Settings) -> Result<Credential, Unusable> {
    let get = |name: &str| {
        let value = settings.get(name).ok_or(Unusable::Missing)?;
        let quoted = |mark: char| value.len() > 1 && value.starts_with(mark) && value.ends_with(mark);
        if quoted('"') || quoted('\'') {
            return Err(Unusable::Quoted(name.to_owned()));
        }
        let sendable = value.bytes().all(|byte| (0x21..0x7f).contains(&byte));
        sendable.then_some(value).ok_or_else(|| Unusable::Malformed(name.to_owned()))
    };
    let (name, value, setting) = match auth {
        Auth::None => return Ok(None),
        Auth::Bearer { token } => (header::AUTHORIZATION, joined(&["Bearer ", get(token)?]), token),
        Auth::Basic { user, password } => {
            (header::AUTHORIZATION, joined(&["Basic ", &encoded(get(user)?, get(password)?)]), password)
        }
        // The catalogue was checked for headers' names when it was loaded.
        Auth::Header { header, key } => {
            let name = header.parse().map_err(|_| Unusable::Malformed(key.clone()))?;
            (name, joined(&[get(key)?]), key)
        }
    };
    let value = HeaderValue::from_maybe_shared(Bytes::from_owner(Owned(value)));
    let mut value = value.map_err(|_| Unusable::Malformed(setting.clone()))?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

/// A member of a JSON body that a setting gives: its name, and its value as JSON.
pub(crate) type Member = (String, Zeroizing<String>);

/// The members of a body that settings give.
pub(crate) fn members(of: &BTreeMap<String, String>, settings: &Settings) -> Result<Vec<Member>, Unusable> {
    let member = |(name, setting): (&String, &String)| {
        let value = settings.get(setting).ok_or(Unusable::Missing)?;
        Ok((name.clone(), Zeroizing::new(serde_json::to_string(value).map_err(|_| Unusable::Missing)?)))
    };
    of.iter().map(member).collect()
}

/// The request with these members in its body, which has to be a JSON object without them. Its memory is cleared when the
/// request is done.
pub(crate) async fn with_members(request: Request<Body>, members: &[Member]) -> Result<Request<Body>, HttpError> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let denied = HttpError::HttpRequestDenied;
    let Ok(Value::Object(given)) = serde_json::from_slice(&body) else { return Err(denied) };
    if members.iter().any(|(name, _)| given.keys().any(|given| given.eq_ignore_ascii_case(name))) {
        return Err(denied);
    }
    // What was just read as an object begins with a brace.
    let rest = std::str::from_utf8(&body).ok().and_then(|text| text.trim_start().strip_prefix('{')).ok_or(denied)?;
    let mut texts = Vec::new();
    for (index, (name, value)) in members.iter().enumerate() {
        texts.extend([if index == 0 { "{\"" } else { ",\"" }, name, "\":", value]);
    }
    texts.extend([if given.is_empty() { "" } else { "," }, rest]);
    let body = joined(&texts);
    if head.headers.contains_key(header::CONTENT_LENGTH) {
        head.headers.insert(header::CONTENT_LENGTH, body.len().into());
    }
    let body = Full::new(Bytes::from_owner(Owned(body)));
    Ok(Request::from_parts(head, body.map_err(|never| match never {}).boxed_unsync()))
}

/// What of the credential is as secret as the settings that it is made of.
pub(crate) fn derived_secret(auth: &Auth, settings: &Settings) -> Option<Secret> {
    match auth {
        Auth::Basic { user, password } => Some(encoded(settings.get(user)?, settings.get(password)?).into()),
        _ => None,
    }
}

fn encoded(user: &str, password: &str) -> Zeroizing<String> {
    Zeroizing::new(base64::prelude::BASE64_STANDARD.encode(joined(&[user, ":", password])))
}

/// Texts in a row, in memory that does not move while they are put together.
fn joined(texts: &[&str]) -> Zeroizing<String> {
    let mut joined = Zeroizing::new(String::with_capacity(texts.iter().map(|text| text.len()).sum()));
    texts.iter().for_each(|text| joined.push_str(text));
    joined
}

/// What shared bytes are made of, so that the last who lets go of them clears them.
pub(crate) struct Owned(pub Zeroizing<String>);

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(auth: &Auth) -> Result<Credential, Unusable> {
        let settings = [
            ("TOKEN", " t-1 "),
            ("USER", "u"),
            ("PASSWORD", "p"),
            ("BROKEN", "a\nb"),
            ("QUOTED", "\"t-1\""),
            ("ONE", "'"),
        ];
        credential(auth, &settings.into_iter().collect())
    }

    #[test]
    fn each_kind_of_credential_is_one_sensitive_header() {
        for (auth, name, value) in [
            (Auth::Bearer { token: "TOKEN".into() }, "authorization", "Bearer t-1"),
            (Auth::Basic { user: "USER".into(), password: "PASSWORD".into() }, "authorization", "Basic dTpw"),
            (Auth::Header { header: "X-Api-Key".into(), key: "TOKEN".into() }, "x-api-key", "t-1"),
        ] {
            let (made_name, made_value) = made(&auth).unwrap().unwrap();
            assert_eq!((made_name.as_str(), made_value.to_str().unwrap()), (name, value));
            assert!(made_value.is_sensitive());
        }
        assert_eq!(made(&Auth::None), Ok(None));
    }

    #[test]
    fn a_missing_setting_is_told_from_one_that_no_header_can_carry() {
        assert_eq!(made(&Auth::Bearer { token: "NONE".into() }), Err(Unusable::Missing));
        let broken = made(&Auth::Bearer { token: "BROKEN".into() }).unwrap_err().malformed().unwrap();
        assert_eq!(broken.field.as_deref(), Some("BROKEN"));
        let quoted = made(&Auth::Bearer { token: "QUOTED".into() }).unwrap_err().malformed().unwrap();
        assert!(quoted.message.contains("QUOTED has quotes") && !quoted.message.contains("t-1"), "{quoted}");
        assert!(made(&Auth::Bearer { token: "ONE".into() }).is_ok());
    }
}
