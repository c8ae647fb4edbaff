//! Limits of time and size: those of one request, and the longest there are.
#![allow(missing_docs)]

mod support;

use bitbucket_cloud::{Client, ErrorKind, Method, Multipart, RetryPolicy};
use serde_json::Value;
use support::{Server, answer, json};

#[tokio::test]
async fn a_request_has_limits_of_its_own() {
    let server = Server::start(&[json(200, "{}")]).await;
    let get = |client: &Client| client.request(Method::GET, "/a").connect_timeout(std::time::Duration::from_secs(3));
    get(&server.client()).send_raw().await.unwrap();
    // A client of the caller's has its own limit, and saying otherwise is an error instead of being ignored.
    let http = tls_ready(reqwest::Client::builder()).build().unwrap();
    let client = Client::builder().base_url(&server.base).http_client(http.clone()).build().unwrap();
    assert_eq!(get(&client).send_raw().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    client.request(Method::GET, "/a").send_raw().await.unwrap();
    let limit = std::time::Duration::from_secs(1);
    let error = Client::builder().http_client(http).connect_timeout(limit).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::builder().base_url(&base).retry(RetryPolicy::none()).build().unwrap();
    let get = || client.request(Method::GET, "/a");
    let limit = std::time::Duration::from_millis(30);
    assert_eq!(get().timeout(limit).send_stream().await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(get().read_timeout(limit).send_raw().await.unwrap_err().kind(), ErrorKind::Timeout);
    #[cfg(feature = "pipelines")]
    {
        let list = client.pipelines().list("w", "r").configure(|request| request.timeout(limit));
        assert_eq!(list.send().await.unwrap_err().kind(), ErrorKind::Timeout);
        let list = client.pipelines().list("w", "r").into_request();
        let error = list.effect(bitbucket_cloud::Effect::NonIdempotentWrite).send_raw().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

/// reqwest alone would look for a TLS provider of the process; a test needs none.
fn tls_ready(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder
}

#[tokio::test]
async fn limits_of_any_length_are_taken() {
    let server = Server::start(&[json(200, "{}")]).await;
    let client = Client::builder().base_url(&server.base).read_timeout(std::time::Duration::MAX).build().unwrap();
    let request = client.request(Method::GET, "/a").timeout(std::time::Duration::MAX);
    assert_eq!(request.send_raw().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_longest_durations_do_not_panic() {
    use bitbucket_cloud::{MinThroughput, Throttle};
    use std::time::Duration;

    const MAX: Duration = Duration::MAX;
    let retry = RetryPolicy::new().max_elapsed(MAX).max_delay(MAX).max_wait(MAX);
    let throttle = Throttle::new().max_wait(MAX).probe_interval(MAX);
    let builder = |server: &Server| {
        let builder = Client::builder().base_url(&server.base).timeout(MAX).connect_timeout(MAX).read_timeout(MAX);
        builder.min_throughput(MinThroughput::new().bytes_per_second(u32::MAX).grace(MAX)).throttle(throttle)
    };
    // A body with a head and chunks, whose time limits are all set.
    let server = Server::start(&[json(200, "{}")]).await;
    let client = builder(&server).retry(retry).build().unwrap();
    client.request(Method::GET, "/a").send_as::<Value>().await.unwrap();
    let request = client.request(Method::POST, "/a").bytes("text/plain", vec![b'x'; 200_000]);
    request.timeout(MAX).connect_timeout(MAX).read_timeout(MAX).send().await.unwrap();
    client.request(Method::GET, "/a").send_stream().await.unwrap().into_inner().bytes().await.unwrap();

    // Delays of retries: a wait without end, and one by which no limit is kept.
    for policy in [retry.base_delay(MAX), retry.base_delay(MAX).attempts(u32::MAX), retry.base_delay(Duration::ZERO)] {
        for refusal in ["", "retry-after: 86400", "retry-after: 0", "retry-after: 18446744073709551615"] {
            for status in [429, 503] {
                let server = Server::start(&[answer(status, refusal, ""), json(200, "{}")]).await;
                for timeout in [MAX, Duration::from_secs(86_400 * 365 * 200)] {
                    let client = builder(&server).retry(policy).timeout(timeout).build().unwrap();
                    let call = client.request(Method::GET, "/a").send_as::<Value>();
                    let _ = tokio::time::timeout(Duration::from_millis(20), call).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn the_longest_lengths_do_not_panic() {
    use futures_core::Stream;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    struct Nothing;
    impl Stream for Nothing {
        type Item = std::io::Result<bytes::Bytes>;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(None)
        }
    }

    let server = Server::start(&[json(200, "{}")]).await;
    for lengths in [[Some(u64::MAX), Some(u64::MAX)], [Some(u64::MAX), Some(0)], [Some(u64::MAX), None]] {
        let form = Multipart::new().on_progress(|_, _| {});
        let form = lengths.iter().fold(form, |form, length| form.stream("files", "a", Nothing, *length));
        let request = server.client().request(Method::POST, "/a").multipart(form);
        assert!(request.send().await.is_err(), "{lengths:?}");
    }
}

#[tokio::test]
async fn long_headers_and_addresses_are_bounded() {
    const NAMES: [&str; 14] = [
        "content-type",
        "content-range",
        "retry-after",
        "date",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-resource",
        "x-ratelimit-nearlimit",
        "x-request-id",
        "deprecation",
        "etag",
        "location",
        "x-anything",
    ];
    for name in NAMES {
        for (status, value) in [(200, "a"), (400, "a"), (429, "9"), (401, ", "), (302, "/"), (307, "/b?c=")] {
            let header = format!("{name}: x{}", value.repeat(100_000 / value.len()));
            let server = Server::start(&[answer(status, &header, "{}")]).await;
            let response = server.client().request(Method::GET, "/a").send().await;
            let text = match &response {
                Ok(response) => format!("{response:?} {:?} {:?}", response.rate_limit(), response.request_id()),
                Err(error) => format!("{error} {:?} {:?}", error.request_id(), error.retry_after()),
            };
            assert!(text.len() < 4000, "{name} {status}: {} bytes", text.len());
        }
    }
    // More than the HTTP library takes for an address.
    let server = Server::start(&[answer(307, &format!("location: /2.0/{}", "x".repeat(100_000)), "")]).await;
    assert!(server.client().request(Method::GET, "/a").send().await.is_err());
    let error = server.client().request(Method::GET, format!("/{}", "x".repeat(100_000))).send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Redirect), "{:?}", error.kind());
    let query = server.client().request(Method::GET, "/a").query("q", "x".repeat(100_000));
    assert!(query.send().await.is_err());
    // More than it takes for headers.
    for count in [1, 200] {
        let headers = vec![format!("x-a: {}", "x".repeat(600_000 / count)); count].join("\r\n");
        let server = Server::start(&[answer(200, &headers, "{}")]).await;
        let error = server.client().request(Method::GET, "/a").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
    }
}
