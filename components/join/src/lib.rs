//! Two sets of operations as one: a composed file holds one of these for each vendor but the first.
//!
//! `describe` gives a list of catalogues where a vendor's own gives one. A call goes to the side whose catalogue has the
//! vendor that the id begins with.

mod text;

mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

use bindings::exports::outwit::plugin::operations::Guest;
use bindings::outwit::plugin::types::Error;
use bindings::{first, second};
use std::sync::OnceLock;

struct Join;

bindings::export!(Join with_types_in bindings);

/// The first side's catalogues. They do not change, and a call in the same instance needs them again.
static FIRST: OnceLock<String> = OnceLock::new();

fn first_catalogues() -> &'static str {
    FIRST.get_or_init(first::describe)
}

impl Guest for Join {
    fn describe() -> String {
        text::joined(first_catalogues(), &second::describe())
    }

    fn call(operation: String, input: String) -> Result<String, Error> {
        match text::offers(first_catalogues(), &operation) {
            true => first::call(&operation, &input),
            false => second::call(&operation, &input),
        }
    }
}
