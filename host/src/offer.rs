//! What a toolbox offers: the operations of its vendors that its scope allows, and the search among them.
//!
//! Each component can search its own operations ([`Plugin::search`]). Over several vendors it is done here, by the same
//! code: what words are common and what they tell apart depends on all that there is.

use crate::Error;
use crate::catalogue::{Catalogue, Operation};
use crate::plugin::{Plugin, unknown_operation};
use crate::toolbox::{SCOPE, Scope, permit};
use kit::search::Index;
use std::sync::OnceLock;

/// The vendors of a toolbox, and which of their operations can be called at all.
pub struct Offer {
    vendors: Vec<Vendor>,
    left_out: Vec<Error>,
    scope: Scope,
    /// Made for the first search.
    index: OnceLock<Index>,
}

/// An operation that fits an intent.
#[derive(Clone, Copy, Debug)]
pub struct Found<'o> {
    /// The operation.
    pub operation: &'o Operation,
    /// How well it fits, above 0 and at most 1. Scores of one search compare.
    pub score: f32,
}

struct Vendor {
    plugin: Plugin,
    accounts: Vec<String>,
}

impl Offer {
    pub(crate) fn of(vendors: Vec<(Plugin, Vec<String>)>, left_out: Vec<Error>, scope: Scope) -> Result<Offer, Error> {
        let vendors = vendors.into_iter().map(|(plugin, accounts)| Vendor { plugin, accounts }).collect();
        let offer = Offer { vendors, left_out, scope, index: OnceLock::new() };
        let all = offer.catalogues().flat_map(|catalogue| &catalogue.operations);
        offer.scope.rules.check(all, SCOPE)?;
        Ok(offer)
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
        let all = self.catalogues().flat_map(|catalogue| catalogue.operations.iter().map(move |one| (catalogue, one)));
        all.filter(|(_, operation)| permit(&self.scope, operation).is_ok())
    }

    /// An operation by its id.
    ///
    /// # Errors
    ///
    /// `invalid-input` for an unknown one, with the nearest names; `denied` for one beyond the scope, with the rule.
    pub fn operation(&self, id: &str) -> Result<(&Catalogue, &Operation), Error> {
        let found = self.catalogues().find_map(|catalogue| Some((catalogue, catalogue.operation(id)?)));
        let Some((catalogue, operation)) = found else {
            return Err(unknown_operation(id, self.operations().map(|(_, operation)| &*operation.id)));
        };
        permit(&self.scope, operation)?;
        Ok((catalogue, operation))
    }

    /// The operations that fit an intent in plain words, best first, at most `limit`, and none where none fits. Those that
    /// give or take a credential, and those beyond the scope, are not found.
    pub fn search(&self, intent: &str, limit: usize) -> Vec<Found<'_>> {
        let index = self.index.get_or_init(|| {
            let described = |vendor: &Vendor| serde_json::from_str(vendor.plugin.describe()).unwrap_or_default();
            let catalogues: Vec<serde_json::Value> = self.vendors.iter().map(described).collect();
            Index::of(&catalogues.iter().collect::<Vec<_>>())
        });
        // The ranks first: what is beyond the scope takes no place.
        let ranked = index.search(intent, usize::MAX).into_iter();
        let allowed = ranked.filter_map(|found| {
            let (_, operation) = self.operation(&found.id).ok()?;
            Some(Found { operation, score: found.score })
        });
        allowed.take(limit).collect()
    }

    /// The accounts of a vendor; the first is meant where none is named.
    pub fn accounts(&self, vendor: &str) -> &[String] {
        let found = self.vendors.iter().find(|one| one.plugin.name() == vendor);
        found.map_or(&[], |vendor| &vendor.accounts)
    }
}
