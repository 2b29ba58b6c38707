//! The vendors' documents, as the facts in `components/VENDOR/facts` say them, against the contract. That each request and
//! reply of each case fits them is checked where cases are run.

use anyhow::Result;
use outwit::{Catalogue, Operation};
use outwit_host_test::{Script, facts, scripted, vendors};
use std::collections::BTreeSet;

pub async fn an_operation_is_sent_as_a_document_says_and_each_document_is_offered_as_it_says() -> Result<()> {
    for vendor in vendors()? {
        let plugin = scripted(&vendor, &Script::default()).await?;
        let documents = facts(&vendor)?;
        assert!(!documents.is_empty(), "{vendor}: components/{vendor}/facts says what the vendor's document says");
        let mut documented = BTreeSet::new();
        for (name, facts) in &documents {
            for operation in &facts.operations {
                let Some(id) = &operation.id else { continue };
                documented.insert((id.clone(), operation.method.clone(), shape(&operation.path)));
                let at = format!("{vendor}/{name}: {} {}", operation.method, operation.path);
                assert!(offered(plugin.catalogue(), id).is_some(), "{at}: there is no operation {id}");
            }
        }
        let mut undocumented = Vec::new();
        for operation in &plugin.catalogue().operations {
            for (method, route) in requests(operation) {
                let is_documented =
                    |path: &str| documented.contains(&(operation.name().to_owned(), method.clone(), shape(path)));
                // A route that holds one of several words is a parameter in the document, or several requests.
                if !is_documented(&route) {
                    let others = spelled(&route).into_iter().filter(|route| !is_documented(route));
                    undocumented.extend(others.map(|route| format!("{}: {method} {route}", operation.id)));
                }
            }
        }
        assert_eq!(undocumented, [""; 0], "{vendor}: no document says that these are sent so");
    }
    Ok(())
}

fn offered<'c>(catalogue: &'c Catalogue, name: &str) -> Option<&'c Operation> {
    catalogue.operations.iter().find(|operation| operation.name() == name)
}

/// How an operation is sent, in each dialect.
fn requests(operation: &Operation) -> impl Iterator<Item = (String, String)> {
    let first = operation.method.iter().cloned().zip(operation.route.iter().cloned());
    let others = operation.dialects.values().map(|request| (request.method.clone(), request.route.clone()));
    first.chain(others)
}

/// A route with each of the words that it may hold.
fn spelled(route: &str) -> Vec<String> {
    let words = route.split_once('{').and_then(|(before, rest)| {
        let (parameter, after) = rest.split_once('}')?;
        Some((before, parameter, after))
    });
    let Some((before, parameter, after)) = words else { return vec![route.to_owned()] };
    let of_this: Vec<&str> = match parameter.split_once(':') {
        Some((_, words)) => words.split('|').collect(),
        None => vec!["{}"],
    };
    let rest = spelled(after);
    of_this.iter().flat_map(|word| rest.iter().map(move |rest| format!("{before}{word}{rest}"))).collect()
}

/// A path in which all parameters are alike.
fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "{}" + part.split_once('}').map_or("", |(_, text)| text))
}
