//! Every operation of every vendor, answered with anything.

use crate::documents::{Document, events};
use crate::tree::{Tree, Words};
use crate::verdict::fault;
use crate::world::{Answer, Vendor};
use crate::{for_each_vendor, holds};
use outwit_host_test::{Case, cases, differences};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// What becomes of an answer.
#[derive(Clone, Debug)]
struct Change {
    status: Option<u16>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Unchanged,
    /// Another document.
    Tree(Tree),
    /// Other documents in some places.
    Grafted(Vec<(Index, Index, Tree)>),
    /// A stream of documents, or else the first.
    Events(Vec<Tree>),
    Bytes(Vec<u8>),
}

fn changes(words: &Words) -> impl Strategy<Value = Change> {
    let trees = words.trees();
    let body = prop_oneof![
        2 => Just(Body::Unchanged),
        3 => trees.clone().prop_map(Body::Tree),
        6 => vec((any::<Index>(), any::<Index>(), trees.clone()), 1..4).prop_map(Body::Grafted),
        1 => vec(trees, 0..5).prop_map(Body::Events),
        1 => vec(any::<u8>(), 0..60).prop_map(Body::Bytes),
    ];
    let status = prop_oneof![
        8 => Just(None),
        1 => (200u16..300).prop_map(Some),
        1 => (400u16..600).prop_map(Some),
        1 => prop::sample::select(vec![400, 401, 403, 404, 409, 410, 422, 429, 500, 503]).prop_map(Some),
    ];
    (status, body).prop_map(|(status, body)| Change { status, body })
}

impl Change {
    fn of(&self, answer: &Answer, streams: bool) -> Answer {
        let mut changed = Answer { status: self.status.unwrap_or(answer.status), ..answer.clone() };
        match &self.body {
            Body::Unchanged => {}
            Body::Tree(tree) => changed.body = tree.to_string().into(),
            Body::Bytes(bytes) => changed.body.clone_from(bytes),
            Body::Events(trees) if streams => {
                changed.headers.insert("content-type".to_owned(), "text/event-stream".to_owned());
                changed.body = events(trees);
            }
            Body::Events(trees) => changed.body = trees.first().map_or(Vec::new(), |tree| tree.to_string().into()),
            Body::Grafted(grafts) => {
                for (document, place, tree) in grafts {
                    let documents = Document::all(&changed);
                    if documents.is_empty() {
                        continue;
                    }
                    let document = document.get(&documents);
                    let grafted = document.tree.with(place.index(document.tree.size()), tree);
                    changed.body = document.body(&grafted.to_string());
                }
            }
        }
        changed
    }
}

#[test]
fn whatever_a_vendor_answers_is_an_output_of_the_schema_or_a_documented_error() {
    for_each_vendor(|name| {
        let vendor = Vendor::new(name);
        let cases = cases(name).unwrap();
        let mut words = Words::default();
        for exchange in cases.iter().flat_map(|case| &case.exchanges) {
            Document::all(&Answer::of(exchange)).iter().for_each(|document| words.learn(&document.tree));
        }
        words.texts.extend(vendor.secrets.clone());
        for operation in &vendor.plugin.catalogue().operations {
            let own = cases
                .iter()
                .filter(|case| case.operation == operation.name() && case.outcome().is_some_and(|o| o.is_ok()));
            let own: Vec<(&Case, Vendor)> = own.map(|case| (case, vendor.with(&case.settings))).collect();
            let values = (any::<Index>(), vec(changes(&words), 1..5));
            holds(64, &values, |(case, changes)| {
                let (case, vendor) = case.get(&own);
                let answers = case.exchanges.iter().zip(changes.iter().cycle());
                let answers = answers.map(|(exchange, change)| change.of(&Answer::of(exchange), operation.streams));
                tried(vendor, case, &answers.collect::<Vec<_>>())
            });
        }
    });
}

/// The call and the typed export: both as documented, and both the same.
fn tried(vendor: &Vendor, case: &Case, answers: &[Answer]) -> Result<(), String> {
    let id = vendor.id(case);
    let about = |problem: String| {
        let bodies =
            answers.iter().map(|answer| format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)));
        let bodies = bodies.collect::<Vec<_>>().join("\n  ");
        format!("{id} ({}), {}: {problem}\n  {bodies}\n", case.name, case.input)
    };
    let outcome = vendor.call(&id, &case.input, answers);
    if let Some(problem) = fault(vendor, &id, answers, &outcome, None) {
        return Err(about(problem));
    }
    let typed = vendor.call_typed(&id, &case.input, answers).map_err(about)?;
    let shows_secret = |value: &Value| vendor.secrets.iter().any(|secret| value.to_string().contains(&**secret));
    let same = match (outcome, typed) {
        // What the typed export gives, the host does not look through for secrets.
        (_, Some(Ok(typed) | Err(typed))) if shows_secret(&typed) => Vec::new(),
        (_, None) => Vec::new(),
        (Err(called), Some(Err(typed))) => {
            let mut different = differences(&json!(called), &typed);
            // The host also takes out what a mask may show of a secret, and the secrets of tests begin with the vendor's name.
            different.retain(|difference| !difference.starts_with(".message: expected \"[secret]\""));
            different
        }
        (Ok(called), Some(Ok(typed))) => differences(&called, &typed),
        (called, typed) => vec![format!("{called:?}, and typed {typed:?}")],
    };
    if same.is_empty() { Ok(()) } else { Err(about(format!("call and typed export disagree: {}", same.join("; ")))) }
}
