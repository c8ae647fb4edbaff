//! What errors tell of a call: how often it was tried, on one line, and where a list can be resumed.
#![allow(missing_docs)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bitbucket_cloud::ext::pagination::PageToken;
use bitbucket_cloud::{
    Authorization, BoxFuture, Client, CredentialError, CredentialProvider, Credentials, Error, ErrorKind, Method,
    RetryPolicy, StatusCode, Throttle,
};
use serde_json::{Value, json as value};
use support::{Server, answer, json};

#[derive(Debug, serde::Deserialize)]
struct Thing {
    #[serde(rename = "name")]
    _name: String,
}

fn client(server: &Server) -> Client {
    let retry = RetryPolicy::new().attempts(3).base_delay(Duration::from_millis(1));
    Client::builder().base_url(&server.base).retry(retry).build().unwrap()
}

fn get(client: &Client) -> bitbucket_cloud::Request {
    client.request(Method::GET, "/a")
}

#[tokio::test]
async fn attempts_are_counted_whatever_ends_the_call() {
    let busy = || json(503, "{}");
    let broken = || "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc".to_owned();
    for (last, kind) in [
        (json(200, r#"{"name":7}"#), ErrorKind::Decode),
        (answer(200, "content-type: text/html", "<title>x</title>"), ErrorKind::Decode),
        (json(200, r#"{"error":{"message":"no"}}"#), ErrorKind::Api),
        (json(404, "{}"), ErrorKind::Api),
        (broken(), ErrorKind::Transport),
    ] {
        for earlier in 0..2 {
            let answers: Vec<_> = (0..earlier).map(|_| busy()).chain([last.clone()]).collect();
            let server = Server::start(&answers).await;
            let error = get(&client(&server)).send_as::<Thing>().await.unwrap_err();
            // What is broken is tried again.
            let expected = if kind == ErrorKind::Transport { 3 } else { earlier + 1 };
            assert_eq!((error.kind(), error.attempts()), (kind, expected), "{error}");
            let text = format!("after {expected} attempts");
            assert_eq!(error.to_string().contains(&text), expected > 1, "{error}");
        }
    }
    // A stream, whose first part came with the second attempt.
    let server = Server::start(&[busy(), broken()]).await;
    let mut stream = get(&client(&server)).send_stream().await.unwrap().into_inner();
    assert_eq!(stream.chunk().await.unwrap().as_deref(), Some(&b"abc"[..]));
    assert_eq!(stream.chunk().await.unwrap_err().attempts(), 2);
    let server = Server::start(&[busy(), broken()]).await;
    let stream = get(&client(&server)).max_body_size(2).send_stream().await.unwrap().into_inner();
    let error = stream.bytes().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TooLarge, 2));
    // Begun, although nothing could be sent.
    let closed = Client::builder().base_url("http://127.0.0.1:1").retry(RetryPolicy::none()).build().unwrap();
    assert_eq!(get(&closed).send_raw().await.unwrap_err().attempts(), 1);
    // Not begun.
    assert_eq!(closed.request(Method::GET, "a").send_raw().await.unwrap_err().attempts(), 0);
}

#[tokio::test]
async fn an_error_is_one_line_whatever_the_path_has() {
    let server = Server::start(&[json(404, "{}")]).await;
    let client = client(&server);
    for path in
        ["/a\nb/../c", "/a\tb/../c", "a\r\nb", "/\u{1b}[31m/..", "/a\u{202e}b/../c", "/a\nb", "/ü\u{85}/%2e%2e/c"]
    {
        let error = client.request(Method::GET, path).send_raw().await.unwrap_err();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        }
    }
    let error = client.request(Method::GET, "/a\nb/../c").send_raw().await.unwrap_err();
    assert!(error.to_string().starts_with("GET /a\\nb/../c: "), "{error}");
    #[cfg(feature = "source")]
    {
        let error = client.source().get("acme", "rocket", "main", "a\n/../b").send_raw().await.unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
        let error = client.source().get("acme", "rocket", "a\n/..", "b").send_raw().await.unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn no_attempt_after_the_first_begins_later_than_the_policy_allows() {
    // The throttle would hold the second attempt back.
    let spent = answer(503, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 2", "{}");
    let server = Server::start(&[spent]).await;
    let retry = RetryPolicy::new().base_delay(Duration::from_millis(1)).max_elapsed(Duration::from_secs(1));
    let client = Client::builder().base_url(&server.base).retry(retry).throttle(Throttle::new()).build().unwrap();
    let begin = Instant::now();
    let error = get(&client).send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.seen().len()), (ErrorKind::Api, 1, 1), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    // The first attempt of a call waits for the throttle all the same.
    let error = get(&client).send_raw().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Api, 2), "{error}");
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
    // New credentials may take their time; the next call has them.
    for (limit, requests) in [(50, 1), (60_000, 2)] {
        let server = Server::start(&[json(401, "{}"), json(200, "{}")]).await;
        let retry = RetryPolicy::none().max_elapsed(Duration::from_millis(limit));
        let credentials = Credentials::provider(Slow(AtomicUsize::new(0)));
        let client = Client::builder().base_url(&server.base).retry(retry).credentials(credentials).build().unwrap();
        let result = get(&client).send_raw().await;
        assert_eq!((result.is_ok(), server.seen().len()), (requests == 2, requests), "{result:?}");
    }
}

/// A token, and another one after a while.
struct Slow(AtomicUsize);

impl CredentialProvider for Slow {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(if count == 0 { 0 } else { 200 })).await;
            Authorization::bearer(format!("token-{count}")).map_err(CredentialError::new)
        })
    }

    fn refused<'a>(&'a self, _: &'a Authorization) -> BoxFuture<'a, bool> {
        Box::pin(async { true })
    }
}

