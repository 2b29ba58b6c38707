//! What Accelo does differently, and a row cannot say.
//!
//! - Time on an activity that is not visible to `all` is dropped without an error (documented for the drop, seen for the
//!   silence).
//! - `communication` of a contact is read as 0 or 1 and written as `yes` or `no` (documentation, Affiliations).
//! - The consent address is for the user's browser and takes its parameters in the query (documentation, OAuth 2.0).
//! - Each grant of the token endpoint has parameters of its own (documentation, OAuth 2.0).

use kit::{Call, Error, Problem, json};
use serde_json::{Map, Value};

pub fn time_needs_visibility(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let timed = ["billable", "nonbillable"].iter().any(|name| params.get(*name).and_then(Value::as_u64) > Some(0));
    if timed && params.get("visibility").and_then(Value::as_str) != Some("all") {
        return Err(Problem::new(
            "visibility",
            "expected all, since Accelo drops time on an activity that not all can see",
        ));
    }
    Ok(())
}

pub fn yes_or_no(params: &mut Map<String, Value>) -> Result<(), Problem> {
    if let Some(value) = params.get_mut("communication") {
        *value = if value.as_bool() == Some(true) { "yes" } else { "no" }.into();
    }
    Ok(())
}

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

pub fn grant(params: &mut Map<String, Value>) -> Result<(), Problem> {
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
            return Err(Problem::new(name, format!("not taken with the grant type {}", kit::wire::kebab(&grant))));
        }
    }
    for (name, needed_by) in [("code", "authorization_code"), ("refresh_token", "refresh_token")] {
        let missing = params.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
        if needed_by == grant && missing {
            return Err(Problem::new(name, format!("missing, the grant type {} needs it", kit::wire::kebab(&grant))));
        }
    }
    Ok(())
}
