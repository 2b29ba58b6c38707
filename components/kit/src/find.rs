//! Search among the operations of one component.

use crate::dispatch::Component;
use crate::search::{Draft, Found, Index, Operation, id};

/// What `operations.search` gives, as JSON.
pub fn found(component: &Component, intent: &str, limit: usize) -> Vec<u8> {
    let Component { api, operations, .. } = *component;
    let found = match id(intent) {
        // As `Index::search` decides it, without an index.
        Some((vendor, _)) if vendor != api.name => Vec::new(),
        Some((_, name)) if operations.iter().any(|one| one.name == name && !one.row.secret) => {
            vec![Found { id: intent.to_owned(), score: 1.0 }]
        }
        _ => {
            let operations: Vec<Operation> = operations
                .iter()
                .map(|one| Operation {
                    id: [api.name, ".", one.name].concat().into(),
                    effect: one.row.effect.word(),
                    secret: one.row.secret,
                })
                .collect();
            let draft = Draft::from_bytes(component.index).unwrap_or_default();
            Index::of_one(draft.segment(api.name, api.title, &operations)).search(intent, limit)
        }
    };
    crate::describe::search_results(component, &found[..found.len().min(limit)])
}
