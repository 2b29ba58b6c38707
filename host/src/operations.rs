//! What a workspace offers: the operations of its vendors that its scope allows, and the search among them.
//!
//! Each component can search its own operations ([`Plugin::search`]). Over several vendors it is done here, by the same
//! code: what words are common and what they tell apart depends on all that there is.

use crate::Error;
use crate::call::{Resolved, SCOPE, Scope, beyond, permit, unknown_operation};
use crate::catalogue::{Catalogue, Operation, OperationId};
use crate::plugin::Plugin;
use outwit_search::{Index, LIKELY};
use std::sync::OnceLock;

/// The vendors of a workspace, and which of their operations can be called at all.
pub struct OperationIndex {
    vendors: Vec<Vendor>,
    /// The names of vendors that are there, and that the scope leaves out.
    others: Vec<String>,
    left_out: Vec<Error>,
    scope: Scope,
    /// The operations that the scope permits, vendor by vendor.
    offered: Vec<Resolved>,
    /// Made for the first search.
    searched: OnceLock<Searched>,
}

/// What a search looks up.
struct Searched {
    index: Index,
    /// By the operation's number in the index: its place among those that are offered, and its vendor's number.
    offered: Vec<Option<(usize, usize)>>,
}

/// An operation that fits an intent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SearchHit<'o> {
    /// The operation.
    pub operation: &'o Operation,
    /// How well it fits, above 0 and at most 1. Scores of one search compare.
    pub score: f32,
    /// Whether it is doubtful that it is meant.
    pub weak: bool,
    /// Whether an account of its vendor is set up.
    pub configured: bool,
}

/// A vendor of a workspace.
pub(crate) struct Vendor {
    pub plugin: Plugin,
    pub accounts: Vec<String>,
    /// Whether somebody has set one of the accounts up.
    pub configured: bool,
}

impl OperationIndex {
    pub(crate) fn of(
        vendors: Vec<Vendor>,
        others: Vec<String>,
        left_out: Vec<Error>,
        scope: Scope,
    ) -> Result<OperationIndex, Error> {
        let all: Vec<Resolved> =
            vendors.iter().flat_map(|vendor| Resolved::all(&vendor.plugin.code.catalogue)).collect();
        scope.rules.check(all.iter().map(Resolved::operation), SCOPE)?;
        let offered = all.into_iter().filter(|one| permit(&scope, one).is_ok()).collect();
        Ok(OperationIndex { vendors, others, left_out, scope, offered, searched: OnceLock::new() })
    }

    /// What is wrong with the files that give no vendor.
    pub fn left_out(&self) -> &[Error] {
        &self.left_out
    }

    /// What the vendors say about themselves, by their names.
    pub fn catalogues(&self) -> impl Iterator<Item = &Catalogue> + Clone {
        self.vendors.iter().map(|vendor| vendor.plugin.catalogue())
    }

    /// The operations that the scope allows, vendor by vendor.
    pub fn operations(&self) -> impl Iterator<Item = (&Catalogue, &Operation)> {
        self.offered.iter().map(|one| (one.catalogue(), one.operation()))
    }

    /// Finds an operation by its id, whether or not the scope permits it.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown one, with the nearest names; `denied` for one of a vendor that the scope leaves out.
    pub fn resolve(&self, id: &str) -> Result<Resolved, Error> {
        let catalogues = self.vendors.iter().map(|vendor| &vendor.plugin.code.catalogue);
        Resolved::among(catalogues, id).ok_or_else(|| {
            let OperationId { vendor, .. } = OperationId::of(id);
            match self.others.iter().any(|other| other == vendor) {
                true => beyond(&self.scope, id),
                false => unknown_operation(id, self.operations().map(|(_, operation)| &*operation.id)),
            }
        })
    }

    /// An operation by its id.
    ///
    /// # Errors
    ///
    /// As [`OperationIndex::resolve`]; `denied` for one beyond the scope, with the rule.
    pub fn operation(&self, id: &str) -> Result<(&Catalogue, &Operation), Error> {
        let resolved = self.resolve(id)?;
        permit(&self.scope, &resolved)?;
        self.offered(&resolved).ok_or_else(|| unknown_operation(id, []))
    }

    fn offered(&self, resolved: &Resolved) -> Option<(&Catalogue, &Operation)> {
        self.operations().find(|(_, operation)| std::ptr::eq(*operation, resolved.operation()))
    }

    /// The operations that fit an intent in plain words, best first, at most `limit`, and none where none has anything in
    /// common with it. Those that give or take a credential, and those beyond the scope, are not found.
    ///
    /// What is likely to be meant comes before what is weak, and of either, what can be called at once before operations of
    /// vendors that nobody has set up.
    pub fn search(&self, intent: &str, limit: usize) -> Vec<SearchHit<'_>> {
        let mut found = self.ranked(intent);
        found.sort_by_key(|found| (found.weak, !found.configured));
        found.truncate(limit);
        found
    }

    /// Makes what the first search would make, so that it need not wait.
    pub fn prepare_search(&self) {
        self.searched.get_or_init(|| self.searched());
    }

    /// All operations that fit an intent, best first, whoever is set up.
    pub fn ranked(&self, intent: &str) -> Vec<SearchHit<'_>> {
        let Searched { index, offered } = self.searched.get_or_init(|| self.searched());
        // The ranks first: what is beyond the scope takes no place.
        let allowed = index.ranked(intent).filter_map(|(number, score)| {
            let (place, vendor) = (*offered.get(number)?)?;
            let operation = self.offered.get(place)?.operation();
            let configured = self.vendors.get(vendor)?.configured;
            Some(SearchHit { operation, score, weak: score <= LIKELY, configured })
        });
        allowed.collect()
    }

    fn searched(&self) -> Searched {
        let index = Index::merged(self.vendors.iter().map(|vendor| vendor.plugin.segment()));
        // Both are in the order of vendors and their operations.
        let mut all = self.offered.iter().enumerate().peekable();
        let mut offered = Vec::new();
        for (number, vendor) in self.vendors.iter().enumerate() {
            for operation in &vendor.plugin.catalogue().operations {
                let place = all.next_if(|(_, one)| std::ptr::eq(one.operation(), operation)).map(|(place, _)| place);
                if !operation.secret {
                    offered.push(place.map(|place| (place, number)));
                }
            }
        }
        Searched { index, offered }
    }

    /// The accounts of a vendor; the first is meant where none is named.
    pub fn accounts(&self, vendor: &str) -> &[String] {
        self.vendor(vendor).map_or(&[], |vendor| &vendor.accounts)
    }

    fn vendor(&self, name: &str) -> Option<&Vendor> {
        self.vendors.iter().find(|vendor| vendor.plugin.name() == name)
    }
}
