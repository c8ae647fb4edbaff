//! Tokens in a file that something has happened to, and stores of a caller's own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bitbucket_cloud::{BoxFuture, Client, ErrorKind, FileTokenStore, Method, OAuth, TokenLock, TokenStore, Tokens};
use secrecy::ExposeSecret;

use crate::client;
use crate::issuer::{Issuer, Rotation};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What may have happened to a file.
const DAMAGED: [&str; 6] =
    ["hush-hush", "{\"access_token\":\"hush", "{}", "null", "{\"access_token\":7}", "{\"refresh_token\":\"hush\"}"];

async fn get(client: &Client) -> Result<(), bitbucket_cloud::Error> {
    client.request(Method::GET, "/things").send_raw().await.map(|_| ())
}

fn login(file: &Path) -> OAuth {
    OAuth::refresh_token("key", "secret", "login-0").store(FileTokenStore::new(file))
}

async fn strict() -> Issuer {
    Issuer::start(Rotation::Strict, Duration::ZERO, 3600).await
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

async fn refresh_token(file: &Path) -> String {
    let tokens = FileTokenStore::new(file).load().await.expect("a whole file").expect("tokens");
    tokens.refresh_token.expect("a refresh token").expose_secret().to_owned()
}

#[tokio::test]
async fn tokens_in_memory_outlive_a_file_that_is_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    let issuer = Issuer::start(Rotation::Strict, Duration::ZERO, 1).await;
    let client = client(issuer.base(), login(&file));
    get(&client).await.expect("a first call");
    let expire = || tokio::time::sleep(Duration::from_millis(950));
    for damaged in ["hush", "", DAMAGED[1], "\n", "{\"acc"] {
        std::fs::write(&file, damaged).expect("a damaged file");
        expire().await;
        get(&client).await.expect("a call with the tokens in memory");
        assert!(refresh_token(&file).await.starts_with("login-"));
    }
    std::fs::remove_file(&file).expect("a file");
    expire().await;
    get(&client).await.expect("a call without the file");
    assert_eq!(refresh_token(&file).await, "login-7");
    assert_eq!(std::fs::read_to_string(folder.path().join("tokens.json.old")).expect("a copy"), "{\"acc");
}

#[tokio::test]
async fn a_program_that_begins_with_a_damaged_file_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    for damaged in DAMAGED {
        std::fs::write(&file, damaged).expect("a damaged file");
        let issuer = strict().await;
        let error = get(&client(issuer.base(), login(&file))).await.expect_err("a refresh token that may be lost");
        let text = format!("{error} {error:?}");
        assert!(text.contains("delete it") && text.contains("tokens.json") && !text.contains("hush"), "{text}");
        assert!(error.kind() == ErrorKind::Credentials && !error.is_retryable(), "{text}");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), damaged, "it may be mended by hand");
        assert!(issuer.asked("/token").is_empty());
        // Without refresh tokens nothing is lost.
        let oauth = OAuth::client_credentials("key", "secret").store(FileTokenStore::new(&file));
        get(&client(issuer.base(), oauth)).await.expect("a token for key and secret");
        assert_eq!(std::fs::read_to_string(folder.path().join("tokens.json.old")).expect("a copy"), damaged);
    }
    // Nor where there is nothing.
    std::fs::write(&file, "").expect("an empty file");
    get(&client(strict().await.base(), login(&file))).await.expect("the first refresh token");
}

#[tokio::test]
async fn tokens_of_another_key_are_not_used_and_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    let theirs = Tokens::new("theirs").with_refresh_token("their-refresh-token").issued_to("another");
    let theirs = theirs.expiring(SystemTime::now() + Duration::from_secs(3600));
    FileTokenStore::new(&file).save(&theirs).await.expect("a file");
    let issuer = strict().await;
    get(&client(issuer.base(), login(&file))).await.expect("the first refresh token");
    let sent = issuer
        .fake
        .journal()
        .into_iter()
        .map(|entry| format!("{:?} {}", entry.header("authorization"), String::from_utf8_lossy(&entry.body)));
    assert!(sent.clone().count() == 2 && !sent.collect::<String>().contains("their"), "their tokens were sent");
    assert_eq!(refresh_token(&file).await, "login-1");
    assert_eq!(refresh_token(&folder.path().join("tokens.json.old")).await, "their-refresh-token");
    // Tokens without a key may be anybody's: a program that logs in has put them there.
    FileTokenStore::new(&file).save(&Tokens::new("unknown").with_refresh_token("login-1")).await.expect("a file");
    get(&client(issuer.base(), login(&file))).await.expect("the refresh token of the file");
    assert_eq!(refresh_token(&file).await, "login-2");
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_stays_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (links, real) = (folder.path().join("links"), folder.path().join("real"));
    std::fs::create_dir(&links).and_then(|()| std::fs::create_dir(&real)).expect("folders");
    let (first, second) = (links.join("first.json"), links.join("second.json"));
    std::os::unix::fs::symlink("second.json", &first).expect("a link");
    // It leads to nothing at first.
    std::os::unix::fs::symlink("../real/tokens.json", &second).expect("a link");
    let issuer = strict().await;
    for expected in ["login-1", "login-3"] {
        get(&client(issuer.base(), login(&first))).await.expect("a call");
        assert_eq!(refresh_token(&real.join("tokens.json")).await, expected);
        assert!(first.is_symlink() && second.is_symlink());
        issuer.expire("login");
        get(&client(issuer.base(), login(&real.join("tokens.json")))).await.expect("a call without the links");
        issuer.expire("login");
    }
    assert_eq!(files(&real), [".tokens.json.lock", "tokens.json"]);
    assert_eq!(files(&links), ["first.json", "second.json"]);
    let circle = links.join("circle.json");
    std::os::unix::fs::symlink("circle.json", &circle).expect("a link");
    let error = get(&client(issuer.base(), login(&circle))).await.expect_err("a circle");
    assert!(error.kind() == ErrorKind::Credentials, "{error}");
}

