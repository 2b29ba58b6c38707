//! What Accelo does differently, and a row cannot say.
//!
//! - Time needs an owner of the own staff and visibility `all`, billable time also a record that can be billed; other time
//!   is dropped without an error (documentation, Activities, Logging Time; the silence was seen).
//! - With `interacts` among the fields, a list of activities is an object with the people beside it (documentation,
//!   Activities, List Activities). That is an operation of its own here, and filters are as for the list.
//! - An update without a change is answered as if there had been one (nothing documented), so it is not sent.
//! - `communication` of a contact is read as 0 or 1 and written as `yes` or `no` (documentation, Affiliations).
//! - The consent address is for the user's browser and takes its parameters in the query (documentation, OAuth 2.0).
//! - Each grant of the token endpoint has parameters of its own (documentation, OAuth 2.0).

use crate::filters;
use kit::{Call, Error, Problem, json};
use serde_json::{Map, Value};

/// What billable time can be logged against.
const BILLABLE: [&str; 5] = ["issue", "job", "milestone", "contract", "contract_period"];

pub fn new_activity(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let text = |name: &str| params.get(name).and_then(Value::as_str);
    let owned = text("owner_type").is_none_or(|owner| owner == "staff");
    if billed(params) && !text("against_type").is_some_and(|against| BILLABLE.contains(&against)) {
        let expected = "expected no billable time, which Accelo takes only against an issue, job, milestone, contract or \
                        contract-period; nonbillable time can be logged here";
        return Err(Problem::new("billable", expected));
    }
    if timed(params) && !owned {
        return Err(Problem::new("owner_type", "expected staff, since Accelo drops the time of anybody else"));
    }
    visible(params, text("visibility").unwrap_or("private"))
}

pub fn activity_changes(params: &mut Map<String, Value>) -> Result<(), Problem> {
    some_change(params)?;
    // What is left out stays as it is, and is not known here.
    visible(params, params.get("visibility").and_then(Value::as_str).unwrap_or("all"))
}

fn visible(params: &Map<String, Value>, visibility: &str) -> Result<(), Problem> {
    if timed(params) && visibility != "all" {
        return Err(Problem::new(
            "visibility",
            "expected all, since Accelo drops time on an activity that not all can see",
        ));
    }
    Ok(())
}

fn timed(params: &Map<String, Value>) -> bool {
    billed(params) || params.get("nonbillable").and_then(Value::as_u64) > Some(0)
}

fn billed(params: &Map<String, Value>) -> bool {
    params.get("billable").and_then(Value::as_u64) > Some(0)
}

pub fn some_change(params: &mut Map<String, Value>) -> Result<(), Problem> {
    // What is no id at all is told where the route is filled.
    let id = params.get("id").and_then(Value::as_str).unwrap_or_default();
    let digits = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    if digits && params.keys().all(|name| matches!(name.as_str(), "id" | "_fields")) {
        return Err(Problem::new("id", "expected something to change beside it"));
    }
    Ok(())
}

pub fn activities(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let fields = params.get("_fields").and_then(Value::as_array);
    let mut words = fields.into_iter().flatten().filter_map(Value::as_str).flat_map(|text| text.split(','));
    if words.any(|word| word.trim() == "interacts" || word.trim().starts_with("interacts(")) {
        return Err(Problem::new("_fields", "expected no interacts; list-activities-with-people gives them"));
    }
    filters::activities(params)
}

pub fn activities_with_people(params: &mut Map<String, Value>) -> Result<(), Problem> {
    let fields = params.entry("_fields").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(fields) = fields {
        if fields.is_empty() {
            fields.push(crate::ACTIVITIES[0].1.into());
        }
        fields.push("interacts".into());
    }
    filters::activities(params)
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
