//! What the vendors say about themselves, without the operations that give or take a credential: those are not offered.

use crate::problem::Problem;
use crate::{Advice, Error, ErrorKind};
use outwit_core::tools::no_credentials;
use outwit_core::{names, shown, summary, unknown_operation};
use serde_json::{Map, Value, json};
use wire::Node;

/// The operations behind the gateway.
pub trait Operations {
    /// As `outwit:plugin/operations.describe`: one catalogue, or a list of them.
    fn describe(&self) -> String;
    /// As `outwit:plugin/operations.call`.
    fn call(&self, id: &str, input: &str) -> Result<String, Error>;
    /// The effect of an operation, as far as `outwit:plugin/operations.search` finds it by its id.
    fn effect(&self, id: &str) -> Option<&'static str>;
}

/// The effect of an operation that is offered. Catalogues are large, and made and read anew for each request; that a search
/// finds an operation by its id says as much.
///
/// # Errors
///
/// As [`Offer::get`].
pub fn effect(operations: &dyn Operations, id: &str) -> Result<String, Problem> {
    match operations.effect(id) {
        Some(effect) => Ok(effect.to_owned()),
        None => Ok(Offer::of(&operations.describe())?.get(id)?.effect().to_owned()),
    }
}

/// The vendors' catalogues, and the ids of the operations that are not offered.
pub struct Offer(Vec<Value>, Vec<String>);

/// One operation, and the catalogue that it is from.
#[derive(Clone, Copy)]
pub struct Offered<'o> {
    catalogue: &'o Value,
    operation: &'o Value,
}

/// The catalogues that are behind the gateway, whole.
///
/// # Errors
///
/// There are none.
pub fn catalogues(describe: &str) -> Result<Vec<Value>, Problem> {
    let catalogues = match Node::parse(describe.as_bytes()).map(Node::into_value) {
        Ok(Value::Array(many)) => many,
        Ok(one) => vec![one],
        Err(_) => Vec::new(),
    };
    let catalogues: Vec<Value> = catalogues.into_iter().filter(|catalogue| catalogue.get("vendor").is_some()).collect();
    if catalogues.is_empty() {
        let message = "what this gateway is composed with describes no operations";
        return Err(Problem::new(500, ErrorKind::Misconfigured, Advice::AskPerson, message));
    }
    Ok(catalogues)
}

impl Offer {
    /// # Errors
    ///
    /// As [`catalogues`].
    pub fn of(describe: &str) -> Result<Offer, Problem> {
        catalogues(describe).map(Offer::from)
    }

    pub fn catalogues(&self) -> &[Value] {
        &self.0
    }

    pub fn all(&self) -> impl Iterator<Item = Offered<'_>> {
        self.0.iter().flat_map(|catalogue| {
            let operations = catalogue.get("operations").and_then(Value::as_array).into_iter().flatten();
            operations.map(move |operation| Offered { catalogue, operation })
        })
    }

    /// An operation by its id.
    ///
    /// # Errors
    ///
    /// There is none; the problem names those that may have been meant. Or it gives or takes a credential.
    pub fn get(&self, id: &str) -> Result<Offered<'_>, Problem> {
        self.all().find(|one| one.id() == id).ok_or_else(|| {
            if self.1.iter().any(|withheld| withheld == id) {
                let (message, details) = no_credentials(id);
                let problem = Problem::new(403, ErrorKind::Denied, Advice::GiveUp, message);
                return problem.at(id).with_details(&details);
            }
            let (message, details) = unknown_operation(id, self.all().map(|one| one.id()));
            let problem = Problem::wrong(404, message).at(&shown(id));
            details.iter().fold(problem, Problem::with_details)
        })
    }

    /// The vendors' names for people.
    pub fn titles(&self) -> String {
        let title = |catalogue| match text(Value::get(catalogue, "title")) {
            "" => text(catalogue.get("vendor")),
            title => title,
        };
        names(self.0.iter().map(title)).join(", ")
    }
}

impl From<Vec<Value>> for Offer {
    fn from(mut catalogues: Vec<Value>) -> Offer {
        let mut withheld = Vec::new();
        for catalogue in &mut catalogues {
            if let Some(Value::Array(operations)) = catalogue.get_mut("operations") {
                operations.retain(|operation| {
                    let offered = operation.get("secret") == Some(&Value::Bool(false));
                    withheld.extend((!offered).then(|| text(operation.get("id")).to_owned()));
                    offered
                });
            }
        }
        Offer(catalogues, withheld)
    }
}

impl<'o> Offered<'o> {
    pub fn vendor(self) -> &'o str {
        text(self.catalogue.get("vendor"))
    }

    pub fn id(self) -> &'o str {
        text(self.operation.get("id"))
    }

    pub fn effect(self) -> &'o str {
        text(self.operation.get("effect"))
    }

    pub fn summary(self) -> String {
        summary(
            text(self.operation.get("summary")),
            self.operation.get("streams").is_some_and(|streams| *streams == true),
        )
    }

    /// All that is said about it.
    pub fn description(self) -> String {
        outwit_core::tools::description(&self.summary(), text(self.operation.get("description")))
    }

    /// What it says about itself, without texts and schemas.
    pub fn facts(self) -> Value {
        let long = ["input", "output", "description", "phrases", "secret"];
        let members = self.operation.as_object().into_iter().flatten();
        let short = members.filter(|(name, _)| !long.contains(&name.as_str()));
        let mut facts: Map<_, _> = short.map(|(name, value)| (name.clone(), value.clone())).collect();
        facts.insert("summary".to_owned(), self.summary().into());
        facts.into()
    }

    /// The schema of what it takes, or of what it gives, as the catalogue has it.
    pub fn schema(self, which: &str) -> Option<&'o Value> {
        self.operation.get(which)
    }

    /// A record that schemas refer to.
    pub fn def(self, name: &str) -> Option<&'o Value> {
        self.catalogue.get("$defs")?.get(name)
    }

    /// The schema of what it takes, without references.
    pub fn input(self) -> Value {
        self.inlined("input")
            .unwrap_or_else(|| json!({ "type": "object", "properties": {}, "additionalProperties": false }))
    }

    /// The schema of what it gives, without references.
    pub fn output(self) -> Value {
        self.inlined("output").unwrap_or_else(|| json!({ "type": "null" }))
    }

    fn inlined(self, which: &str) -> Option<Value> {
        let none = Map::new();
        let defs = self.catalogue.get("$defs").and_then(Value::as_object).unwrap_or(&none);
        Some(outwit_core::inlined(defs, self.schema(which)?))
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}
