//! What is hit: each exchange of each operation, with an input that succeeds.

use outwit::{Catalogue, Effect};
use outwit_host_test::{Case, Exchange, cases, test_settings, vendors};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::cell::Ground;
use crate::table::Column;

/// One exchange of an operation.
pub struct Target {
    /// The operation's id.
    pub operation: String,
    /// What people call the vendor.
    pub title: String,
    /// The settings that its case has, for people.
    pub own: String,
    /// Without the server's address.
    pub settings: BTreeMap<String, String>,
    pub input: Value,
    /// What the case gives when all goes well.
    pub output: Value,
    /// All exchanges of the call, those without a success left out: they are sent again by themselves.
    pub exchanges: Arc<Vec<Exchange>>,
    /// Which of them is hit.
    pub at: usize,
    /// What each of them does at the vendor.
    pub effects: Vec<Effect>,
    /// Whether it is work that the vendor does while the call waits, which it asks about again and again.
    pub is_job: bool,
    /// The kinds that a status has in the vendor's cases of the exchange.
    pub documented: Vec<(u16, String)>,
}

impl Target {
    /// The vendor's name.
    pub fn vendor(&self) -> &str {
        self.operation.split_once('.').map_or("", |(vendor, _)| vendor)
    }

    /// Where the table says what comes of it, the more special last.
    pub fn columns(&self) -> Vec<Column> {
        let own = match self.effects[self.at] {
            Effect::Read => Column::Read,
            _ if self.exchanges[self.at].request.method == "PUT" => Column::Idempotent,
            _ => Column::Write,
        };
        let more = [(self.polls(), Column::Look), (self.has_written() && !self.is_job, Column::After)];
        [Column::All, own].into_iter().chain(more.into_iter().filter_map(|(is, column)| is.then_some(column))).collect()
    }

    /// Whether sending it twice does no harm.
    pub fn is_repeatable(&self) -> bool {
        !self.columns().contains(&Column::Write)
    }

    /// Whether it asks how work stands that was begun before.
    pub fn polls(&self) -> bool {
        self.is_job && self.at > 0
    }

    /// Whether something was changed before.
    pub fn has_written(&self) -> bool {
        self.effects[..self.at].iter().any(|effect| *effect != Effect::Read)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} [{}]", self.operation, self.own, self.at)
    }
}

/// Every exchange of every operation of every vendor.
pub async fn all(ground: &Ground) -> Vec<Arc<Target>> {
    let mut all = Vec::new();
    for vendor in vendors().unwrap() {
        let plugin = ground.plugin(&vendor, BTreeMap::new()).await;
        let cases = cases(&vendor).unwrap();
        for operation in &plugin.catalogue().operations {
            let found = of_operation(plugin.catalogue(), operation.name(), &cases);
            // What asks the vendor nothing cannot be failed by it.
            let silent = cases.iter().filter(|case| case.operation == operation.name());
            assert!(!found.is_empty() || silent.clone().all(|case| case.exchanges.is_empty()), "{}", operation.id);
            all.extend(found);
        }
    }
    all
}

/// For each set of settings that the cases of an operation have, the exchanges of the longest one that succeeds.
fn of_operation(catalogue: &Catalogue, name: &str, cases: &[Case]) -> Vec<Arc<Target>> {
    let mut longest: BTreeMap<&BTreeMap<String, String>, (&Case, Vec<Exchange>)> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.operation == name && matches!(case.outcome(), Some(Ok(_)))) {
        let went_well = |exchange: &&Exchange| (200..300).contains(&exchange.reply.status);
        let exchanges: Vec<Exchange> = case.exchanges.iter().filter(went_well).cloned().collect();
        let bounded = case.settings.keys().any(|name| name.starts_with("OUTWIT_"));
        let longer = longest.get(&case.settings).is_none_or(|(_, known)| known.len() < exchanges.len());
        if longer && !bounded {
            longest.insert(&case.settings, (case, exchanges));
        }
    }
    let mut targets = Vec::new();
    for (own, (case, exchanges)) in longest {
        let mut settings = test_settings(catalogue);
        settings.extend(own.clone());
        let id = format!("{}.{name}", catalogue.vendor);
        let steps: Vec<&str> = exchanges.iter().map(|exchange| step(catalogue, &settings, &id, exchange)).collect();
        let effect = |step: &&str| catalogue.operation(&format!("{}.{step}", catalogue.vendor)).unwrap().effect;
        let exchanges = Arc::new(exchanges.clone());
        for at in 0..exchanges.len() {
            targets.push(Arc::new(Target {
                operation: id.clone(),
                title: catalogue.name().to_owned(),
                own: own.iter().map(|(name, value)| format!(" {name}={value}")).collect(),
                settings: settings.clone(),
                input: case.input.clone(),
                output: case.outcome().and_then(Result::ok).unwrap(),
                exchanges: exchanges.clone(),
                at,
                effects: steps.iter().map(effect).collect(),
                is_job: is_job(catalogue, &id),
                documented: documented(steps[at], cases),
            }));
        }
    }
    targets
}

/// The operation that declares an exchange: the one that is called, if it does, or else the one with the most fixed text.
fn step<'c>(c: &'c Catalogue, settings: &BTreeMap<String, String>, called: &str, exchange: &Exchange) -> &'c str {
    let chosen = c.dialect_setting.as_ref().and_then(|setting| settings.get(setting)).map(String::as_str);
    let path: Vec<&str> = exchange.request.path.split('/').collect();
    let fixed = |operation: &outwit::Operation| {
        let requests = c.requests(operation, chosen).filter_map(|(method, route)| {
            let route: Vec<&str> = route.split('/').collect();
            let fits = route.len() == path.len() && route.iter().zip(&path).all(|(r, p)| r.contains('{') || r == p);
            // A vendor may take any request as a POST that says what it stands for.
            let stands_for = |parameter: &String| exchange.request.query.contains_key(parameter);
            let same = *method == exchange.request.method || c.method_override.as_ref().is_some_and(stands_for);
            (fits && same).then(|| (route.iter().filter(|r| !r.contains('{')).count(), operation.id == called))
        });
        requests.max()
    };
    let best = c.operations.iter().filter_map(|operation| Some((fixed(operation)?, operation.name()))).max();
    best.unwrap_or_else(|| panic!("{called}: no operation is declared as {:?}", exchange.request)).1
}

/// The inputs of such work have these words.
fn is_job(catalogue: &Catalogue, id: &str) -> bool {
    let schema = catalogue.operation(id).and_then(|operation| operation.input.clone()).unwrap_or_default();
    let record = schema["$ref"].as_str().and_then(|to| catalogue.defs.get(to.rsplit('/').next()?)).unwrap_or(&schema);
    ["interval-ms", "keep-running"].iter().all(|word| record["properties"][word].is_object())
}

/// The cases of an operation may give a status a meaning of its own.
fn documented(step: &str, cases: &[Case]) -> Vec<(u16, String)> {
    let failed = cases.iter().filter(|case| case.operation == step).filter_map(|case| {
        let kind = case.outcome()?.err()?["kind"].as_str()?.to_owned();
        Some((case.exchanges.last()?.reply.status, kind))
    });
    failed.collect()
}
