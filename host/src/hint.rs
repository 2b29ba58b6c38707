//! What an agent is told beside what the catalogues say, by the host and by the gateway.

/// An operation's summary. What streams shows nothing to who calls it by its id, until it ends.
pub fn summary(summary: &str, streams: bool) -> String {
    format!("{summary}{}", if streams { " A call by its id gives all of it at the end." } else { "" })
}

/// What is told beside what a search has found.
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
