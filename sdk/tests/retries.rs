//! Which policy of retries holds where, and how far a stream is retried.
#![allow(missing_docs)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bitbucket_cloud::{
    Authorization, BoxFuture, Client, CredentialError, CredentialProvider, Credentials, ErrorKind, Method, RetryPolicy,
};
use support::{Server, answer, json};

fn quick(attempts: u32) -> RetryPolicy {
    RetryPolicy::new().attempts(attempts).base_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(1))
}

#[tokio::test]
async fn a_stream_is_retried_until_its_headers_have_arrived() {
    let cut = answer(200, "", "abcdef").replace("abcdef", "abc");
    let server = Server::start(&[answer(503, "", ""), cut, json(200, "{}")]).await;
    let client = Client::builder().base_url(&server.base).retry(quick(4)).build().unwrap();
    let body = client.request(Method::GET, "/a").send_stream().await.unwrap().into_inner();
    assert_eq!(server.seen().len(), 2);
    let error = body.text().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Transport, 2));
    assert_eq!(error.address().map(str::to_owned), Some(format!("{}/a", server.base)));
}

#[tokio::test]
async fn a_time_limit_of_the_call_leaves_room_for_retries() {
    for (limit, wait, sent) in [(30_000, 0, 2), (30_000, 1, 2), (500, 1, 1), (500, 60, 1)] {
        let busy = answer(503, &format!("retry-after: {wait}"), "");
        let server = Server::start(&[busy, json(200, "{}")]).await;
        let client = Client::builder().base_url(&server.base).retry(quick(2)).build().unwrap();
        let begin = Instant::now();
        let result = client.request(Method::GET, "/a").timeout(Duration::from_millis(limit)).send_raw().await;
        assert_eq!((result.is_ok(), server.seen().len()), (sent == 2, sent), "{limit} {wait}");
        if let Err(error) = result {
            // The reason for the failure, and at once.
            assert_eq!(error.kind(), ErrorKind::Api, "{error}");
            assert!(begin.elapsed() < Duration::from_millis(limit), "{:?}", begin.elapsed());
        }
    }
}

/// Only a 401 says that credentials are refused.
#[tokio::test]
async fn credentials_are_kept_whatever_else_fails() {
    struct Counted(Arc<AtomicUsize>);

    impl CredentialProvider for Counted {
        fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
            Box::pin(async { Authorization::bearer("token").map_err(CredentialError::new) })
        }

        fn refused<'a>(&'a self, _: &'a Authorization) -> BoxFuture<'a, bool> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { false })
        }
    }

    for (status, refused) in [(401, 1), (400, 0), (403, 0), (404, 0), (429, 0), (500, 0), (503, 0)] {
        let server = Server::start(&[answer(status, "", "")]).await;
        let count = Arc::new(AtomicUsize::new(0));
        let credentials = Credentials::provider(Counted(Arc::clone(&count)));
        let client = Client::builder().base_url(&server.base).credentials(credentials).retry(quick(2));
        client.build().unwrap().request(Method::GET, "/a").send_raw().await.unwrap_err();
        assert_eq!(count.load(Ordering::Relaxed), refused, "{status}");
    }
}

/// Of a redirect that a client of the caller's has followed, only the address of the answer tells.
#[tokio::test]
async fn a_write_that_the_callers_client_has_redirected_is_not_sent_again() {
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let there = answer(303, "location: /2.0/b", "");
    for (method, sent) in [(Method::POST, 2), (Method::GET, 4)] {
        let server = Server::start(&[there.clone(), answer(503, "", ""), there.clone(), json(200, "{}")]).await;
        let builder = Client::builder().base_url(&server.base).retry(quick(4));
        let client = builder.http_client(reqwest::Client::new()).build().unwrap();
        let result = client.request(method.clone(), "/a").send_raw().await;
        assert_eq!(server.seen().len(), sent, "{method}");
        assert!(result.is_ok() || result.is_err_and(|error| error.is_ambiguous()), "{method}");
    }
}

#[cfg(feature = "pipelines")]
mod logs {
    use bitbucket_cloud::Error;
    use bitbucket_cloud::ext::logs::FollowRequest;
    use bitbucket_cloud::prelude::*;

    use super::*;

    /// The error of reading a log by a call of which the first answer is 503 and the next 400: that of the log, or of the
    /// step.
    async fn failure(of_request: Option<RetryPolicy>, of_step: bool, follows: bool) -> Error {
        let mut answers = [503, 400].into_iter();
        let server = Server::answering(move |seen| match seen.target.ends_with("/log") == of_step {
            true => answer(200, "", "a log"),
            false => answer(answers.next().unwrap_or(400), "", ""),
        })
        .await;
        let client = Client::builder().base_url(&server.base).retry(quick(9)).build().unwrap();
        let log = client.pipelines().get_step_log("w", "r", "{p}", "{s}");
        let log = log.configure(|request| match of_request {
            Some(policy) => request.retry(policy),
            None => request,
        });
        if !follows {
            return log.download_to(Vec::new()).send().await.unwrap_err();
        }
        let follow = FollowRequest::poll_every(log.follow(), Duration::from_millis(1), Duration::from_millis(2));
        let mut chunks = follow.chunks();
        loop {
            if let Err(error) = chunks.next().await.unwrap() {
                return error;
            }
        }
    }

    #[tokio::test]
    async fn the_policy_of_the_request_holds_where_that_of_the_client_does_not() {
        for (of_step, follows) in [(false, false), (false, true), (true, true)] {
            for (of_request, attempts) in [(None, 1), (Some(quick(2)), 2)] {
                let error = failure(of_request, of_step, follows).await;
                assert_eq!(error.status().map(|status| status.as_u16()), Some(400), "{error}");
                assert_eq!(error.attempts(), attempts, "{of_step} {follows}: {error}");
            }
        }
    }
}
