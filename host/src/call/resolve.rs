//! The first step of a call: which operation is meant.

use crate::catalogue::{Catalogue, Operation, OperationId};
use crate::{Advice, Error, ErrorKind};
use outwit_core::{nearest, shown};
use serde_json::json;
use std::sync::Arc;

/// An operation that was looked up in its vendor's catalogue. [`Plugin::resolve`](crate::Plugin::resolve),
/// [`Workspace::resolve`](crate::Workspace::resolve) and [`OperationIndex::resolve`](crate::OperationIndex::resolve) make it.
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Resolved {
    catalogue: Arc<Catalogue>,
    index: usize,
}

impl Resolved {
    /// Looks an operation up: the only place where a call does.
    #[allow(clippy::disallowed_methods, reason = "this is the place")]
    pub(crate) fn of(catalogue: &Arc<Catalogue>, id: &str) -> Option<Resolved> {
        let index = catalogue.operations.element_offset(catalogue.operation(id)?)?;
        tracing::trace!(target: "outwit", operation = id, "resolve");
        Some(Resolved { catalogue: catalogue.clone(), index })
    }

    /// All of a vendor's operations.
    pub(crate) fn all(catalogue: &Arc<Catalogue>) -> impl Iterator<Item = Resolved> {
        (0..catalogue.operations.len()).map(|index| Resolved { catalogue: catalogue.clone(), index })
    }

    /// As [`Resolved::of`], in that of several catalogues which the id names.
    pub(crate) fn among<'c>(catalogues: impl IntoIterator<Item = &'c Arc<Catalogue>>, id: &str) -> Option<Resolved> {
        let OperationId { vendor, .. } = OperationId::of(id);
        let catalogue = catalogues.into_iter().find(|catalogue| catalogue.vendor == vendor)?;
        Resolved::of(catalogue, id)
    }

    /// The operation.
    pub fn operation(&self) -> &Operation {
        &self.catalogue.operations[self.index]
    }

    /// The catalogue of its vendor.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Whether this is the catalogue that it was looked up in.
    pub(crate) fn is_of(&self, catalogue: &Arc<Catalogue>) -> bool {
        Arc::ptr_eq(&self.catalogue, catalogue)
    }
}

/// The error about an operation that does not exist, with those that may have been meant.
pub(crate) fn unknown_operation<'n>(id: &str, known: impl IntoIterator<Item = &'n str>) -> Error {
    let (message, details) = outwit_core::unknown_operation(id, known);
    Error { details, ..Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).at(&shown(id)) }
}

/// The error about a vendor that is not there, with those that are.
pub fn unknown_vendor<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<&str> = known.collect();
    let nearest = nearest(name, known.iter().copied());
    let hint = match nearest.first() {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are: {}", known.join(", ")),
    };
    let error =
        Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, format!("there is no vendor {name:?}; {hint}"));
    let details = if nearest.is_empty() { json!({ "vendors": known }) } else { json!({ "nearest": nearest }) };
    Error { details: Some(details), ..error }
}
