//! Search among the operations of one component.

use crate::dispatch::Component;
use crate::search::{Found, Index, id};
use crate::wire::Node;

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
            let catalogue = crate::describe::describe(component);
            let catalogue = Node::parse(catalogue.as_bytes()).unwrap_or_default().into_value();
            Index::of(&[&catalogue]).search(intent, limit)
        }
    };
    crate::describe::search_results(component, &found[..found.len().min(limit)])
}
