//! Credentials from a source of the caller's.

use super::Authorization;
use crate::boxed::BoxFuture;
use crate::errors::CredentialError;

/// A source of credentials, such as a vault, a broker or a file that is rotated; for
/// [`Credentials::provider`](crate::Credentials::provider).
///
/// It is called before each attempt, also concurrently, and should cache what it fetched.
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

    /// Called after the service answered 401 to a header. Return `true` if another header can be obtained:
    /// [`authorization`](Self::authorization) is then called, and the call is sent once more if it returns another one.
    /// The default is `false`.
    fn refused<'a>(&'a self, used: &'a Authorization) -> BoxFuture<'a, bool> {
        let _ = used;
        Box::pin(async { false })
    }
}
