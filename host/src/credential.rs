//! Credentials: made from settings, and added to requests outside of the sandbox.

use crate::Error;
use crate::catalogue::Auth;
use crate::client::Body;
use crate::secret::Secret;
use crate::settings::Settings;
use base64::Engine;
use bytes::Bytes;
use form_urlencoded::{Serializer, byte_serialize};
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use secrecy::zeroize::Zeroizing;
use serde_json::Value;
use std::collections::BTreeMap;
use wasmtime_wasi_http::Error as HttpError;

/// The media type of forms.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// What proves who sends a request. The values of headers are marked as sensitive, so that they are neither printed nor kept in
/// HTTP/2's table of headers, and their memory is cleared when the request is done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Credential {
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Parameters of the query, encoded.
    pub query: Vec<Parameter>,
}

/// A parameter of a query: its name, and both as they stand in the query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    name: String,
    encoded: Zeroizing<String>,
}

impl Credential {
    pub fn is_none(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty()
    }

    /// Adds it to a request; says which parameter the query has already.
    pub fn add<B>(self, request: &mut Request<B>) -> Result<(), String> {
        for (name, value) in self.headers {
            request.headers_mut().insert(name, value);
        }
        for Parameter { name, encoded } in self.query {
            let uri = request.uri();
            let given = uri.query().unwrap_or_default();
            if form_urlencoded::parse(given.as_bytes()).any(|(given, _)| given == name) {
                return Err(format!("a query with {name}, which the host adds"));
            }
            let separator = if given.is_empty() { "" } else { "&" };
            let path_and_query = joined(&[uri.path(), "?", given, separator, &encoded]);
            let mut parts = uri.clone().into_parts();
            let unusable = || format!("an address to which {name} cannot be added");
            let path =
                PathAndQuery::from_maybe_shared(Bytes::from_owner(Owned(path_and_query))).map_err(|_| unusable())?;
            parts.path_and_query = Some(path);
            *request.uri_mut() = Uri::from_parts(parts).map_err(|_| unusable())?;
        }
        Ok(())
    }
}

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
    if auth.is_left_out(settings) {
        return Ok(Credential::default());
    }
    let given = |name: &str| {
        let value = settings.get(name).ok_or(Unusable::Missing)?;
        let quoted = |mark: char| value.len() > 1 && value.starts_with(mark) && value.ends_with(mark);
        if quoted('"') || quoted('\'') {
            return Err(Unusable::Quoted(name.to_owned()));
        }
        Ok(value)
    };
    let get = |name: &str| {
        let value = given(name)?;
        // Where a setting is a whole header, its value may be `Bearer …`.
        let least = if auth.each().any(|auth| matches!(auth, Auth::Header { .. })) { 0x20 } else { 0x21 };
        let sendable = value.bytes().all(|byte| (least..0x7f).contains(&byte));
        sendable.then_some(value).ok_or_else(|| Unusable::Malformed(name.to_owned()))
    };
    let sensitive = |name: HeaderName, value: Zeroizing<String>, setting: &str| {
        let value = HeaderValue::from_maybe_shared(Bytes::from_owner(Owned(value)));
        let mut value = value.map_err(|_| Unusable::Malformed(setting.to_owned()))?;
        value.set_sensitive(true);
        Ok((name, value))
    };
    let mut made = Credential::default();
    for auth in auth.each() {
        match auth {
            // Without HTTP Basic, a client's id and secret are members of the body.
            Auth::None | Auth::Client { basic: false, .. } | Auth::All { .. } | Auth::Optional { .. } => {}
            Auth::Bearer { token } => {
                made.headers.push(sensitive(header::AUTHORIZATION, joined(&["Bearer ", get(token)?]), token)?);
            }
            Auth::Basic { user, password } => {
                let value = joined(&["Basic ", &encoded(get(user)?, get(password)?)]);
                made.headers.push(sensitive(header::AUTHORIZATION, value, password)?);
            }
            Auth::Client { user, password, basic: true } => {
                let value = joined(&["Basic ", &encoded(&form_encoded(given(user)?), &form_encoded(given(password)?))]);
                made.headers.push(sensitive(header::AUTHORIZATION, value, password)?);
            }
            // The catalogue was checked for headers' names when it was loaded.
            Auth::Header { header, key } => {
                let name = header.parse().map_err(|_| Unusable::Malformed(key.clone()))?;
                made.headers.push(sensitive(name, joined(&[get(key)?]), key)?);
            }
            Auth::Cookie { cookie, key } => {
                // RFC 6265, 5.4: a request has one header of cookies.
                let others = made.headers.iter().position(|(name, _)| *name == header::COOKIE);
                let others = others.map(|index| made.headers.swap_remove(index).1);
                let before = others.as_ref().and_then(|others| others.to_str().ok()).unwrap_or_default();
                let separator = if before.is_empty() { "" } else { "; " };
                made.headers.push(sensitive(
                    header::COOKIE,
                    joined(&[before, separator, cookie, "=", get(key)?]),
                    key,
                )?);
            }
            Auth::Query { parameter, key } => {
                // Any text can be encoded for a query.
                let value = given(key)?;
                let mut encoded = Zeroizing::new(String::with_capacity(parameter.len() * 3 + value.len() * 3 + 1));
                Serializer::new(&mut *encoded).append_pair(parameter, value);
                made.query.push(Parameter { name: parameter.clone(), encoded });
            }
        }
    }
    Ok(made)
}

