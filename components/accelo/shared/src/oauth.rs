//! OAuth.
//!
//! - The consent address is for the user's browser and takes its parameters in the query (documentation, OAuth 2.0).
//! - Each grant of the token endpoint has parameters of its own (documentation, OAuth 2.0).

use kit::{Call, Error, FieldError, json};
use serde_json::{Map, Value};

/// The address at which a user consents.
///
/// # Errors
///
/// Without a client id.
pub fn request_authorization(call: &Call, query: &Value) -> Result<Value, Error> {
    let mut params = Map::new();
    params.insert("response_type".to_owned(), "code".into());
    params.insert("client_id".to_owned(), call.setting("ACCELO_CLIENT_ID")?.into());
    for (ours, theirs) in
        [("scope", "scope"), ("redirect-uri", "redirect_uri"), ("state", "state"), ("expires-in", "expires_in")]
    {
        if let Some(value) = query.get(ours) {
            params.insert(theirs.to_owned(), value.clone());
        }
    }
    Ok(json!({ "url": kit::authorize_url(call, "/oauth2/v0/authorize", &params)? }))
}

/// Whether a grant has its parameters, and no other's.
///
/// # Errors
///
/// For the first parameter that is wrong.
pub fn grant(params: &mut Map<String, Value>) -> Result<(), FieldError> {
    const OWN: [(&str, &str); 5] = [
        ("code", "authorization_code"),
        ("redirect_uri", "authorization_code"),
        ("refresh_token", "refresh_token"),
        ("scope", "client_credentials"),
        ("expires_in", "client_credentials authorization_code"),
    ];
    let grant = params.get("grant_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (name, grants) in OWN {
        let belongs = grants.split(' ').any(|known| known == grant);
        if params.contains_key(name) && !belongs {
            return Err(FieldError::new(name, format!("not taken with the grant type {}", kit::wire::kebab(&grant))));
        }
    }
    for (name, needed_by) in [("code", "authorization_code"), ("refresh_token", "refresh_token")] {
        let missing = params.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
        if needed_by == grant && missing {
            return Err(FieldError::new(
                name,
                format!("missing, the grant type {} needs it", kit::wire::kebab(&grant)),
            ));
        }
    }
    Ok(())
}
