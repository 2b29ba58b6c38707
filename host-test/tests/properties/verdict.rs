//! Whether a call came out as it may, whatever the vendor answered.

use crate::documents::well_formed;
use crate::world::{Answer, HANGS, Vendor};
use outwit::{Effect, Error, ErrorKind};
use outwit_fuzz::errors::is_documented;
use outwit_fuzz::schema::misfit;
use serde_json::{Value, json};

/// What is wrong with an outcome of an operation. Its input and settings are right, unless an error of some kind is expected.
pub fn fault(
    vendor: &Vendor,
    id: &str,
    answers: &[Answer],
    outcome: &Result<Value, Error>,
    expected: Option<ErrorKind>,
) -> Option<String> {
    let catalogue = vendor.plugin.catalogue();
    let operation = catalogue.operation(id)?;
    let shown = match outcome {
        Ok(output) => output.to_string(),
        Err(error) => json!(error).to_string(),
    };
    // What is asked for a credential gives one.
    let may_show = operation.secret && outcome.is_ok();
    if let Some(secret) = vendor.secrets.iter().find(|secret| !may_show && shown.contains(&**secret)) {
        return Some(format!("{secret} is in {shown}"));
    }
    match outcome {
        Ok(output) => misfit(catalogue, operation.output.as_ref()?, output, "output"),
        // What the vendor's records forbid or leave open, the input has to say; nothing is written then.
        Err(error)
            if error.kind == ErrorKind::InvalidInput && operation.effect != Effect::Read && only_read(vendor) =>
        {
            None
        }
        Err(error) => undocumented(error, answers, expected).map(|problem| format!("{problem}: {shown}")),
    }
}

/// Whether the last call asked the vendor, and asked for records alone.
fn only_read(vendor: &Vendor) -> bool {
    let sent = vendor.sent();
    !sent.is_empty() && sent.iter().all(|request| request.method == "GET")
}

fn undocumented(error: &Error, answers: &[Answer], expected: Option<ErrorKind>) -> Option<&'static str> {
    let says = |words: &str| error.message.contains(words);
    if [HANGS, "stopped unexpectedly", "the host cut the call off", "more memory than"].into_iter().any(says) {
        return Some("not the component's own words");
    }
    if error.message.trim().is_empty() || error.message.contains(char::is_control) {
        return Some("no sentence");
    }
    if error.operation.is_empty() {
        return Some("about no operation");
    }
    match error.kind {
        kind if expected == Some(kind) => None,
        ErrorKind::InvalidInput => Some("the input is right"),
        ErrorKind::Denied => Some("nothing is forbidden here"),
        ErrorKind::TimedOut if !says("did not end within") => Some("everything is answered at once"),
        // What a recipe makes must fit its own type.
        ErrorKind::Failed if says(": output") => Some("the component fails by itself"),
        ErrorKind::Unreadable if answers.iter().all(well_formed) => {
            (!is_documented(&error.message)).then_some("JSON that is not understood at no place")
        }
        _ => None,
    }
}
