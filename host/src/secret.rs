//! A value that is not printed, and whose memory is cleared when it is dropped.

use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A secret, or a text that may be one: its `Debug` is `[secret]`, and it has no `Display`.
///
/// Made from a `String`, it clears that one: to take it over could leave parts of it behind.
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl Secret {
    /// The value itself. Every use of it is a place where it could leak.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::from)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.into())
    }
}

impl From<String> for Secret {
    fn from(mut text: String) -> Secret {
        let secret = Secret::from(&*text);
        text.zeroize();
        secret
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Secret {
        Secret::from(&**text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_by_its_value_and_not_printed() {
        assert_eq!(Secret::from("hush"), Secret::from("hush".to_owned()));
        assert_ne!(Secret::from("hush"), Secret::from("hush "));
        assert_eq!(format!("{:?}", Secret::from("hush")), "[secret]");
    }
}
