//! Grants: how an account works for as long as it likes with tokens that end.
//!
//! A grant is what a vendor gave an application: an access token, which goes with every request and ends after a while,
//! and maybe a refresh token, by which the next one is obtained. A person's consent makes a grant that lasts; it is kept
//! in a file ([`store`]). An application that acts for itself needs none: its own credential is exchanged for a token
//! whenever there is none (`client_credentials`), which is then kept in memory.
//!
//! The host speaks to the token endpoint itself ([`token`]), so that no component sees a token. A [`TokenManager`] manages one
//! account's grant, by these rules:
//!
//! - A token is renewed before it ends, once for all calls that wait for it. Who gives up waiting does not stop it.
//! - A vendor may end a refresh token with its first use. So the next one is stored before the new access token is used,
//!   and one process at a time renews, with what is stored then. It is not sent where there is no room to store the next one.
//! - Nothing that fails takes the grant away. Until the old token has ended, it is used on.

mod refresh;
pub(crate) mod token_endpoint;
pub(crate) mod token_store;

pub(crate) use refresh::{Session, TokenManager};

use crate::secret::Secret;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long before its end a token is renewed, at most.
const MARGIN: Duration = Duration::from_secs(60);

/// A grant: tokens, and what is known about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// When it was asked for, in Unix milliseconds.
    pub issued_ms: u64,
    /// When the access token ends; none where the vendor does not say, and then it is renewed when it is refused.
    pub expires_ms: Option<u64>,
    /// What it may do, as it was asked for.
    pub scope: String,
    /// Whether it was had for the application's own credential, which then gives the next one.
    pub application: bool,
    /// Whom it acts for, as far as the vendor told.
    pub who: BTreeMap<String, String>,
}

impl Tokens {
    /// Whether it can be used without a thought: it does not end soon.
    pub fn is_fresh(&self, now_ms: u64) -> bool {
        self.expires_ms.is_none_or(|end| {
            let tenth = end.saturating_sub(self.issued_ms) / 10;
            now_ms.saturating_add(tenth.min(milliseconds(MARGIN))) < end
        })
    }

    /// Whether it has not ended yet.
    pub fn is_valid(&self, now_ms: u64) -> bool {
        self.expires_ms.is_none_or(|end| now_ms < end)
    }
}

/// Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(milliseconds).unwrap_or_default()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(lifetime_ms: Option<u64>) -> Tokens {
        Tokens {
            access: "t".into(),
            refresh: None,
            issued_ms: 1_000_000,
            expires_ms: lifetime_ms.map(|time| 1_000_000 + time),
            scope: String::new(),
            application: false,
            who: BTreeMap::new(),
        }
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_its_end_or_a_tenth_of_its_life() {
        for (lifetime, fresh_until) in [(3_600_000, 3_540_000), (600_000, 540_000), (10_000, 9_000)] {
            let token = ending(Some(lifetime));
            assert!(token.is_fresh(1_000_000 + fresh_until - 1), "{lifetime}");
            assert!(!token.is_fresh(1_000_000 + fresh_until), "{lifetime}");
            assert!(token.is_valid(1_000_000 + lifetime - 1) && !token.is_valid(1_000_000 + lifetime), "{lifetime}");
        }
    }

    #[test]
    fn a_token_whose_end_is_not_known_is_used_until_it_is_refused() {
        assert!(ending(None).is_fresh(u64::MAX) && ending(None).is_valid(u64::MAX));
    }
}
