//! What a 401 costs: one refresh for all calls whose token expired, and little traffic where nothing helps.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bitbucket_cloud::{
    Authorization, BoxFuture, Client, CredentialError, CredentialProvider, Credentials, Method, OAuth, RetryPolicy,
};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client;
use crate::issuer::{Issuer, Rotation};

async fn get(client: &Client) -> Result<(), bitbucket_cloud::Error> {
    client.request(Method::GET, "/things").send_raw().await.map(|_| ())
}

/// How many of the calls succeed, with so many at a time.
async fn successes(client: &Client, calls: usize, at_a_time: usize) -> usize {
    let turns = Arc::new(tokio::sync::Semaphore::new(at_a_time));
    let mut running = JoinSet::new();
    for _ in 0..calls {
        let (client, turns) = (client.clone(), Arc::clone(&turns));
        running.spawn(async move {
            let _turn = turns.acquire().await;
            get(&client).await.is_ok()
        });
    }
    running.join_all().await.into_iter().filter(|ok| *ok).count()
}

#[tokio::test]
async fn two_hundred_calls_whose_token_expired_need_one_refresh() {
    let issuer = Issuer::start(Rotation::Strict, Duration::from_millis(100), 3600).await;
    let client = client(issuer.base(), OAuth::refresh_token("key", "secret", "login-0"));
    get(&client).await.expect("a first call");
    issuer.expire("login");
    assert_eq!(successes(&client, 200, 200).await, 200);
    assert_eq!(issuer.asked("/token").len(), 2);
    assert!(issuer.asked("/things").len() <= 401, "{}", issuer.asked("/things").len());
}

#[tokio::test]
async fn a_service_that_refuses_everything_gets_each_call_once() {
    let issuer = Issuer::start(Rotation::Strict, Duration::ZERO, 3600).await;
    issuer.fake.on(FakeMethod::GET, "/things", Reply::json(401, json!({"error": {"message": "No"}})));
    let client = client(issuer.base(), OAuth::client_credentials("key", "secret"));
    assert_eq!(successes(&client, 320, 16).await, 0);
    let (calls, tokens) = (issuer.asked("/things").len(), issuer.asked("/token").len());
    assert!(calls <= 320 + 3 * 16 && tokens <= 4, "{calls} requests, {tokens} of tokens");
    // After a while it is tried again, and once it accepts, all is well.
    tokio::time::sleep(Duration::from_secs(11)).await;
    issuer.fake.on(FakeMethod::GET, "/things", Reply::json(200, json!({})));
    issuer.fake.on(FakeMethod::GET, "/things", Reply::json(401, json!({})).times(1));
    get(&client).await.expect("a token that was renewed");
    assert_eq!(issuer.asked("/token").len(), tokens + 1);
}

/// Tokens of increasing numbers, and what it says when one is refused.
struct Vault {
    number: AtomicUsize,
    rotates: bool,
}

impl CredentialProvider for Vault {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
        let token = format!("v{}", self.number.load(Ordering::SeqCst));
        Box::pin(async { Authorization::bearer(token).map_err(CredentialError::new) })
    }

    fn refused<'a>(&'a self, used: &'a Authorization) -> BoxFuture<'a, bool> {
        let current = Authorization::bearer(format!("v{}", self.number.load(Ordering::SeqCst)));
        if self.rotates && current.as_ref() == Ok(used) {
            self.number.fetch_add(1, Ordering::SeqCst);
        }
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            true
        })
    }
}

async fn with_vault(rotates: bool) -> (FakeBitbucket, Client) {
    let fake = FakeBitbucket::start().await.expect("a free port");
    fake.on_fn(FakeMethod::GET, "/things", |call| match call.request.header("authorization") {
        Some("Bearer v1") => Reply::json(200, json!({})),
        _ => Reply::json(401, json!({})),
    });
    let credentials = Credentials::provider(Vault { number: AtomicUsize::new(0), rotates });
    let builder = Client::builder().base_url(fake.base_url()).credentials(credentials).retry(RetryPolicy::none());
    (fake, builder.build().expect("a client"))
}

#[tokio::test]
async fn two_hundred_calls_take_the_new_token_of_a_provider() {
    let (fake, client) = with_vault(true).await;
    assert_eq!(successes(&client, 200, 200).await, 200);
    assert!(fake.journal().len() <= 400, "{}", fake.journal().len());
}

#[tokio::test]
async fn a_provider_that_gives_the_refused_token_again_costs_no_second_request() {
    let (fake, client) = with_vault(false).await;
    assert_eq!(successes(&client, 50, 5).await, 0);
    assert_eq!(fake.journal().len(), 50);
}

#[tokio::test]
async fn a_provider_whose_tokens_are_all_refused_is_limited_by_the_budget() {
    let (fake, client) = with_vault(true).await;
    fake.on(FakeMethod::GET, "/things", Reply::json(401, json!({})));
    assert_eq!(successes(&client, 320, 1).await, 0);
    let requests = fake.journal().len();
    assert!(requests <= 320 + 10 + 320 / 5, "{requests} requests");
}

mod endpoint {
    use std::time::Instant;

    use bitbucket_cloud::prelude::*;
    use bitbucket_cloud::{Error, ErrorKind};

    use super::*;

    fn says_nothing_of_the_call(error: &Error, status: u16) {
        assert_eq!(
            (error.kind(), error.status().map(|status| status.as_u16())),
            (ErrorKind::Credentials, Some(status))
        );
        let answers = [
            error.is_not_found(),
            error.is_unauthorized(),
            error.is_forbidden(),
            error.is_conflict(),
            error.is_gone(),
            error.is_rate_limited(),
            error.is_timeout(),
        ];
        assert_eq!(answers, [false; 7], "{error}");
        assert!(error.to_string().contains("the token endpoint answered"), "{error}");
    }

    #[tokio::test]
    async fn what_the_token_endpoint_answers_says_nothing_of_what_was_called() {
        for status in [401, 403, 404, 408, 409, 410, 412, 416, 429] {
            let fake = FakeBitbucket::start().await.expect("a free port");
            fake.on(FakeMethod::POST, "/token", Reply::json(status, json!({"error": "no"})));
            let oauth = OAuth::client_credentials("key", "secret");
            let client = client(fake.base_url(), oauth);
            let repository = client.repository("acme", "rocket");
            says_nothing_of_the_call(&repository.get().await.expect_err("no token"), status);
            says_nothing_of_the_call(&repository.resolve("main").await.expect_err("no token"), status);
            let log = || repository.pipelines().get_step_log(1, "{s}");
            let part = log().read(bitbucket_cloud::ext::logs::LogRange::from(7)).await;
            says_nothing_of_the_call(&part.expect_err("no token"), status);
            if matches!(status, 408 | 429) {
                // They pass, and are waited out elsewhere.
                continue;
            }
            let begin = Instant::now();
            says_nothing_of_the_call(&repository.pipelines().wait(42).await.expect_err("no token"), status);
            let mut chunks = log().follow().from(7).chunks();
            says_nothing_of_the_call(&chunks.next().await.expect("an item").expect_err("no token"), status);
            assert!(begin.elapsed() < Duration::from_secs(5), "the grace period was for what is missing");
        }
    }
}
