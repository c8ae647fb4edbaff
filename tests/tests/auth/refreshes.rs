//! A refresh that was sent is carried through, whoever waits for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bitbucket_cloud::{
    Client, CredentialError, Credentials, ErrorKind, FileTokenStore, Method, OAuth, RetryPolicy, TokenStore,
};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::issuer::{Issuer, Rotation};
use crate::{builder, client};

const HOUR: u64 = 3600;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn login(name: &str) -> OAuth {
    OAuth::refresh_token("key", "secret", format!("{name}-0"))
}

async fn get(client: &Client) -> Result<(), bitbucket_cloud::Error> {
    client.request(Method::GET, "/things").send_raw().await.map(|_| ())
}

/// A runtime of one thread, which does nothing while nobody blocks on it.
fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Forty logins, each with 16 callers that are dropped one after the other while the endpoint takes 20 ms.
async fn logins_that_died() -> usize {
    let issuer = Issuer::start(Rotation::Strict, millis(20), HOUR).await;
    let mut logins = JoinSet::new();
    for number in 0..40 {
        let client = client(issuer.base(), login(&format!("login{number}")));
        logins.spawn(async move {
            let mut callers = JoinSet::new();
            for caller in 0..16 {
                let client = client.clone();
                callers.spawn(async move { timeout(millis(caller * 40 / 15), get(&client)).await.is_ok() });
            }
            callers.join_all().await;
            get(&client).await.is_err()
        });
    }
    let dead = logins.join_all().await.into_iter().filter(|dead| *dead).count();
    println!("{} token requests", issuer.asked("/token").len());
    dead
}

#[test]
fn dropped_callers_leave_no_login_dead() {
    assert_eq!(single().block_on(logins_that_died()), 0);
    let threads = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    assert_eq!(threads.block_on(async { tokio::spawn(logins_that_died()).await.expect("an end") }), 0);
}

#[tokio::test]
async fn an_endpoint_slower_than_the_limit_of_the_calls_is_waited_for() {
    let issuer = Issuer::start(Rotation::Strict, millis(400), HOUR).await;
    let client = client(issuer.base(), login("slow"));
    let mut errors = 0;
    while let Err(error) = client.request(Method::GET, "/things").timeout(millis(200)).send_raw().await {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        errors += 1;
        assert!(errors < 20, "{error}");
    }
    assert_eq!(issuer.asked("/token").len(), 1);
}

#[tokio::test]
async fn a_refresh_is_stored_although_the_client_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = || FileTokenStore::new(folder.path().join("tokens.json"));
    let issuer = Issuer::start(Rotation::Strict, millis(100), HOUR).await;
    let client = client(issuer.base(), login("gone").store(store()));
    assert!(timeout(millis(50), get(&client)).await.is_err());
    drop(client);
    let begin = Instant::now();
    let stored = loop {
        if let Some(tokens) = store().load().await.expect("a file") {
            break tokens;
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "nothing was stored");
        sleep(millis(20)).await;
    };
    assert_eq!(stored.refresh_token.expect("a refresh token").expose_secret(), "gone-1");
}

/// What a client finds whose refresh was begun on a runtime that does not go on with it.
fn on_another_runtime(end: impl FnOnce(Runtime) -> Option<Runtime>) -> (Duration, usize) {
    let server = Runtime::new().expect("a runtime");
    let issuer = server.block_on(Issuer::start(Rotation::Lenient, millis(300), HOUR));
    let folder = tempfile::tempdir().expect("a folder");
    // A store with a lock, which must not be held for ever either.
    let store = FileTokenStore::new(folder.path().join("tokens.json"));
    let client = client(issuer.base(), login("moved").store(store));
    let first = single();
    assert!(first.block_on(async { timeout(millis(100), get(&client)).await }).is_err());
    let first = end(first);
    let begin = Instant::now();
    single().block_on(get(&client)).expect("a refresh that is begun anew");
    let passed = begin.elapsed();
    // What is left of the first one does no harm when its runtime goes on.
    if let Some(first) = first {
        first.block_on(async { sleep(millis(500)).await });
        single().block_on(get(&client)).expect("tokens that work");
    }
    (passed, issuer.asked("/token").len())
}

