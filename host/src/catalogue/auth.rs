//! How requests prove who sends them.

use crate::settings::Settings;
use serde::{Deserialize, Serialize};

/// How a request proves who sends it. The strings name settings, except a header's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// `Authorization: Bearer …`
    Bearer {
        /// The setting that holds the token.
        token: String,
    },
    /// `Authorization: Basic …`
    Basic {
        /// The setting that holds the user, or client id.
        user: String,
        /// The setting that holds the password, or client secret.
        password: String,
    },
    /// A header that holds the bare key.
    Header {
        /// The header's name.
        header: String,
        /// The setting that holds the key.
        key: String,
    },
    /// A parameter of the query that holds the bare key.
    Query {
        /// The parameter's name.
        parameter: String,
        /// The setting that holds the key.
        key: String,
    },
    /// A cookie that holds the bare key.
    Cookie {
        /// The cookie's name.
        cookie: String,
        /// The setting that holds the key.
        key: String,
    },
    /// The id and the secret of an OAuth client at a token endpoint (RFC 6749, 2.3.1).
    Client {
        /// The setting that holds the client's id.
        user: String,
        /// The setting that holds the client's secret.
        password: String,
        /// Whether HTTP Basic carries both, form-encoded. Otherwise they are `client_id` and `client_secret` in the form.
        #[serde(default)]
        basic: bool,
    },
    /// Several at once.
    All {
        /// Each of them.
        all: Vec<Auth>,
    },
    /// One without which a request may be sent, too. It is sent where one of its settings is given.
    Optional {
        /// What is sent.
        auth: Box<Auth>,
    },
}

impl Auth {
    /// Each single way that this one consists of.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Auth> {
        let sent = if let Auth::Optional { auth } = self { auth } else { self };
        match sent {
            Auth::All { all } => all.as_slice(),
            one => std::slice::from_ref(one),
        }
        .iter()
    }

    /// Whether a request may be sent without it.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self, Auth::Optional { .. })
    }

    /// The settings that this one names: first those that are secrets whatever the catalogue says about them.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, bool)> {
        self.each()
            .flat_map(|auth| match auth {
                Auth::None | Auth::All { .. } | Auth::Optional { .. } => [None, None],
                Auth::Basic { user, password } | Auth::Client { user, password, .. } => {
                    [Some((&**password, true)), Some((&**user, false))]
                }
                Auth::Bearer { token: secret }
                | Auth::Header { key: secret, .. }
                | Auth::Query { key: secret, .. }
                | Auth::Cookie { key: secret, .. } => [Some((&**secret, true)), None],
            })
            .flatten()
    }

    /// Whether requests go without it: it may be absent, and none of its settings is given.
    pub(crate) fn is_left_out(&self, settings: &Settings) -> bool {
        self.is_optional() && !self.settings().any(|(name, _)| settings.has(name))
    }

    /// Whether a setting is a part of it.
    pub(crate) fn names(&self, setting: &str) -> bool {
        self.settings().any(|(name, _)| name == setting)
    }
}