/// A member of a body that a setting gives: its name and its value.
pub(crate) type Member = (String, Zeroizing<String>);

/// The members of a body that settings give: those of this map, and what proves who a client is.
pub(crate) fn members(
    of: &BTreeMap<String, String>,
    auth: &Auth,
    settings: &Settings,
) -> Result<Vec<Member>, Unusable> {
    let client = auth.each().find_map(|auth| match auth {
        Auth::Client { user, password, basic: false } => Some([("client_id", user), ("client_secret", password)]),
        _ => None,
    });
    let all = of.iter().map(|(name, setting)| (name.as_str(), setting)).chain(client.into_iter().flatten());
    let member = |(name, setting): (&str, &String)| {
        Ok((name.to_owned(), Zeroizing::new(settings.get(setting).ok_or(Unusable::Missing)?.to_owned())))
    };
    all.map(member).collect()
}

/// The request with these members in its body, which has to be a JSON object or a form without them. Its memory is cleared when
/// the request is done.
pub(crate) async fn with_members(request: Request<Body>, members: &[Member]) -> Result<Request<Body>, HttpError> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let is_form = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    let body = if is_form { form_with(&body, members) } else { object_with(&body, members) };
    let body = body.ok_or(HttpError::HttpRequestDenied)?;
    if head.headers.contains_key(header::CONTENT_LENGTH) {
        head.headers.insert(header::CONTENT_LENGTH, body.len().into());
    }
    let body = Full::new(Bytes::from_owner(Owned(body)));
    Ok(Request::from_parts(head, body.map_err(|never| match never {}).boxed_unsync()))
}

fn object_with(body: &[u8], members: &[Member]) -> Option<Zeroizing<String>> {
    let Ok(Value::Object(given)) = serde_json::from_slice(body) else { return None };
    if members.iter().any(|(name, _)| given.keys().any(|given| given.eq_ignore_ascii_case(name))) {
        return None;
    }
    // What was just read as an object begins with a brace.
    let rest = std::str::from_utf8(body).ok()?.trim_start().strip_prefix('{')?;
    let values = members.iter().map(|(_, value)| serde_json::to_string(&**value).ok().map(Zeroizing::new));
    let values: Vec<_> = values.collect::<Option<_>>()?;
    let mut texts = Vec::new();
    for (index, ((name, _), value)) in members.iter().zip(&values).enumerate() {
        texts.extend([if index == 0 { "{\"" } else { ",\"" }, name, "\":", value]);
    }
    texts.extend([if given.is_empty() { "" } else { "," }, rest]);
    Some(joined(&texts))
}

