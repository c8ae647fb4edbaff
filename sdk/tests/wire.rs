//! What goes over the wire and what is made of what comes back, on a real socket: reqwest and its URL parser take part.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeMap;

use bitbucket_cloud::{Client, Credentials, ErrorKind, Method, Multipart, RetryPolicy, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};
use support::{Server, answer, json};

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Thing {
    name: Option<String>,
    count: u8,
}

#[cfg(feature = "pipelines")]
#[tokio::test]
async fn path_values_are_encoded_exactly_once() {
    let server = Server::start(&[answer(200, "", "")]).await;
    let cases = [
        ("{6a0d-1}", "%7B6a0d-1%7D"),
        ("feature/x", "feature%2Fx"),
        ("a b", "a%20b"),
        ("grün", "gr%C3%BCn"),
        ("100%", "100%25"),
        ("%7Ba%7D", "%257Ba%257D"),
        ("a?b#c;d", "a%3Fb%23c%3Bd"),
        ("a:b@c+d", "a%3Ab%40c%2Bd"),
        ("\\..\\", "%5C..%5C"),
        ("a\tb'\"", "a%09b%27%22"),
    ];
    for (raw, encoded) in cases {
        let log = server.client().pipelines().get_step_log("ws", raw, "{p}", "{s}");
        log.send().await.unwrap();
        let expected = format!("/2.0/repositories/ws/{encoded}/pipelines/%7Bp%7D/steps/%7Bs%7D/log");
        assert_eq!(server.last().target, expected, "{raw}");
        assert_eq!(server.last().header("accept").as_deref(), Some("*/*"));
    }
}

