//! What an agent is told beside what a search has found, by the host and by the gateway.

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
