//! Tokens in a file, which several processes may share. Only who holds the lock writes, so that one name is enough for
//! the file that is written beside and renamed, and what a killed process left of it is overwritten.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{StoreError, TokenLock, TokenStore, Tokens};
use crate::backoff::jitter;
use crate::boxed::BoxFuture;
use crate::serialization::parse;
use crate::trace;

/// How long the lock is waited for. A refresh ends before, whatever the token endpoint does.
const LOCK_TIME: Duration = Duration::from_secs(75);
const LOCK_POLL: Duration = Duration::from_millis(20);
/// Maximum number of symbolic links in a row.
const MAX_LINKS: usize = 40;

/// Stores tokens in a JSON file that only its owner can read (mode 0600 on Unix).
///
/// The file is replaced atomically: readers find the old tokens or the new ones, also after a crash; where what it held is
/// kept beside (see below), for a moment they find no file. If the path is a symbolic link, the file that it leads to is
/// replaced.
///
/// Several processes may share the file, each with a store of its own: whoever refreshes locks `.NAME.lock` beside it,
/// which stays there, and the others take over its tokens. The lock ends with the process. Where the file system has no
/// locks, the processes do not exclude each other, and a warning is traced.
///
/// A file that is empty (which is traced once), or was written for another OAuth key, counts as one without tokens. With
/// any other content that is not tokens, calls go on with the tokens in memory, if there are any or if the grant needs no
/// refresh token. If it does, the call fails: restore the file, or delete it and log in again. The reason is traced
/// once. What is replaced and is not an earlier state of the same tokens is kept beside, as `NAME.old`.
///
/// ```
/// let store = bitbucket_cloud::FileTokenStore::new("/var/lib/bot/bitbucket-tokens.json");
/// ```
#[derive(Debug)]
pub struct FileTokenStore {
    path: PathBuf,
    /// How many locks of this store are held.
    held: Arc<AtomicUsize>,
    /// Whether it was traced that the file is empty.
    told_empty: AtomicBool,
}

impl FileTokenStore {
    /// A store in this file. Its folder must exist; the file need not.
    ///
    /// ```
    /// let store = bitbucket_cloud::FileTokenStore::new("tokens.json");
    /// ```
    #[inline]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), held: Arc::default(), told_empty: AtomicBool::new(false) }
    }
}

impl TokenStore for FileTokenStore {
    #[inline]
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, StoreError>> {
        let path = self.path.clone();
        Box::pin(async move {
            let (tokens, was_empty) = spawn_blocking(move || load(&path)).await??;
            if was_empty && !self.told_empty.swap(true, Ordering::Relaxed) {
                trace::warning!("the token file is empty; if it had a refresh token, that is lost: log in again");
            }
            Ok(tokens)
        })
    }

    /// Waits for the lock, if it is not held.
    #[inline]
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        let (path, key, text) = (self.path.clone(), tokens.key.clone(), write(tokens));
        Box::pin(async move {
            let is_held = self.held.load(Ordering::Relaxed) > 0;
            let _lock = if is_held { None } else { Some(self.lock().await?) };
            Ok(spawn_blocking(move || replace(&path, key.as_deref(), &text)).await??)
        })
    }

    #[inline]
    fn lock(&self) -> BoxFuture<'_, Result<TokenLock, StoreError>> {
        let (path, held) = (self.path.clone(), Arc::clone(&self.held));
        Box::pin(async move {
            let file = spawn_blocking(move || open_lock(&path)).await??;
            wait_for_lock(|| file.try_lock(), LOCK_TIME).await?;
            held.fetch_add(1, Ordering::Relaxed);
            Ok(TokenLock::new(Held { _file: file, held }))
        })
    }
}

