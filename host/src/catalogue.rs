//! What a component says about itself: the JSON of `operations.describe`, typed.

mod auth;

pub use auth::Auth;

use crate::Error;
use outwit_core::summary;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A vendor's catalogue: what it offers, what it needs, and whom it talks to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Catalogue {
    /// The name that ids begin with, such as `accelo`.
    pub vendor: String,
    /// The vendor's own name, for people.
    #[serde(default)]
    pub title: String,
    /// The component's version.
    #[serde(default)]
    pub version: String,
    /// What the vendor is, in a sentence.
    #[serde(default)]
    pub summary: String,
    /// What else there is to know.
    #[serde(default)]
    pub description: String,
    /// The URL that requests start with; a name in braces is the setting that fills it.
    pub base: String,
    /// How a request proves who sends it, unless its operation says otherwise.
    #[serde(default)]
    pub auth: Auth,
    /// The environment variables that the component reads.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// The parameter by which a request stands for another method than its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_override: Option<String>,
    /// The setting that chooses how the vendor is spoken to, where there are several ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect_setting: Option<String>,
    /// Its values, in the order in which they are tried where none of them is chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dialects: Vec<String>,
    /// How an application gets the token of [`Auth::Bearer`], where the vendor has OAuth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<OAuth>,
    /// A harmless call that shows whether the credential works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Where an answer tells how work at the vendor stands, as JSON pointers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<String>,
    /// Where the same answer tells that work's id, as JSON pointers; the first that is there counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<String>,
    /// What a search looks up: the words of the catalogue, as [`outwit_search::Segment::of_index`] takes them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub search_index: String,
    /// Everything that can be called.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// The records that the schemas of the operations refer to.
    #[serde(default, rename = "$defs")]
    pub defs: Map<String, Value>,
}

/// One operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Operation {
    /// Its id, such as `accelo.list-activities`.
    pub id: String,
    /// The WIT interface that exports it.
    #[serde(default)]
    pub interface: String,
    /// What it does, in a sentence.
    #[serde(default)]
    pub summary: String,
    /// What else there is to know.
    #[serde(default)]
    pub description: String,
    /// What a call does at the vendor. The host enforces it.
    pub effect: Effect,
    /// Whether it takes or gives a credential: not for agents.
    #[serde(default)]
    pub secret: bool,
    /// The HTTP method; absent where it takes several requests, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path; `{id}` stands for a value of the input, `{kind:task|email}` for one of these words, `{NAME_IN_CAPITALS}` for
    /// a setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The ids of the operations whose requests it may send, beside its own: of a recipe, all that it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    /// How it is sent in dialects other than the first, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dialects: BTreeMap<String, Request>,
    /// How long a call may take where the setting `OUTWIT_DEADLINE_MS` does not say it, in milliseconds; of work that is
    /// waited for, the longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// Whether its typed export gives a resource, from which the output comes piece by piece.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub streams: bool,
    /// How its request proves who sends it, where the catalogue's rule does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// What its request starts with, where that is not the catalogue's base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Members of its JSON body that secret settings give: the settings by the members' names. The host adds them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body_secrets: BTreeMap<String, String>,
    /// JSON Schema of the input; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// JSON Schema of the output; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

impl Operation {
    /// What it does, in a sentence, and how its output comes where that is not all at once.
    pub fn summary_text(&self) -> String {
        summary(&self.summary, self.streams)
    }

    /// The vendor that the id begins with: `accelo`.
    pub fn vendor(&self) -> &str {
        OperationId::of(&self.id).vendor
    }

    /// The id without the vendor: `list-activities`.
    pub fn name(&self) -> &str {
        OperationId::of(&self.id).name
    }
}

/// The two parts of an operation's id, such as `accelo.list-activities`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationId<'i> {
    /// The vendor: `accelo`. Empty where the text has no dot.
    pub vendor: &'i str,
    /// The name among the vendor's operations: `list-activities`.
    pub name: &'i str,
}

impl OperationId<'_> {
    /// The parts of an id.
    pub fn of(id: &str) -> OperationId<'_> {
        let (vendor, name) = id.split_once('.').unwrap_or(("", id));
        OperationId { vendor, name }
    }
}

/// How an operation is sent in a dialect.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub route: String,
}

