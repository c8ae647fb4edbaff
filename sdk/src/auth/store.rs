//! Stores for tokens. A refresh token works once, and losing its successor means that the user has to log in again, so
//! new tokens are stored before they are used.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use secrecy::SecretString;

use crate::boxed::BoxFuture;

mod file;

pub use file::FileTokenStore;

pub(super) type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// The tokens of one session. `Debug` does not show them.
///
/// ```
/// use bitbucket_cloud::Tokens;
///
/// let tokens = Tokens::new("access").with_refresh_token("refresh");
/// assert!(!format!("{tokens:?}").contains("refresh\""));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// Sent with each call, until it expires.
    pub access_token: SecretString,
    /// Used once, to fetch the next tokens.
    pub refresh_token: Option<SecretString>,
    /// When the access token expires.
    pub expires_at: Option<SystemTime>,
    /// Key of the OAuth consumer that they were issued to. Tokens of another key are not used.
    pub key: Option<String>,
}

impl Tokens {
    /// An access token without a refresh token.
    ///
    /// ```
    /// let tokens = bitbucket_cloud::Tokens::new("access");
    /// ```
    #[inline]
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self { access_token: access_token.into(), refresh_token: None, expires_at: None, key: None }
    }

    /// Adds a refresh token.
    ///
    /// ```
    /// let tokens = bitbucket_cloud::Tokens::new("access").with_refresh_token("refresh");
    /// ```
    #[must_use]
    #[inline]
    pub fn with_refresh_token(mut self, refresh_token: impl Into<SecretString>) -> Self {
        self.refresh_token = Some(refresh_token.into());
        self
    }

    /// Sets the time at which the access token expires.
    ///
    /// ```
    /// use bitbucket_cloud::Tokens;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let in_two_hours = SystemTime::now() + Duration::from_secs(7200);
    /// let tokens = Tokens::new("access").expiring(in_two_hours);
    /// ```
    #[must_use]
    #[inline]
    pub fn expiring(mut self, at: SystemTime) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// Sets the key of the OAuth consumer that the tokens were issued to.
    ///
    /// ```
    /// let tokens = bitbucket_cloud::Tokens::new("access").issued_to("key");
    /// ```
    #[must_use]
    #[inline]
    pub fn issued_to(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl fmt::Debug for Tokens {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access_token", &format_args!("[redacted]"))
            .field("refresh_token", &self.refresh_token.as_ref().map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at)
            .field("key", &self.key)
            .finish()
    }
}

/// Stores the tokens of an OAuth session.
///
/// `save` is called with new tokens before they are used for the first time. If it fails, the call fails and the next
/// call tries to store them again; meanwhile they are kept in memory. A store that several processes share overrides
/// [`lock`](Self::lock), because a refresh token may work once only. Each method is given up after 90 seconds.
///
/// ```
/// use std::sync::Arc;
///
/// use bitbucket_cloud::{BoxFuture, TokenLock, TokenStore, Tokens};
/// use tokio::sync::Mutex;
///
/// /// Tokens that several sessions of a process share.
/// #[derive(Default, Clone)]
/// struct Shared(Arc<Mutex<()>>, Arc<Mutex<Option<Tokens>>>);
///
/// type Failure = Box<dyn std::error::Error + Send + Sync>;
///
/// impl TokenStore for Shared {
///     fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, Failure>> {
///         Box::pin(async { Ok(self.1.lock().await.clone()) })
///     }
///
///     fn save<'a>(
///         &'a self,
///         tokens: &'a Tokens,
///     ) -> BoxFuture<'a, Result<(), Failure>> {
///         Box::pin(async {
///             *self.1.lock().await = Some(tokens.clone());
///             Ok(())
///         })
///     }
///
///     fn lock(&self) -> BoxFuture<'_, Result<TokenLock, Failure>> {
///         let guard = Arc::clone(&self.0).lock_owned();
///         Box::pin(async { Ok(TokenLock::new(guard.await)) })
///     }
/// }
/// ```
pub trait TokenStore: Send + Sync + 'static {
    /// The tokens that were stored last; `None` if there are none. Called before each refresh, without and with the
    /// lock, so that tokens that another process has stored are used instead of a refresh.
    ///
    /// # Errors
    ///
    /// An [`io::Error`](std::io::Error) of the kind [`InvalidData`](std::io::ErrorKind::InvalidData) says that what is
    /// stored cannot be read as tokens. It fails the call only if the refresh token is needed and not known; otherwise
    /// it is traced once, and the next tokens are stored in its place. Any other error fails the call with
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials), and no token is requested. Whether
    /// [`is_retryable`](crate::Error::is_retryable) is true is decided by a [`CredentialError`](crate::CredentialError), or
    /// by the kind of an [`io::Error`](std::io::Error): one such as `PermissionDenied` does not pass, other errors may.
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, StoreError>>;

    /// Stores the tokens durably.
    ///
    /// # Errors
    ///
    /// Any error fails the call, as for [`load`](Self::load); the tokens are kept in memory, and the next call stores them.
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Waits until nobody else who shares the store refreshes, and excludes others until the returned value is dropped.
    /// Called before a refresh, which ends with `save`. The default excludes nobody.
    ///
    /// # Errors
    ///
    /// Any error fails the call, as for [`load`](Self::load), and no token is requested.
    fn lock(&self) -> BoxFuture<'_, Result<TokenLock, StoreError>> {
        Box::pin(async { Ok(TokenLock::new(())) })
    }
}

/// Excludes others from refreshing the tokens of a [`TokenStore`], until it is dropped.
///
/// ```
/// let file = std::sync::Arc::new("what releases the lock when it is dropped");
/// let lock = bitbucket_cloud::TokenLock::new(file);
/// ```
#[must_use = "the lock ends when it is dropped"]
pub struct TokenLock(#[expect(dead_code, reason = "held, not read")] Box<dyn Send>);

impl TokenLock {
    /// A lock that ends when `guard` is dropped.
    ///
    /// ```
    /// let excludes_nobody = bitbucket_cloud::TokenLock::new(());
    /// ```
    #[inline]
    pub fn new(guard: impl Send + 'static) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for TokenLock {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenLock")
    }
}

/// Keeps tokens in memory, until the process ends.
///
/// ```
/// let store = bitbucket_cloud::MemoryTokenStore::default();
/// ```
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<Option<Tokens>>);

impl TokenStore for MemoryTokenStore {
    #[inline]
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, StoreError>> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async { Ok(tokens) })
    }

    #[inline]
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_what_there_is_without_the_secrets() {
        let tokens = Tokens::new("access-1").with_refresh_token("refresh-1").issued_to("app");
        let expected = "Tokens { access_token: [redacted], refresh_token: Some([redacted]), expires_at: None, \
            key: Some(\"app\") }";
        assert_eq!(format!("{tokens:?}"), expected);
        assert_eq!(format!("{:?}", TokenLock::new(tokens)), "TokenLock");
    }
}
