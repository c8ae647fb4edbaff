//! Tokens of OAuth that expire, are refused, or cannot be had.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bitbucket_cloud::{BoxFuture, Client, Credentials, FileTokenStore, Method, OAuth, RetryPolicy, TokenStore, Tokens};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};
use serde_json::{Value, json};

use crate::SECRET;
use crate::table::{Row, outcome};

/// A fake API that takes the token of the newest number, and a fake token endpoint that counts.
struct Service {
    fake: FakeBitbucket,
    given: Arc<AtomicUsize>,
}

impl Service {
    async fn start(endpoint: Endpoint) -> Self {
        let (fake, given) = (FakeBitbucket::start().await.expect("a fake"), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&given);
        fake.on_fn(FakeMethod::POST, "/token", move |_| match endpoint {
            Endpoint::Down => Reply::text(503, "no"),
            Endpoint::Refuses => Reply::json(400, json!({"error": "invalid_grant", "error_description": format!("bad {SECRET}")})),
            Endpoint::Slow | Endpoint::Works => {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let body = json!({"access_token": format!("{SECRET}-{number}"), "expires_in": 3600, "token_type": "bearer",
                    "refresh_token": format!("{SECRET}-refresh-{number}")});
                Reply::json(200, body).delay(Duration::from_millis(if matches!(endpoint, Endpoint::Slow) { 300 } else { 0 }))
            }
        });
        Self { fake, given }
    }

    fn client(&self, oauth: OAuth) -> Client {
        let oauth = oauth.token_url(format!("{}/token", self.fake.base_url()));
        let retry = RetryPolicy::new().attempts(3).base_delay(Duration::from_millis(5));
        let builder = Client::builder().base_url(self.fake.base_url()).credentials(Credentials::oauth(oauth));
        builder.retry(retry).build().expect("a client")
    }

    /// How many requests came to a path.
    fn asked(&self, path: &str) -> usize {
        self.fake.journal().iter().filter(|entry| entry.path.ends_with(path)).count()
    }
}

#[derive(Clone, Copy)]
enum Endpoint {
    Works,
    Slow,
    Down,
    Refuses,
}

fn key() -> OAuth {
    OAuth::client_credentials("key", SECRET)
}

pub(crate) async fn expired_in_mid_list() -> Row {
    let service = Service::start(Endpoint::Works).await;
    // The second page refuses the token of the first: it has expired meanwhile, whatever its time said.
    service.fake.on_fn(FakeMethod::GET, "/things", |call| {
        let token = call.request.header("authorization").unwrap_or_default().to_owned();
        match (call.request.query_value("page"), token.ends_with("-1")) {
            (Some(_), true) => Reply::json(401, json!({"error": {"message": "Token is invalid or expired"}})),
            _ => Reply::json(200, json!({"name": token})),
        }
    });
    let client = service.client(key());
    let first = client.request(Method::GET, "/things").send_as::<Value>().await.expect("the first page");
    let second = client.request(Method::GET, "/things?page=2").send_as::<Value>().await;
    assert_eq!(first["name"], format!("Bearer {SECRET}-1"));
    assert_eq!(second.as_ref().expect("the second page")["name"], format!("Bearer {SECRET}-2"));
    assert_eq!((service.asked("/things"), service.asked("/token")), (3, 2));
    let note = "one refresh, one repetition";
    Row { fault: "token expired in the middle of a list", read: Some((outcome(&second), 2)), once: None, note }
}

pub(crate) async fn refused_for_good() -> Row {
    let service = Service::start(Endpoint::Works).await;
    service.fake.on(FakeMethod::POST, "/things", Reply::json(401, json!({"error": {"message": "No"}})));
    let result = service.client(key()).request(Method::POST, "/things").send_raw().await;
    assert_eq!((service.asked("/things"), service.asked("/token")), (2, 2));
    assert!(result.as_ref().unwrap_err().is_unauthorized());
    let note = "two attempts, with two tokens";
    Row { fault: "token refused permanently", read: None, once: Some((outcome(&result), 2)), note }
}

pub(crate) async fn endpoint_down() -> Row {
    let service = Service::start(Endpoint::Down).await;
    let result = service.client(key()).request(Method::POST, "/things").send_raw().await;
    assert_eq!((service.asked("/things"), service.asked("/token")), (0, 3));
    let note = "three requests to the endpoint, none to the API";
    Row { fault: "token endpoint down", read: None, once: Some((outcome(&result), 0)), note }
}

pub(crate) async fn endpoint_refuses() -> Row {
    let service = Service::start(Endpoint::Refuses).await;
    let oauth = OAuth::refresh_token("key", SECRET, SECRET);
    let result = service.client(oauth).request(Method::POST, "/things").send_raw().await;
    let text = format!("{0} {0:?}", result.as_ref().unwrap_err());
    assert!(text.contains("invalid_grant") && !text.contains(SECRET), "{text}");
    assert_eq!((service.asked("/things"), service.asked("/token")), (0, 1));
    let note = "`invalid_grant` is not retried";
    Row { fault: "token endpoint refuses", read: None, once: Some((outcome(&result), 0)), note }
}

