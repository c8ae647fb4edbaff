//! Stores of tokens that never answer.
#![allow(missing_docs)]

mod support;

use std::future::pending;
use std::time::Duration;

use bitbucket_cloud::{
    BoxFuture, Client, Credentials, ErrorKind, Method, OAuth, RetryPolicy, TokenLock, TokenStore, Tokens,
};
use support::{Server, json};
use tokio::time::Instant;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Never ends, and lets the time pass at once.
async fn stuck<T>() -> T {
    tokio::time::pause();
    pending().await
}

/// One of its methods never ends.
struct Stuck(&'static str);

impl TokenStore for Stuck {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, Failure>> {
        Box::pin(async { if self.0 == "loaded" { stuck().await } else { Ok(None) } })
    }

    fn save<'a>(&'a self, _: &'a Tokens) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async { if self.0 == "stored" { stuck().await } else { Ok(()) } })
    }

    fn lock(&self) -> BoxFuture<'_, Result<TokenLock, Failure>> {
        Box::pin(async { if self.0 == "locked" { stuck().await } else { Ok(TokenLock::new(())) } })
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_given_up_after_90_seconds() {
    let api = Server::start(&[json(200, "{}")]).await;
    let tokens = Server::start(&[json(200, r#"{"access_token":"a1","expires_in":7200}"#)]).await;
    for what in ["loaded", "locked", "stored"] {
        let oauth = OAuth::client_credentials("key", "secret").token_url(format!("{}/token", tokens.base));
        let credentials = Credentials::oauth(oauth.store(Stuck(what)));
        let builder = Client::builder().base_url(&api.base).credentials(credentials).retry(RetryPolicy::none());
        let begin = Instant::now();
        let error = builder.build().unwrap().request(Method::GET, "/a").send_raw().await.unwrap_err();
        let time = begin.elapsed();
        tokio::time::resume();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
        assert!(error.to_string().contains(&format!("could not be {what} in time")), "{error}");
        assert!((Duration::from_secs(90)..Duration::from_secs(100)).contains(&time), "{what}: {time:?}");
    }
    assert!(api.seen().is_empty());
}
