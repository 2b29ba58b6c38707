//! What the fuzzer calls beside this crate's interface. It may change at any time.

use crate::origin::Base;
use crate::route::{Called, Kinship, Routes};
use crate::{Catalogue, Effect, Error, Operation, Settings, input_limits, method_override, redact};
use std::borrow::Cow;

/// What of an input is refused before a component with so much memory reads it.
///
/// # Errors
///
/// The input is refused.
pub fn check_input(input: &str, memory: usize) -> Result<Cow<'_, str>, Error> {
    input_limits::check(input, memory)
}

/// Whether a body holds the parameter by which a vendor takes a request for another method.
pub fn holds(body: &[u8], parameter: &str) -> bool {
    method_override::holds(body, parameter)
}

/// The effect that the gate takes a request of this operation for; none where it refuses the request.
pub fn effect_of(
    catalogue: &Catalogue,
    settings: &Settings,
    operation: &Operation,
    method: &http::Method,
    uri: &http::Uri,
) -> Option<Effect> {
    let method = match &catalogue.method_override {
        Some(parameter) => method_override::effective(method, uri.query().unwrap_or_default(), parameter)?,
        None => method.as_str().into(),
    };
    let base = Base::of(catalogue, settings)?;
    let routes = Routes::of(catalogue, settings);
    let called = Called::of(operation);
    let route = routes.find(&method, uri, &base, Some(&called))?;
    (called.has(&route.operation) != Kinship::None).then_some(route.effect)
}

/// Takes one secret out of texts.
pub struct Redactor(redact::Redactor);

impl Redactor {
    /// For this secret.
    pub fn new(secret: &str) -> Redactor {
        Redactor(redact::Redactor::new([secret.into()]))
    }

    /// A text without the secret.
    pub fn text(&self, text: &str) -> String {
        self.0.text(text)
    }

    /// A result, which may be JSON, without the secret.
    pub fn result(&self, text: String) -> String {
        self.0.result(text)
    }
}
