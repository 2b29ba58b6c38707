//! Several credentials of one request, and several ways of which one is enough.

use crate::oauth::plain;
use crate::security::Way;
use outwit_link::vendor::Auth;

/// Several at once; of those in the same place, the first counts.
pub(crate) fn together(all: Vec<Auth>) -> Auth {
    let mut several: Vec<Auth> = Vec::new();
    for auth in all {
        let parts = match auth {
            Auth::None => Vec::new(),
            Auth::All { all } => all,
            one => vec![one],
        };
        for part in parts {
            if !several.iter().any(|known| known.is_in_place_of(&part)) {
                several.push(part);
            }
        }
    }
    match several.len() {
        0 => Auth::None,
        1 => several.remove(0),
        _ => Auth::All { all: several.into_iter().map(plain).collect() },
    }
}

/// The way of a requirement, whose schemes all have to be satisfied; and which of them are one value.
pub(crate) fn way(schemes: Vec<(&str, Auth)>) -> (Way, Vec<String>) {
    let (mut lost, mut same) = (Vec::new(), Vec::new());
    for (index, (name, auth)) in schemes.iter().enumerate() {
        let Some((first, known)) = schemes[..index].iter().find(|(_, known)| known.is_in_place_of(auth)) else {
            continue;
        };
        let (place, what) = known.place().unwrap_or_default();
        if plain(known.clone()) != plain(auth.clone()) {
            lost.push(format!("{first} and {name} at once, which both need the {place} {what}"));
        } else {
            same.push(format!("where {first} and {name} are wanted at once, one value in the {place} {what} is both"));
        }
    }
    let auth = together(schemes.into_iter().map(|(_, auth)| auth).collect());
    let way = if lost.is_empty() { Way::Auth(auth) } else { Way::Part(auth, lost.join("; ")) };
    (way, same)
}

/// Which of several ways is easier for people: the lower.
pub(crate) fn preference(auth: &Auth) -> usize {
    match auth {
        Auth::OAuth(_) => 0,
        Auth::Bearer { .. } => 1,
        Auth::Header { .. } => 2,
        Auth::Basic { .. } | Auth::Client { .. } => 3,
        Auth::Query { .. } => 4,
        Auth::All { .. } => 5,
        Auth::Cookie { .. } => 6,
        Auth::Optional { auth } => preference(auth),
        Auth::None => 7,
    }
}

/// A credential in words.
pub(crate) fn word(auth: &Auth) -> String {
    match auth {
        Auth::None => "without a credential".to_owned(),
        Auth::Bearer { .. } | Auth::OAuth(_) => "with a bearer token".to_owned(),
        Auth::Basic { .. } | Auth::Client { .. } => "with a user and a password".to_owned(),
        Auth::Header { header, .. } => format!("with a key in the header {header}"),
        Auth::Query { parameter, .. } => format!("with a key in the parameter {parameter}"),
        Auth::Cookie { cookie, .. } => format!("with the cookie {cookie}"),
        Auth::All { all } => all.iter().map(word).collect::<Vec<_>>().join(" and "),
        Auth::Optional { auth } => format!("{} or without", word(auth)),
    }
}
