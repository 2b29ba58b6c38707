//! An index that was written and read finds what one finds that is made of the texts.

use outwit_search::{Draft, Index, Segment};
use serde_json::{Value, json};

/// Numbers that are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn words(&mut self, most: usize) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| WORDS[self.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }
}

const WORDS: [&str; 40] = [
    "create",
    "list",
    "get",
    "delete",
    "update",
    "stop",
    "send",
    "find",
    "the",
    "a",
    "of",
    "from",
    "not",
    "never",
    "client",
    "companies",
    "Invoice",
    "tasks",
    "time",
    "hours",
    "template",
    "zyxt",
    "wf_abc",
    "Acme",
    "Globex",
    "user",
    "id",
    "email",
    "in",
    "which",
    "is",
    "log",
    "note.",
    "all",
    "two",
    "this",
    "Initech",
    "quarterly",
    "it",
    "work",
];

fn schema(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 2 } else { 5 }) {
        0 => json!({ "type": "string", "description": random.words(9) }),
        1 => json!({ "enum": [random.words(2), random.words(1)] }),
        2 => json!({ "items": schema(random, depth - 1), "description": random.words(3) }),
        3 => json!({ "$ref": "#/$defs/record" }),
        _ => json!({
            "properties": { "client-id": schema(random, depth - 1), random.words(1): schema(random, depth - 1) },
            "required": ["client-id"],
        }),
    }
}

fn catalogue(random: &mut Random, vendor: &str) -> Value {
    let mut operations = Vec::new();
    for number in 0..random.below(12) {
        let name = random.words(4).replace(['.', '_'], "").replace(' ', "-").to_lowercase();
        let interface = ["clients", "tasks"][random.below(2)];
        let effect = ["read", "write", "destroy"][random.below(3)];
        operations.push(json!({
            "id": format!("{vendor}.{name}-{number}"),
            "interface": interface,
            "effect": effect,
            "secret": random.below(6) == 0,
            "summary": random.words(8),
            "description": random.words(30),
            "phrases": (0..random.below(4)).map(|_| random.words(7)).collect::<Vec<_>>(),
            "input": schema(random, 3),
            "output": schema(random, 3),
        }));
    }
    let record = json!({ "properties": { "name": { "description": random.words(5) } }, "required": ["id"] });
    json!({ "vendor": vendor, "title": format!("{vendor} {}", random.words(1)), "operations": operations,
        "$defs": { "record": record } })
}

/// A catalogue as a component gives it: the words stand in the index alone.
fn indexed(catalogue: &Value) -> Value {
    use base64::Engine;
    let mut indexed = catalogue.clone();
    let draft = Draft::of(catalogue).to_bytes();
    indexed["search-index"] = base64::prelude::BASE64_STANDARD.encode(draft).into();
    for operation in indexed["operations"].as_array_mut().unwrap() {
        for text in ["summary", "description", "phrases", "input", "output", "interface"] {
            operation[text] = Value::Null;
        }
    }
    indexed
}

