//! Credentials of requests that a component sends without a host that adds them.

use super::{Pairs, sendable};
use crate::api::Auth;
use crate::call::Call;
use crate::exchange::basic;
use crate::types::Error;
use form_urlencoded::byte_serialize;

pub(super) fn authenticate(
    call: &Call,
    auth: Auth,
    query: &mut Pairs,
    headers: &mut Vec<(String, Vec<u8>)>,
    form: &mut Pairs,
) -> Result<(), Error> {
    let setting = |name| sendable(name, call.settings.require(name)?);
    let mut header = |name: &str, value: String| headers.push((name.to_owned(), value.into_bytes()));
    match auth {
        Auth::None => {}
        Auth::Bearer { token } => header("authorization", ["Bearer ", setting(token)?].concat()),
        Auth::Basic { user, password } => {
            header("authorization", basic(&[setting(user)?, ":", setting(password)?].concat()));
        }
        Auth::Header { name, key } => header(name, setting(key)?.to_owned()),
        Auth::Cookie { name, key } => {
            let pair = [name, "=", setting(key)?].concat();
            // RFC 6265, 5.4: a request has one header of cookies.
            match headers.iter_mut().find(|(name, _)| name == "cookie") {
                Some((_, pairs)) => pairs.extend(["; ", &pair].concat().into_bytes()),
                None => headers.push(("cookie".to_owned(), pair.into_bytes())),
            }
        }
        Auth::Query { name, key } => query.push((name.to_owned(), call.settings.require(key)?.to_owned())),
        Auth::Client { user, password, basic: true } => {
            let encoded = |name| call.settings.require(name).map(|value| byte_serialize(value.as_bytes()).collect());
            let pair: [String; 2] = [encoded(user)?, encoded(password)?];
            header("authorization", basic(&pair.join(":")));
        }
        Auth::Client { user, password, basic: false } => {
            for (name, value) in [("client_id", user), ("client_secret", password)] {
                form.push((name.to_owned(), call.settings.require(value)?.to_owned()));
            }
        }
        Auth::All(all) => {
            for auth in all {
                authenticate(call, *auth, query, headers, form)?;
            }
        }
        Auth::Optional(auth) if has_setting(call, auth) => authenticate(call, *auth, query, headers, form)?,
        Auth::Optional(_) => {}
    }
    Ok(())
}

/// Whether one of its settings is there.
fn has_setting(call: &Call, auth: &Auth) -> bool {
    let has = |name| call.settings.get(name).is_some();
    match auth {
        Auth::None => false,
        Auth::Bearer { token: key } | Auth::Header { key, .. } | Auth::Query { key, .. } | Auth::Cookie { key, .. } => {
            has(key)
        }
        Auth::Basic { user, password } | Auth::Client { user, password, .. } => has(user) || has(password),
        Auth::All(all) => all.iter().any(|one| has_setting(call, one)),
        Auth::Optional(auth) => has_setting(call, auth),
    }
}