/// What a call does at the vendor, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing changes.
    Read,
    /// Something is created or changed.
    Write,
    /// Something is deleted.
    Destroy,
}

impl Effect {
    /// The word for it: `read`, `write` or `destroy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Read => "read",
            Effect::Write => "write",
            Effect::Destroy => "destroy",
        }
    }
}

/// A setting that a component reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setting {
    /// The environment variable.
    pub name: String,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: String,
    /// Whether nothing works without it.
    #[serde(default)]
    pub required: bool,
    /// Whether it is a credential.
    #[serde(default)]
    pub secret: bool,
    /// What holds without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// How an application gets a token that ends (RFC 6749). Operations are named by their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuth {
    /// The operation that builds the address at which a user consents. Empty where an application acts for itself alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authorize: String,
    /// The operation that says how the token endpoint is asked, and with which credential.
    pub exchange: String,
    /// What a token should be allowed to do, unless a person says otherwise.
    #[serde(default)]
    pub scope: String,
    /// Where the token endpoint's answer tells whom a token acts for, as JSON pointers by what they tell.
    #[serde(default)]
    pub who: BTreeMap<String, String>,
}

/// A harmless call that shows whether the credential works.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// The operation's id.
    pub operation: String,
    /// Its input, as JSON.
    pub input: String,
    /// Where it stands whose credential it is, by what that tells: a JSON pointer into the output, or a setting's name.
    #[serde(default)]
    pub who: BTreeMap<String, String>,
}

impl Catalogue {
    /// Reads what `describe` gave.
    ///
    /// # Errors
    ///
    /// `misconfigured`, when it is not a catalogue.
    pub fn parse(describe: &str) -> Result<Catalogue, Error> {
        serde_json::from_str(describe)
            .map_err(|problem| Error::misconfigured(format!("the component's catalogue is not understood: {problem}")))
    }

    /// The requests by which an operation may be sent, as methods and routes: in the chosen dialect, or in any where none of
    /// them is chosen.
    pub fn requests<'c>(
        &'c self,
        operation: &'c Operation,
        chosen: Option<&str>,
    ) -> impl Iterator<Item = (&'c str, &'c str)> {
        let chosen = chosen.and_then(|chosen| self.dialects.iter().find(|dialect| *dialect == chosen));
        let first = operation.method.as_deref().zip(operation.route.as_deref());
        let first = first.filter(|_| chosen.is_none_or(|chosen| self.dialects.first() == Some(chosen)));
        let others =
            operation.dialects.iter().filter(move |(dialect, _)| chosen.is_none_or(|chosen| chosen == *dialect));
        first.into_iter().chain(others.map(|(_, request)| (&*request.method, &*request.route)))
    }

    /// The vendor's name for people.
    pub fn name(&self) -> &str {
        if self.title.is_empty() { &self.vendor } else { &self.title }
    }

    /// The operation with an id. A call resolves its operation once, with [`Plugin::resolve`](crate::Plugin::resolve).
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operations whose requests an operation may send, beside its own.
    #[allow(clippy::disallowed_methods, reason = "it looks up steps")]
    pub fn steps<'c>(&'c self, operation: &'c Operation) -> impl Iterator<Item = &'c Operation> {
        operation.steps.iter().filter_map(|id| self.operation(id))
    }

    /// The operation that says how the token endpoint is asked, where the vendor has OAuth.
    #[allow(clippy::disallowed_methods, reason = "it looks up no called operation")]
    pub(crate) fn exchange(&self) -> Option<&Operation> {
        self.operation(&self.oauth.as_ref()?.exchange)
    }

    /// Whether a setting's value must never be shown or given to the component.
    pub fn is_secret(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.secret && setting.name == name)
            || self.auths().any(|auth| auth.settings().any(|one| one == (name, true)))
            || self.body_secrets().any(|setting| setting == name)
    }

    /// The settings that give members of bodies.
    pub(crate) fn body_secrets(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().flat_map(|operation| operation.body_secrets.values()).map(String::as_str)
    }

    /// Every way to prove who sends a request that occurs.
    pub(crate) fn auths(&self) -> impl Iterator<Item = &Auth> {
        self.operations.iter().filter_map(|operation| operation.auth.as_ref()).chain([&self.auth])
    }
}
