//! `where`, `any` and `order` → Accelo's `_filters`.
//!
//! The text form is `name(value,value),name(type(id,id)),_OR(…)`, and has no way to quote: a value runs to the next comma
//! or parenthesis. The documentation recommends the JSON form, `{"name": ["value"]}`, for values with such characters, in
//! a read that is sent as a POST with `_method=get`. So a value that the text form could misread makes all of it JSON,
//! and no value ever changes the statement.
//!
//! Filters that Accelo does not know are ignored without a word, and of two with the same name only the last counts:
//! either would answer with more than was asked for. So fields are enumerations in the WIT, and what would be ignored is
//! an error here.

use kit::wire::{PLAUSIBLE, joined};
use kit::{FieldError, take};
use serde_json::{Map, Value};

/// Fields of a list that `after` and `before` compare, beside those that begin with `date_`: the field, the name by which
/// Accelo compares it, and whether it can be tested in any other way.
pub type Ranges = [(&'static str, &'static str, Only)];

/// Whether a field can be compared only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// It can.
    Compared,
    /// It can be tested by `is` and `is-not`, too.
    Tested,
}
use Only::{Compared, Tested};

/// Of activities.
pub const ACTIVITIES: &Ranges = &[
    ("id", "id", Tested),
    ("against_id", "against_id", Tested),
    ("thread_id", "thread", Tested),
    ("owner_id", "owner", Tested),
    ("staff", "staff", Tested),
    ("activity_priority", "activity_priority", Tested),
    ("activity_class", "class", Tested),
    ("task", "task", Tested),
];
/// Of companies.
pub const COMPANIES: &Ranges = &[
    ("id", "id", Tested),
    ("default_affiliation", "affiliation", Tested),
    ("standing", "standing", Tested),
    ("status", "status", Tested),
    ("custom_id", "custom_id", Tested),
    ("country", "country", Compared),
];
/// Of contacts.
pub const CONTACTS: &Ranges = &[("id", "id", Tested), ("status", "status", Tested), ("country", "country", Compared)];
/// Of staff members.
pub const STAFF: &Ranges = &[("id", "id", Tested), ("rate", "rate", Compared)];

/// Characters that a filter's value may have in a query, beside ASCII letters and digits.
const PLAIN: &str = "-_.@:+/";
/// The same of a search, which has words.
pub const SEARCHABLE: &str = " -_.@:+/";

/// Fields whose values are words; those of all others are ids and moments, in digits. What a standing or custom id is, the
/// account decides.
const WORDS: [&str; 17] = [
    "against_type",
    "owner_type",
    "medium",
    "visibility",
    "standing",
    "contact_number",
    "custom_id",
    "website",
    "email",
    "title",
    "username",
    "referrer_type",
    "success",
    "invoice_number",
    "budget_type",
    "allowance_type",
    "portal_access",
];
/// Fields that are compared with a number that may have a fraction.
const AMOUNTS: [&str; 12] = [
    "rate",
    "rate_charged",
    "value",
    "value_weighted",
    "progress",
    "amount",
    "tax",
    "outstanding",
    "quantity",
    "unit_cost",
    "cost",
    "total",
];
/// Fields whose values are a kind and an id.
const RECORDS: [&str; 2] = ["against", "owner"];
/// Fields whose values are kinds.
const KINDS: [&str; 3] = ["against_type", "owner_type", "referrer_type"];

