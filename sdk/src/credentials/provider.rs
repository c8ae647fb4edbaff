//! Credentials from a source that this crate does not know, and why there are none.

use std::fmt;

use reqwest::StatusCode;

use super::{Authorization, BoxFuture};

/// A source of credentials of the caller's: a vault, a broker, a file that is rotated.
///
/// It is asked before each attempt and should keep what it fetched. Several calls ask at the same time.
///
/// ```
/// use bitbucket_cloud::{
///     Authorization, BoxFuture, CredentialError, CredentialProvider, Credentials,
/// };
///
/// struct Rotated(std::path::PathBuf);
///
/// impl CredentialProvider for Rotated {
///     fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0)
///                 .map_err(|error| CredentialError::new(error.to_string()))?;
///             Authorization::bearer(token.trim()).map_err(CredentialError::new)
///         })
///     }
/// }
///
/// let credentials = Credentials::provider(Rotated("/run/secrets/bitbucket".into()));
/// ```
pub trait CredentialProvider: Send + Sync + 'static {
    /// The header for the next attempt.
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>>;

    /// Told that the service answered 401 to a header. With `true`, which is for sources that can give another, the
    /// call is sent once more; the default is `false`.
    fn refused<'a>(&'a self, used: &'a Authorization) -> BoxFuture<'a, bool> {
        let _ = used;
        Box::pin(async { false })
    }
}

/// Why there are no credentials. It must hold no secret: it becomes part of the error of the call.
///
/// ```
/// let error = bitbucket_cloud::CredentialError::new("the vault is sealed");
/// assert_eq!(error.to_string(), "the vault is sealed");
/// ```
#[derive(Debug, Clone)]
pub struct CredentialError {
    text: String,
    status: Option<StatusCode>,
}

impl CredentialError {
    /// An error with a reason.
    ///
    /// ```
    /// let error = bitbucket_cloud::CredentialError::new("no such secret");
    /// ```
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: None }
    }

    pub(crate) fn answered(text: String, status: StatusCode) -> Self {
        Self { text, status: Some(status) }
    }

    /// Status that the token endpoint answered with, if it did.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.status
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for CredentialError {}
