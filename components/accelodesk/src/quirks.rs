//! What Accelo does differently here, and a row cannot say.
//!
//! - Of a status and a standing of a ticket, the standing counts (documentation, Issues, Create Issue).
//! - Who a request comes from is told by an id, or by enough to find or make the person (documentation, Requests).
//! - The periods of a contract can be asked for by conditions, but in no order (documentation, Contracts, List Contract Periods).
//! - The value of a field that an account added is sent by a name that tells its type (documentation, Profiles, Update Profile Value).

use accelo_shared::changes::{both_or_none, kinds, some_change};
use kit::FieldError;
use serde_json::{Map, Value};

type Params = Map<String, Value>;

pub fn issue_changes(params: &mut Params) -> Result<(), FieldError> {
    some_change(params)?;
    both_or_none(params)?;
    one_state(params)
}

pub fn one_state(params: &mut Params) -> Result<(), FieldError> {
    kinds(params)?;
    if params.contains_key("standing") && params.contains_key("status_id") {
        return Err(FieldError::new("status_id", "expected none beside standing, which Accelo takes instead"));
    }
    Ok(())
}

pub fn new_request(params: &mut Params) -> Result<(), FieldError> {
    let has = |name: &str| params.get(name).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    let (first, last) = (has("affiliation_contact_firstname"), has("affiliation_contact_surname"));
    let company = has("affiliation_company_name") || has("affiliation_company_id");
    let known = has("affiliation_id") || has("affiliation_email") || has("affiliation_contact_id");
    if known || first && (last || company) {
        return Ok(());
    }
    let expected =
        "expected it, or affiliation-email, or affiliation-contact-firstname with a family name or a company";
    Err(FieldError::new("affiliation_id", expected))
}

/// A form posts or JSON does: the media type says which.
pub fn new_subscription(params: &mut Params) -> Result<(), FieldError> {
    if !params
        .get("trigger_url")
        .and_then(Value::as_str)
        .is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"))
    {
        return Err(FieldError::new("trigger_url", "expected an address with https:// or http://"));
    }
    if let Some(Value::String(word)) = params.get_mut("content_type") {
        *word = if *word == "json" { "application/json" } else { "application/x-www-form-urlencoded" }.to_owned();
    }
    Ok(())
}

pub fn timer_changes(params: &mut Params) -> Result<(), FieldError> {
    some_change(params)?;
    both_or_none(params)
}

/// A field has one value, and that of a lookup is an id and a kind.
pub fn one_value(params: &mut Params) -> Result<(), FieldError> {
    let mut given =
        ["value", "value_int", "value_date", "value_id"].into_iter().filter(|name| params.contains_key(*name));
    match (given.next(), given.next()) {
        (None, _) => Err(FieldError::new("value", "expected a value, here or in value-int, value-date or value-id")),
        (_, Some(second)) => Err(FieldError::new(second, "expected none beside another value")),
        (Some("value_id"), _) if !params.contains_key("value_type") => {
            Err(FieldError::new("value_type", "expected the kind of record that value-id is of"))
        }
        (Some(name), _) if name != "value_id" && params.contains_key("value_type") => {
            Err(FieldError::new("value_type", "expected none without value-id"))
        }
        _ => Ok(()),
    }
}
