//! Accelo's conditions: no value changes the filter that it stands in.

use crate::holds;
use crate::world::{Answer, Sent, Vendor};
use outwit::ErrorKind;
use outwit_fuzz::filters::{self, Filters};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A condition: its field, its test, its values.
type Condition = (String, Option<&'static str>, Vec<String>);

#[derive(Clone, Debug)]
struct Query {
    all: Vec<Condition>,
    any: Vec<Condition>,
    order: Option<(String, Option<&'static str>)>,
    search: Option<String>,
    page: Option<u32>,
}

#[rustfmt::skip]
const NASTY: &[&str] = &[
    ",", "(", ")", "),", "a,b", "a)b", "a(b", "x),standing(inactive", "x),_OR(standing(inactive)", ")),id(1", "_OR",
    "_OR(x)", "_AND(", "\"", "'", "\\", "\"]},\"standing\":[\"inactive", "%2C", "%29,", "&_limit=1", "#", "=", " ",
    " a", "a ", "\n", "\r\n", "\0", "\t", "é", "\u{ff09}", "\u{201a}", "\u{1f30a}", "+", "a+b@x.example",
    "a@b.example", "2026-01-02", "10:30", "company/311", "/", "//", "a/", "/1", "job/9/1", "x)/1", "a,b/2",
    "order_by_asc(id)", "1", "0", "-1", "311", "1772010000", "null", "[]", "{}", "*", "%", "$", "company(1)/2", "",
];

fn texts() -> BoxedStrategy<String> {
    let joined = vec(prop_oneof![3 => select(NASTY).prop_map(str::to_owned), 1 => any::<String>()], 1..4);
    let record = (prop_oneof!["[a-z]{1,8}", joined.clone().prop_map(|parts| parts.concat())], any::<u32>());
    prop_oneof![
        3 => select(NASTY).prop_map(str::to_owned),
        3 => joined.prop_map(|parts| parts.concat()),
        2 => any::<String>(),
        4 => "[a-zA-Z0-9_.@:+-]{1,12}",
        4 => any::<u32>().prop_map(|number| number.to_string()),
        3 => record.prop_map(|(kind, id)| format!("{kind}/{id}")),
        1 => (100usize..3000).prop_map(|length| "),(".repeat(length)),
    ]
    .boxed()
}

/// The words of a field in the operation's input.
fn words(vendor: &Vendor, operation: &str, path: [&str; 2]) -> Vec<String> {
    let catalogue = vendor.plugin.catalogue();
    let input = catalogue.operation(operation).and_then(|operation| operation.input.clone()).unwrap_or_default();
    let mut schema = catalogue.inlined(&input);
    for name in path {
        schema = schema["properties"][name].take();
        schema = schema.get("items").unwrap_or(&schema).clone();
    }
    let words = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    words.map(str::to_owned).collect()
}

fn queries(vendor: &Vendor, operation: &str) -> impl Strategy<Value = Query> + use<> {
    let test = || option::of(select(&["is", "is-not", "after", "before"][..]));
    let field = || select(words(vendor, operation, ["where", "field"]));
    let plain = (field(), option::of(select(&["is", "is-not"][..])), vec(texts(), 0..4));
    let one = (field(), test(), "[0-9]{1,12}").prop_map(|(field, test, value)| (field, test, vec![value]));
    let ids = (field(), option::of(select(&["is", "is-not"][..])), vec("[0-9]{1,9}", 1..4));
    let any_condition = (field(), test(), vec(texts(), 0..3));
    let condition = prop_oneof![4 => plain, 4 => ids, 3 => one, 1 => any_condition].boxed();
    let order = (select(words(vendor, operation, ["order", "by"])), option::of(select(&["asc", "desc"][..])));
    let searched = operation.ends_with("companies");
    let search = option::of(texts()).prop_map(move |search| search.filter(|_| searched));
    let rest = (option::of(order), search, option::of(any::<u32>()));
    (vec(condition.clone(), 0..4), vec(condition, 0..3), rest).prop_map(|(all, any, (order, search, page))| Query {
        all,
        any,
        order,
        search,
        page,
    })
}

impl Query {
    fn json(&self) -> Value {
        let conditions = |conditions: &[Condition]| {
            let conditions = conditions.iter().map(|(field, test, values)| match test {
                Some(test) => json!({ "field": field, "test": test, "values": values }),
                None => json!({ "field": field, "values": values }),
            });
            Value::Array(conditions.collect())
        };
        let mut query = json!({ "where": conditions(&self.all), "any": conditions(&self.any) });
        if let Some((by, direction)) = &self.order {
            query["order"] = json!({ "by": by });
            if let Some(direction) = direction {
                query["order"]["direction"] = json!(direction);
            }
        }
        if let Some(search) = &self.search {
            query["search"] = json!(search);
        }
        if let Some(page) = &self.page {
            query["page"] = json!(page);
        }
        query
    }
}

/// All parameters of a request but its fields, and the filters.
fn read(sent: &Sent) -> Option<(Map<String, Value>, Filters)> {
    let mut params: Map<String, Value> = sent.query.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    match sent.method.as_str() {
        "GET" if sent.body.is_empty() => {}
        "POST" if params.remove("_method")? == "get" => {
            params.extend(serde_json::from_slice::<Map<String, Value>>(&sent.body).ok()?);
        }
        _ => return None,
    }
    params.remove("_fields");
    let filters = params.remove("_filters");
    // A query has the form of a text, and a body that of JSON.
    let fits = filters.as_ref().is_none_or(|filters| filters.is_string() == (sent.method == "GET"));
    Some((params, fits.then(|| filters::sent(filters))??))
}

fn checked(accelo: &Vendor, operation: &str, query: &Query) -> Result<bool, String> {
    if let Err(error) =
        accelo.call(operation, &query.json(), &[Answer::json(r#"{"meta":{"status":"ok"},"response":[]}"#)])
    {
        let field = error.field.clone().unwrap_or_default();
        let blank = query.search.as_ref().is_some_and(|search| search.trim().is_empty());
        let named = field.starts_with("input.where[") || field.starts_with("input.any[");
        let named = named || blank && field == "input.search";
        let refused = error.kind == ErrorKind::InvalidInput && named && accelo.sent().is_empty();
        return if refused { Ok(false) } else { Err(format!("{error:?}")) };
    }
    let sent = accelo.sent();
    let [sent] = &sent[..] else { return Err(format!("{sent:?}")) };
    let (params, filters) = read(sent).ok_or_else(|| format!("not understood: {}", shown(sent)))?;
    let mut given = Map::new();
    given.extend(query.search.as_ref().map(|search| ("_search".to_owned(), json!(search))));
    given.extend(query.page.map(|page| ("_page".to_owned(), json!(page.to_string()))));
    let as_text = |params: Map<String, Value>| {
        let text = |value: Value| value.as_str().map_or(value.to_string(), str::to_owned);
        params.into_iter().map(|(name, value)| (name, text(value))).collect::<BTreeMap<_, _>>()
    };
    let expected = filters::expected(&query.json());
    if as_text(params) != as_text(given) || filters != expected {
        return Err(format!("expected {expected:?}, got {}", shown(sent)));
    }
    Ok(true)
}

fn shown(sent: &Sent) -> String {
    format!("{} {:?} {}", sent.method, sent.query, String::from_utf8_lossy(&sent.body))
}

#[test]
fn no_value_changes_a_filter() {
    let accelo = Vendor::new("accelo");
    for operation in ["accelo.list-companies", "accelo.list-activities"] {
        let counts = Cell::new((0, 0));
        holds(2000, &queries(&accelo, operation), |query| {
            let through = checked(&accelo, operation, &query)?;
            counts.set((counts.get().0 + u32::from(through), counts.get().1 + 1));
            Ok(())
        });
        let (through, all) = counts.get();
        assert!(through * 10 >= all && through < all, "{operation}: {through} of {all} were sent");
    }
}
