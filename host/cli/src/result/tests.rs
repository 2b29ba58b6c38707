use super::*;
use serde_json::json;

fn shown(value: &Value, schema: &Value, columns: &[&str], width: usize) -> String {
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let text = result(&value.to_string(), schema, &View { columns: &columns, width }).unwrap();
    anstream::adapter::strip_str(&text).to_string()
}

fn things() -> Value {
    let text = json!({ "type": "string" });
    json!({ "type": "array", "items": { "type": "object", "properties": {
        "id": text, "name": text, "note": text, "amount": { "type": "number" },
        "at": { "type": "integer", "format": "unix-time" }, "owner": { "properties": { "id": text, "name": text } },
    } } })
}

#[test]
fn a_list_is_a_table_of_what_tells_most() {
    let rows = json!([
        { "id": "1", "name": "First", "note": "n".repeat(100), "amount": 2.5, "at": 0, "owner": { "id": "7", "name": "Jo" }, "parts": [1] },
        { "id": "22", "name": "Second", "amount": 10, "at": 60, "empty": "" },
    ]);
    let text = shown(&rows, &things(), &[], 70);
    let lines: Vec<&str> = text.lines().collect();
    // `serde_json` sorts members here.
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["amount", "at", "id", "name", "note", "owner.name"],
        "{text}"
    );
    assert!(lines[1].starts_with("   2.5  1970-01-01 00:00Z  1   First   nn"), "{text}");
    assert!(lines[1].contains('…') && lines[2].starts_with("    10  1970-01-01 00:01Z  22  Second"), "{text}");
    assert_eq!(lines[3..], ["Not shown: owner.id, parts", "--columns NAME,… shows them, --json shows everything."]);
    assert!(lines.iter().all(|line| line.chars().count() <= 70), "{text}");
    let narrow = shown(&rows, &things(), &[], 20);
    assert_eq!(
        narrow.lines().next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["amount", "id", "name"],
        "{narrow}"
    );
}

#[test]
fn lists_of_records_in_a_list_are_tables_one_below_the_other() {
    let lists = json!([[{ "id": "21", "name": "Jo" }, { "id": "22" }], [], [{ "id": "job" }], 7]);
    let text = shown(&lists, &json!({}), &[], 80);
    assert_eq!(text, "1 (2)\nid  name\n21  Jo\n22\n\n2 (0)\nThe list is empty.\n\n3 (1)\nid\njob\n\n7");
}

#[test]
fn columns_are_as_they_are_asked_for() {
    let rows = json!([{ "id": "1", "owner": { "name": "Jo" }, "a.b": 3, "parts": [{}, {}] }, { "id": "2" }]);
    let text = shown(&rows, &Value::Null, &["owner.name", "id", "a.b", "parts"], 80);
    assert_eq!(text, "owner.name  id  a.b  parts\nJo          1   3    2 items\n            2");
}

#[test]
fn a_column_that_no_row_can_have_is_named_with_those_that_there_are() {
    let check = |column: &str, schema: &Value| check(&[column.to_owned()], schema);
    for known in ["id", "owner", "owner.name"] {
        assert_eq!(check(known, &things()), Ok(()));
    }
    let paths = ["amount", "at", "id", "name", "note", "owner.id", "owner.name"].map(str::to_owned).to_vec();
    for unknown in ["nam", "owner.x", "owner.name.x.y", ""] {
        let expected = (unknown.to_owned(), paths.clone());
        let got = check(unknown, &things());
        // A text has no members, but its schema does not say so.
        assert!(got == Err(expected) || unknown == "owner.name.x.y", "{unknown}: {got:?}");
    }
    let page = json!({ "properties": { "page": {}, "things": things() } });
    assert_eq!(check("owner.id", &page), Ok(()));
    assert!(check("page", &page).is_err());
    assert_eq!(check("anything", &Value::Null), Ok(()));
}

#[test]
fn a_page_is_its_list_and_what_is_beside_it() {
    let page = json!({ "page": 2, "things": [{ "id": "1" }], "next": null });
    let schema = json!({ "properties": { "things": things() } });
    assert_eq!(shown(&page, &schema, &[], 80), "id\n1\n\nnext\npage  2");
    assert_eq!(shown(&json!({ "things": [], "page": 1 }), &schema, &[], 80), "page    1\nthings  none");
    // A record with a list of its own is a record.
    let record = shown(&json!({ "id": "7", "steps": [{ "id": "8" }] }), &Value::Null, &[], 80);
    assert_eq!(record, "id  7\n\nsteps (1)\nid\n8");
}

#[test]
fn a_record_is_a_list_of_all_its_fields() {
    let record = json!({ "a": { "b": { "c": 1 }, "none": {} }, "list": ["x", 2], "long": "word ".repeat(12).trim(), "no": null, "yes": true });
    let expected = "a.b.c   1\na.none  none\nlist    x, 2\nlong    word word word word\n        word word word word\n        \
                    word word word word\nno\nyes     true";
    assert_eq!(shown(&record, &Value::Null, &[], 30), expected);
    assert_eq!(shown(&record, &Value::Null, &["a", "yes"], 30), "a.b.c   1\na.none  none\nyes     true");
}

#[test]
fn anything_else_is_a_text() {
    assert_eq!(shown(&json!("two\nlines"), &Value::Null, &[], 80), "two\nlines");
    assert_eq!(shown(&Value::Null, &Value::Null, &[], 80), "null");
    assert_eq!(shown(&json!(["a", [1], { "b": [] }]), &Value::Null, &[], 80), "a\n1\n{\"b\":[]}");
    assert_eq!(result("no JSON", &Value::Null, &View { columns: &[], width: 80 }), None);
}

#[test]
fn what_a_vendor_writes_stays_text() {
    let hostile = "\u{1b}[2J\u{202e}<b>\r\n\u{7}日本";
    let rows =
        json!([{ "id": hostile, "name": hostile, hostile: hostile }, { "id": "1", "name": "x".repeat(1 << 20) }]);
    for value in [
        &rows,
        &rows[0],
        &json!({ "list": rows }),
        &json!([hostile]),
        &json!(hostile),
        &json!({ "b": { hostile: [hostile] } }),
    ] {
        let text = result(&value.to_string(), &things(), &View { columns: &[], width: 80 }).unwrap();
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{plain:?}");
        assert!(plain.contains("\\u001b[2J\\u202e<b>"), "{plain:?}");
        assert!(text.len() < 100_000, "{}", text.len());
    }
}
