//! Answers that are HTTP, and not what was hoped for.

use bitbucket_cloud::Method;
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};

use crate::raw::{Act, Raw, answer, json};
use crate::table::{Row, outcome};
use crate::{SECRET, both, builder, call};

const THING: &str = r#"{"name":"rocket"}"#;

pub(crate) async fn truncated_json() -> Row {
    let acts = vec![Act::Send(json(200, r#"{"name":"roc"#))];
    both("truncated JSON", acts, ("`Decode` 200", 1), ("`Decode` 200, ambiguous", 1)).await
}

pub(crate) async fn html_with_success() -> Row {
    let acts = vec![Act::Send(answer(200, "content-type: text/html", "<title>Maintenance</title>"))];
    both("200 with HTML", acts, ("`Decode` 200", 1), ("`Decode` 200, ambiguous", 1)).await
}

pub(crate) async fn error_with_success() -> Row {
    let acts = vec![Act::Send(json(200, r#"{"type":"error","error":{"message":"No"}}"#))];
    both("200 with an error in it", acts, ("`Api` 200", 1), ("`Api` 200, ambiguous", 1)).await
}

pub(crate) async fn sentence_in_page() -> Row {
    let acts = vec![Act::Send(json(200, r#"{"pagelen":10,"values":"Not on this plan."}"#))];
    both("200 with a message in place of items", acts, ("`Api` 200", 1), ("`Api` 200, ambiguous", 1)).await
}

pub(crate) async fn unasked_part() -> Row {
    let acts = vec![Act::Send(answer(206, "content-type: application/json\r\ncontent-range: bytes 0-16/99", THING))];
    let row = both("206 without a `Range`", acts, ("`Decode` 206", 1), ("`Decode` 206, ambiguous", 1)).await;
    Row { note: "a part is not taken for the whole", ..row }
}

pub(crate) async fn nothing_with_success() -> Row {
    let acts = vec![Act::Send(json(200, ""))];
    let row = both("200 without a body", acts, ("`Decode` 200", 1), ("`Decode` 200, ambiguous", 1)).await;
    Row { note: "for a type that cannot be empty; a model of this crate can", ..row }
}

pub(crate) async fn html_error() -> Row {
    let page = format!("<!doctype html><title>Mallory</title>{}", "<p>profile of mallory</p>".repeat(1000));
    let raw = Raw::start(vec![Act::Send(answer(404, "content-type: text/html", &page))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let error = call(&client, Method::GET).await.unwrap_err();
    assert!(error.to_string().ends_with("404 Not Found: a page of HTML, 25037 bytes"), "{error}");
    assert_eq!((error.message(), error.body_excerpt()), (None, None));
    let acts = vec![Act::Send(answer(404, "content-type: text/html", &page))];
    let row = both("404 with HTML", acts, ("`Api` 404", 1), ("`Api` 404", 1)).await;
    Row { note: "no part of the page is kept", ..row }
}

pub(crate) async fn xml_error() -> Row {
    let body = "<?xml version=\"1.0\"?><Error><Code>InvalidArgument</Code><Message>One only</Message></Error>";
    let acts = vec![Act::Send(answer(400, "content-type: application/xml", body))];
    both("400 with XML", acts, ("`Api` 400", 1), ("`Api` 400", 1)).await
}

/// The forms in which a service may repeat what it was sent; `sdk/tests/redaction.rs` tries all of them everywhere.
pub(crate) async fn credentials_sent_back() -> Row {
    let forms = [
        SECRET,
        "s3cret%2dcanary",
        "s3cret\\u002dcanary",
        "s3cret&#45;canary",
        "bWVAZXhhbXBsZS5vcmc6czNjcmV0LWNhbmFyeQ==",
    ];
    let body = format!("{{\"error\":{{\"message\":\"{}\"}}}}", forms.join(" "));
    let run = async |method: Method| {
        let headers = "content-type: application/json\r\nx-request-id: s3cret%2Dcanary";
        let raw = Raw::start(vec![Act::Send(answer(400, headers, &body))]).await;
        let result = call(&builder(&raw.base()).build().expect("a client"), method).await;
        let error = result.as_ref().unwrap_err();
        assert_eq!(error.message(), Some(&*["[redacted]"; 5].join(" ")));
        assert_eq!(error.request_id(), Some("[redacted]"));
        (outcome(&result), raw.seen().len())
    };
    let (read, once) = (Some(run(Method::GET).await), Some(run(Method::POST).await));
    assert_eq!((&read, &once), (&Some(("`Api` 400".into(), 1)), &Some(("`Api` 400".into(), 1))));
    Row { fault: "400 that sends the credentials back", read, once, note: "redacted in every form" }
}

pub(crate) async fn huge_error() -> Row {
    const GIB: u64 = 1 << 30;
    let head =
        format!("HTTP/1.1 400 X\r\ncontent-type: text/xml\r\ncontent-length: {GIB}\r\n\r\n<message>Big</message>");
    let run = async |method: Method| {
        let raw = Raw::start(vec![Act::Flood(head.clone().into_bytes(), GIB - 22)]).await;
        let client = builder(&raw.base()).build().expect("a client");
        let result = call(&client, method).await;
        assert_eq!(result.as_ref().unwrap_err().message(), Some("Big"));
        // What fits into the buffers of two sockets.
        assert!(raw.flooded() < 32 << 20, "{} bytes", raw.flooded());
        (outcome(&result), raw.seen().len())
    };
    let (read, once) = (Some(run(Method::GET).await), Some(run(Method::POST).await));
    assert_eq!((&read, &once), (&Some(("`Api` 400".into(), 1)), &Some(("`Api` 400".into(), 1))));
    Row { fault: "error with a body of 1 GiB", read, once, note: "64 KiB are read" }
}

pub(crate) async fn gzip() -> Row {
    // The beginning is enough: it is never unpacked.
    const BODY: [u8; 10] = [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03];
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n".to_vec();
    bytes.extend_from_slice(format!("content-length: {}\r\nconnection: close\r\n\r\n", BODY.len()).as_bytes());
    bytes.extend_from_slice(&BODY);
    both("gzip that was not requested", vec![Act::Send(bytes)], ("`Decode` 200", 1), ("`Decode` 200, ambiguous", 1))
        .await
}

async fn refusal(fault: &'static str, status: u16) -> Row {
    let expected = format!("`Api` {status}");
    let acts = vec![Act::Send(json(status, r#"{"error":{"message":"No"}}"#))];
    both(fault, acts, (&expected, 1), (&expected, 1)).await
}

async fn passing(fault: &'static str, status: u16) -> Row {
    let (read, once) = (format!("`Api` {status}"), format!("`Api` {status}, ambiguous"));
    let acts = vec![Act::Send(json(status, r#"{"error":{"message":"Broken","id":"0f3a"}}"#))];
    both(fault, acts, (&read, 3), (&once, 1)).await
}

pub(crate) async fn status_400() -> Row {
    refusal("400", 400).await
}

pub(crate) async fn status_409() -> Row {
    refusal("409", 409).await
}

pub(crate) async fn status_410() -> Row {
    refusal("410", 410).await
}

pub(crate) async fn status_500() -> Row {
    passing("500", 500).await
}

pub(crate) async fn status_501() -> Row {
    refusal("501", 501).await
}

pub(crate) async fn status_502() -> Row {
    passing("502", 502).await
}

pub(crate) async fn status_503() -> Row {
    passing("503", 503).await
}

pub(crate) async fn status_504() -> Row {
    passing("504", 504).await
}

pub(crate) async fn status_555() -> Row {
    passing("555", 555).await
}

pub(crate) async fn passing_503() -> Row {
    let acts = vec![Act::Send(answer(503, "", "")), Act::Send(json(200, THING))];
    both("503, then 200", acts, ("success", 2), ("`Api` 503, ambiguous", 1)).await
}

/// The operations whose 555 the document speaks of: both may have happened.
pub(crate) async fn status_555_of_merge_and_decline() -> Row {
    let fake = FakeBitbucket::start().await.expect("a fake");
    let pull = "/repositories/{w}/{r}/pullrequests/{id}";
    for name in ["merge", "decline"] {
        fake.on(FakeMethod::POST, &format!("{pull}/{name}"), Reply::status(555));
    }
    let client = builder(fake.base_url()).build().expect("a client");
    let merged = client.pull_requests().merge("w", "r", 1).send().await.map(|_| ());
    let declined = client.pull_requests().decline("w", "r", 1).send().await.map(|_| ());
    assert!(merged.as_ref().unwrap_err().to_string().contains("check before calling again"));
    assert_eq!((outcome(&merged), fake.journal().len()), (outcome(&declined), 2));
    Row { fault: "555 on merging and declining", read: None, once: Some((outcome(&merged), 1)), note: "each sent once" }
}
