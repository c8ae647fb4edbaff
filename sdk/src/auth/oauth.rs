//! OAuth 2: the grants, and the session that refreshes tokens. Concurrent calls share one refresh and its result, also
//! an error. New tokens are stored before they are used. The requests to the token endpoint are in `grant.rs`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex as Queue;
use tokio::time::Instant;

use super::unencrypted::exposes;
use super::{Authorization, MemoryTokenStore, TokenStore, Tokens};
use crate::errors::CredentialError;

mod grant;

/// The token endpoint of Bitbucket Cloud.
const TOKEN_URL: &str = "https://bitbucket.org/site/oauth2/access_token";
/// A token is refreshed this long before it expires, or a tenth of its lifetime if that is shorter.
const MARGIN: Duration = Duration::from_secs(60);

type Assertion = Arc<dyn Fn() -> Result<SecretString, CredentialError> + Send + Sync>;

/// How tokens of OAuth 2 are obtained; for [`Credentials::oauth`](crate::Credentials::oauth).
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
    pub fn jwt_bearer(assertion: impl Fn() -> Result<SecretString, CredentialError> + Send + Sync + 'static) -> Self {
        Self::new(Grant::Jwt { assertion: Arc::new(assertion) })
    }

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
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// Where tokens are stored; default in memory.
    ///
    /// ```
    /// use bitbucket_cloud::{FileTokenStore, OAuth};
    ///
    /// let store = FileTokenStore::new("tokens.json");
    /// let oauth = OAuth::client_credentials("key", "secret").store(store);
    /// ```
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// Checks the settings.
    pub(super) fn check(&self, allow_plain_http: bool) -> Result<(), String> {
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
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OAuth([redacted])")
    }
}

/// The tokens of all clients that share one `Credentials` value.
pub(crate) struct Session {
    oauth: OAuth,
    current: Mutex<Option<CurrentHeader>>,
    /// How many refreshes have ended, and the error of the last one if it failed.
    rounds: Mutex<(u64, Option<CredentialError>)>,
    /// Locked by the call that refreshes.
    queue: Queue<KnownTokens>,
}

struct CurrentHeader {
    header: HeaderValue,
    good_until: Option<Instant>,
}

/// What is kept between refreshes.
#[derive(Default)]
struct KnownTokens {
    tokens: Option<Tokens>,
    /// Tokens that could not be stored so far.
    unsaved: bool,
}

impl Session {
    pub(super) fn new(oauth: OAuth) -> Self {
        Self { oauth, current: Mutex::default(), rounds: Mutex::default(), queue: Queue::default() }
    }

    pub(super) fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    /// The header with a token that has not expired.
    pub(super) async fn authorization(&self, http: &reqwest::Client) -> Result<HeaderValue, CredentialError> {
        if let Some(header) = self.fresh() {
            return Ok(header);
        }
        let seen = lock(&self.rounds).0;
        let mut memory = self.queue.lock().await;
        if let Some(header) = self.fresh() {
            return Ok(header);
        }
        // A call that waited for a refresh that failed does not try again, or hundreds of calls would do so one after
        // the other.
        let (round, failure) = lock(&self.rounds).clone();
        if let Some(failure) = failure.filter(|_| round != seen) {
            return Err(failure);
        }
        let result = self.refresh(http, &mut memory).await;
        *lock(&self.rounds) = (round.wrapping_add(1), result.as_ref().err().cloned());
        result
    }

    /// Drops a token that the service answered 401 to, unless it was already replaced.
    pub(super) fn refused(&self, used: &HeaderValue) {
        let mut current = lock(&self.current);
        if current.as_ref().is_some_and(|current| current.header == used) {
            *current = None;
        }
    }

    fn fresh(&self) -> Option<HeaderValue> {
        let current = lock(&self.current);
        let current = current.as_ref()?;
        current.good_until.is_none_or(|until| Instant::now() < until).then(|| current.header.clone())
    }

    async fn refresh(&self, http: &reqwest::Client, memory: &mut KnownTokens) -> Result<HeaderValue, CredentialError> {
        if memory.unsaved {
            self.save(memory).await?;
            return self.adopt(memory);
        }
        let used = memory.tokens.as_ref().map(|tokens| tokens.access_token.clone());
        let stored = self.oauth.store.load().await.map_err(|error| unusable("loaded", &*error))?;
        if let Some(stored) = stored {
            // Another process may have refreshed first.
            let is_new = used.is_none_or(|used| used.expose_secret() != stored.access_token.expose_secret());
            let is_good = stored.expires_at.is_some_and(|at| at > SystemTime::now() + MARGIN);
            memory.tokens = Some(stored);
            if is_new && is_good {
                return self.adopt(memory);
            }
        }
        let refresh_token = memory.tokens.as_ref().and_then(|tokens| tokens.refresh_token.clone());
        let mut tokens = grant::fetch(http, &self.oauth, refresh_token.as_ref()).await?;
        if tokens.refresh_token.is_none() {
            tokens.refresh_token = refresh_token;
        }
        // Kept before anything else can fail, because the old refresh token is used up.
        *memory = KnownTokens { tokens: Some(tokens), unsaved: true };
        self.save(memory).await?;
        self.adopt(memory)
    }

    async fn save(&self, memory: &mut KnownTokens) -> Result<(), CredentialError> {
        if let Some(tokens) = &memory.tokens {
            self.oauth.store.save(tokens).await.map_err(|error| unusable("stored", &*error))?;
        }
        memory.unsaved = false;
        Ok(())
    }

    fn adopt(&self, memory: &KnownTokens) -> Result<HeaderValue, CredentialError> {
        let Some(tokens) = &memory.tokens else { return Err(CredentialError::new("there are no tokens")) };
        let header = Authorization::bearer(tokens.access_token.clone()).map_err(CredentialError::new)?.into_header();
        let left = tokens.expires_at.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let good_until = left.and_then(|left| Instant::now().checked_add(left - MARGIN.min(left / 10)));
        *lock(&self.current) = Some(CurrentHeader { header: header.clone(), good_until });
        Ok(header)
    }
}

fn unusable(what: &str, error: &(dyn std::error::Error + Send + Sync)) -> CredentialError {
    CredentialError::new(format!("the tokens could not be {what}: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
