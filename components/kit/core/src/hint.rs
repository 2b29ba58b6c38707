//! Texts for agents beside those of the catalogues, in the host and in the gateway.

/// An operation's summary. A call of a stream by its id gives nothing until the stream ends, and the summary says so.
pub fn summary(summary: &str, streams: bool) -> String {
    format!("{summary}{}", if streams { " A call by its id gives all of it at the end." } else { "" })
}

/// The text beside the hits of a search.
///
/// `best` says whether the best of what was found is weak, and is none where nothing was found.
pub fn hint(best: Option<bool>, vendors: &str) -> Option<String> {
    match best {
        None => Some(format!("nothing fits; there are operations of {vendors}")),
        Some(true) => {
            let meant = "all hits are weak: perhaps no operation does what is wanted";
            Some(format!("{meant}; confirm with the person that one of them is meant before you call it"))
        }
        Some(false) => None,
    }
}

/// Vendors' names for people, each once: a vendor may have several components.
pub fn names<'n>(titles: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let mut names = Vec::new();
    for title in titles {
        if !names.contains(&title) {
            names.push(title);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_of_several_components_is_named_once() {
        assert_eq!(names(["Accelo", "Accelo", "Aero", "Accelo"]), ["Accelo", "Aero"]);
    }
}