#[test]
fn what_is_written_and_read_finds_the_same() {
    let mut random = Random(42);
    let mut compared = 0;
    for _ in 0..150 {
        let catalogues = ["initech", "globex", "hooli"].map(|vendor| catalogue(&mut random, vendor));
        for catalogue in &catalogues {
            let draft = Draft::of(catalogue);
            assert_eq!(Draft::from_bytes(&draft.to_bytes()).unwrap(), draft);
            assert_eq!(Segment::of(&indexed(catalogue)), Segment::of(catalogue));
        }
        let of_texts = Index::of(&catalogues.iter().collect::<Vec<_>>());
        let of_indexes = Index::of(&catalogues.each_ref().map(indexed).iter().collect::<Vec<_>>());
        for _ in 0..20 {
            let intent = random.words(12);
            let found = of_texts.search(&intent, usize::MAX);
            assert_eq!(of_indexes.search(&intent, usize::MAX), found, "{intent}");
            assert_eq!(of_texts.search(&intent, 3), found[..found.len().min(3)], "{intent}");
            assert!(found.is_sorted_by(|one, next| one.score >= next.score), "{intent}: {found:?}");
            compared += found.len();
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn several_operations_that_fit_the_same_come_in_the_catalogues_order() {
    let operation = |id: &str| json!({ "id": id, "effect": "read", "summary": "List the lamps." });
    let operations = ["acme.list-lamps", "acme.list-lamp", "acme.lists-lamps"].map(operation);
    let found = Index::of(&[&json!({ "vendor": "acme", "operations": operations })]).search("list the lamps", 9);
    let ids: Vec<&str> = found.iter().map(|one| &*one.id).collect();
    assert_eq!(ids, ["acme.list-lamps", "acme.list-lamp", "acme.lists-lamps"]);
    assert!(found.iter().all(|one| one.score == found[0].score));
}

#[test]
fn an_index_that_is_no_index_is_made_of_the_texts() {
    let catalogue = catalogue(&mut Random(7), "initech");
    let segment = Segment::of(&catalogue);
    for index in [json!(null), json!("%"), json!("AAAA"), json!(""), json!("QUJDREVGR0hJSktMTU5PUA==")] {
        let mut broken = catalogue.clone();
        broken["search-index"] = index;
        assert_eq!(Segment::of(&broken), segment);
    }
    // An index of other operations.
    let mut more = indexed(&catalogue);
    more["operations"].as_array_mut().unwrap().push(json!({ "id": "initech.more", "effect": "read" }));
    assert_ne!(Segment::of(&more), segment);
    let problem = Segment::of_index(more["search-index"].as_str().unwrap(), "initech", "", &[]).unwrap_err();
    assert_eq!(problem.to_string(), "the search index cannot be read: it is of other operations");
}

#[test]
fn bytes_that_break_off_or_were_changed_are_refused() {
    let bytes = Draft::of(&catalogue(&mut Random(3), "initech")).to_bytes();
    assert!(bytes.len() > 300);
    for end in 0..bytes.len() {
        assert!(Draft::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(Draft::from_bytes(&changed).is_err(), "{at} {bit}");
        }
    }
    let problem = Draft::from_bytes(&[&[bytes[0] ^ 1], &bytes[1..]].concat()).unwrap_err();
    assert_eq!(problem.to_string(), "the search index cannot be read: another version made it");
    assert!(Draft::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn what_an_operation_gives_counts_where_it_only_reads() {
    let output = json!({ "properties": { "voltage": {} } });
    for (effect, expected) in [("read", 1), ("write", 0), ("destroy", 0)] {
        let operation = json!({ "id": "acme.check-lamp", "effect": effect, "output": output, "input": {} });
        let index = Index::of(&[&indexed(&json!({ "vendor": "acme", "operations": [operation] }))]);
        assert_eq!(index.search("voltage", 9).len(), expected, "{effect}");
    }
}

#[test]
fn each_of_several_vendors_is_found_by_its_own_words() {
    let vendor = |vendor: &str, things: &[&str]| {
        let operation = |thing| json!({ "id": format!("{vendor}.list-{thing}"), "effect": "read", "summary": format!("List {thing}.") });
        json!({ "vendor": vendor, "operations": things.iter().map(operation).collect::<Vec<_>>() })
    };
    let vendors = [
        vendor("acme", &["lamps", "bulbs"]),
        vendor("hooli", &["secrets", "trucks", "lorries"]),
        vendor("initech", &["reports"]),
    ];
    let index = Index::merged(vendors.iter().map(|one| Segment::of(&indexed(one))));
    for (intent, id) in [
        ("show the lamps", "acme.list-lamps"),
        ("bulbs", "acme.list-bulbs"),
        ("lorries", "hooli.list-lorries"),
        ("trucks", "hooli.list-trucks"),
        ("what reports are there", "initech.list-reports"),
    ] {
        assert_eq!(index.search(intent, 1)[0].id, id, "{intent}");
        assert_eq!(index.search(id, 9).len(), 1);
    }
}
