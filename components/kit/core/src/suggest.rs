//! Which names somebody may have meant.

use serde_json::{Value, json};
use std::borrow::Cow;

/// The most characters of an operation's name that an error tells.
const LONGEST_NAME: usize = 100;

/// An id as it is told and written down: of what is far too long for a name, a part.
pub fn shown(id: &str) -> Cow<'_, str> {
    match id.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &id[..end]).into(),
        None => id.into(),
    }
}

/// What is said of an operation that does not exist: a sentence with those that may have been meant, and the details of that error.
pub fn unknown_operation<'n>(id: &str, known: impl IntoIterator<Item = &'n str>) -> (String, Option<Value>) {
    // What is shown in part is compared with none in full.
    let id = &*shown(id);
    let nearest = nearest(id, known);
    let hint = match &*nearest {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    };
    let details = (!nearest.is_empty()).then(|| json!({ "nearest": nearest }));
    (format!("unknown operation {id:?}{hint}"), details)
}

/// The known ids nearest to one that is unknown, best first, at most three; none where nothing is near.
///
/// A name counts with and without its vendor, so that `list-activites` finds `accelo.list-activities`.
pub fn nearest<'n>(unknown: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let plain = |name: &str| name.replace('_', "-");
    let (vendor, name) = parts(unknown);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .filter_map(|id| {
            let (known_vendor, known_name) = parts(id);
            let near = strsim::normalized_damerau_levenshtein(&plain(name), &plain(known_name));
            let same = vendor.zip(known_vendor).map_or(1.0, |(a, b)| strsim::normalized_damerau_levenshtein(a, b));
            // Another vendor is no misspelling: a call there would be carried out in the wrong place.
            (same > 0.6).then_some((near * 0.8 + same * 0.2, id))
        })
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    // What is much farther away than the best is no help.
    scored.into_iter().filter(|(score, _)| *score >= 0.6 && *score > best - 0.12).take(3).map(|(_, id)| id).collect()
}

/// Vendor, if one is named, and the name after it.
fn parts(id: &str) -> (Option<&str>, &str) {
    id.split_once('.').map_or((None, id), |(vendor, name)| (Some(vendor), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] =
        ["accelo.list-activities", "accelo.get-activity", "accelo.list-companies", "airops.list-workflows"];

    #[test]
    fn a_misspelt_id_finds_the_right_one_first() {
        for wrong in ["accelo.list-activites", "list-activities", "acelo.list-activities", "accelo.list_activities"] {
            assert_eq!(nearest(wrong, IDS).first(), Some(&"accelo.list-activities"), "{wrong}");
        }
    }

    #[test]
    fn another_vendors_operation_of_the_same_name_is_not_suggested() {
        for other in ["aero.list-activities", "airops.list-companies", "hubspot.list-companies"] {
            assert!(nearest(other, IDS).iter().all(|id| id.split('.').next() == other.split('.').next()), "{other}");
        }
    }

    #[test]
    fn nothing_is_suggested_where_nothing_is_near() {
        assert!(nearest("qqqqqqqqqqqqqqqqqqqqqqqq", IDS).is_empty());
    }
}
