//! Where the tokens of a session come from: the store, what is kept in memory, and the token endpoint. New tokens are
//! stored before they are used. Only one refresh may run at a time.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Grant, OAuth, grant, lock};
use crate::auth::Tokens;
use crate::auth::store::StoreError;
use crate::boxed::BoxFuture;
use crate::errors::CredentialError;
use crate::trace;

/// Time limit of each call of a store, so that one that hangs does not end all refreshes.
const STORE_TIME: Duration = Duration::from_secs(90);

pub(super) struct TokenKeeper {
    oauth: OAuth,
    memory: Mutex<Memory>,
    /// Whether something about the store was traced that stays true until tokens are stored.
    warned: AtomicBool,
}

/// What is kept between refreshes.
#[derive(Default, Clone)]
struct Memory {
    tokens: Option<Tokens>,
    /// Tokens that could not be stored so far.
    unsaved: bool,
}

/// Tokens to use from now on.
pub(super) struct Refreshed {
    pub(super) tokens: Tokens,
    /// Whether the token endpoint issued them, and not another process took them from it.
    pub(super) issued: bool,
}

impl TokenKeeper {
    #[inline]
    pub(super) fn new(oauth: OAuth) -> Self {
        Self { oauth, memory: Mutex::default(), warned: AtomicBool::new(false) }
    }

    #[inline]
    pub(super) fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    #[inline]
    pub(super) async fn refresh(&self, http: &reqwest::Client) -> Result<Refreshed, CredentialError> {
        let unsaved = lock(&self.memory).unsaved;
        if !unsaved && let Some(tokens) = self.stored_by_another().await? {
            return Ok(Refreshed { tokens, issued: false });
        }
        let _lock = limited("locked", self.oauth.store.lock()).await?;
        if !unsaved {
            // Another process may have refreshed while this one waited.
            if let Some(tokens) = self.stored_by_another().await? {
                return Ok(Refreshed { tokens, issued: false });
            }
            let refresh_token = self.known().and_then(|tokens| tokens.refresh_token);
            let mut tokens = grant::fetch(http, &self.oauth, refresh_token.as_ref()).await?;
            tokens.refresh_token = tokens.refresh_token.or(refresh_token);
            tokens.key = self.oauth.key().map(str::to_owned);
            // Kept before anything else can fail, because the old refresh token is used up.
            *lock(&self.memory) = Memory { tokens: Some(tokens), unsaved: true };
        }
        let Some(tokens) = self.known() else { return Err(CredentialError::new("there are no tokens")) };
        limited("stored", self.oauth.store.save(&tokens)).await?;
        lock(&self.memory).unsaved = false;
        self.warned.store(false, Ordering::Relaxed);
        Ok(Refreshed { tokens, issued: true })
    }

    #[inline]
    fn known(&self) -> Option<Tokens> {
        lock(&self.memory).tokens.clone()
    }

    /// Takes over what is stored. Returns it if it can be used: it has not expired, and was not used by this session.
    #[inline]
    async fn stored_by_another(&self) -> Result<Option<Tokens>, CredentialError> {
        let Some(stored) = self.load().await? else { return Ok(None) };
        let used = lock(&self.memory).tokens.replace(stored.clone());
        let is_new =
            used.as_ref().is_none_or(|used| used.access_token.expose_secret() != stored.access_token.expose_secret());
        let is_good = stored.expires_at.map_or(used.is_some(), |at| at > SystemTime::now());
        Ok((is_new && is_good).then_some(stored))
    }

    /// What is stored, except what is of no use: it is traced once, and the next tokens replace it.
    #[inline]
    async fn load(&self) -> Result<Option<Tokens>, CredentialError> {
        let unreadable = match timeout(STORE_TIME, self.oauth.store.load()).await {
            Ok(Ok(None)) => return Ok(None),
            Ok(Ok(Some(stored))) => match (&stored.key, self.oauth.key()) {
                (Some(theirs), Some(ours)) if theirs != ours => {
                    "they were issued to another OAuth key; give each key a store of its own".to_owned()
                }
                _ => return Ok(Some(stored)),
            },
            Ok(Err(error)) => {
                let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
                // A refresh token may be lost with what is unreadable.
                let is_needed = matches!(self.oauth.grant, Grant::RefreshToken { .. }) && self.known().is_none();
                match kind {
                    Some(io::ErrorKind::InvalidData) if !is_needed => error.to_string(),
                    _ => return Err(unusable("loaded", &error)),
                }
            }
            Err(_) => return Err(late("loaded")),
        };
        if !self.warned.swap(true, Ordering::Relaxed) {
            trace::warning!("the stored tokens are not used, and are replaced by the next ones: {unreadable}");
        }
        Ok(None)
    }
}

#[inline]
async fn limited<T>(what: &str, call: BoxFuture<'_, Result<T, StoreError>>) -> Result<T, CredentialError> {
    match timeout(STORE_TIME, call).await {
        Ok(result) => result.map_err(|error| unusable(what, &error)),
        Err(_) => Err(late(what)),
    }
}

#[inline]
fn late(what: &str) -> CredentialError {
    CredentialError::new(format!("the tokens could not be {what} in time"))
}

#[inline]
fn unusable(what: &str, error: &StoreError) -> CredentialError {
    use io::ErrorKind::{
        InvalidData, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied,
        ReadOnlyFilesystem, Unsupported,
    };
    let text = format!("the tokens could not be {what}: {error}");
    let is_permanent = match (error.downcast_ref::<io::Error>(), error.downcast_ref::<CredentialError>()) {
        (Some(error), _) => matches!(
            error.kind(),
            InvalidData
                | InvalidFilename
                | InvalidInput
                | IsADirectory
                | NotADirectory
                | NotFound
                | PermissionDenied
                | ReadOnlyFilesystem
                | Unsupported
        ),
        (None, Some(error)) => error.is_permanent(),
        (None, None) => false,
    };
    if is_permanent { CredentialError::permanent(text) } else { CredentialError::new(text) }
}
