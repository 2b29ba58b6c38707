//! Which names somebody may have meant.

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
