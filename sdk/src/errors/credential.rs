//! Why no credentials could be obtained. The text comes from the provider and must hold no secret.

use std::fmt;

use reqwest::StatusCode;

/// Why no credentials could be obtained. The text becomes part of the error of the call, so it must hold no secret.
///
/// ```
/// let error = bitbucket_cloud::CredentialError::new("the vault is sealed");
/// assert_eq!(error.to_string(), "the vault is sealed");
/// ```
#[derive(Debug, Clone)]
pub struct CredentialError {
    text: String,
    status: Option<StatusCode>,
    permanent: bool,
}

impl CredentialError {
    /// An error with a reason, which may pass: [`Error::is_retryable`](crate::Error::is_retryable) is true.
    ///
    /// ```
    /// let error = bitbucket_cloud::CredentialError::new("the vault is sealed");
    /// ```
    #[inline]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: None, permanent: false }
    }

    /// An error that another attempt would meet again: [`Error::is_retryable`](crate::Error::is_retryable) is false.
    ///
    /// ```
    /// let error = bitbucket_cloud::CredentialError::permanent("no such secret");
    /// ```
    #[inline]
    pub fn permanent(text: impl Into<String>) -> Self {
        Self { permanent: true, ..Self::new(text) }
    }

    pub(crate) fn answered(text: String, status: StatusCode) -> Self {
        Self { status: Some(status), ..Self::new(text) }
    }

    /// The same error with another text.
    pub(crate) fn with_text(&self, text: String) -> Self {
        Self { text, ..self.clone() }
    }

    /// Status that the token endpoint answered with, if it did.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Whether another attempt would fail in the same way.
    #[inline]
    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent
    }
}

impl fmt::Display for CredentialError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for CredentialError {}
