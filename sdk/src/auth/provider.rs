//! Credentials from a source that this crate does not know.

use super::Authorization;
use crate::boxed::BoxFuture;
use crate::errors::CredentialError;

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
