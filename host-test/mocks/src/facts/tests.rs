use super::*;
use serde_json::json;

fn facts() -> Facts {
    let text = json!({
        "source": "made up",
        "operations": [
            { "id": "create-task", "request": "POST /{account}/My{kind}s", "path": { "account": "int32", "kind": "string" },
              "query": { "page!": "int32 1..", "note": "string" }, "body": "Task", "replies": { "201": "[Task]", "204": null } },
            { "id": "list-tasks", "request": "GET /7/MyTasks", "replies": { "200": "any" } },
        ],
        "records": {
            "Named": { "name!": "string 1..3" },
            "Task": {
                "+": "Named", "count": "int32 0..24", "due": "date-time?", "length": "time-span", "done": "boolean",
                "urgency": ["high", "low"], "steps": "[Named]? 1..2", "tags": "{string}", "id": "string or int64",
                "guess": { "type": "number", "inferred": "nobody knows" },
            },
        },
    });
    Facts::parse(&text.to_string()).unwrap()
}

fn body(body: Value) -> Vec<String> {
    let facts = facts();
    let (operation, path) = facts.find("POST", "/7/MyTasks").unwrap();
    let query = [("page".to_owned(), "1".to_owned())];
    facts.request(operation, &path, &query, Some(&body), false).iter().map(Misfit::to_string).collect()
}

#[test]
fn a_body_that_is_as_documented_fits() {
    assert_eq!(
        body(json!({
            "name": "abc", "count": 24, "due": null, "length": "1.02:30:00", "done": true, "urgency": "low",
            "steps": [{ "name": "a" }], "tags": { "x": "y" }, "id": 5, "guess": 1.5,
        })),
        [""; 0]
    );
    assert_eq!(body(json!({ "name": "a", "due": "2026-07-01T13:00:00.000Z", "id": "5", "steps": null })), [""; 0]);
}

#[test]
fn what_is_not_as_documented_is_named() {
    for (wrong, at) in [
        (json!({}), "body.name: missing"),
        (json!({ "name": "" }), "body.name: expected a length of 1..3"),
        (json!({ "name": "abcd" }), "body.name: expected a length of 1..3"),
        (json!({ "name": 1 }), "body.name: expected a text"),
        (json!({ "name": null }), "body.name: expected a text"),
        (json!({ "name": "a", "colour": 1 }), "body.colour: the document has no such member"),
        (json!({ "name": "a", "count": 25 }), "body.count: expected 0..24"),
        (json!({ "name": "a", "count": 1.5 }), "body.count: expected a whole number of 32 bits"),
        (json!({ "name": "a", "count": "1" }), "body.count: expected a whole number of 32 bits"),
        (json!({ "name": "a", "count": 3_000_000_000_u32 }), "body.count: expected a whole number of 32 bits"),
        (json!({ "name": "a", "due": "July" }), "body.due: expected a text of the format date-time"),
        (json!({ "name": "a", "length": "2:30" }), "body.length: expected a text of the format time-span"),
        (json!({ "name": "a", "done": "true" }), "body.done: expected true or false"),
        (json!({ "name": "a", "urgency": "High" }), "body.urgency: expected one of: high, low"),
        (json!({ "name": "a", "steps": [] }), "body.steps: expected a length of 1..2"),
        (json!({ "name": "a", "steps": [{}] }), "body.steps[0].name: missing"),
        (json!({ "name": "a", "tags": { "x": 1 } }), "body.tags.x: expected a text"),
        (json!({ "name": "a", "id": true }), "body.id: expected a text"),
        (json!([]), "body: expected an object, Task"),
    ] {
        assert_eq!(body(wrong.clone()), [at], "{wrong}");
    }
}

#[test]
fn path_and_query_are_read_from_texts() {
    let facts = facts();
    let (operation, path) = facts.find("POST", "/x/MyEmails").unwrap();
    assert_eq!(path[1], ("kind".to_owned(), "Email".to_owned()));
    let query = [("note", "1"), ("note", "2"), ("size", "3")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let task = json!({ "name": "a" });
    let found = facts.request(operation, &path, &query, Some(&task), false);
    let found: Vec<&str> = found.iter().map(|misfit| misfit.at.as_str()).collect();
    assert_eq!(found, ["path.account", "query.note", "query.size", "query.page"]);
    assert!(facts.request(operation, &path, &query, None, false).iter().any(|misfit| misfit.at == "body"));
}

#[test]
fn a_path_without_parameters_wins_and_methods_are_known() {
    let facts = facts();
    assert_eq!(facts.find("GET", "/7/MyTasks").unwrap().0.id.as_deref(), Some("list-tasks"));
    assert_eq!(facts.methods("/7/MyTasks"), ["POST", "GET"]);
    assert!(facts.find("POST", "/7/Mys").is_none());
    assert!(facts.find("POST", "/7/MyTasks/1").is_none());
}

#[test]
fn a_reply_has_to_be_documented() {
    let facts = facts();
    let (operation, _) = facts.find("POST", "/7/MyTasks").unwrap();
    assert_eq!(facts.reply(operation, 201, Some(&json!([{ "name": "a" }]))), []);
    assert_eq!(facts.reply(operation, 204, None), []);
    assert_eq!(facts.reply(operation, 204, Some(&json!({})))[0].at, "body");
    assert_eq!(facts.reply(operation, 201, None)[0].at, "body");
    assert_eq!(facts.reply(operation, 200, None)[0].at, "status");
    assert_eq!(facts.reply(operation, 201, Some(&json!([{ "name": "a", "x": 1 }])))[0].at, "body[0].x");
}

#[test]
fn absent_numbers_are_what_a_framework_makes_of_them() {
    let facts = facts();
    let (operation, _) = facts.find("POST", "/7/MyTasks").unwrap();
    let mut task = json!({ "name": "a", "done": true });
    facts.with_absent(operation, &mut task);
    assert_eq!(task, json!({ "name": "a", "done": true, "count": 0, "guess": 0 }));
}

#[test]
fn a_file_that_says_nothing_is_refused() {
    for wrong in [
        json!({ "operations": [] }),
        json!({ "source": "x", "operations": [], "more": 1 }),
        json!({ "source": "x", "operations": [{ "request": "GET" , "replies": {} }] }),
        json!({ "source": "x", "operations": [{ "request": "GET /{id}" , "replies": {} }] }),
        json!({ "source": "x", "operations": [{ "request": "GET /" , "replies": { "200": "Nothing" } }] }),
        json!({ "source": "x", "operations": [{ "request": "GET /" , "replies": { "200": "text" } }] }),
        json!({ "source": "x", "operations": [], "records": { "A": { "+": "A" } } }),
        json!({ "source": "x", "operations": [], "records": { "A": { "a": { "type": "string" } } } }),
    ] {
        assert!(Facts::parse(&wrong.to_string()).is_err(), "{wrong}");
    }
}
