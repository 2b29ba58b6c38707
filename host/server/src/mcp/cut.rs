//! Cutting a result to a budget: lists to whole items, texts to a length, and never silently.

use serde_json::Value;

/// Texts up to this many bytes are never cut.
const SHORT: usize = 400;

/// One place where something was cut.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where, as a JSON pointer.
    pub at: String,
    /// How many items or characters are left.
    pub shown: usize,
    /// How many there were.
    pub of: usize,
    /// `items` or `characters`.
    pub unit: &'static str,
}

/// Cuts the largest list, and what else is needed, until the value's JSON is no longer than the budget, or nothing is left
/// that can be cut: a list keeps its first item, and what is neither list nor text stays.
pub fn fit(value: &mut Value, budget: usize) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    loop {
        let mut largest = None;
        let total = measure(value, String::new(), &cuts, &mut largest);
        let Some((size, at)) = largest.filter(|_| total > budget) else { return cuts };
        let room = size.saturating_sub(total - budget);
        let Some(place) = value.pointer_mut(&at) else { return cuts };
        cuts.push(cut(place, at, room));
    }
}

/// The length of a value's JSON; and where the largest part of it is that can be cut, with its length.
fn measure(value: &Value, at: String, cuts: &[Cut], largest: &mut Option<(usize, String)>) -> usize {
    let (size, divisible) = match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let sizes = items.map(|(index, item)| 1 + measure(item, format!("{at}/{index}"), cuts, largest));
            let size = 1 + sizes.sum::<usize>().max(1);
            (size, value.get(1).is_some())
        }
        Value::Object(members) => {
            let size = members.iter().map(|(name, member)| {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                // Quotation marks, colon, comma.
                name.len() + 4 + measure(member, at, cuts, largest)
            });
            (1 + size.sum::<usize>().max(1), false)
        }
        Value::String(text) => (value.to_string().len(), text.len() > SHORT),
        plain => (plain.to_string().len(), false),
    };
    let done = cuts.iter().any(|cut| cut.at == at);
    // Of a list and the only large thing in it, the list is cut.
    if divisible && !done && largest.as_ref().is_none_or(|(other, _)| size >= *other) {
        *largest = Some((size, at));
    }
    size
}

/// Cuts a list or a text so that its JSON is about as long as there is room.
fn cut(place: &mut Value, at: String, room: usize) -> Cut {
    match place {
        Value::Array(items) => {
            let of = items.len();
            let mut left = room.saturating_sub(2);
            let fits = |item: &&Value| {
                let rest = left.checked_sub(item.to_string().len() + 1);
                left = rest.unwrap_or(0);
                rest.is_some()
            };
            let shown = items.iter().take_while(fits).count().max(1);
            items.truncate(shown);
            Cut { at, shown, of, unit: "items" }
        }
        Value::String(text) => {
            let of = text.chars().count();
            let mut left = room.saturating_sub(60).max(SHORT / 2);
            let fits = |character: &char| {
                let length = match character {
                    '"' | '\\' => 2,
                    // As JSON escapes it, at most.
                    other if other.is_control() => 6,
                    other => other.len_utf8(),
                };
                let rest = left.checked_sub(length);
                left = rest.unwrap_or(0);
                rest.is_some()
            };
            let head: String = text.chars().take_while(fits).collect();
            let shown = head.chars().count();
            *text = format!("{head}… [cut: {shown} of {of} characters]");
            Cut { at, shown, of, unit: "characters" }
        }
        _ => Cut { at, shown: 0, of: 0, unit: "items" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(count: usize) -> Value {
        (0..count).map(|id| json!({ "id": id, "name": "a name" })).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let mut value = json!({ "rows": rows(3), "text": "short" });
        let whole = value.clone();
        assert!(fit(&mut value, whole.to_string().len()).is_empty());
        assert_eq!(value, whole);
    }

    #[test]
    fn the_largest_list_is_cut_to_whole_items() {
        let mut value = json!({ "few": [1, 2], "rows": rows(1000), "text": "a".repeat(SHORT) });
        let cuts = fit(&mut value, 2000);
        let shown = value["rows"].as_array().unwrap().len();
        assert_eq!(cuts, [Cut { at: "/rows".into(), shown, of: 1000, unit: "items" }]);
        let length = value.to_string().len();
        assert!((1950..=2000).contains(&length), "{length}");
        assert_eq!(value["rows"][shown - 1], json!({ "id": shown - 1, "name": "a name" }));
        assert_eq!(value["few"], json!([1, 2]));
    }

    #[test]
    fn of_one_item_that_is_too_long_its_texts_are_cut() {
        let mut value = json!([{ "a/b": "é\n".repeat(5000), "id": 1 }, { "id": 2 }]);
        let cuts = fit(&mut value, 1500);
        let at: Vec<&str> = cuts.iter().map(|cut| &*cut.at).collect();
        assert_eq!(at, ["", "/0/a~1b"]);
        assert_eq!((cuts[0].shown, cuts[0].of, cuts[1].of), (1, 2, 10_000));
        let text = value[0]["a/b"].as_str().unwrap();
        assert!(text.ends_with(&format!("… [cut: {} of 10000 characters]", cuts[1].shown)), "{text}");
        assert!(value.to_string().len() <= 1500, "{}", value.to_string().len());
    }

    #[test]
    fn values_that_cannot_be_shortened_are_left_and_end_the_cutting() {
        let mut value: Value = (0..500).map(|index| (format!("name-{index}"), json!(index))).collect();
        let whole = value.clone();
        assert!(fit(&mut value, 100).is_empty());
        assert_eq!(value, whole);
        assert_eq!(fit(&mut json!([[], [1]]), 0).len(), 1);
    }
}