#[tokio::test]
async fn what_a_killed_process_left_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    std::fs::write(folder.path().join(".tokens.json.new"), "half").expect("a file");
    std::fs::write(folder.path().join(".tokens.json.lock"), "").expect("a file");
    get(&client(strict().await.base(), login(&file))).await.expect("a call");
    assert_eq!(files(folder.path()), [".tokens.json.lock", "tokens.json"]);
}

#[tokio::test]
async fn a_save_waits_for_the_lock_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = || FileTokenStore::new(folder.path().join("tokens.json"));
    let (one, other) = (store(), store());
    let lock = one.lock().await.expect("the lock");
    one.save(&Tokens::new("one")).await.expect("a file");
    let blocked = tokio::time::timeout(Duration::from_millis(200), other.lock()).await;
    assert!(blocked.is_err(), "two locks");
    let saving = tokio::spawn(async move { other.save(&Tokens::new("other")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(one.load().await.expect("a file").expect("tokens").access_token.expose_secret(), "one");
    drop(lock);
    saving.await.expect("an end").expect("a file");
    assert_eq!(one.load().await.expect("a file").expect("tokens").access_token.expose_secret(), "other");
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_an_error_that_does_not_pass() {
    let folder = tempfile::tempdir().expect("a folder");
    let places: [PathBuf; 3] = [folder.path().to_owned(), folder.path().join("none/tokens.json"), PathBuf::from("/")];
    for place in places {
        let issuer = strict().await;
        let error = get(&client(issuer.base(), login(&place))).await.expect_err("no file");
        assert!(error.kind() == ErrorKind::Credentials && !error.is_retryable(), "{error}");
        assert!(issuer.asked("/token").is_empty(), "a refresh token was used up for {place:?}");
    }
}

/// Writes down what is called, and shares its tokens with others that have the same lock.
#[derive(Clone, Default)]
struct Shared {
    calls: Arc<Mutex<Vec<&'static str>>>,
    tokens: Arc<Mutex<Option<Tokens>>>,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl Shared {
    fn note(&self, call: &'static str) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }
}

struct Unlock(Shared, #[allow(dead_code)] tokio::sync::OwnedMutexGuard<()>);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.note("unlock");
    }
}

impl TokenStore for Shared {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, Failure>> {
        self.note("load");
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async { Ok(tokens) })
    }

    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), Failure>> {
        self.note("save");
        assert_eq!(tokens.key.as_deref(), Some("key"));
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
        Box::pin(async { Ok(()) })
    }

    fn lock(&self) -> BoxFuture<'_, Result<TokenLock, Failure>> {
        let guard = Arc::clone(&self.lock).lock_owned();
        Box::pin(async {
            let guard = guard.await;
            self.note("lock");
            Ok(TokenLock::new(Unlock(self.clone(), guard)))
        })
    }
}

#[tokio::test]
async fn a_store_of_the_callers_own_is_locked_around_a_refresh() {
    let issuer = Issuer::start(Rotation::Strict, Duration::from_millis(100), 3600).await;
    let shared = Shared::default();
    let session = || client(issuer.base(), OAuth::refresh_token("key", "secret", "login-0").store(shared.clone()));
    get(&session()).await.expect("a call");
    assert_eq!(*shared.calls.lock().expect("calls"), ["load", "lock", "load", "save", "unlock"]);
    // Sessions that know nothing of each other, and a token that rotates strictly.
    issuer.expire("login");
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let session = session();
        calls.spawn(async move { get(&session).await });
    }
    for result in calls.join_all().await {
        result.expect("a token that another session has fetched");
    }
    assert_eq!(issuer.asked("/token").len(), 2);
}

/// Fails as it is told.
struct Failing(fn() -> Failure);

impl TokenStore for Failing {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, Failure>> {
        Box::pin(async { Err(self.0()) })
    }

    fn save<'a>(&'a self, _: &'a Tokens) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_store_tells_whether_its_error_may_pass() {
    use std::io::{Error, ErrorKind};
    let cases: [(fn() -> Failure, bool); 6] = [
        (|| "the database is restarting".into(), true),
        (|| Error::from(ErrorKind::ConnectionRefused).into(), true),
        (|| Error::from(ErrorKind::PermissionDenied).into(), false),
        // A connection that ends says nothing about what is stored, such as that there is nothing.
        (|| Error::from(ErrorKind::UnexpectedEof).into(), true),
        (|| bitbucket_cloud::CredentialError::permanent("no such table").into(), false),
        (|| bitbucket_cloud::CredentialError::new("too many connections").into(), true),
    ];
    for (failure, is_retryable) in cases {
        let issuer = strict().await;
        let oauth = OAuth::refresh_token("key", "secret", "login-0").store(Failing(failure));
        let error = get(&client(issuer.base(), oauth)).await.expect_err("no tokens");
        assert_eq!(
            (error.kind(), error.is_retryable()),
            (bitbucket_cloud::ErrorKind::Credentials, is_retryable),
            "{error}"
        );
        assert!(issuer.asked("/token").is_empty());
    }
}
