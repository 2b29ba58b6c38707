//! Every answer in every case of every vendor, with one thing in it changed.

use crate::documents::Document;
use crate::for_each_vendor;
use crate::tree::Tree;
use crate::verdict::fault;
use crate::world::{Answer, Vendor};
use outwit_host_test::{cases, differences};
use serde_json::Value;

const UNKNOWN: &str = "outwitUnknown";
/// After so many that come out wrong, no more are tried.
const ENOUGH: usize = 20;

/// A body in the place of an answer's, and what was done to it.
struct Mutant {
    done: String,
    body: Vec<u8>,
    /// Nothing was done but to add what no interface knows.
    harmless: bool,
}

fn mutants(answer: &Answer, secrets: &[String]) -> Vec<Mutant> {
    let mut all = Vec::new();
    for document in Document::all(answer) {
        let whole = &document.tree;
        let mut add = |done: String, tree: Tree, harmless| {
            all.push(Mutant { done, body: document.body(&tree.to_string()), harmless });
        };
        for (place, node) in whole.places().into_iter().filter_map(|place| Some((place, whole.at(place)?))) {
            for other in retyped(node) {
                add(format!("{other} instead of {node}"), whole.with(place, &other), false);
            }
            match node {
                Tree::Plain(text) if text.starts_with('"') => {
                    for text in [format!("Not {}!", secrets.join(" ")), "outwit-unknown-word".to_owned()] {
                        add(format!("{text} instead of {node}"), whole.with(place, &Tree::text(&text)), false);
                    }
                }
                Tree::Plain(_) => {}
                Tree::List(items) => {
                    let twice = [&items[..], items].concat();
                    add("a list twice".to_owned(), whole.with(place, &Tree::List(twice)), false);
                }
                Tree::Object(members) => {
                    let mut with = |done: String, members: Vec<(String, Tree)>, harmless| {
                        add(done, whole.with(place, &Tree::Object(members)), harmless);
                    };
                    for (index, (name, _)) in members.iter().enumerate() {
                        let without = [&members[..index], &members[index + 1..]].concat();
                        with(format!("without {name}"), without, false);
                        let twice = [members, &members[index..=index]].concat();
                        with(format!("{name} twice"), twice, false);
                    }
                    // What is empty may be nothing; with a member in it, it is something else.
                    let harmless = !members.is_empty();
                    for value in ["\"x\"", "{\"a\":[1]}"] {
                        let more = (UNKNOWN.to_owned(), Tree::Plain(value.to_owned()));
                        with(format!("with {UNKNOWN}: {value}"), [&members[..], &[more]].concat(), harmless);
                    }
                }
            }
        }
        let text = whole.to_string();
        for length in [0, 1, text.len() / 2, text.len() - 1] {
            all.push(Mutant { done: format!("cut after {length} bytes"), body: document.cut(length), harmless: false });
        }
    }
    all
}

/// A value of each other type.
fn retyped(node: &Tree) -> Vec<Tree> {
    const PLAIN: [&str; 8] = ["null", "true", "0", "-1", "1.5", "4294967296", "\"\"", "\"7\""];
    let mut all: Vec<Tree> = PLAIN.iter().map(|text| Tree::Plain((*text).to_owned())).collect();
    all.extend([Tree::List(vec![]), Tree::Object(vec![]), Tree::List(vec![node.clone()])]);
    all.retain(|other| other != node);
    all
}

/// The output without what it holds beside the fields of its records: what stands there is not lost, wherever it lands.
fn without_extra(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_extra).collect(),
        Value::Object(members) => {
            let known = members.iter().filter(|(name, _)| *name != UNKNOWN && *name != "extra");
            Value::Object(known.map(|(name, value)| (name.clone(), without_extra(value))).collect())
        }
        plain => plain.clone(),
    }
}

#[test]
fn an_answer_with_one_thing_changed_is_an_output_of_the_schema_or_a_documented_error() {
    for_each_vendor(|name| {
        let mut faults = Vec::new();
        let vendor = Vendor::new(name);
        for case in cases(name).unwrap() {
            let vendor = vendor.with(&case.settings);
            let answers: Vec<Answer> = case.exchanges.iter().map(Answer::of).collect();
            let id = vendor.id(&case);
            let before = vendor.call(&id, &case.input, &answers);
            let mut check = |done: &str, answers: &[Answer], harmless: bool| {
                if faults.len() == ENOUGH {
                    return;
                }
                let outcome = vendor.call(&id, &case.input, answers);
                let mut problem = fault(&vendor, &id, answers, &outcome, before.as_ref().err().map(|error| error.kind));
                if let (true, Ok(before)) = (harmless, &before) {
                    problem = problem.or(match &outcome {
                        Err(error) => Some(format!("no longer succeeds: {error:?}")),
                        Ok(output) => {
                            let changed = differences(&without_extra(before), &without_extra(output));
                            (!changed.is_empty()).then(|| format!("changes the output: {}", changed.join("; ")))
                        }
                    });
                }
                if let Some(problem) = problem {
                    faults.push(format!("{id} ({}), {done}:\n    {problem}", case.name));
                }
            };
            for (index, answer) in answers.iter().enumerate() {
                for mutant in mutants(answer, &vendor.secrets) {
                    let mut answers = answers.clone();
                    answers[index].body = mutant.body;
                    check(&format!("answer {index} {}", mutant.done), &answers, mutant.harmless);
                }
                let twice = [&answers[..=index], &answers[index..]].concat();
                check(&format!("answer {index} twice"), &twice, false);
            }
        }
        assert!(faults.is_empty(), "{} mutants or more came out wrong:\n\n{}\n", faults.len(), faults.join("\n\n"));
    });
}
