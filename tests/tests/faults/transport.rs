//! Faults below HTTP.

use std::sync::Arc;
use std::time::Duration;

use bitbucket_cloud::{ClientBuilder, Error, Method};
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::raw::{Act, Raw, answer, json};
use crate::table::{Row, outcome};
use crate::{both, both_with, builder, call};

const THING: &str = r#"{"name":"rocket"}"#;

/// A server without a certificate that anybody trusts.
pub(crate) fn untrusted() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("made");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    TlsAcceptor::from(Arc::new(config))
}

async fn pair(base: &str) -> [(String, Result<(), Error>); 2] {
    let client = builder(base).build().expect("a client");
    let read = call(&client, Method::GET).await;
    let once = call(&client, Method::POST).await;
    [(outcome(&read), read), (outcome(&once), once)]
}

fn attempts(result: &Result<(), Error>) -> u32 {
    result.as_ref().err().map_or(1, Error::attempts)
}

pub(crate) async fn connection_refused() -> Row {
    let [read, once] = pair("http://127.0.0.1:1/2.0").await;
    assert_eq!((read.0.as_str(), once.0.as_str()), ("`Connect`", "`Connect`"));
    // Nothing was sent, so that both may try again.
    assert_eq!((attempts(&read.1), attempts(&once.1)), (3, 3));
    let note = "three attempts each: nothing was sent";
    Row { fault: "connection refused", read: Some((read.0, 0)), once: Some((once.0, 0)), note }
}

pub(crate) async fn name_not_found() -> Row {
    let [read, once] = pair("https://no-such-host.invalid/2.0").await;
    assert_eq!((read.0.as_str(), once.0.as_str()), ("`Connect`", "`Connect`"));
    assert!(read.1.unwrap_err().to_string().contains("name of the host"));
    let note = "three attempts each";
    Row { fault: "host not found", read: Some((read.0, 0)), once: Some((once.0, 0)), note }
}

pub(crate) async fn certificate_not_trusted() -> Row {
    let raw = Raw::with_tls(vec![Act::Send(json(200, THING))], Some(untrusted())).await;
    let [read, once] = pair(&format!("https://{}/2.0", raw.address)).await;
    assert_eq!((read.0.as_str(), once.0.as_str()), ("`Connect`", "`Connect`"));
    assert_eq!((attempts(&read.1), attempts(&once.1)), (1, 1));
    assert!(read.1.unwrap_err().to_string().contains("certificate"));
    assert!(raw.seen().is_empty());
    let note = "one attempt: a retry would get the same certificate";
    Row { fault: "TLS certificate not trusted", read: Some((read.0, 0)), once: Some((once.0, 0)), note }
}

