//! What tools cost an agent, in tokens: four bytes are one.

use super::client::Client;
use serde_json::{Value, json};

/// A search and a description have to cost less than this.
const MOST: usize = 1540;

fn tokens(value: &Value) -> usize {
    value.to_string().len().div_ceil(4)
}

#[test]
fn a_search_and_a_description_cost_a_fraction_of_all_schemas() {
    let all = Client::start(&["--mock", "--tools", "all"], &[]).tools();
    let mut client = Client::start(&["--mock"], &[]);
    let few: Value = client.tools().into();
    let named = |tool: &&Value| tool["name"] != "continue-result";
    let mut costs: Vec<(usize, String)> = Vec::new();
    for tool in all.iter().filter(named) {
        // By its own first sentence an operation is found, among others that cost as much to read as any.
        let summary = tool["description"].as_str().unwrap().lines().next().unwrap();
        let found = client.done("search-operations", json!({ "intent": summary }));
        let name = tool["name"].as_str().unwrap();
        let (vendor, operation) = name.split_once('-').unwrap();
        let described = client.done("describe-operation", json!({ "operation": format!("{vendor}.{operation}") }));
        costs.push((tokens(&found) + tokens(&described), name.to_owned()));
    }
    costs.sort();
    let at = |percent: usize| costs[(costs.len() - 1) * percent / 100].clone();
    let (median, worst) = (at(50), at(100));
    let schemas = tokens(&all.into());
    println!("tokens of the tools that are always there: {}", tokens(&few));
    println!("tokens of all {} operations as tools: {schemas}", costs.len());
    println!("tokens of a search and a description: median {}, 90 % under {}, worst {worst:?}", median.0, at(90).0);
    assert!(median.0 < MOST, "{median:?}");
    assert!(worst.0 < MOST, "{worst:?}");
    assert!(tokens(&few) + worst.0 < schemas / 10, "{schemas}");
}

/// Three calls: it is found, described, done.
#[test]
fn an_aero_task_is_made_from_a_template_in_three_calls() {
    let mut client = Client::start(&["--mock"], &[]);
    let found = client.done("search-operations", json!({ "intent": "create an aero task from a template" }));
    let id = "aero.create-task-from-template-by-name";
    let first = found["operations"].as_array().unwrap().iter().find(|one| one["id"] == id);
    assert_eq!(first.unwrap()["effect"], "write", "{found}");
    let described = client.done("describe-operation", json!({ "operation": id }));
    println!("tokens of the search: {}, of the description: {}", tokens(&found), tokens(&described));
    assert!(tokens(&found) + tokens(&described) < MOST);
    let example = json!({
        "template-id": "299", "assigned-to": "Priya Raman", "scheduled-start-date": "2026-07-01T13:00:00.000Z",
    });
    assert_eq!(described["example"], example);
    let start = "2026-08-03T13:00:00.000Z";
    let input = json!({ "template-id": "299", "assigned-to": "Priya Raman", "scheduled-start-date": start });
    let made = client.done("call-write-operation", json!({ "operation": id, "input": input }));
    let made = &made["result"];
    assert_eq!([&made["subject"], &made["assigned-to"]], ["Month-end close", "Priya Raman"], "{made}");
}