/// Asks for the lock until it is free. Without locks in the file system it counts as free.
#[inline]
async fn wait_for_lock(mut try_lock: impl FnMut() -> Result<(), TryLockError>, limit: Duration) -> io::Result<()> {
    let end = Instant::now() + limit;
    loop {
        match try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() > end => {
                let text = "another process holds the lock of the token file";
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
            Err(TryLockError::WouldBlock) => sleep(LOCK_POLL + jitter(LOCK_POLL)).await,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                trace::warning!("the file system of the token file has no locks: one process only may use it");
                return Ok(());
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The lock ends with its file.
struct Held {
    _file: File,
    held: Arc<AtomicUsize>,
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        self.held.fetch_sub(1, Ordering::Relaxed);
    }
}

#[inline]
fn write(tokens: &Tokens) -> SecretString {
    let expires_at = tokens.expires_at.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let value = json!({
        "key": tokens.key,
        "access_token": tokens.access_token.expose_secret(),
        "refresh_token": tokens.refresh_token.as_ref().map(ExposeSecret::expose_secret),
        "expires_at": expires_at.map(|at| at.as_secs()),
    });
    value.to_string().into()
}

/// The tokens, and whether there is a file with nothing in it.
#[inline]
fn load(path: &Path) -> io::Result<(Option<Tokens>, bool)> {
    match fs::read(path) {
        Ok(text) if is_empty(&text) => Ok((None, true)),
        Ok(text) => match read(&text) {
            Some(tokens) => Ok((Some(tokens), false)),
            None => {
                let what = "is damaged or holds something else: restore it, or delete it and log in again";
                let text = format!("the token file `{}` {what}", path.display());
                Err(io::Error::new(io::ErrorKind::InvalidData, text))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((None, false)),
        Err(error) => Err(error),
    }
}

#[inline]
fn is_empty(text: &[u8]) -> bool {
    text.trim_ascii().is_empty()
}

/// The tokens in a text; `None` if it holds something else. The parser's error would show a part of the text.
#[inline]
fn read(text: &[u8]) -> Option<Tokens> {
    let value = parse(text)?;
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    let mut tokens = Tokens::new(field("access_token")?);
    tokens.refresh_token = field("refresh_token").map(SecretString::from);
    tokens.key = field("key").map(str::to_owned);
    let seconds = value.get("expires_at").and_then(Value::as_u64);
    tokens.expires_at = seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    Some(tokens)
}

/// Writes a new file and renames it, so that readers see all or nothing.
#[inline]
fn replace(path: &Path, key: Option<&str>, text: &SecretString) -> io::Result<()> {
    let path = &follow_links(path)?;
    set_aside(path, key)?;
    let beside = beside(path, "new")?;
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write_new(&beside, text.expose_secret().as_bytes()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to return.
        let _ = fs::remove_file(&beside);
        return written;
    }
    sync_folder(path)
}

/// Keeps a file that these tokens are no later state of: it may be all that is left of another login.
#[inline]
fn set_aside(path: &Path, key: Option<&str>) -> io::Result<()> {
    let text = fs::read(path).unwrap_or_default();
    let is_foreign = match read(&text) {
        Some(tokens) => matches!((tokens.key.as_deref(), key), (Some(theirs), Some(ours)) if theirs != ours),
        None => !is_empty(&text),
    };
    if !is_foreign {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let old = path.with_file_name(format!("{name}.old"));
    trace::warning!("what the token file held is kept in `{}`", old.display());
    fs::rename(path, old)
}

/// The file that a path leads to, whether or not it exists.
#[inline]
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            // Not a link, or nothing.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the path of the token file has too many symbolic links"))
}

/// A hidden file in the same folder.
#[inline]
fn beside(path: &Path, extension: &str) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path of the token file has no file name"))?;
    Ok(path.with_file_name(format!(".{}.{extension}", name.to_string_lossy())))
}

#[inline]
fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(beside(&follow_links(path)?, "lock")?)
}

/// Not through a link that somebody has put there.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_file_of_tokens_is_an_error_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        assert!(FileTokenStore::new(&path).load().await.unwrap().is_none());
        assert!(FileTokenStore::new(folder.path()).load().await.is_err());
        fs::write(&path, " \n").unwrap();
        #[cfg(feature = "tracing")]
        let (told, _guard) = told();
        let store = FileTokenStore::new(&path);
        assert!(store.load().await.unwrap().is_none() && store.load().await.unwrap().is_none());
        #[cfg(feature = "tracing")]
        assert_eq!(told.lock().unwrap().matches("the token file is empty").count(), 1, "{told:?}");
        fs::write(&path, "{").unwrap();
        let error = FileTokenStore::new(&path).load().await.unwrap_err().to_string();
        assert!(error.contains("is damaged"), "{error}");
    }

    #[tokio::test]
    async fn what_stands_in_the_way_of_a_new_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".tokens.json.new")).unwrap();
        let error = FileTokenStore::new(folder.path().join("tokens.json")).save(&Tokens::new("a")).await.unwrap_err();
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        assert!(kind.is_some_and(|kind| kind != io::ErrorKind::AlreadyExists), "{error}");
    }

    #[tokio::test]
    async fn a_save_takes_the_lock_once_more_after_it_was_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = || FileTokenStore::new(folder.path().join("tokens.json"));
        let (one, other) = (store(), store());
        let lock = one.lock().await.unwrap();
        let saved = tokio::time::timeout(Duration::from_secs(20), one.save(&Tokens::new("a"))).await;
        assert!(saved.is_ok_and(|saved| saved.is_ok()), "who has the lock waits for it");
        drop(lock);
        let _lock = other.lock().await.unwrap();
        let blocked = tokio::time::timeout(Duration::from_millis(100), one.save(&Tokens::new("a"))).await;
        assert!(blocked.is_err(), "saved without the lock");
    }

    #[tokio::test]
    async fn the_lock_is_asked_for_until_it_is_free_or_time_is_up() {
        let short = Duration::from_millis(60);
        // As long as it is held.
        let mut asked = 0;
        let error = wait_for_lock(
            || {
                asked += 1;
                Err(TryLockError::WouldBlock)
            },
            short,
        );
        assert_eq!(error.await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!((2..10).contains(&asked), "asked {asked} times");
        // Until it is given back.
        let mut left = 2;
        let free = wait_for_lock(
            || {
                left -= 1;
                if left == 0 { Ok(()) } else { Err(TryLockError::WouldBlock) }
            },
            LOCK_TIME,
        );
        assert!(free.await.is_ok());
        // There are no locks, or something else is wrong.
        let answered = |kind: io::ErrorKind| wait_for_lock(move || Err(TryLockError::Error(kind.into())), LOCK_TIME);
        #[cfg(feature = "tracing")]
        let (told, _guard) = told();
        assert!(answered(io::ErrorKind::Unsupported).await.is_ok());
        #[cfg(feature = "tracing")]
        assert!(told.lock().unwrap().contains("has no locks"), "{told:?}");
        assert_eq!(
            answered(io::ErrorKind::PermissionDenied).await.unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
    }

    /// What is traced by this thread, until the guard is dropped.
    #[cfg(feature = "tracing")]
    fn told() -> (Arc<std::sync::Mutex<String>>, tracing::subscriber::DefaultGuard) {
        use tracing::field::{Field, Visit};
        use tracing::{Event, Metadata, span};

        #[derive(Clone, Default)]
        struct Told(Arc<std::sync::Mutex<String>>);

        impl Visit for &Told {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
            }
        }

        impl tracing::Subscriber for Told {
            fn enabled(&self, metadata: &Metadata<'_>) -> bool {
                *metadata.level() == tracing::Level::WARN
            }
            fn event(&self, event: &Event<'_>) {
                event.record(&mut &*self);
            }
            fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
                span::Id::from_u64(1)
            }
            fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
            fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
            fn enter(&self, _: &span::Id) {}
            fn exit(&self, _: &span::Id) {}
        }

        let told = Told::default();
        (Arc::clone(&told.0), tracing::subscriber::set_default(told))
    }

    #[test]
    fn the_folder_of_a_file_is_synced() {
        assert!(sync_folder(Path::new("tokens.json")).is_ok());
        assert_eq!(sync_folder(Path::new("/no/such/folder/tokens.json")).is_err(), cfg!(unix));
    }
}
