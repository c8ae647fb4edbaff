//! OAuth 2: the grants and their settings. What refreshes tokens is in the files below: `session.rs` shares one refresh
//! among all calls, `task.rs` carries it through, `tokens.rs` asks store and endpoint, `grant.rs` sends the request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use super::unencrypted::exposes;
use super::{Authorization, MemoryTokenStore, Renewable, TokenStore};
use crate::errors::CredentialError;

mod grant;
mod session;
mod task;
mod tokens;

use session::Session;

/// The token endpoint of Bitbucket Cloud.
const TOKEN_URL: &str = "https://bitbucket.org/site/oauth2/access_token";
/// A token is refreshed this long before it expires, or a tenth of its lifetime if that is shorter.
const MARGIN: Duration = Duration::from_secs(60);

type Assertion = Arc<dyn Fn() -> Result<SecretString, CredentialError> + Send + Sync>;

/// How tokens of OAuth 2 are obtained; for [`Credentials::oauth`](crate::Credentials::oauth).
///
/// A refresh runs in a task of its own on the runtime of the call that begins it, and stores the new tokens, also if
/// all calls that wait for it are dropped or run into their time limits; later calls get its result. If that runtime
/// ends before the response has arrived, or does not run for five seconds, the next call begins a new refresh with the
/// token known before. Bitbucket takes that one for some minutes more; after that, or with an endpoint that takes each
/// refresh token once, the user has to log in again. Let calls end before the runtime does.
///
/// After a 401 the token is replaced and the call sent again, once. If the service refuses the new token as well, it is
/// not replaced for ten seconds, and each further time for twice as long, up to five minutes.
///
/// Source: [OAuth on Bitbucket Cloud](https://developer.atlassian.com/cloud/bitbucket/oauth-2/).
///
/// ```
/// use bitbucket_cloud::{Credentials, FileTokenStore, OAuth};
///
/// let oauth = OAuth::refresh_token("key", "secret", "first-refresh-token")
///     .store(FileTokenStore::new("tokens.json"));
/// let credentials = Credentials::oauth(oauth);
/// ```
#[must_use]
pub struct OAuth {
    grant: Grant,
    token_url: String,
    store: Arc<dyn TokenStore>,
}

enum Grant {
    ClientCredentials { key: String, secret: SecretString },
    RefreshToken { key: String, secret: SecretString, first: SecretString },
    Jwt { assertion: Assertion },
}

impl OAuth {
    /// The client credentials grant: the client acts as the owner of the OAuth consumer. There is no refresh token; new
    /// tokens are fetched with key and secret.
    ///
    /// ```
    /// let oauth = bitbucket_cloud::OAuth::client_credentials("key", "secret");
    /// ```
    #[inline]
    pub fn client_credentials(key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self::new(Grant::ClientCredentials { key: key.into(), secret: secret.into() })
    }

    /// The refresh token grant, after the user has authorized the consumer elsewhere. `first` is used until the store
    /// has a newer token: Bitbucket rotates refresh tokens.
    ///
    /// Without a [`store`](Self::store) that outlives the process, `first` will not work in the next one.
    ///
    /// ```
    /// let oauth = bitbucket_cloud::OAuth::refresh_token("key", "secret", "refresh-token");
    /// ```
    #[inline]
    pub fn refresh_token(
        key: impl Into<String>,
        secret: impl Into<SecretString>,
        first: impl Into<SecretString>,
    ) -> Self {
        Self::new(Grant::RefreshToken { key: key.into(), secret: secret.into(), first: first.into() })
    }

    /// Bitbucket's JWT grant (`urn:bitbucket:oauth2:jwt`), for Connect apps: each refresh calls `assertion` for a newly
    /// signed token.
    ///
    /// ```
    /// # fn sign() -> Result<String, bitbucket_cloud::CredentialError> { Ok(String::new()) }
    /// let oauth = bitbucket_cloud::OAuth::jwt_bearer(|| sign().map(Into::into));
    /// ```
    #[inline]
    pub fn jwt_bearer(assertion: impl Fn() -> Result<SecretString, CredentialError> + Send + Sync + 'static) -> Self {
        Self::new(Grant::Jwt { assertion: Arc::new(assertion) })
    }

    #[inline]
    fn new(grant: Grant) -> Self {
        Self { grant, token_url: TOKEN_URL.to_owned(), store: Arc::new(MemoryTokenStore::default()) }
    }

    /// The token endpoint; default `https://bitbucket.org/site/oauth2/access_token`. Plain `http` is accepted for this
    /// machine only (`localhost`, `127.0.0.0/8`, `::1`), unless
    /// [`allow_plain_http`](crate::ClientBuilder::allow_plain_http) is set.
    ///
    /// ```
    /// use bitbucket_cloud::OAuth;
    ///
    /// let oauth = OAuth::client_credentials("key", "secret");
    /// let oauth = oauth.token_url("http://localhost:8080/token");
    /// ```
    #[inline]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// Where tokens are stored; default in memory. Several processes that use one refresh token need a store with a
    /// [`lock`](TokenStore::lock), such as [`FileTokenStore`](crate::FileTokenStore).
    ///
    /// ```
    /// use bitbucket_cloud::{FileTokenStore, OAuth};
    ///
    /// let store = FileTokenStore::new("tokens.json");
    /// let oauth = OAuth::client_credentials("key", "secret").store(store);
    /// ```
    #[inline]
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// The session of these credentials.
    #[inline]
    pub(super) fn into_session(self) -> Arc<dyn Renewable> {
        Arc::new(Arc::new(Session::new(self)))
    }

    /// Checks the settings.
    #[inline]
    fn check(&self, allow_plain_http: bool) -> Result<(), String> {
        let url =
            reqwest::Url::parse(&self.token_url).map_err(|error| format!("the token URL is not valid: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("the token URL must begin with `https://` or `http://` and name a host".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the token URL must not hold a user name or password".into());
        }
        if !allow_plain_http && exposes(&url) {
            return Err("the token URL is plain `http`, which would show key and tokens to the network: use `https`, \
                        or `allow_plain_http`"
                .into());
        }
        match &self.grant {
            Grant::ClientCredentials { key, secret } | Grant::RefreshToken { key, secret, .. } => {
                Authorization::basic(key, secret.clone()).map_err(|_| {
                    "key or secret of the OAuth consumer are empty or cannot be written in a header".to_owned()
                })?;
            }
            Grant::Jwt { .. } => {}
        }
        Ok(())
    }

    /// The key of the OAuth consumer, which the tokens are issued to.
    #[inline]
    fn key(&self) -> Option<&str> {
        match &self.grant {
            Grant::ClientCredentials { key, .. } | Grant::RefreshToken { key, .. } => Some(key),
            Grant::Jwt { .. } => None,
        }
    }
}

impl std::fmt::Debug for OAuth {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OAuth([redacted])")
    }
}

#[inline]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
