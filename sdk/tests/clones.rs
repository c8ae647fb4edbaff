//! What clones of a client share: the budget of retries, the throttle, the rate limit and, with credentials that were
//! cloned, the tokens.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use bitbucket_cloud::{Client, Credentials, ErrorKind, Method, OAuth, RetryPolicy, Throttle};
use support::{Server, answer, json};

const SPENT: &str =
    "x-ratelimit-limit: 1000\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1800\r\nx-ratelimit-resource: data";

#[tokio::test]
async fn retries_add_a_fifth_over_all_clones() {
    let server = Server::start(&[answer(503, "", "")]).await;
    let retry = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let client = Client::builder().base_url(&server.base).retry(retry).build().unwrap();
    for _ in 0..100 {
        client.clone().request(Method::GET, "/a").send_raw().await.unwrap_err();
    }
    // Ten to begin with, and a fifth of the calls; a budget for each clone would make it 400.
    assert_eq!(server.seen().len(), 100 + 10 + 20);
}

#[tokio::test]
async fn the_throttle_is_that_of_all_clones() {
    let server = Server::start(&[answer(200, SPENT, "{}")]).await;
    let throttle = Throttle::new().max_wait(Duration::from_secs(10));
    let client = Client::builder().base_url(&server.base).throttle(throttle).build().unwrap();
    let clone = client.clone();
    client.request(Method::GET, "/a").send_raw().await.unwrap();
    let error = clone.request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::RateLimit, 1));
    // A client of its own knows nothing of it.
    let other = Client::builder().base_url(&server.base).throttle(throttle).build().unwrap();
    other.request(Method::GET, "/a").send_raw().await.unwrap();
}

/// The rest of the hour is told by 429 only: a service that is down for a while refuses no resource.
#[tokio::test]
async fn a_delay_closes_a_resource_only_after_429() {
    for (status, kind) in [(429, ErrorKind::RateLimit), (503, ErrorKind::Api), (404, ErrorKind::Api)] {
        let server = Server::start(&[answer(status, "retry-after: 1800", "{}")]).await;
        let throttle = Throttle::new().max_wait(Duration::from_secs(10));
        let client = Client::builder().base_url(&server.base).throttle(throttle).retry(RetryPolicy::none());
        let client = client.build().unwrap();
        assert_eq!(client.request(Method::GET, "/a").send_raw().await.unwrap_err().kind(), ErrorKind::Api);
        let error = client.request(Method::GET, "/a").send_raw().await.unwrap_err();
        assert_eq!((error.kind(), server.seen().len()), (kind, if status == 429 { 1 } else { 2 }), "{error}");
    }
}

#[tokio::test]
async fn the_rate_limit_is_that_of_all_clones() {
    let server = Server::start(&[answer(200, SPENT, "{}"), json(200, "{}")]).await;
    let client = server.client();
    let clone = client.clone();
    assert_eq!(client.rate_limit(), None);
    client.request(Method::GET, "/a").send_raw().await.unwrap();
    // What says nothing of it changes nothing.
    client.request(Method::GET, "/a").send_raw().await.unwrap();
    for client in [&client, &clone] {
        let rate = client.rate_limit().unwrap();
        assert_eq!((rate.limit, rate.remaining, rate.resource.as_deref()), (Some(1000), Some(0), Some("data")));
    }
    assert_eq!(server.client().rate_limit(), None);
}

#[tokio::test]
async fn clients_with_clones_of_credentials_share_their_tokens() {
    let api = Server::start(&[json(200, "{}")]).await;
    let tokens = Server::start(&[json(200, r#"{"access_token":"a1","expires_in":7200}"#)]).await;
    let oauth = || OAuth::client_credentials("key", "secret").token_url(format!("{}/token", tokens.base));
    let credentials = Credentials::oauth(oauth());
    let call = async |credentials: Credentials| {
        let client = Client::builder().base_url(&api.base).credentials(credentials).build().unwrap();
        client.request(Method::GET, "/a").send_raw().await.unwrap();
    };
    for _ in 0..3 {
        call(credentials.clone()).await;
    }
    assert_eq!(tokens.seen().len(), 1);
    // Another value is another session, although it says the same.
    call(Credentials::oauth(oauth())).await;
    assert_eq!(tokens.seen().len(), 2);
}

#[tokio::test]
async fn each_refresh_asks_for_an_assertion_of_its_own() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let token = |name: &str| json(200, &format!(r#"{{"access_token":"{name}","expires_in":7200}}"#));
    let tokens = Server::start(&[token("a1"), token("a2")]).await;
    let api = Server::start(&[json(200, "{}"), json(401, "{}"), json(200, "{}")]).await;
    let count = AtomicUsize::new(0);
    let sign = move || Ok(format!("signed-{}", count.fetch_add(1, Ordering::SeqCst)).into());
    let oauth = OAuth::jwt_bearer(sign).token_url(format!("{}/token", tokens.base));
    let client = Client::builder().base_url(&api.base).credentials(Credentials::oauth(oauth)).build().unwrap();
    for _ in 0..2 {
        client.request(Method::GET, "/a").send_raw().await.unwrap();
    }
    let sent: Vec<_> = tokens.seen().iter().map(|seen| seen.header("authorization").unwrap()).collect();
    assert_eq!(sent, ["JWT signed-0", "JWT signed-1"]);
    assert_eq!(api.last().header("authorization").as_deref(), Some("Bearer a2"));
}
