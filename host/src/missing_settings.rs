//! What a person is told of a setting that is not set.

use crate::Error;
use crate::account::Account;
use crate::call::Resolved;
use crate::catalogue::{Auth, Setting};
use crate::config::{DEFAULT as DEFAULT_ACCOUNT, table_of};
use serde_json::json;

/// The `misconfigured` error about a setting that is not set, with the lines that set what is missing: for a shell, and for `outwit.toml`.
pub(crate) fn with_lines(error: Error, resolved: &Resolved, account: &Account) -> Error {
    let (catalogue, operation) = (resolved.catalogue(), resolved.operation());
    let Some(field) = error.field.as_deref() else { return error };
    let known = catalogue.settings.iter().any(|one| one.name == field);
    if !known || error.details.is_some() || !account.lacks(field) {
        return error;
    }
    let credential = match &catalogue.auth {
        Auth::Bearer { token } if operation.auth.is_none() => Some(token),
        _ => None,
    };
    let needed = |one: &&Setting| {
        one.name == field || (one.required || credential == Some(&one.name)) && account.lacks(&one.name)
    };
    let missing: Vec<&str> = catalogue.settings.iter().filter(needed).map(|one| &*one.name).collect();
    let mut table = vec![table_of(&catalogue.vendor, account.name())];
    table.extend(missing.iter().map(|name| format!("{name} = \"…\"")));
    let mut details = json!({ "outwit.toml": table });
    // The environment is for the account that is meant where none is named.
    if account.name() == DEFAULT_ACCOUNT {
        let given: Vec<String> = missing.iter().map(|name| format!("{name}=…")).collect();
        details["shell"] = json!(format!("export {}", given.join(" ")));
    }
    Error { message: format!("the setting {field} is not set"), details: Some(details), ..error }
}
