//! Where requests carry what proves who sends them.

use crate::vendor::Auth;

impl Auth {
    /// Where a request carries it: what it is, and the name. A request has one of it, and several have no place for any.
    pub fn place(&self) -> Option<(&'static str, &str)> {
        match self {
            Auth::Bearer { .. } | Auth::OAuth(_) | Auth::Basic { .. } | Auth::Client { basic: true, .. } => {
                Some(("header", "authorization"))
            }
            Auth::Header { header, .. } => Some(("header", header)),
            Auth::Query { parameter, .. } => Some(("parameter", parameter)),
            Auth::Cookie { cookie, .. } => Some(("cookie", cookie)),
            Auth::Optional { auth } => auth.place(),
            Auth::None | Auth::All { .. } | Auth::Client { basic: false, .. } => None,
        }
    }

    /// Whether a request cannot carry both, because they are in the same place.
    pub fn is_in_place_of(&self, other: &Auth) -> bool {
        let (Some(one), Some(other)) = (self.place(), other.place()) else { return false };
        // The whole header, and a part of it.
        let of_header = |one: (&str, &str), other: (&str, &str)| one == ("header", "cookie") && other.0 == "cookie";
        one == other || of_header(one, other) || of_header(other, one)
    }
}
