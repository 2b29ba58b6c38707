//! Two sets of operations as one: a composed file holds one of these for each vendor but the first.
//!
//! `describe` gives a list of catalogues where a vendor's own gives one. A call goes to the side where a search for its id has
//! found it; where nobody searched, to the side whose catalogue has the vendor that the id begins with. What both sides find
//! is told in the order of its scores.

pub mod text;

mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

use bindings::exports::outwit::plugin::operations::{Effect, Found, Guest};
use bindings::outwit::plugin::types::Error;
use bindings::{first, second};
use std::cell::RefCell;
use std::sync::OnceLock;

struct Join;

#[cfg(target_arch = "wasm32")]
bindings::export!(Join with_types_in bindings);

/// The first side's catalogues. They do not change, and a call in the same instance needs them again.
static FIRST: OnceLock<String> = OnceLock::new();

fn first_catalogues() -> &'static str {
    FIRST.get_or_init(first::describe)
}

thread_local! {
    /// The operation that was last searched for by its id, and whether the first side has it. Whoever calls it next need not
    /// ask for catalogues, which are large.
    static NAMED: RefCell<Option<(String, bool)>> = const { RefCell::new(None) };
}

impl Guest for Join {
    fn describe() -> String {
        text::joined(first_catalogues(), &second::describe())
    }

    fn call(operation: String, input: String) -> Result<String, Error> {
        let named = NAMED.with_borrow(|named| named.clone()).filter(|(id, _)| *id == operation);
        let first = named.map_or_else(|| text::offers(first_catalogues(), &operation), |(_, first)| first);
        match first {
            true => first::call(&operation, &input),
            false => second::call(&operation, &input),
        }
    }

    fn search(intent: String, limit: u32) -> Vec<Found> {
        let mut found: Vec<Found> = first::search(&intent, limit).into_iter().map(Found::from).collect();
        let firsts = found.len();
        found.extend(second::search(&intent, limit).into_iter().map(Found::from));
        if let Some(at) = found.iter().position(|found| found.id == intent) {
            NAMED.set(Some((intent, at < firsts)));
        }
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
            fn from($side::Found { id, summary, effect, score, weak }: $side::Found) -> Found {
                let effect = match effect {
                    $side::Effect::Read => Effect::Read,
                    $side::Effect::Write => Effect::Write,
                    $side::Effect::Destroy => Effect::Destroy,
                };
                Found { id, summary, effect, score, weak }
            }
        }
    };
}

same_as!(first);
same_as!(second);
