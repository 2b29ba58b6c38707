//! Input that is wrong: the error names the field, and nothing is sent.

mod fields;
mod filters;
mod routes;
mod settings;

use outwit::{Advice, Error, ErrorKind, Plugin};
use outwit_host_test::net;
use serde_json::Value;

/// A mock, and the error about each of the inputs, none of which it has seen.
struct Refused {
    mock: outwit_mocks::Server,
    plugin: Plugin,
}

impl Refused {
    async fn new() -> Refused {
        let (mock, plugin) = net::mocked("accelo").await;
        Refused { mock, plugin }
    }

    /// Calls with a text that need not be JSON.
    async fn text(&self, operation: &str, input: &str) -> Error {
        let Err(error) = self.plugin.call(operation, input).await else { panic!("{operation} took {input}") };
        assert_eq!((error.kind, error.advice), (ErrorKind::InvalidInput, Advice::ChangeInput), "{input}: {error:?}");
        assert_eq!((error.status, error.maybe_done, &*error.operation), (None, false, operation), "{input}: {error:?}");
        assert!(self.mock.seen().is_empty(), "{operation} was sent with {input}");
        error
    }

    /// The error names the field, in its member `field` and for people, and says what was expected there.
    async fn about(&self, field: &str, expected: &str, operation: &str, input: &Value) {
        let error = self.text(&format!("accelo.{operation}"), &input.to_string()).await;
        assert_eq!(error.field.as_deref(), Some(field), "{input}: {error:?}");
        assert!(error.message.starts_with(&format!("{field}: ")), "{input}: {error:?}");
        assert!(error.message.contains(expected), "{input}: expected {expected:?} in {error:?}");
    }
}
