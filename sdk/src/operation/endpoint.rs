//! What is called: an operation of the document or a custom path, and the address once it is known. Errors, traces,
//! hooks and retries use it.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;

use super::{Effect, Operation, Withdrawn};

/// The target of a call, as errors and traces name it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    target: EndpointTarget,
    address: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
enum EndpointTarget {
    Listed(&'static Operation),
    Custom { method: Method, path: Arc<str>, effect: Effect, withdrawn: Option<&'static Withdrawn> },
}

impl Endpoint {
    /// An operation of the document.
    pub(crate) fn listed(operation: &'static Operation) -> Self {
        Self { target: EndpointTarget::Listed(operation), address: None }
    }

    /// A custom path. Its effect is that of the HTTP method, because the document says nothing about it.
    pub(crate) fn custom(method: Method, path: &str) -> Self {
        let effect = match () {
            () if method.is_safe() => Effect::Read,
            () if method.is_idempotent() => Effect::IdempotentWrite,
            () => Effect::NonIdempotentWrite,
        };
        Self { target: EndpointTarget::Custom { method, path: path.into(), effect, withdrawn: None }, address: None }
    }

    /// Looks a custom path up among the operations that the service has removed.
    pub(crate) fn look_up(mut self, all: &'static [Withdrawn]) -> Self {
        if let EndpointTarget::Custom { method, path, withdrawn, .. } = &mut self.target {
            *withdrawn = all.iter().find(|known| known.matches(method.as_str(), path));
        }
        self
    }

    /// Sets the effect of a custom path; returns `false` for an operation of the document, whose effect is fixed.
    pub(crate) fn set_effect(&mut self, effect: Effect) -> bool {
        match &mut self.target {
            EndpointTarget::Custom { effect: known, .. } => *known = effect,
            EndpointTarget::Listed(_) => return false,
        }
        true
    }

    /// The same endpoint with the address that is called.
    pub(crate) fn at(&self, address: impl Into<Arc<str>>) -> Self {
        Self { target: self.target.clone(), address: Some(address.into()) }
    }

    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self.target {
            EndpointTarget::Listed(operation) => Some(operation),
            EndpointTarget::Custom { .. } => None,
        }
    }

    pub(crate) fn withdrawn(&self) -> Option<&'static Withdrawn> {
        match self.target {
            EndpointTarget::Listed(_) => None,
            EndpointTarget::Custom { withdrawn, .. } => withdrawn,
        }
    }

    pub(crate) fn effect(&self) -> Effect {
        match self.target {
            EndpointTarget::Listed(operation) => operation.effect,
            EndpointTarget::Custom { effect, .. } => effect,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.operation().map_or("", Operation::name)
    }

    pub(crate) fn method(&self) -> &str {
        match &self.target {
            EndpointTarget::Listed(operation) => operation.method,
            EndpointTarget::Custom { method, .. } => method.as_str(),
        }
    }

    /// The template, or the custom path without its query.
    pub(crate) fn path(&self) -> &str {
        match &self.target {
            EndpointTarget::Listed(operation) => operation.path,
            EndpointTarget::Custom { path, .. } => path,
        }
    }

    /// Scheme, host and path of the call, without its query.
    pub(crate) fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }
}

/// The name of the operation, the method, and the address or, without one, the template.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, place) = (self.method(), self.address().unwrap_or(self.path()));
        match &self.target {
            EndpointTarget::Listed(operation) => write!(f, "{} ({method} {place})", operation.name),
            EndpointTarget::Custom { .. } => write!(f, "{method} {place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_call_has_the_effect_of_its_method() {
        let effect = |method| Endpoint::custom(method, "/x").effect();
        assert_eq!(effect(Method::GET), Effect::Read);
        assert_eq!(effect(Method::DELETE), Effect::IdempotentWrite);
        assert_eq!(effect(Method::POST), Effect::NonIdempotentWrite);
        assert_eq!(effect(Method::PATCH), Effect::NonIdempotentWrite);
    }

    #[test]
    fn the_address_is_shown_in_place_of_the_template() {
        let endpoint = Endpoint::custom(Method::GET, "/x");
        assert_eq!(endpoint.to_string(), "GET /x");
        assert_eq!(endpoint.at("https://api.example.org/2.0/x").to_string(), "GET https://api.example.org/2.0/x");
    }
}