#[test]
fn a_refresh_whose_runtime_ended_is_begun_anew() {
    let (passed, requests) = on_another_runtime(|first| {
        drop(first);
        None
    });
    assert_eq!(requests, 2);
    assert!(passed < Duration::from_secs(3), "{passed:?}");
}

#[test]
fn a_refresh_whose_runtime_is_not_driven_is_begun_anew() {
    let (passed, requests) = on_another_runtime(Some);
    assert_eq!(requests, 2);
    assert!(passed < Duration::from_secs(15), "{passed:?}");
}

#[test]
fn one_runtime_after_the_other_uses_the_client() {
    let server = Runtime::new().expect("a runtime");
    let issuer = server.block_on(Issuer::start(Rotation::Strict, millis(20), HOUR));
    let client = client(issuer.base(), login("moved"));
    for _ in 0..5 {
        single().block_on(get(&client)).expect("an answer");
    }
    assert_eq!(issuer.asked("/token").len(), 1);
}

#[tokio::test]
async fn a_panic_in_what_the_caller_gave_is_an_error() {
    let issuer = Issuer::start(Rotation::Strict, millis(0), HOUR).await;
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let oauth = OAuth::jwt_bearer(|| {
        assert!(CALLS.fetch_add(1, Ordering::SeqCst) >= 3, "a bug in a program");
        Ok("signed".into())
    });
    let client = client(issuer.base(), oauth);
    let error = get(&client).await.expect_err("a panic");
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    get(&client).await.expect("the next call");
}

#[tokio::test]
async fn many_callers_share_one_refresh_and_its_failure() {
    let issuer = Issuer::start(Rotation::Strict, millis(100), HOUR).await;
    let oauth = OAuth::refresh_token("key", "secret", "shared-7");
    let client = builder(issuer.base(), oauth).retry(RetryPolicy::new()).build().expect("a client");
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        calls.spawn(async move { get(&client).await });
    }
    for result in calls.join_all().await {
        let error = result.expect_err("a token that does not work");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
        assert!(!error.is_retryable() && !error.is_ambiguous(), "{error}");
    }
    assert!(issuer.asked("/token").len() <= 3, "{}", issuer.asked("/token").len());
    assert!(issuer.asked("/things").is_empty());
}

#[tokio::test]
async fn anonymous_clients_ask_for_no_token() {
    let issuer = Issuer::start(Rotation::Strict, millis(0), HOUR).await;
    let client = Client::builder().base_url(issuer.base()).credentials(Credentials::anonymous());
    let error = get(&client.build().expect("a client")).await.expect_err("401");
    assert!(error.is_unauthorized());
    assert!(issuer.asked("/token").is_empty());
}

#[tokio::test]
async fn an_error_of_the_endpoint_tells_whether_it_may_pass() {
    let cases = [
        (Reply::json(200, json!({})), false),
        (Reply::json(200, json!({"access_token": "line\n"})), false),
        (Reply::text(200, "<html>"), false),
        (Reply::text(200, "x".repeat(70_000)), false),
        (Reply::json(400, json!({"error": "invalid_grant"})), false),
        (Reply::json(401, json!({})), false),
        (Reply::text(429, "later"), true),
        (Reply::text(503, "later"), true),
    ];
    for (reply, is_retryable) in cases {
        let fake = FakeBitbucket::start().await.expect("a free port");
        fake.on(FakeMethod::POST, "/token", reply.clone());
        let error = get(&client(fake.base_url(), login("any"))).await.expect_err("no token");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Credentials, is_retryable), "{reply:?}: {error}");
    }
    let oauth = OAuth::client_credentials("key", "secret").token_url("http://127.0.0.1:1/token");
    let closed = Client::builder().credentials(Credentials::oauth(oauth)).build().expect("a client");
    assert!(get(&closed).await.expect_err("no token").is_retryable());
    let signed = OAuth::jwt_bearer(|| Err(CredentialError::permanent("no key to sign with")));
    let fake = FakeBitbucket::start().await.expect("a free port");
    assert!(!get(&client(fake.base_url(), signed)).await.expect_err("no token").is_retryable());
}
