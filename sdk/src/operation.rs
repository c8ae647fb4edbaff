//! Static data about operations: name, path template, effect and scopes. The values are generated from the vendored
//! document; errors, traces and retries use them. Nothing here does I/O.

use std::fmt;

mod endpoint;

pub(crate) use endpoint::Endpoint;

/// What a call does to the state of the service, and so whether it may be repeated.
///
/// ```
/// use bitbucket_cloud::Effect;
///
/// assert!(Effect::Read.is_repeatable());
/// assert!(!Effect::NonIdempotentWrite.is_repeatable());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something; doing it twice leaves the same state as doing it once.
    IdempotentWrite,
    /// Each call has an effect of its own, such as a second comment or a second pipeline.
    NonIdempotentWrite,
}

impl Effect {
    /// Whether the call may be repeated if it is not known whether the first one arrived.
    ///
    /// ```
    /// assert!(bitbucket_cloud::Effect::IdempotentWrite.is_repeatable());
    /// ```
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::IdempotentWrite)
    }
}

/// Static data about an operation of the API.
///
/// Every generated request has its operation, and so has every error of its calls.
///
/// ```no_run
/// # fn run(error: &bitbucket_cloud::Error) {
/// if let Some(operation) = error.operation() {
///     println!("{} needs {:?}", operation.name(), operation.scopes());
///     println!("see {}", operation.docs());
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    pub(crate) name: &'static str,
    pub(crate) id: Option<&'static str>,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) effect: Effect,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) docs: &'static str,
    /// Query parameters that the service ignores beside `q`, so that they are sent within it.
    pub(crate) filters: &'static [&'static str],
    pub(crate) deprecated: Option<&'static str>,
    /// Names of the members of its body that are secret.
    pub(crate) secrets: &'static [&'static str],
}

impl Operation {
    /// An operation without any data; generated operations take the rarely used fields from it.
    pub(crate) const UNKNOWN: Self = Self {
        name: "",
        id: None,
        method: "",
        path: "",
        effect: Effect::NonIdempotentWrite,
        scopes: &[],
        docs: "",
        filters: &[],
        deprecated: None,
        secrets: &[],
    };

    /// Name of the operation in this crate: group and method, for example `pipelines.list`.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.name());
    /// # }
    /// ```
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Id of the operation in Bitbucket's document, for example `getPipelinesForRepository`; most operations have none.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.id().unwrap_or(operation.name()));
    /// # }
    /// ```
    pub const fn id(&self) -> Option<&'static str> {
        self.id
    }

    /// HTTP method in upper case.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.method());
    /// # }
    /// ```
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// Path template relative to the base URL, for example `/repositories/{workspace}/{repo_slug}/pipelines`.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.path());
    /// # }
    /// ```
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Name of the group, its accessor and its module. The Cargo feature has the same name with hyphens.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.group());
    /// # }
    /// ```
    pub fn group(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// What the call does to the state of the service.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// if operation.effect().is_repeatable() {
    ///     println!("{} may be sent twice", operation.name());
    /// }
    /// # }
    /// ```
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// OAuth scopes that the document requires. The document is not always right about them.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.scopes().join(" "));
    /// # }
    /// ```
    pub const fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// Address of Bitbucket's page about the operation.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// println!("{}", operation.docs());
    /// # }
    /// ```
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Why the operation is deprecated, if it is.
    ///
    /// ```no_run
    /// # fn run(operation: &bitbucket_cloud::Operation) {
    /// if let Some(reason) = operation.deprecated() {
    ///     println!("{} is deprecated: {reason}", operation.name());
    /// }
    /// # }
    /// ```
    pub const fn deprecated(&self) -> Option<&'static str> {
        self.deprecated
    }
}

impl fmt::Display for Operation {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.name, self.method, self.path)
    }
}

/// An operation that the service has removed, so that it has no method here. Callers may still use its path.
#[derive(Debug)]
pub(crate) struct Withdrawn {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Month of the first document without it.
    pub(crate) since: &'static str,
    /// What to use instead.
    pub(crate) instead: &'static str,
}

impl Withdrawn {
    /// Whether a call is of this operation; the path is relative to the base URL, without its query.
    pub(crate) fn matches(&self, method: &str, path: &str) -> bool {
        let (mut template, mut segments) = (self.path.split('/'), path.trim_end_matches('/').split('/'));
        self.method == method
            && loop {
                match (template.next(), segments.next()) {
                    (None, None) => break true,
                    (Some(known), Some(segment)) if known.starts_with('{') || known == segment => {}
                    _ => break false,
                }
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_operation_is_matched_by_its_template() {
        let withdrawn = |path| Withdrawn { method: "GET", path, since: "2026-10", instead: "GET /b/{c}" };
        let (plain, nested) = (withdrawn("/a"), withdrawn("/a/{b}/c"));
        assert!(plain.matches("GET", "/a") && plain.matches("GET", "/a/"));
        assert!(nested.matches("GET", "/a/x/c") && nested.matches("GET", "/a/%7Bx%7D/c"));
        for (method, path) in [("POST", "/a"), ("GET", "/a/b"), ("GET", "/ab"), ("GET", "/"), ("GET", "")] {
            assert!(!plain.matches(method, path), "{method} {path}");
        }
        for path in ["/a", "/a/x", "/a/x/d", "/a/x/c/d", "a/x/c"] {
            assert!(!nested.matches("GET", path), "{path}");
        }
    }
}