async fn crowd(client: &Client) -> Vec<String> {
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let request = client.request(Method::GET, "/things");
            tokio::spawn(async move { outcome(&request.send_raw().await) })
        })
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.expect("a call that ends"));
    }
    outcomes
}

pub(crate) async fn two_hundred_calls_one_refresh() -> Row {
    let service = Service::start(Endpoint::Slow).await;
    service.fake.on(FakeMethod::GET, "/things", Reply::json(200, json!({})));
    let outcomes = crowd(&service.client(key())).await;
    assert!(outcomes.iter().all(|outcome| outcome == "success"));
    assert_eq!((service.asked("/things"), service.given.load(Ordering::SeqCst)), (200, 1));
    let note = "one refresh for all";
    Row { fault: "200 calls during one refresh", read: Some(("success".into(), 200)), once: None, note }
}

pub(crate) async fn two_hundred_calls_endpoint_down() -> Row {
    let service = Service::start(Endpoint::Down).await;
    let begin = Instant::now();
    let outcomes = crowd(&service.client(key())).await;
    assert!(outcomes.iter().all(|outcome| outcome == "`Credentials` 503"), "{outcomes:?}");
    // Whoever comes after the first failure may try again, and those are few.
    assert!(service.asked("/token") <= 9, "{}", service.asked("/token"));
    assert!(begin.elapsed() < Duration::from_secs(10));
    let note = "waiting calls get the result of that refresh and start no other";
    Row { fault: "200 calls, token endpoint down", read: Some((outcomes[0].clone(), 0)), once: None, note }
}

/// A store that fails at first.
struct Full(Arc<AtomicUsize>);

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl TokenStore for Full {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, Failure>> {
        Box::pin(async { Ok(None) })
    }

    fn save<'a>(&'a self, _: &'a Tokens) -> BoxFuture<'a, Result<(), Failure>> {
        let full = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move { if full { Err("the disk is full".into()) } else { Ok(()) } })
    }
}

pub(crate) async fn rotated_and_not_storable() -> Row {
    let service = Service::start(Endpoint::Works).await;
    service.fake.on(FakeMethod::POST, "/things", Reply::json(200, json!({})));
    let saved = Arc::new(AtomicUsize::new(0));
    let client = service.client(OAuth::refresh_token("key", SECRET, SECRET).store(Full(Arc::clone(&saved))));
    let post = || client.request(Method::POST, "/things");
    let result = post().send_raw().await;
    assert!(result.as_ref().unwrap_err().to_string().contains("the disk is full"));
    assert_eq!(service.asked("/things"), 0);
    // The new token is not lost: the next call stores it, and does not use up another.
    post().send_raw().await.expect("the next call");
    assert_eq!((service.asked("/token"), saved.load(Ordering::SeqCst)), (1, 2));
    let note = "not used before it is stored; the next call stores it";
    Row { fault: "new token cannot be stored", read: None, once: Some((outcome(&result), 0)), note }
}

pub(crate) async fn dropped_in_mid_refresh() -> Row {
    let service = Service::start(Endpoint::Slow).await;
    service.fake.on(FakeMethod::GET, "/things", Reply::json(200, json!({})));
    let client = service.client(key());
    let get = || client.request(Method::GET, "/things");
    assert!(tokio::time::timeout(Duration::from_millis(100), get().send_raw()).await.is_err());
    let result = get().send_raw().await;
    assert_eq!((outcome(&result).as_str(), service.asked("/things"), service.asked("/token")), ("success", 1, 1));
    let note = "the refresh goes on, and the next call gets its result";
    Row { fault: "the caller drops a refresh", read: Some((outcome(&result), 1)), once: None, note }
}

pub(crate) async fn every_token_refused() -> Row {
    let service = Service::start(Endpoint::Works).await;
    service.fake.on(FakeMethod::GET, "/things", Reply::json(401, json!({"error": {"message": "No"}})));
    let client = service.client(key());
    let mut result = client.request(Method::GET, "/things").send_raw().await;
    for _ in 1..20 {
        result = client.request(Method::GET, "/things").send_raw().await;
    }
    assert_eq!(service.asked("/token"), 2);
    let note = "a new token that is refused is not replaced at once";
    let read = Some((outcome(&result), service.asked("/things")));
    Row { fault: "20 calls, every token refused", read, once: None, note }
}

pub(crate) async fn damaged_token_file() -> Row {
    let service = Service::start(Endpoint::Works).await;
    let taken = Arc::clone(&service.given);
    // Takes the newest token only, and none that was given before the file was damaged.
    service.fake.on_fn(FakeMethod::GET, "/things", move |call| {
        let newest = format!("-{}", taken.load(Ordering::SeqCst).max(2));
        let token = call.request.header("authorization").unwrap_or_default();
        if token.ends_with(&newest) { Reply::json(200, json!({})) } else { Reply::json(401, json!({})) }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    std::fs::write(&file, "{\"access").expect("a file");
    let client = service.client(key().store(FileTokenStore::new(&file)));
    let result = client.request(Method::GET, "/things").send_raw().await;
    assert_eq!(service.asked("/token"), 2);
    let note = "traced once, and replaced by the next tokens";
    let read = Some((outcome(&result), service.asked("/things")));
    Row { fault: "damaged token file", read, once: None, note }
}
