//! The lines that errors print, and the questions they answer.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};

use super::{AuthScheme, Error, ErrorKind, Redactor};
use crate::operation::{Effect, Endpoint, Operation};
use crate::serialization::DecodeFailure;

static GET: Operation = Operation {
    name: "things.get",
    id: Some("getThing"),
    method: "GET",
    path: "/things/{id}",
    effect: Effect::Read,
    scopes: &[],
    docs: "",
    filters: &[],
    deprecated: None,
    secrets: &[],
};
static START: Operation = Operation { name: "things.start", method: "POST", effect: Effect::NonIdempotentWrite, ..GET };

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

fn api(operation: &'static Operation, status: u16, body: &str) -> Error {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    Error::api(
        &Endpoint::listed(operation),
        status,
        &headers(&[("content-type", "application/json")]),
        body,
        AuthScheme::Bearer,
    )
}

#[test]
fn an_error_is_small_and_can_be_sent() {
    fn sendable<T: Send + Sync + 'static>() -> usize {
        size_of::<T>()
    }
    assert!(sendable::<Error>() <= 16);
}

#[test]
fn the_line_names_operation_status_and_reason() {
    let cases = [
        (404, r#"{"error":{"message":"no such thing"}}"#, "404 Not Found: no such thing"),
        (
            410,
            r#"{"error":{"message":"Gone\nfor good","detail":"See\n\n docs"}}"#,
            "410 Gone: Gone for good (See docs)",
        ),
        (
            400,
            r#"{"error":{"message":"Bad request","fields":{"a":["x","y"],"b":"z"}}}"#,
            "400 Bad Request: Bad request; a: x, y; b: z",
        ),
        (
            403,
            r#"{"error":{"message":"No","detail":{"required":["a"],"granted":["b","c"]}}}"#,
            "403 Forbidden: No; required scopes: a; granted scopes: b, c; the credentials lack `a`",
        ),
        (409, r#"{"key":"a.b"}"#, "409 Conflict: a.b"),
        (500, "", "500 Internal Server Error"),
        (555, "", "555"),
    ];
    for (status, body, expected) in cases {
        assert_eq!(api(&GET, status, body).to_string(), format!("things.get (GET /things/{{id}}): {expected}"));
    }
    let long = format!(r#"{{"message":"{}"}}"#, "word ".repeat(5000));
    assert!(api(&GET, 400, &long).to_string().len() < 500);
    let long = api(&GET, 400, &format!("{{\"message\":\"{0}\",\"fields\":{{\"{0}\":\"{0}\"}}}}", "ä".repeat(5000)));
    let long = long.cleaned(&Redactor::default());
    assert_eq!(long.message().map(str::len), Some(1024));
    assert_eq!(long.body_excerpt().map(str::len), Some(1024));
    assert!(long.fields().iter().all(|(name, texts)| name.len() <= 200 && texts[0].len() == 1024));
}

#[test]
fn a_custom_call_is_named_by_its_method_and_path() {
    let endpoint = Endpoint::custom(Method::POST, "/a/b");
    assert_eq!(Error::invalid(&endpoint, "no").to_string(), "POST /a/b: no");
    assert_eq!(Error::invalid(&endpoint, "no").operation(), None);
    assert_eq!(Error::config("no").to_string(), "no");
}

#[test]
fn headers_are_read() {
    let headers = headers(&[
        ("retry-after", "120"),
        ("atl-traceid", "abc"),
        ("x-oauth-scopes", "read, write"),
        ("x-accepted-oauth-scopes", "admin"),
    ]);
    let error = Error::api(&Endpoint::listed(&GET), StatusCode::FORBIDDEN, &headers, "", AuthScheme::None);
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(120));
    assert_eq!(error.request_id(), Some("abc"));
    assert_eq!((error.required_scopes(), error.granted_scopes().len()), (&["admin".to_owned()][..], 2));
    let error = Error::api(&Endpoint::listed(&GET), StatusCode::NOT_FOUND, &headers, "", AuthScheme::None);
    assert!(error.required_scopes().is_empty());
}

#[test]
fn only_what_cannot_happen_twice_is_retryable() {
    for status in [408, 500, 502, 503, 504, 555] {
        assert!(api(&GET, status, "").is_retryable(), "{status}");
        assert!(!api(&START, status, "").is_retryable(), "{status}");
    }
    assert!(api(&GET, 429, "").is_retryable() && api(&START, 429, "").is_retryable());
    for status in [304, 400, 401, 403, 404, 409, 410, 416, 501] {
        assert!(!api(&GET, status, "").is_retryable(), "{status}");
    }
    assert!(!Error::config("").is_retryable());
    assert!(api(&GET, 555, "").is_timeout() && !api(&GET, 500, "").is_timeout());
}

#[test]
fn a_decoding_error_says_where() {
    let failure = DecodeFailure { reason: "invalid type".into(), path: "a[1].b".into(), excerpt: "{\"b\":1}".into() };
    let error = Error::undecodable(&Endpoint::listed(&GET), StatusCode::OK, &headers(&[]), failure);
    let expected =
        "things.get (GET /things/{id}): 200 OK: cannot decode the body at a[1].b: invalid type, near `{\"b\":1}`";
    assert_eq!((error.to_string().as_str(), error.kind()), (expected, ErrorKind::Decode));

    let html = headers(&[("content-type", "text/html")]);
    let error = Error::not_json(&Endpoint::listed(&GET), StatusCode::OK, &html, "<title>Down</title>");
    assert!(error.to_string().ends_with("200 OK: expected JSON, got a page of HTML, 19 bytes"), "{error}");
    let text = headers(&[("content-type", "text/plain")]);
    let error = Error::not_json(&Endpoint::listed(&GET), StatusCode::OK, &text, "Down");
    assert!(error.to_string().ends_with("200 OK: expected JSON, got text/plain: Down"), "{error}");
}

#[test]
fn the_remedy_is_named_where_it_is_known() {
    static GONE: Operation = Operation { deprecated: Some("Withdrawn; use `GET /b` instead."), ..GET };
    static SCOPED: Operation = Operation { scopes: &["repository:admin"], ..GET };
    let hint = |operation, status, body, auth_scheme| {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let error = Error::api(&Endpoint::listed(operation), status, &headers(&[]), body, auth_scheme);
        assert!(error.hint().is_none_or(|hint| error.to_string().ends_with(hint)), "{error}");
        error.hint().unwrap_or_default().to_owned()
    };
    let detail = r#"{"error":{"message":"No","detail":{"required":["a","b"],"granted":["b"]}}}"#;
    assert_eq!(hint(&SCOPED, 403, detail, AuthScheme::Bearer), "the credentials lack `a`");
    assert!(hint(&SCOPED, 403, "", AuthScheme::Bearer).contains("`repository:admin`"));
    assert!(hint(&GET, 403, "", AuthScheme::Bearer).is_empty());
    let kind = r#"{"error":{"message":"This resource does not support authentication using the provided token"}}"#;
    assert!(hint(&SCOPED, 403, kind, AuthScheme::Basic).contains("another type"));
    assert_eq!(hint(&GONE, 410, "", AuthScheme::Basic), "withdrawn; use `GET /b` instead");
    assert!(hint(&GET, 401, "", AuthScheme::None).contains("no credentials"));
    assert!(hint(&GET, 401, "", AuthScheme::Basic).contains("e-mail"));
    assert!(hint(&GET, 401, "", AuthScheme::Bearer).contains("Credentials::api_token"));
    assert!(hint(&GET, 404, "", AuthScheme::None).contains("private"));
    assert!(hint(&GET, 404, "", AuthScheme::Basic).is_empty());
    assert!(hint(&GET, 402, "", AuthScheme::Basic).contains("plan"));
    assert!(hint(&GET, 400, r#"{"error":{"message":"Invalid pagelen"}}"#, AuthScheme::Basic).contains("pagelen"));
    let uuid = r#"{"error":{"message":"Not found","detail":"x is not a valid uuid."}}"#;
    assert!(hint(&GET, 404, uuid, AuthScheme::Basic).contains("braces"));
}

#[test]
fn what_may_have_been_done_is_ambiguous() {
    let maybe = [301, 302, 408, 500, 502, 503, 504, 507, 520, 522, 524, 525, 530, 555, 598];
    for status in maybe {
        assert!(api(&START, status, "").is_ambiguous(), "{status}");
        assert!(!api(&GET, status, "").is_ambiguous(), "{status}");
    }
    for status in [400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429, 451, 307, 308, 501, 505] {
        assert!(!api(&START, status, "").is_ambiguous(), "{status}");
    }
    // It was written, and what came of it cannot be read.
    let failure = DecodeFailure { reason: "no".into(), path: String::new(), excerpt: String::new() };
    let endpoint = Endpoint::listed(&START);
    assert!(Error::undecodable(&endpoint, StatusCode::CREATED, &headers(&[]), failure).is_ambiguous());
    assert!(Error::not_json(&endpoint, StatusCode::CREATED, &headers(&[]), "<p>").is_ambiguous());
    assert!(Error::redirect(&endpoint, StatusCode::FOUND, &headers(&[]), "no").is_ambiguous());
    // Nothing was sent.
    assert!(!Error::invalid(&endpoint, "no").is_ambiguous());
    assert!(
        api(&START, 555, "").to_string().ends_with("555; it may have been carried out, so check before calling again")
    );
}

#[test]
fn a_repeated_call_says_so() {
    static DROP: Operation = Operation { method: "DELETE", effect: Effect::IdempotentWrite, ..GET };
    let error = api(&DROP, 404, "").at_attempt(2, AuthScheme::Bearer);
    assert!(error.to_string().ends_with("404 Not Found; an earlier attempt may have deleted it; after 2 attempts"));
    let headers = headers(&[("retry-after", "90")]);
    let error = Error::api(&Endpoint::listed(&GET), StatusCode::TOO_MANY_REQUESTS, &headers, "", AuthScheme::None);
    assert!(error.to_string().ends_with("429 Too Many Requests; retry after 90 s"), "{error}");
}
