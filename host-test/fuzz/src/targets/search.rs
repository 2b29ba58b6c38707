//! Intents: what is found is ranked, the same each time, and weak where it is not likely.
//!
//! The first byte says how many may be found, the rest is the intent.

use crate::engine::Target;
use crate::vendors::{Vendor, all, operation};
use kit::found;
use outwit_search::{Found, Index, id};
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

pub const TARGET: Target = Target { name: "search", run, seeds };

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let described: Vec<Value> =
            all().iter().map(|vendor| serde_json::from_str(&vendor.described).expect("a catalogue")).collect();
        Index::of(&described.iter().collect::<Vec<_>>())
    })
}

fn run(data: &[u8]) -> &'static str {
    let Some((limit, intent)) = data.split_first() else { return "nothing" };
    let intent = String::from_utf8_lossy(intent);
    let limit = usize::from(limit % 32);
    let found = index().search(&intent, limit);
    assert!(found.len() <= limit, "more than was asked for");
    let named = |one: &Found| found.len() == 1 && one.id == intent && one.score == 1.0;
    let bounded = found.iter().all(|one| one.score > 0.0 && one.score < 1.0 || named(one));
    assert!(bounded, "a score out of its bounds: {found:?}");
    assert!(found.windows(2).all(|two| two[0].score >= two[1].score), "not ranked: {found:?}");
    for (at, one) in found.iter().enumerate() {
        assert!(found[..at].iter().all(|other| other.id != one.id), "found twice: {found:?}");
        let secret = operation(&one.id).is_none_or(|(.., described)| described.secret);
        assert!(!secret, "found, and not offered: {}", one.id);
    }
    let more = index().search(&intent, limit + 1);
    assert_eq!(more[..found.len().min(more.len())], found[..], "another order where more is asked for");
    if id(&intent).is_some() {
        assert_components_agree(&intent, limit);
    }
    if found.is_empty() { "nothing" } else { "found" }
}

/// A component that is asked for an operation by its id tells what an index would, and makes none.
fn assert_components_agree(intent: &str, limit: usize) {
    static INDICES: OnceLock<Vec<Index>> = OnceLock::new();
    let indices = INDICES.get_or_init(|| {
        let of_vendor = |vendor: &Vendor| Index::of(&[&serde_json::from_str(&vendor.described).expect("a catalogue")]);
        all().iter().map(of_vendor).collect()
    });
    for (vendor, index) in all().iter().zip(indices) {
        let listed: Value = serde_json::from_slice(&found(vendor.component, intent, limit)).expect("JSON");
        let found = index.search(intent, limit);
        let score = |entry: &Value| entry["score"].as_f64().map(|score| score as f32);
        let same = |(entry, found): (&Value, &Found)| {
            entry["id"] == *found.id && score(entry) == Some(found.score) && entry["weak"] == found.weak()
        };
        let listed = listed.as_array().expect("a list");
        assert!(
            listed.len() == found.len() && listed.iter().zip(&found).all(same),
            "found, and not told so: {found:?}"
        );
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../intents/project.jsonl");
    let lines = std::fs::read_to_string(file).unwrap_or_default();
    let intents = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    intents.filter_map(|one| Some([b"\x05", one["intent"].as_str()?.as_bytes()].concat())).collect()
}