#[cfg(feature = "pipelines")]
#[tokio::test]
async fn a_body_is_not_lost_for_an_empty_time() {
    let body = r#"{"build_number": 7, "created_on": "2026-01-02", "completed_on": ""}"#;
    let server = Server::start(&[json(200, body)]).await;
    let pipeline = server.client().pipelines().get("w", "r", "{p}").await.unwrap();
    assert_eq!((pipeline.build_number, pipeline.completed_on), (Some(7), None));
    assert_eq!(
        pipeline.created_on.map(|time| (time.to_string(), time.timestamp())),
        Some(("2026-01-02".into(), 1_767_312_000))
    );
    // A number in quotes is another type.
    let server = Server::start(&[json(200, r#"{"build_number": "7"}"#)]).await;
    let error = server.client().pipelines().get("w", "r", "{p}").await.unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("at build_number"), "{error}");
}

#[cfg(feature = "pipelines")]
#[tokio::test]
async fn a_request_that_cannot_be_right_is_not_sent() {
    let server = Server::start(&[json(200, "{}")]).await;
    let client = server.client();
    for workspace in ["", ".", ".."] {
        let error = client.repository(workspace, "r").pipelines().list().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let text = error.to_string();
        assert!(text.contains("`workspace`") && text.contains("pipelines.list"), "{text}");
    }
    let get = || client.pipelines().list("w", "r");
    assert_eq!(get().header("a b", "c").send().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(get().header("a", "c\nd").send_raw().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let unserializable = BTreeMap::from([((1, 2), 3)]);
    let error = get().into_request().json(&unserializable).send_as::<Value>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn custom_paths_are_kept_below_the_base() {
    let server = Server::start(&[json(200, "{}")]).await;
    let client = server.client();
    let next = format!("{}/a/%7Bb%7D?ctx=x%2By&page=2", server.base);
    let cases = [
        ("/a/%7Bb%7D/{c} d/ü", "/2.0/a/%7Bb%7D/%7Bc%7D%20d/%C3%BC?q=x%20%3D%20%221%2B1%22&n=5"),
        ("/a?x=%2B&y=[0]", "/2.0/a?x=%2B&y=%5B0%5D&q=x%20%3D%20%221%2B1%22&n=5"),
        (next.as_str(), "/2.0/a/%7Bb%7D?ctx=x%2By&page=2&q=x%20%3D%20%221%2B1%22&n=5"),
    ];
    for (path, expected) in cases {
        let request = client.request(Method::GET, path).query("q", "x = \"1+1\"").query("n", 5);
        request.send_as::<Value>().await.unwrap();
        assert_eq!(server.last().target, expected);
    }
    let sent = server.seen().len();
    for path in ["https://evil.test/2.0/a", "http://127.0.0.1:1/2.0/a", "a/b", "/../1.0/a", "/a/%2e%2E/b"] {
        let error = client.request(Method::GET, path).send_raw().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
    }
    assert_eq!(server.seen().len(), sent);
}

#[tokio::test]
async fn a_bodiless_post_has_no_content_type() {
    let server = Server::start(&[answer(200, "", "")]).await;
    for method in [Method::POST, Method::PUT] {
        server.client().request(method, "/a/approve").send_raw().await.unwrap();
        let seen = server.last();
        assert_eq!((seen.header("content-type"), seen.header("content-length").as_deref()), (None, Some("0")));
    }
    for method in [Method::GET, Method::DELETE] {
        server.client().request(method, "/a").send_raw().await.unwrap();
        let seen = server.last();
        assert_eq!((seen.header("content-type"), seen.header("content-length")), (None, None));
    }
}

#[tokio::test]
async fn bodies_carry_their_type() {
    let server = Server::start(&[json(200, "{}")]).await;
    let post = || server.client().request(Method::POST, "/a");
    post().json(&value!({"a": null, "b": [1]})).send_as::<Value>().await.unwrap();
    let seen = server.last();
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("POST", r#"{"a":null,"b":[1]}"#));
    assert_eq!(seen.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(seen.header("accept").as_deref(), Some("application/json"));

    post().form(&value!({"include": ["a b", "c"], "no": null})).send_as::<Value>().await.unwrap();
    assert_eq!(server.last().body, "include=a+b&include=c");
    assert_eq!(server.last().header("content-type").as_deref(), Some("application/x-www-form-urlencoded"));

    post().bytes("application/yaml", "a: b").header("Accept", "text/x").send_as::<Value>().await.unwrap();
    assert_eq!((server.last().body.as_str(), server.last().header("accept").as_deref()), ("a: b", Some("text/x")));
    assert_eq!(server.last().header("content-type").as_deref(), Some("application/yaml"));

    post().multipart(Multipart::new().text("branch", "main").file("a/b.txt", "b.txt", "hi")).send_raw().await.unwrap();
    let content_type = server.last().header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = server.last().body;
    assert_eq!(body.matches(boundary).count(), 3);
    assert!(body.contains("name=\"a/b.txt\"; filename=\"b.txt\"") && body.ends_with(&format!("--{boundary}--\r\n")));
}

#[tokio::test]
async fn any_success_counts_and_an_empty_body_is_the_empty_value() {
    let bodies = [
        json(200, ""),
        answer(201, "", " \r\n"),
        answer(204, "", ""),
        answer(202, "", "\u{feff}{}"),
        answer(299, "content-type: text/plain", "{\"name\": null}"),
    ];
    let server = Server::start(&bodies).await;
    for status in [200, 201, 204, 202, 299] {
        let response = server.client().request(Method::POST, "/a").send_as::<Thing>().await.unwrap();
        assert_eq!((response.status().as_u16(), &*response), (status, &Thing::default()));
    }
    let server = Server::start(&[answer(204, "", "")]).await;
    let list = server.client().request(Method::GET, "/a").send_as::<Vec<Thing>>().await.unwrap();
    assert!(list.is_empty());
    server.client().request(Method::GET, "/a").send_as::<()>().await.unwrap();
}

#[tokio::test]
async fn what_is_not_json_is_a_clear_error() {
    let html = "<!doctype html><title>Bitbucket is down for maintenance</title>";
    let server = Server::start(&[answer(200, "content-type: text/html; charset=utf-8", html)]).await;
    let client = server.client();
    let error = client.request(Method::GET, "/a").send_as::<Thing>().await.unwrap_err();
    let expected = format!("GET {}/a: 200 OK: expected JSON, got a page of HTML, 63 bytes", client.base_url());
    assert_eq!((error.to_string(), error.kind(), error.status()), (expected, ErrorKind::Decode, Some(StatusCode::OK)));

    // It is told by either, the media type or the body.
    for (media, body) in [("text/plain", r#"{"count":"many"}"#), ("application/json", "many"), ("text/x", "[7]")] {
        let server = Server::start(&[answer(200, &format!("content-type: {media}"), body)]).await;
        let error = server.client().request(Method::GET, "/a").send_as::<Thing>().await.unwrap_err();
        assert!(error.to_string().contains("cannot decode the body"), "{error}");
    }
    let server = Server::start(&[answer(200, "content-type: text/plain", "many")]).await;
    let error = server.client().request(Method::GET, "/a").send_as::<Thing>().await.unwrap_err();
    assert!(error.to_string().ends_with("expected JSON, got text/plain: many"), "{error}");

    let page = format!(r#"{{"values":[{{"name":"{}"}},{{"name":"b","count":"many"}}]}}"#, "a".repeat(50_000));
    let server = Server::start(&[json(200, &page)]).await;
    let request = server.client().request(Method::GET, "/a?secret=value");
    let error = request.send_as::<BTreeMap<String, Vec<Thing>>>().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("at values[1].count: invalid type: string \"many\", expected u8"), "{text}");
    assert!(text.len() < 400 && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn credentials_are_sent_as_the_service_wants_them() {
    let server = Server::start(&[json(200, "{}")]).await;
    let cases = [
        (Credentials::anonymous(), None),
        (Credentials::api_token("me@example.org", "tök:en"), Some("Basic bWVAZXhhbXBsZS5vcmc6dMO2azplbg==")),
        (Credentials::access_token("abc"), Some("Bearer abc")),
    ];
    for (credentials, expected) in cases {
        let client = Client::builder().base_url(&server.base).credentials(credentials).user_agent("me/1").build();
        client.unwrap().request(Method::GET, "/a").send_raw().await.unwrap();
        assert_eq!(server.last().header("authorization").as_deref(), expected);
        assert_eq!(server.last().header("user-agent").as_deref(), Some("me/1"));
    }
    let unusable = [
        Credentials::access_token(""),
        Credentials::access_token("abc\n"),
        Credentials::api_token("a:b", "token"),
        Credentials::api_token("a\u{7}b", "token"),
        Credentials::api_token("a@b", "\r"),
    ];
    for credentials in unusable {
        let error = Client::builder().credentials(credentials).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn the_reason_for_a_failure_is_found() {
    let scopes = r#"{"type":"error","error":{"message":"No","detail":{"required":["a"],"granted":["b"]}}}"#;
    let cases = [
        (
            json(404, r#"{"error":{"message":"no such thing"}}"#),
            "404 Not Found: no such thing; it may be private: no credentials were sent",
        ),
        (json(403, scopes), "403 Forbidden: No; required scopes: a; granted scopes: b; the credentials lack `a`"),
        (json(400, r#"{"key":"a.b","message":"m","arguments":{}}"#), "400 Bad Request: m"),
        (
            answer(429, "content-type: text/plain\r\nretry-after: 7", "Slow\ndown"),
            "429 Too Many Requests: Slow down; retry after 7 s",
        ),
        (
            answer(502, "content-type: text/html", "<title>Bad gateway</title>"),
            "502 Bad Gateway: a page of HTML, 26 bytes",
        ),
        (answer(400, "content-type: application/xml", "<E><Message>m</Message></E>"), "400 Bad Request: m"),
        (answer(555, "", ""), "555"),
        (answer(304, "", ""), "304 Not Modified"),
        (answer(416, "x-request-id: r-1", ""), "416 Range Not Satisfiable"),
    ];
    for (answer, expected) in cases {
        let server = Server::start(&[answer]).await;
        let client = server.client();
        let error = client.request(Method::GET, "/a?x=secret").query("k", "v").send_stream().await.unwrap_err();
        assert_eq!(error.to_string(), format!("GET {}/a: {expected}", client.base_url()));
        assert_eq!(error.address(), Some(format!("{}/a", client.base_url()).as_str()));
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), error.is_rate_limited().then_some(7));
        assert_eq!(error.request_id().is_some(), expected.starts_with("416"));
    }
    let server = Server::start(&[answer(500, "content-type: text/plain", &"x".repeat(3_000_000))]).await;
    let error = server.client().request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!(error.body_excerpt().map(str::len), Some(1024));
}

#[tokio::test]
async fn nothing_changed_is_an_answer_where_it_was_asked() {
    let not_modified = || answer(304, "etag: \"abc\"", "");
    let server = Server::start(&[not_modified()]).await;
    let asked = || server.client().request(Method::GET, "/a").header("If-None-Match", "\"abc\"");
    let bytes = asked().await.unwrap();
    assert!(bytes.is_not_modified() && bytes.is_empty() && bytes.status() == StatusCode::NOT_MODIFIED);
    assert_eq!(bytes.headers().get("etag").unwrap(), "\"abc\"");
    let value = asked().send_as::<Option<Value>>().await.unwrap();
    assert!(value.is_not_modified());
    // What cannot be empty is no value, and may be none.
    #[derive(Debug, Deserialize)]
    struct Whole {
        #[serde(rename = "name")]
        _name: String,
    }
    assert!(asked().send_as::<Option<Whole>>().await.unwrap().is_none());
    let error = asked().send_as::<Whole>().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(StatusCode::NOT_MODIFIED)));
    let stream = asked().send_stream().await.unwrap();
    assert!(stream.is_not_modified() && stream.into_inner().bytes().await.unwrap().is_empty());
    // Nobody asked: a model would be empty, and nobody would know why.
    let server = Server::start(&[not_modified()]).await;
    assert_eq!(server.client().request(Method::GET, "/a").send().await.unwrap_err().kind(), ErrorKind::Api);
}

#[tokio::test]
async fn a_withdrawn_path_says_what_to_use() {
    let server = Server::start(&[json(410, r#"{"error":{"message":"Gone"}}"#)]).await;
    for path in ["/repositories", "/workspaces?role=member", "/snippets", "/user/permissions/repositories"] {
        let error = server.client().request(Method::GET, path).send_as::<Value>().await.unwrap_err();
        let remedy = error.hint().unwrap_or_default();
        assert!(remedy.starts_with("removed in 20") && error.to_string().ends_with(remedy), "{error}");
    }
    for (method, path) in [(Method::GET, "/repositories/acme/rocket"), (Method::POST, "/snippets")] {
        let error = server.client().request(method, path).send_as::<Value>().await.unwrap_err();
        assert_eq!(error.hint(), None, "{error}");
    }
}

#[tokio::test]
async fn the_beginning_of_a_failure_is_read_and_no_more() {
    let parts = "HTTP/1.1 400 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
                 c\r\n{\"message\":\"\r\n5\r\nparts\r\n2\r\n\"}\r\n0\r\n\r\n";
    let far = |bytes| answer(400, "content-type: text/xml", &format!("{}<message>far</message>", " ".repeat(bytes)));
    let cases = [(parts.to_owned(), Some("parts")), (far(60_000), Some("far")), (far(70_000), None)];
    for (answer, expected) in cases {
        let server = Server::start(&[answer]).await;
        let error = server.client().request(Method::GET, "/a").send_raw().await.unwrap_err();
        assert_eq!(error.message(), expected);
    }
}

#[tokio::test]
async fn failures_below_http_have_kinds_of_their_own() {
    let closed = Client::builder().base_url("http://127.0.0.1:1").retry(RetryPolicy::none()).build().unwrap();
    let error = closed.request(Method::POST, "/a").query("k", "hush").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, true));
    assert!(!format!("{error} {error:?}").contains("hush"));

    let server = Server::start(&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_owned()]).await;
    let get = || server.client().request(Method::GET, "/a");
    assert_eq!(get().send_raw().await.unwrap_err().kind(), ErrorKind::Transport);
    let mut stream = get().send_stream().await.unwrap().into_inner();
    assert_eq!(stream.chunk().await.unwrap().as_deref(), Some(&b"abc"[..]));
    assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(stream.chunk().await.unwrap(), None);

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limit = std::time::Duration::from_millis(50);
    let base = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::builder().base_url(&base).retry(RetryPolicy::none()).read_timeout(limit).build().unwrap();
    let error = client.request(Method::POST, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_timeout(), error.is_retryable()), (ErrorKind::Timeout, true, false));
    let client = Client::builder().base_url(&base).retry(RetryPolicy::none()).timeout(limit).build().unwrap();
    let error = client.request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true));
}

#[tokio::test]
async fn a_stream_gives_the_bytes_as_they_are() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\netag: \"e\"\r\n\r\n\
                   4\r\nab\r\n\r\n2\r\ncd\r\n0\r\n\r\n";
    let server = Server::start(&[chunked.to_owned(), chunked.to_owned(), answer(200, "", "")]).await;
    let get = || server.client().request(Method::GET, "/log");
    let response = get().send_stream().await.unwrap();
    assert_eq!(response.headers()["etag"], "\"e\"");
    assert_eq!(&response.into_inner().bytes().await.unwrap()[..], b"ab\r\ncd");
    assert_eq!(get().send_stream().await.unwrap().into_inner().text().await.unwrap(), "ab\r\ncd");
    assert_eq!(get().send_stream().await.unwrap().into_inner().bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_call_can_be_spawned() {
    let server = Server::start(&[json(200, "[]")]).await;
    let request = server.client().request(Method::GET, "/a");
    let again = request.clone();
    tokio::spawn(async move { request.send_as::<Vec<Thing>>().await }).await.unwrap().unwrap();
    again.send_raw().await.unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn https_needs_no_provider_of_the_process() {
    assert_eq!(Client::builder().build().unwrap().base_url(), "https://api.bitbucket.org/2.0");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let client = Client::builder().base_url(&base).retry(RetryPolicy::none()).build().unwrap();
    let hello = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read_u8(&mut socket).await.unwrap()
    });
    let error = client.request(Method::POST, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, true));
    // The first byte of a TLS handshake.
    assert_eq!(hello.await.unwrap(), 22);
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn https_is_refused_without_tls() {
    let error = Client::builder().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn an_error_with_a_status_of_success_is_an_error() {
    let snippets = r#"{"pagelen":10,"values":"Snippets are not available on this plan.","page":1,"size":0}"#;
    let wrapped = r#"{"type":"error","error":{"message":"Not now"}}"#;
    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(rename = "values")]
        _values: Option<Vec<Value>>,
    }
    for (body, message) in [(snippets, "Snippets are not available on this plan."), (wrapped, "Not now")] {
        let server = Server::start(&[json(200, body)]).await;
        let error = server.client().request(Method::GET, "/snippets/w").send_as::<Page>().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.message()),
            (ErrorKind::Api, Some(StatusCode::OK), Some(message))
        );
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn the_code_insights_proxy_is_asked_in_the_clear_and_without_credentials() {
    let proxy = Server::start(&[json(200, "{}")]).await;
    let address = proxy.base.trim_end_matches("/2.0");
    let client = Client::builder().code_insights_proxy(address).build().unwrap();
    client.request(Method::PUT, "/repositories/w/r/commit/c/reports/x").json(&1).send_raw().await.unwrap();
    let seen = proxy.last();
    assert_eq!(seen.target, "http://api.bitbucket.org/2.0/repositories/w/r/commit/c/reports/x");
    assert_eq!((seen.header("host").as_deref(), seen.header("authorization")), (Some("api.bitbucket.org"), None));
    let credentials = Credentials::access_token("t");
    assert!(Client::builder().code_insights_proxy(address).credentials(credentials).build().is_err());
}

/// A client that sends again what failed.
fn patient(server: &Server) -> Client {
    Client::builder().base_url(&server.base).credentials(Credentials::access_token("x")).build().unwrap()
}

#[tokio::test]
async fn a_write_that_was_answered_by_its_place_is_not_sent_again() {
    let there = answer(303, "location: /2.0/b", "");
    for then in [answer(429, "retry-after: 0", ""), answer(401, "", ""), answer(503, "retry-after: 0", "")] {
        let server = Server::start(&[there.clone(), then, json(200, "{}")]).await;
        let error = patient(&server).request(Method::POST, "/a").send_raw().await.unwrap_err();
        let methods: Vec<_> = server.seen().into_iter().map(|seen| seen.method).collect();
        assert_eq!(methods, ["POST", "GET"], "{error}");
        assert!(!error.is_retryable() && error.is_ambiguous(), "{error}");
    }
    let server = Server::start(&[there, json(200, "{}")]).await;
    patient(&server).request(Method::POST, "/a").send_raw().await.unwrap();
}

#[tokio::test]
async fn the_reset_of_a_limit_is_a_wait_only_where_the_limit_was_reached() {
    let server = Server::start(&[answer(503, "x-ratelimit-reset: 1800", ""), json(200, "{}")]).await;
    patient(&server).request(Method::GET, "/a").send_raw().await.unwrap();
    assert_eq!(server.seen().len(), 2);
    let server = Server::start(&[answer(429, "x-ratelimit-reset: 1800", ""), json(200, "{}")]).await;
    let error = patient(&server).request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.retry_after(), server.seen().len()), (Some(std::time::Duration::from_secs(1800)), 1));
}

#[tokio::test]
async fn the_body_of_a_read_stays_with_its_host() {
    let other = Server::start(&[json(200, "{}")]).await;
    let server = Server::start(&[answer(307, &format!("location: {}/x", other.base), "")]).await;
    let request = server.client().request(Method::GET, "/a").json(&serde_json::json!({"key": "hush"}));
    request.send_raw().await.unwrap();
    assert!(server.seen()[0].body.contains("hush") && other.seen()[0].body.is_empty());
}
