//! What a person is told of a setting that is not set.

use crate::account::{Account, application};
use crate::call::Resolved;
use crate::catalogue::Setting;
use crate::config::{DEFAULT as DEFAULT_ACCOUNT, table_of};
use crate::{Error, Operation};
use serde_json::json;

/// The `misconfigured` error about a setting that is not set, with the lines that set what is missing: for a shell, and for `outwit.toml`.
pub(crate) fn with_lines(error: Error, resolved: &Resolved, account: &Account) -> Error {
    let (catalogue, operation) = (resolved.catalogue(), resolved.operation());
    let Some(field) = error.field.as_deref() else { return error };
    let known = catalogue.settings.iter().any(|one| one.name == field);
    if !known || error.details.is_some() || !account.lacks(field) {
        return error;
    }
    let auth = operation.auth.as_ref().unwrap_or(&catalogue.auth);
    // What may be absent is needed where a part of it is given.
    let credential = Some(auth).filter(|auth| !auth.is_optional() || auth.names(field));
    // What is required and only other operations have a use for does not matter here.
    let uses = |operation: &Operation, name: &str| {
        catalogue.requires(operation, name) || catalogue.has_in_address(operation, name)
    };
    let of_others = |name: &str| !uses(operation, name) && catalogue.operations.iter().any(|one| uses(one, name));
    let needed = |one: &&Setting| {
        let needed = credential.is_some_and(|auth| auth.names(&one.name)) || one.required && !of_others(&one.name);
        one.name == field || needed && account.lacks(&one.name)
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
    // Without the token, the host obtains one.
    if let Some(own) = application(account.bare()).filter(|own| own.token == field && credential.is_some()) {
        let how = match own.oauth.authorize.is_empty() {
            true => "with which the host obtains tokens".to_owned(),
            false => format!("and `outwit auth login {}`", catalogue.vendor),
        };
        details["instead"] = json!(format!("{} and {} in the place of {field}, {how}", own.user, own.password));
    }
    Error { message: format!("the setting {field} is not set"), details: Some(details), ..error }
}
