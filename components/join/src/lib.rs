//! Two sets of operations as one: a composed file holds one of these for each vendor but the first.
//!
//! `describe` gives a list of catalogues where a vendor's own gives one. A call goes to the side whose catalogue has the
//! vendor that the id begins with. What both sides find is told in the order of its scores.

mod text;

mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

use bindings::exports::outwit::plugin::operations::{Effect, Found, Guest};
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

    fn search(intent: String, limit: u32) -> Vec<Found> {
        let mut found: Vec<Found> = first::search(&intent, limit).into_iter().map(Found::from).collect();
        found.extend(second::search(&intent, limit).into_iter().map(Found::from));
        // Of equal ones the first side's come first, as they stand.
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        found
    }
}

/// The same record at both sides and at the export: each has a type of its own in Rust.
macro_rules! same_as {
    ($side:ident) => {
        impl From<$side::Found> for Found {
            fn from($side::Found { id, summary, effect, score }: $side::Found) -> Found {
                let effect = match effect {
                    $side::Effect::Read => Effect::Read,
                    $side::Effect::Write => Effect::Write,
                    $side::Effect::Destroy => Effect::Destroy,
                };
                Found { id, summary, effect, score }
            }
        }
    };
}

same_as!(first);
same_as!(second);
