//! Stores for tokens. A refresh token works once, and losing its successor means that the user has to log in again, so
//! new tokens are stored before they are used.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::boxed::BoxFuture;

type StoreError = Box<dyn std::error::Error + Send + Sync>;

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
}

impl Tokens {
    /// An access token without a refresh token.
    ///
    /// ```
    /// let tokens = bitbucket_cloud::Tokens::new("access");
    /// ```
    #[inline]
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self { access_token: access_token.into(), refresh_token: None, expires_at: None }
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
}

impl fmt::Debug for Tokens {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access_token", &format_args!("[redacted]"))
            .field("refresh_token", &self.refresh_token.as_ref().map(|_| format_args!("[redacted]")))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// Stores the tokens of an OAuth session.
///
/// `save` is called with new tokens before they are used for the first time. If it fails, the call fails and the next
/// call tries to store them again; meanwhile they are kept in memory.
///
/// ```no_run
/// use bitbucket_cloud::{Credentials, FileTokenStore, OAuth};
///
/// let oauth = OAuth::refresh_token("key", "secret", "first-refresh-token")
///     .store(FileTokenStore::new("/var/lib/bot/tokens.json"));
/// let credentials = Credentials::oauth(oauth);
/// ```
pub trait TokenStore: Send + Sync + 'static {
    /// The tokens that were stored last; `None` if there are none. Called before each refresh, so that several
    /// processes can share one store.
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, StoreError>>;

    /// Stores the tokens durably.
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>>;
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

/// Stores tokens in a JSON file that only its owner can read (mode 0600 on Unix).
///
/// The file is replaced atomically: readers find the old tokens or the new ones, also after a crash.
///
/// ```
/// let store = bitbucket_cloud::FileTokenStore::new("/var/lib/bot/bitbucket-tokens.json");
/// ```
#[derive(Debug)]
pub struct FileTokenStore(PathBuf);

impl FileTokenStore {
    /// A store in this file. Its folder must exist; the file need not.
    ///
    /// ```
    /// let store = bitbucket_cloud::FileTokenStore::new("tokens.json");
    /// ```
    #[inline]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl TokenStore for FileTokenStore {
    #[inline]
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, StoreError>> {
        let path = self.0.clone();
        Box::pin(async move {
            let text = match tokio::task::spawn_blocking(move || fs::read(path)).await? {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            // The error's own text would show a part of the file.
            let value: Value = serde_json::from_slice(&text).map_err(|_| "the token file is not JSON")?;
            let field = |name: &str| value.get(name).and_then(Value::as_str).map(SecretString::from);
            let Some(access_token) = field("access_token") else {
                return Err("the token file has no access token".into());
            };
            let seconds = value.get("expires_at").and_then(Value::as_u64);
            let expires_at =
                seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
            Ok(Some(Tokens { access_token, refresh_token: field("refresh_token"), expires_at }))
        })
    }

    #[inline]
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        let expires_at = tokens.expires_at.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let text = SecretString::from(
            json!({
                "access_token": tokens.access_token.expose_secret(),
                "refresh_token": tokens.refresh_token.as_ref().map(ExposeSecret::expose_secret),
                "expires_at": expires_at.map(|at| at.as_secs()),
            })
            .to_string(),
        );
        let path = self.0.clone();
        Box::pin(async move {
            Ok(tokio::task::spawn_blocking(move || replace(&path, text.expose_secret().as_bytes())).await??)
        })
    }
}

/// Writes a new file and renames it, so that readers see all or nothing.
#[inline]
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("the path of the token file has no file name"))?;
    let beside = path.with_file_name(format!(".{}.{:016x}", name.to_string_lossy(), fastrand::u64(..)));
    let written = write_new(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to return.
        let _ = fs::remove_file(&beside);
        return written;
    }
    sync_folder(path)
}

#[inline]
fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Makes the rename durable; only on Unix can a folder be opened for that.
#[inline]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