#[tokio::test]
async fn a_call_that_ends_while_its_refused_credentials_are_renewed_has_done_nothing() {
    let server = Server::start(&[json(401, "{}")]).await;
    let credentials = Credentials::provider(Slow(AtomicUsize::new(0)));
    let client = Client::builder().base_url(&server.base).credentials(credentials).build().unwrap();
    let error = client.request(Method::POST, "/a").timeout(Duration::from_millis(100)).send_raw().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Timeout, 1), "{error}");
    assert_eq!((error.is_ambiguous(), error.is_retryable()), (false, true), "{error}");
}

#[tokio::test]
async fn an_error_of_a_list_tells_where_to_resume() {
    let page = |number: u32| {
        let next = format!("/2.0/a?page={}", number + 1);
        json(200, &value!({"values": [number], "page": number, "next": next}).to_string())
    };
    let broken = || "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc".to_owned();
    for (last, kind) in [
        (json(500, "{}"), ErrorKind::Api),
        (json(200, r#"{"values": ["no number"]}"#), ErrorKind::Decode),
        (broken(), ErrorKind::Transport),
    ] {
        let last = last.clone();
        let server = Server::answering(move |seen| match seen.target.rsplit_once("page=") {
            None => page(1),
            Some((_, "2")) => page(2),
            Some(_) => last.clone(),
        })
        .await;
        let client = Client::builder().base_url(&server.base).retry(RetryPolicy::none()).build().unwrap();
        let list = || get(&client).paginate::<u32>();
        let error: Error = list().collect_all().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let place = serde_json::to_value(PageToken::from_error(&error)).unwrap();
        assert!(place["next"].as_str().is_some_and(|next| next.ends_with("page=3")), "{place} {error}");
        // What caused the error is still there.
        let has_cause = std::error::Error::source(&error).is_some();
        assert_eq!(has_cause, kind == ErrorKind::Transport, "{error:?}");
        // As the stream says.
        let mut pages = list().pages();
        let failed = loop {
            if let Err(error) = pages.next().await.unwrap() {
                break error;
            }
        };
        assert_eq!(PageToken::from_error(&failed), pages.token());
    }
    // An error of another call has no place.
    let server = Server::start(&[json(500, "{}")]).await;
    let error = get(&client(&server)).send_as::<Value>().await.unwrap_err();
    assert!(PageToken::from_error(&error).is_none());
}

#[tokio::test]
async fn a_write_that_is_answered_by_its_place_elsewhere_is_read_there_without_its_body() {
    let other = Server::start(&[json(200, r#"{"name":"x"}"#)]).await;
    let server = Server::start(&[answer(303, &format!("location: {}/result", other.base), "")]).await;
    let post = client(&server).request(Method::POST, "/a").header("x-key", "k").json(&value!({"secret": "hush"}));
    post.send_as::<Thing>().await.unwrap();
    let seen = other.last();
    assert_eq!((seen.method.as_str(), seen.body.as_str(), seen.header("x-key")), ("GET", "", None));
    assert_eq!((seen.header("content-type"), seen.header("authorization")), (None, None));
    // The write was carried out, so it is not sent again, even if nobody is there.
    let closed = "http://127.0.0.1:1/result";
    let server = Server::start(&[answer(303, &format!("location: {closed}"), "")]).await;
    let request = client(&server).request(Method::POST, "/a").json(&value!({}));
    let error = request.send_as::<Thing>().await.unwrap_err();
    assert_eq!((error.kind(), error.is_ambiguous(), error.is_retryable()), (ErrorKind::Connect, true, false));
    assert_eq!(server.seen().len(), 1, "{error}");
}

#[tokio::test]
async fn a_location_that_cannot_be_requested_is_no_mistake_of_the_caller() {
    for location in [format!("/{}", "x".repeat(70_000)), "http://a`b.invalid/".to_owned()] {
        let server = Server::start(&[answer(303, &format!("location: {location}"), "")]).await;
        let error = server.client().request(Method::POST, "/a").send_raw().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Redirect, Some(StatusCode::SEE_OTHER)), "{error}");
        assert!(error.is_ambiguous() && error.to_string().len() < 300, "{error}");
    }
}
