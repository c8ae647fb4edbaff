//! Which policy of retries holds where, and how far a stream is retried.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use bitbucket_cloud::{Client, ErrorKind, Method, RetryPolicy};
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