fn form_with(body: &[u8], members: &[Member]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(body).ok()?;
    let is_given = |name: &str| form_urlencoded::parse(body).any(|(given, _)| given.eq_ignore_ascii_case(name));
    if members.iter().any(|(name, _)| is_given(name)) {
        return None;
    }
    let added = form(members.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Some(joined(&[text, if text.is_empty() { "" } else { "&" }, &added]))
}

/// A form, in memory that does not move while it is put together.
pub(crate) fn form<'t>(fields: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> Zeroizing<String> {
    // A byte becomes three at most.
    let size = fields.clone().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
    Zeroizing::new(Serializer::new(String::with_capacity(size)).extend_pairs(fields).finish())
}

/// What of the credential is as secret as the settings that it is made of.
pub(crate) fn derived_secrets(auth: &Auth, settings: &Settings) -> Vec<Secret> {
    let derived = |auth: &Auth| match auth {
        Auth::Basic { user, password } => Some(encoded(settings.get(user)?, settings.get(password)?).into()),
        Auth::Client { user, password, basic: true } => {
            let [user, password] = [user, password].map(|name| settings.get(name).map(form_encoded));
            Some(encoded(&user?, &password?).into())
        }
        _ => None,
    };
    auth.each().filter_map(derived).collect()
}

/// A text as RFC 6749, appendix B, encodes it.
fn form_encoded(text: &str) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(String::with_capacity(3 * text.len()));
    byte_serialize(text.as_bytes()).for_each(|piece| encoded.push_str(piece));
    encoded
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
            ("APOSTROPHES", "'t-1'"),
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
            let made = made(&auth).unwrap();
            let [(made_name, made_value)] = &made.headers[..] else { panic!("{name}") };
            assert_eq!((made_name.as_str(), made_value.to_str().unwrap()), (name, value));
            assert!(made_value.is_sensitive() && made.query.is_empty());
        }
        assert!(made(&Auth::None).unwrap().is_none());
    }

    #[test]
    fn keys_stand_in_queries_and_cookies_and_several_go_at_once() {
        let keys = Auth::All {
            all: vec![
                Auth::Query { parameter: "api key".into(), key: "PLUS".into() },
                Auth::Cookie { cookie: "session".into(), key: "TOKEN".into() },
                Auth::Header { header: "x-app".into(), key: "TOKEN".into() },
            ],
        };
        let made = credential(&keys, &[("TOKEN", "t-1"), ("PLUS", "a+b&c ü")].into_iter().collect()).unwrap();
        let mut request = Request::get("https://example.com/v1/things?limit=3").body(()).unwrap();
        made.add(&mut request).unwrap();
        assert_eq!(request.uri(), "https://example.com/v1/things?limit=3&api+key=a%2Bb%26c+%C3%BC");
        assert_eq!(
            (&request.headers()["cookie"], &request.headers()["x-app"]),
            (&"session=t-1".parse().unwrap(), &"t-1".parse().unwrap())
        );
        let made = credential(&keys, &[("TOKEN", "t-1"), ("PLUS", "x")].into_iter().collect()).unwrap();
        let mut given = Request::get("https://example.com/v1/things?api%20key=mine").body(()).unwrap();
        assert_eq!(made.add(&mut given).unwrap_err(), "a query with api key, which the host adds");
    }

    /// The example of RFC 6749, 2.3.1.
    #[tokio::test]
    async fn the_id_and_the_secret_of_a_client_are_added_to_a_form() {
        let auth = Auth::Client { user: "ID".into(), password: "SECRET".into(), basic: false };
        let settings = [("ID", "s6BhdRkqt3"), ("SECRET", "7Fjfp0ZBr1KtDRbnfVdmIw")].into_iter().collect();
        let client = members(&BTreeMap::new(), &auth, &settings).unwrap();
        assert!(credential(&auth, &settings).unwrap().is_none());
        let sent = |text: &'static str| {
            let request = Request::post("https://server.example.com/token");
            let request =
                request.header("content-type", "application/x-www-form-urlencoded").header("content-length", 1);
            with_members(request.body(crate::client::body(Bytes::from(text))).unwrap(), &client)
        };
        let asked = "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA";
        let request = sent(asked).await.unwrap();
        let added = "&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw";
        assert_eq!(request.headers()["content-length"], (asked.len() + added.len()).to_string());
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), [asked, added].concat());
        assert!(sent("client_id=mine").await.is_err());
    }

    /// RFC 6749, 2.3.1, with the text and the encoding of its appendix B in the secret.
    #[tokio::test]
    async fn the_id_and_the_secret_of_a_client_are_form_encoded_for_http_basic() {
        let auth = Auth::Client { user: "ID".into(), password: "SECRET".into(), basic: true };
        let settings = [("ID", "my:id"), ("SECRET", "p: %&+£€")].into_iter().collect();
        let [(name, value)] = &credential(&auth, &settings).unwrap().headers[..] else { panic!() };
        let pair = "my%3Aid:p%3A+%25%26%2B%C2%A3%E2%82%AC";
        let basic = base64::prelude::BASE64_STANDARD.encode(pair);
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("authorization", &*format!("Basic {basic}")));
        assert!(value.is_sensitive() && members(&BTreeMap::new(), &auth, &settings).unwrap().is_empty());
        assert_eq!(derived_secrets(&auth, &settings)[0].expose(), basic);
    }

    /// RFC 6265, 5.4: the user agent must not attach more than one header of cookies, and separates pairs by `; `.
    #[test]
    fn several_cookies_stand_in_one_header() {
        let cookie = |name: &str, key: &str| Auth::Cookie { cookie: name.into(), key: key.into() };
        let all = Auth::All { all: vec![cookie("SID", "TOKEN"), cookie("lang", "USER"), cookie("x", "PASSWORD")] };
        let mut request = Request::get("https://example.com/").body(()).unwrap();
        made(&all).unwrap().add(&mut request).unwrap();
        let cookies: Vec<_> = request.headers().get_all("cookie").iter().collect();
        assert_eq!(cookies, ["SID=t-1; lang=u; x=p"]);
    }

    #[test]
    fn what_may_be_absent_is_absent_as_a_whole() {
        let basic = |user: &str, password: &str| {
            let auth = Box::new(Auth::Basic { user: user.into(), password: password.into() });
            made(&Auth::Optional { auth })
        };
        assert!(basic("NONE", "NEITHER").unwrap().is_none());
        assert_eq!(basic("USER", "PASSWORD").unwrap().headers[0].1, "Basic dTpw");
        assert_eq!(
            (basic("USER", "NONE"), basic("NONE", "PASSWORD")),
            (Err(Unusable::Missing), Err(Unusable::Missing))
        );
    }

    #[test]
    fn a_missing_setting_is_distinguished_from_one_that_no_header_can_carry() {
        assert_eq!(made(&Auth::Bearer { token: "NONE".into() }), Err(Unusable::Missing));
        let broken = made(&Auth::Bearer { token: "BROKEN".into() }).unwrap_err().malformed().unwrap();
        assert_eq!(broken.field.as_deref(), Some("BROKEN"));
        for name in ["QUOTED", "APOSTROPHES"] {
            let quoted = made(&Auth::Bearer { token: name.into() }).unwrap_err().malformed().unwrap().message;
            assert!(quoted.contains(&format!("{name} has quotes")) && !quoted.contains("t-1"), "{quoted}");
        }
        assert!(made(&Auth::Bearer { token: "ONE".into() }).is_ok());
    }
}
