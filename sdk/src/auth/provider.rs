//! Credentials from a source of the caller's.

use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderValue;

use super::{Authorization, Renewable, Renewal};
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
    ///
    /// # Errors
    ///
    /// A [`CredentialError`] ends the call with [`ErrorKind::Credentials`](crate::ErrorKind::Credentials); it says whether
    /// another attempt would fail in the same way. The call itself does not try again.
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>>;

    /// Called after the service answered 401 to a header. Return `true` if another header can be obtained:
    /// [`authorization`](Self::authorization) is then called, and the call is sent once more if it returns another one.
    /// The default is `false`.
    fn refused<'a>(&'a self, used: &'a Authorization) -> BoxFuture<'a, bool> {
        let _ = used;
        Box::pin(async { false })
    }
}

/// A provider, as credentials of a client.
pub(super) struct Provided<P> {
    provider: P,
    /// The header whose refusal was reported last.
    refused: Mutex<Option<HeaderValue>>,
}

impl<P> Provided<P> {
    pub(super) fn new(provider: P) -> Self {
        Self { provider, refused: Mutex::default() }
    }
}

impl<P: CredentialProvider> Renewable for Provided<P> {
    fn check(&self, _: bool) -> Result<(), String> {
        Ok(())
    }

    fn authorization<'a>(&'a self, _: &'a reqwest::Client) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
        Box::pin(async { self.provider.authorization().await.map(Authorization::into_header) })
    }

    fn refused<'a>(&'a self, used: &'a HeaderValue) -> BoxFuture<'a, Renewal> {
        Box::pin(async move {
            if !self.provider.refused(&Authorization::from_header(used.clone())).await {
                return Renewal::Nothing;
            }
            let before = self.refused.lock().unwrap_or_else(PoisonError::into_inner).replace(used.clone());
            if before.as_ref() == Some(used) { Renewal::Known } else { Renewal::New }
        })
    }
}
