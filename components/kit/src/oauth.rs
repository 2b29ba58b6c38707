//! The consent of a user, of vendors whose facts tell where it is given.

use crate::api::Auth;
use crate::call::Call;
use crate::encode::url;
use crate::error::fail;
use crate::types::{Error, ErrorKind};
use serde_json::{Map, Value};

/// Carries out [`OAuth::authorize`](crate::OAuth::authorize): builds the address of RFC 6749, 4.1.1. It starts with the base and the
/// route of the operation's row, and has the parameters that the row's `defaults` name. The client's id is the user of
/// [`OAuth::exchange`](crate::OAuth::exchange).
///
/// # Errors
///
/// A setting is missing or is no part of an address.
pub fn request_authorization(call: &Call, query: &Value) -> Result<Value, Error> {
    let oauth = call.api.oauth.and_then(|oauth| {
        let (authorize, exchange) = (call.operation(oauth.authorize)?, call.operation(oauth.exchange)?);
        match exchange.row.auth {
            Some(Auth::Basic { user, .. } | Auth::Client { user, .. }) => Some((authorize.row, user)),
            _ => None,
        }
    });
    let Some((row, client_id)) = oauth else { return Err(fail(ErrorKind::Failed, "the vendor has no consent")) };
    let mut params = Map::new();
    for (name, value) in row.defaults {
        params.insert((*name).to_owned(), (*value).into());
    }
    params.insert("response_type".to_owned(), "code".into());
    params.insert("client_id".to_owned(), call.setting(client_id)?.into());
    for (ours, theirs) in [("scope", "scope"), ("redirect-uri", "redirect_uri"), ("state", "state")] {
        if let Some(value) = query.get(ours).filter(|value| value.as_str() != Some("")) {
            params.insert(theirs.to_owned(), value.clone());
        }
    }
    let own = row.imported.and_then(|imported| imported.base);
    Ok(crate::json!({ "url": url(call, own, row.route, &params)? }))
}
