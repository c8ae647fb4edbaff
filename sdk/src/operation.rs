//! What is known about an operation before it is called: its id, template, effect class and scopes. The values are
//! generated from the vendored document; errors, traces and retries go by them. Nothing here does I/O.

use std::fmt;

use reqwest::Method;

/// What repeating a call does to the state of the service.
///
/// ```
/// use bitbucket_cloud::Effect;
///
/// assert!(Effect::Read.is_repeatable());
/// assert!(!Effect::Once.is_repeatable());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something, and doing it twice leaves the same state as doing it once.
    IdempotentWrite,
    /// Each call has an effect of its own: a second comment, a second pipeline.
    Once,
}

impl Effect {
    /// Whether the call may be sent again when it is unknown if the first one arrived.
    ///
    /// ```
    /// assert!(bitbucket_cloud::Effect::IdempotentWrite.is_repeatable());
    /// ```
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::IdempotentWrite)
    }
}

/// Static facts about one operation of the API.
///
/// Every request builder names its operation, and so does every error that comes from a call.
///
/// ```no_run
/// # fn run(error: &bitbucket_cloud::Error) {
/// if let Some(operation) = error.operation() {
///     println!("{} needs one of {:?}, see {}", operation.id(), operation.scopes(), operation.docs());
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) group: &'static str,
    pub(crate) effect: Effect,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) docs: &'static str,
    pub(crate) deprecated: Option<&'static str>,
}

impl Operation {
    /// Operation id, for example `getPipelinesForRepository`.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.id()); }
    /// ```
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// HTTP method in capitals.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.method()); }
    /// ```
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// Path template relative to the base URL, for example `/repositories/{workspace}/{repo_slug}/pipelines`.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.path()); }
    /// ```
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Name of the group, which is also the name of the module and of the Cargo feature.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.group()); }
    /// ```
    pub const fn group(&self) -> &'static str {
        self.group
    }

    /// What repeating the call does.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { assert!(operation.effect().is_repeatable()); }
    /// ```
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// Scopes that the document asks for. The document is not always right about them.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.scopes().join(" ")); }
    /// ```
    pub const fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// Address of Bitbucket's page about the operation.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { println!("{}", operation.docs()); }
    /// ```
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Why the operation is deprecated, if it is.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) { assert_eq!(operation.deprecated(), None); }
    /// ```
    pub const fn deprecated(&self) -> Option<&'static str> {
        self.deprecated
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

/// What a call is called in errors and traces: an operation of the document, or a path the caller wrote.
#[derive(Debug, Clone)]
pub(crate) enum Endpoint {
    Listed(&'static Operation),
    Custom { method: Method, path: Box<str>, effect: Effect },
}

impl Endpoint {
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Listed(operation) => Some(operation),
            Self::Custom { .. } => None,
        }
    }

    /// A path the caller wrote. Without a document, HTTP's own promise about the method is all there is.
    pub(crate) fn custom(method: Method, path: &str) -> Self {
        let effect = match () {
            () if method.is_safe() => Effect::Read,
            () if method.is_idempotent() => Effect::IdempotentWrite,
            () => Effect::Once,
        };
        Self::Custom { method, path: path.into(), effect }
    }

    pub(crate) fn effect(&self) -> Effect {
        match self {
            Self::Listed(operation) => operation.effect,
            Self::Custom { effect, .. } => *effect,
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.operation().map_or("", Operation::id)
    }

    pub(crate) fn method(&self) -> &str {
        match self {
            Self::Listed(operation) => operation.method,
            Self::Custom { method, .. } => method.as_str(),
        }
    }

    /// The template, or the caller's path without its query.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Listed(operation) => operation.path,
            Self::Custom { path, .. } => path,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(operation) => operation.fmt(f),
            Self::Custom { method, path, .. } => write!(f, "{method} {path}"),
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
        assert_eq!(effect(Method::POST), Effect::Once);
        assert_eq!(effect(Method::PATCH), Effect::Once);
    }
}