/// Whether a word can be a kind of record as conditions have it: in the singular (documentation, Filters, Object Filters). Addresses
/// have the plural, and nothing would fit that.
pub(crate) fn is_kind(word: &str) -> bool {
    !word.is_empty() && !word.ends_with('s') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// A filter's name and its values: by kind where they are records, else under the kind "".
struct Filter {
    name: String,
    values: Vec<(String, Vec<String>)>,
}

/// Takes the conditions and the order out of the parameters and puts `_filters` there.
///
/// # Errors
///
/// For what Accelo would ignore or misread, at its place.
pub fn render(params: &mut Map<String, Value>, ranges: &Ranges) -> Result<(), FieldError> {
    let mut all = filters(params, "where", ranges)?;
    let any = filters(params, "any", ranges)?;
    if let Some(order) = take(params, "order") {
        let direction = order["direction"].as_str().unwrap_or("asc");
        let by = order["by"].as_str().unwrap_or_default().to_owned();
        all.push(Filter { name: format!("order_by_{direction}"), values: vec![(String::new(), vec![by])] });
    }
    if all.is_empty() && any.is_empty() {
        return Ok(());
    }
    // Where a search makes the read JSON, filters are JSON, too.
    let search = params.get("_search").and_then(Value::as_str).unwrap_or_default();
    let rendered = if is_plain(search, SEARCHABLE) && all.iter().chain(&any).all(Filter::is_plain) {
        let mut text: Vec<String> = all.iter().map(Filter::text).collect();
        if !any.is_empty() {
            text.push(format!("_OR({})", joined(&any.iter().map(Filter::text).collect::<Vec<_>>(), ",")));
        }
        Value::String(joined(&text, ","))
    } else {
        let mut object = Map::new();
        all.into_iter().for_each(|filter| filter.put(&mut object));
        if !any.is_empty() {
            let mut either = Map::new();
            any.into_iter().for_each(|filter| filter.put(&mut either));
            object.insert("_OR".to_owned(), either.into());
        }
        Value::Object(object)
    };
    params.insert("_filters".to_owned(), rendered);
    Ok(())
}

fn filters(params: &mut Map<String, Value>, list: &str, ranges: &Ranges) -> Result<Vec<Filter>, FieldError> {
    let Some(Value::Array(conditions)) = take(params, list) else { return Ok(Vec::new()) };
    let mut filters: Vec<Filter> = Vec::new();
    for (index, condition) in conditions.iter().enumerate() {
        let filter = filter(condition, ranges)
            .map_err(|(at, expected)| FieldError::new(format!("{list}[{index}]{at}"), expected))?;
        if filters.iter().any(|earlier| earlier.name == filter.name) {
            let expected = "expected one condition for a field and test, with all its values";
            return Err(FieldError::new(format!("{list}[{index}]"), expected));
        }
        // Of conditions of which one has to hold, a range may lie outside.
        if list == "where" && filters.iter().any(|earlier| earlier.is_apart(&filter) || filter.is_apart(earlier)) {
            let expected = "expected a range: nothing is after one moment and before an earlier one";
            return Err(FieldError::new(format!("{list}[{index}].values[0]"), expected));
        }
        filters.push(filter);
    }
    Ok(filters)
}

/// One condition; an error is the place below it and what was expected there.
fn filter(condition: &Value, ranges: &Ranges) -> Result<Filter, (String, &'static str)> {
    let field = condition["field"].as_str().unwrap_or_default();
    let dated = field.starts_with("date_");
    let range = ranges.iter().find(|(name, ..)| *name == field);
    let wrong = |expected| Err((".test".to_owned(), expected));
    let (name, suffix) = match (condition["test"].as_str().unwrap_or("is"), dated, range) {
        ("is" | "is_not", _, Some((_, _, Compared))) => return wrong("expected after or before for this field"),
        ("is", ..) => (field, ""),
        ("is_not", ..) => (field, "_not"),
        ("after", true, _) => (field, "_after"),
        ("before", true, _) => (field, "_before"),
        (_, _, None) => return wrong("expected is or is-not for this field"),
        ("after", _, Some((_, name, _))) => (*name, "_greater_than"),
        (_, _, Some((_, name, _))) => (*name, "_less_than"),
    };
    let given: Vec<&str> = condition["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let one = dated || suffix.ends_with("than");
    let amount = suffix.ends_with("than") && AMOUNTS.contains(&field);
    let number = |text: &str| WORDS.contains(&field) || text.bytes().all(|b| b.is_ascii_digit() || b == b'.' && amount);
    if given.is_empty() || one && (given.len() > 1 || !number(given[0])) {
        let expected = if one { "expected one value, in digits" } else { "expected at least one value" };
        return Err((".values".to_owned(), expected));
    }
    if dated && !given[0].parse().is_ok_and(|moment: i64| moment < PLAUSIBLE.end) {
        return Err((".values[0]".to_owned(), "expected seconds since 1970, before the year 2200"));
    }
    if dated && matches!(suffix, "" | "_not") && given[0].bytes().all(|b| b == b'0') {
        let expected =
            "expected a moment: Accelo compares no date with 0. For records without the date, use the test before";
        return Err((".values[0]".to_owned(), expected));
    }
    let mut values: Vec<(String, Vec<String>)> = Vec::new();
    for (index, value) in given.into_iter().enumerate() {
        let at = |expected| (format!(".values[{index}]"), expected);
        let (kind, id) = match value.split_once('/') {
            Some((kind, id)) if RECORDS.contains(&field) && is_kind(kind) => (kind, id),
            _ if RECORDS.contains(&field) => {
                return Err(at("expected a kind in the singular and an id, as in company/311 or contract_period/12"));
            }
            _ if KINDS.contains(&field) && !is_kind(value) => {
                return Err(at("expected a kind in the singular, such as company or contract_period"));
            }
            _ => ("", value),
        };
        if id.trim().is_empty() {
            return Err(at("expected a value that is not empty"));
        }
        // 0 stands for none, or for Accelo itself.
        if !number(id) {
            return Err(at("expected an id in digits"));
        }
        match values.iter_mut().find(|(known, _)| known == kind) {
            Some((_, ids)) => ids.push(id.to_owned()),
            None => values.push((kind.to_owned(), vec![id.to_owned()])),
        }
    }
    Ok(Filter { name: format!("{name}{suffix}"), values })
}

fn is_plain(text: &str, others: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || others.as_bytes().contains(&b))
}

impl Filter {
    /// Whether this asks for what is after a moment, and the other one for what is before that.
    fn is_apart(&self, other: &Filter) -> bool {
        let bound = |filter: &Filter| filter.values.first()?.1.first()?.parse::<u64>().ok();
        let (after, before) = (self.name.strip_suffix("_after"), other.name.strip_suffix("_before"));
        after.is_some() && after == before && bound(self) >= bound(other)
    }

    /// Whether the text form says it without a doubt.
    fn is_plain(&self) -> bool {
        self.values.iter().all(|(kind, ids)| is_plain(kind, PLAIN) && ids.iter().all(|id| is_plain(id, PLAIN)))
    }

    fn text(&self) -> String {
        let values = self.values.iter().map(|(kind, ids)| match kind.as_str() {
            "" => joined(ids, ","),
            kind => format!("{kind}({})", joined(ids, ",")),
        });
        format!("{}({})", self.name, joined(&values.collect::<Vec<_>>(), ","))
    }

    fn put(self, object: &mut Map<String, Value>) {
        let mut kinds = Map::new();
        for (kind, ids) in self.values {
            if kind.is_empty() {
                object.insert(self.name, ids.into());
                return;
            }
            kinds.insert(kind, ids.into());
        }
        object.insert(self.name, vec![Value::Object(kinds)].into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(params: Value) -> Result<Value, FieldError> {
        rendered_of(ACTIVITIES, params)
    }

    fn rendered_of(ranges: &Ranges, params: Value) -> Result<Value, FieldError> {
        let Value::Object(mut params) = params else { unreachable!() };
        render(&mut params, ranges)?;
        Ok(params.remove("_filters").unwrap_or_default())
    }

    #[test]
    fn plain_values_are_text() {
        let filters = rendered(json!({
            "where": [
                {"field": "against", "values": ["company/311", "job/9", "company/4"]},
                {"field": "medium", "test": "is_not", "values": ["note", "call"]},
                {"field": "date_logged", "test": "after", "values": ["1772010000"]},
                {"field": "id", "test": "before", "values": ["9"]},
            ],
            "order": {"by": "date_logged", "direction": "desc"},
            "any": [{"field": "staff", "values": ["21"]}, {"field": "owner_type", "test": "is", "values": ["staff"]}],
        }));
        let text = "against(company(311,4),job(9)),medium_not(note,call),date_logged_after(1772010000),id_less_than(9),\
                    order_by_desc(date_logged),_OR(staff(21),owner_type(staff))";
        assert_eq!(filters.unwrap(), text);
    }

    #[test]
    fn no_value_changes_the_statement() {
        for value in ["a)b", "a,b", "a(b", "x),standing(inactive", " a ", "é", "\"", "a\nb", "_OR(x)"] {
            let conditions = json!([{"field": "email", "values": [value]}]);
            let filters =
                rendered(json!({"where": conditions, "any": [{"field": "title", "values": ["Ms"]}]})).unwrap();
            assert_eq!(filters, json!({"email": [value], "_OR": {"title": ["Ms"]}}), "{value}");
            let against = json!([{"field": "against", "values": [format!("{value}/1")]}]);
            assert_eq!(rendered(json!({"where": against})).unwrap_err().field, "where[0].values[0]");
        }
    }

    #[test]
    fn what_accelo_would_ignore_is_refused_at_its_place() {
        let field = |condition: Value| {
            let earlier = json!({"field": "email", "values": ["x"]});
            rendered(json!({ "where": [earlier, condition] })).unwrap_err().field
        };
        assert_eq!(field(json!({"field": "title", "values": ["a", " "]})), "where[1].values[1]");
        assert_eq!(field(json!({"field": "title", "values": []})), "where[1].values");
        assert_eq!(field(json!({"field": "email", "values": ["y"]})), "where[1]");
        assert_eq!(field(json!({"field": "owner", "values": ["21"]})), "where[1].values[0]");
        assert_eq!(field(json!({"field": "owner", "values": ["staff/"]})), "where[1].values[0]");
        assert_eq!(field(json!({"field": "owner", "values": ["staff/-1"]})), "where[1].values[0]");
        assert_eq!(field(json!({"field": "id", "values": ["1", "abc"]})), "where[1].values[1]");
        assert_eq!(field(json!({"field": "manager_id", "test": "is_not", "values": ["1.5"]})), "where[1].values[0]");
        assert_eq!(field(json!({"field": "task", "values": [" 1"]})), "where[1].values[0]");
        assert_eq!(field(json!({"field": "standing", "test": "after", "values": ["1"]})), "where[1].test");
        assert_eq!(field(json!({"field": "date_logged", "test": "after", "values": ["now"]})), "where[1].values");
        assert_eq!(field(json!({"field": "id", "test": "after", "values": ["1", "2"]})), "where[1].values");
        // Both bounds of a range are exclusive; it may hold nothing where one condition of several is enough.
        let range = |(list, before): (&str, &str)| {
            let bound = |test: &str, value: &str| json!({"field": "date_logged", "test": test, "values": [value]});
            rendered(json!({ list: [bound("after", "10"), bound("before", before)] })).is_err()
        };
        let ranges = [("where", "9"), ("where", "10"), ("where", "11"), ("any", "9")];
        assert_eq!(ranges.map(range), [true, true, false, false]);
    }

    #[test]
    fn beside_a_search_that_goes_as_json_filters_are_json() {
        let active = json!([{"field": "standing", "values": ["active"]}]);
        let beside = |search: &str| rendered(json!({"where": active, "_search": search})).unwrap();
        assert_eq!(beside("Harbourlight Joinery"), "standing(active)");
        assert_eq!(beside("Müller & Söhne"), json!({"standing": ["active"]}));
    }

    #[test]
    fn a_field_is_compared_by_the_name_that_the_list_has_for_it() {
        let one = |ranges, field: &str, test: &str, value: &str| {
            let condition = json!({"field": field, "test": test, "values": [value]});
            rendered_of(ranges, json!({ "where": [condition] })).map_err(|problem| problem.field)
        };
        assert_eq!(one(ACTIVITIES, "thread_id", "after", "7").unwrap(), "thread_greater_than(7)");
        assert_eq!(one(ACTIVITIES, "owner_id", "before", "7").unwrap(), "owner_less_than(7)");
        assert_eq!(one(COMPANIES, "default_affiliation", "after", "7").unwrap(), "affiliation_greater_than(7)");
        assert_eq!(one(COMPANIES, "standing", "before", "inactive").unwrap(), "standing_less_than(inactive)");
        assert_eq!(one(CONTACTS, "country", "after", "14").unwrap(), "country_greater_than(14)");
        assert_eq!(one(STAFF, "rate", "after", "99.50").unwrap(), "rate_greater_than(99.50)");
        assert_eq!(one(CONTACTS, "country", "is", "14").unwrap_err(), "where[0].test");
        assert_eq!(one(CONTACTS, "standing", "after", "x").unwrap_err(), "where[0].test");
    }

    #[test]
    fn no_date_is_compared_with_nothing() {
        for test in ["is", "is_not"] {
            let unset = json!([{"field": "date_started", "test": test, "values": ["0"]}]);
            let problem = rendered(json!({ "where": unset })).unwrap_err();
            assert_eq!(problem.field, "where[0].values[0]");
            assert!(problem.expected.contains("before"));
        }
        let before = json!([{"field": "date_started", "test": "before", "values": ["1"]}]);
        assert_eq!(rendered(json!({ "where": before })).unwrap(), "date_started_before(1)");
    }

    #[test]
    fn a_kind_is_in_the_singular_as_conditions_have_it() {
        let refused = |field: &str, value: &str| {
            let problem = rendered(json!({ "where": [{"field": field, "values": ["company/1", value]}] }));
            problem.unwrap_err().field
        };
        for value in ["companies/311", "contract-period/5", "Company/311", "job /9", "/9", "9"] {
            assert_eq!(refused("against", value), "where[0].values[1]", "{value}");
        }
        for (field, kind) in [("against_type", "jobs"), ("owner_type", "Staff"), ("referrer_type", "contract-period")] {
            let condition = json!([{"field": field, "values": [kind]}]);
            assert_eq!(rendered(json!({ "where": condition })).unwrap_err().field, "where[0].values[0]", "{kind}");
        }
        let staff = json!([{"field": "owner", "values": ["staff/21"]}, {"field": "against_type", "values": ["contract_period"]}]);
        assert_eq!(rendered(json!({ "where": staff })).unwrap(), "owner(staff(21)),against_type(contract_period)");
    }

    #[test]
    fn no_condition_is_no_parameter() {
        assert_eq!(rendered(json!({"where": []})).unwrap(), Value::Null);
    }
}