pub(crate) async fn reset_before_headers() -> Row {
    let acts = vec![Act::SendThenReset(Vec::new())];
    both("reset before the headers", acts, ("`Transport`", 3), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn closed_before_headers() -> Row {
    let acts = vec![Act::Send(Vec::new()), Act::Send(json(200, THING))];
    both("closed before the headers, once", acts, ("success", 2), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn reset_in_headers() -> Row {
    let acts = vec![Act::SendThenReset(b"HTTP/1.1 200 OK\r\ncontent-".to_vec())];
    both("reset within the headers", acts, ("`Transport`", 3), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn reset_in_body() -> Row {
    let part = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"name\":".to_vec();
    let acts = vec![Act::SendThenReset(part), Act::Send(json(200, THING))];
    both("reset within the body, once", acts, ("success", 2), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn not_http() -> Row {
    let acts = vec![Act::Send(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())];
    both("a response that is not HTTP", acts, ("`Transport`", 3), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn content_length_too_long() -> Row {
    let acts = vec![Act::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{THING}").into_bytes())];
    both("`Content-Length` too long", acts, ("`Transport`", 3), ("`Transport`, ambiguous", 1)).await
}

pub(crate) async fn content_length_too_short() -> Row {
    let acts = vec![Act::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{THING}").into_bytes())];
    both("`Content-Length` too short", acts, ("`Decode` 200", 1), ("`Decode` 200, ambiguous", 1)).await
}

pub(crate) async fn silent_before_headers() -> Row {
    let acts = vec![Act::SendThenHang(Vec::new())];
    both("silence before the headers", acts, ("`Timeout`", 3), ("`Timeout`, ambiguous", 1)).await
}

pub(crate) async fn silent_in_body() -> Row {
    let part = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"name\":".to_vec();
    let acts = vec![Act::SendThenHang(part)];
    both("silence within the body", acts, ("`Timeout`", 3), ("`Timeout`, ambiguous", 1)).await
}

fn of_the_callers(builder: ClientBuilder) -> ClientBuilder {
    crate::prepare_tls();
    let policy = reqwest::redirect::Policy::none();
    builder.http_client(reqwest::Client::builder().redirect(policy).build().expect("a client"))
}

pub(crate) async fn unavailable_for_a_client_of_the_callers() -> Row {
    let (fault, acts) = ("503, with an `http_client`", vec![Act::Send(answer(503, "", ""))]);
    both_with(of_the_callers, fault, acts, ("`Api` 503", 3), ("`Api` 503, ambiguous", 1)).await
}

pub(crate) async fn silent_for_a_client_of_the_callers() -> Row {
    let (fault, acts) = ("silence before the headers, with an `http_client`", vec![Act::SendThenHang(Vec::new())]);
    both_with(of_the_callers, fault, acts, ("`Timeout`", 3), ("`Timeout`, ambiguous", 1)).await
}

pub(crate) async fn slow_drip() -> Row {
    // The head alone has some ninety bytes, and a busy machine makes each of them late.
    let acts = vec![Act::Drip(json(200, THING), Duration::from_millis(4))];
    both("slow body", acts, ("success", 1), ("success", 1)).await
}

pub(crate) async fn slow_drip_beyond_the_limit() -> Row {
    let run = async |method: Method| {
        let raw = Raw::start(vec![Act::Drip(json(200, THING), Duration::from_millis(10))]).await;
        let client = builder(&raw.base()).timeout(Duration::from_millis(400)).build().expect("a client");
        let result = call(&client, method).await;
        Some((outcome(&result), raw.seen().len()))
    };
    let (read, once) = (run(Method::GET).await, run(Method::POST).await);
    assert_eq!(read, Some(("`Timeout`".into(), 1)));
    assert_eq!(once, Some(("`Timeout`, ambiguous".into(), 1)));
    Row { fault: "slow body beyond the time limit of the call", read, once, note: "the time limit is for all attempts" }
}

pub(crate) async fn dropped_call() -> Row {
    let run = async |method: Method| {
        let raw = Raw::start(vec![Act::SendThenHang(Vec::new())]).await;
        let client = builder(&raw.base()).build().expect("a client");
        let limit = Duration::from_millis(300);
        assert!(tokio::time::timeout(limit, call(&client, method)).await.is_err());
        // The server notices at once, and nothing comes after it.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(raw.hung_up() >= 1);
        tokio::time::sleep(Duration::from_millis(500)).await;
        Some(("dropped".to_owned(), raw.seen().len()))
    };
    let (read, once) = (run(Method::GET).await, run(Method::POST).await);
    assert_eq!((&read, &once), (&Some(("dropped".into(), 1)), &Some(("dropped".into(), 1))));
    Row { fault: "the caller drops the call", read, once, note: "the connection is closed" }
}

pub(crate) async fn log_that_grows_slowly() -> Row {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let raw = Raw::start(vec![Act::Grow(head, 4, Duration::from_millis(700))]).await;
    // Limits that a log outlives: they end calls, not streams whose head is there.
    let client = builder(&raw.base()).read_timeout(Duration::from_millis(300)).timeout(Duration::from_secs(1));
    let client = client.build().expect("a client");
    let log = client.request(Method::GET, "/log").read_timeout(None).send_stream().await.expect("a log");
    let text = log.into_inner().text().await.expect("the whole log");
    assert_eq!((text.len(), raw.seen().len()), (4, 1));
    let note = "`read_timeout(None)`, and no length that was announced: else `min_throughput` would hold";
    Row { fault: "a log slower than all time limits", read: Some(("success".into(), 1)), once: None, note }
}
