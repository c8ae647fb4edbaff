//! Hooks, spans and warnings. The only test of its process: tracing decides once for the process whether an event is
//! of interest.

#![cfg(feature = "tracing")]
#![cfg(feature = "search")]
#![allow(missing_docs)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bitbucket_cloud::{Attempt, AttemptOutcome, Client, HeaderMap, Hook, Method, RetryPolicy, Throttle};
use support::{Server, Trace, answer, json};

/// Writes down what it is told.
struct Note(Arc<Mutex<Vec<String>>>);

impl Hook for Note {
    fn on_request(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) {
        assert!(!headers.contains_key("authorization"));
        headers.insert("x-attempt", attempt.number().into());
    }

    fn on_response(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) {
        let status = outcome.status.map(|status| status.as_u16());
        let (name, path) = (attempt.operation_name(), attempt.path());
        let text =
            format!("{name} {} {path} {} {status:?} {}", attempt.method(), attempt.number(), outcome.error.is_some());
        self.0.lock().unwrap().push(text);
    }
}

#[tokio::test]
async fn attempts_are_told_to_hooks_and_calls_are_traced() {
    let trace = Trace::default();
    let _guard = tracing::subscriber::set_default(trace.clone());
    let notes = Arc::new(Mutex::new(Vec::new()));
    let going = "content-type: application/json\r\nx-request-id: r-7\r\ndeprecation: @1771545600\r\nsunset: Fri, 21 Aug 2026 00:00:00 UTC";
    let server = Server::start(&[answer(503, "", ""), answer(200, going, "{\"a\":1}")]).await;
    let builder = Client::builder().base_url(&server.base).hook(Note(Arc::clone(&notes)));
    let client = builder.retry(RetryPolicy::new().base_delay(Duration::from_millis(1))).build().unwrap();
    for _ in 0..3 {
        client.request(Method::GET, "/a?secret=1").query("k", "hush").send_raw().await.unwrap();
    }
    let expected = [" GET /a 1 Some(503) true", " GET /a 2 Some(200) false", " GET /a 1 Some(200) false"];
    assert_eq!(notes.lock().unwrap()[..3], expected);
    let attempts: Vec<_> = server.seen().iter().map(|seen| seen.header("x-attempt").unwrap()).collect();
    assert_eq!(attempts, ["1", "2", "1", "1"]);
    let text = trace.text();
    for part in [
        "http.request.method=\"GET\"",
        "url.template=\"/a\"",
        "server.address=\"127.0.0.1\"",
        "http.response.status_code=200",
        "http.request.resend_count=1",
        "http.response.body.size=7",
        "request_id=\"r-7\"",
        "otel.kind=\"client\"",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("hush") && !text.contains("secret"), "{text}");
    // Once, although three answers said so.
    assert_eq!(text.matches("deprecated operation").count(), 1);
    assert!(text.contains("sunset=\"Fri, 21 Aug 2026 00:00:00 UTC\""), "{text}");

    // A wait for the throttle is told, and nothing where there is none.
    let spent = answer(200, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1", "{}");
    let server = Server::start(&[spent, json(200, "{}")]).await;
    let client = Client::builder().base_url(&server.base).throttle(Throttle::new()).build().unwrap();
    for waits in [0, 1] {
        client.request(Method::GET, "/a").send_raw().await.unwrap();
        assert_eq!(trace.text().matches("message=throttle wait_ms=").count(), waits, "{}", trace.text());
    }

    // The document says so too.
    let server = Server::start(&[json(200, "{}")]).await;
    let client = server.client();
    for _ in 0..2 {
        #[allow(deprecated)]
        client.search().code("w", "q").send().await.unwrap();
    }
    let text = trace.text();
    assert_eq!(text.matches("deprecated operation").count(), 2);
    assert!(text.contains("reason=\"Code search is deprecated"), "{text}");

    // A client of the caller's that follows redirects works, and is told of once.
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let there = "location: /2.0/b";
    let server =
        Server::start(&[answer(302, there, ""), json(200, "{}"), answer(302, there, ""), json(200, "{}")]).await;
    let client = Client::builder().base_url(&server.base).http_client(reqwest::Client::new()).build().unwrap();
    for _ in 0..2 {
        client.request(Method::GET, "/a").send_raw().await.unwrap();
    }
    assert_eq!(trace.text().matches("follows redirects itself").count(), 1);
}
