//! What a toolbox offers: the operations of its vendors that its scope allows, and the search among them.

use crate::Error;
use crate::catalogue::{Catalogue, Operation};
use crate::plugin::{Plugin, unknown_operation};
use crate::toolbox::{SCOPE, Scope, permit};

/// The vendors of a toolbox, and which of their operations can be called at all.
pub struct Offer {
    vendors: Vec<Vendor>,
    scope: Scope,
}

struct Vendor {
    plugin: Plugin,
    accounts: Vec<String>,
}

impl Offer {
    pub(crate) fn of(vendors: Vec<(Plugin, Vec<String>)>, scope: Scope) -> Result<Offer, Error> {
        let offer = Offer {
            vendors: vendors.into_iter().map(|(plugin, accounts)| Vendor { plugin, accounts }).collect(),
            scope,
        };
        let all = offer.catalogues().flat_map(|catalogue| &catalogue.operations);
        offer.scope.rules.check(all, SCOPE)?;
        Ok(offer)
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

    /// The accounts of a vendor; the first is meant where none is named.
    pub fn accounts(&self, vendor: &str) -> &[String] {
        let found = self.vendors.iter().find(|one| one.plugin.name() == vendor);
        found.map_or(&[], |vendor| &vendor.accounts)
    }
}
