//! Property tests with random input for everything that comes from outside: bodies and headers of errors, rate limits,
//! links, redirects, and path parameters. Nothing may panic, grow without bound or leave its host. `PROPTEST_CASES`
//! sets the number of cases; failing cases are kept in `sdk/proptest-regressions/`.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::rate_limit::RateLimit;
use super::throttle::{Observed, Throttle, Throttler};
use super::{origin, redirect, url};
use crate::errors::{AuthScheme, Error, Redactor, error_in_success, message_in_page, retry_after};
use crate::operation::Endpoint;
use crate::serialization::{decode, describe};

/// Strings that the parsers look for, so that random bodies resemble real ones.
const TERMS: [&str; 22] = [
    "error",
    "type",
    "message",
    "detail",
    "fields",
    "data",
    "key",
    "arguments",
    "id",
    "required",
    "granted",
    "errors",
    "title",
    "code",
    "error_description",
    "announcement_url",
    "values",
    "<title>",
    "</title>",
    "<Message>",
    "<?xml",
    "{",
];

fn term() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(&TERMS[..]).prop_map(str::to_owned), 1 => ".{0,12}"]
}

/// JSON of any shape, whose keys are often those of errors.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        term().prop_map(Value::from),
        ".{0,3000}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((term(), inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => json().prop_map(|value| value.to_string().into_bytes()),
        // Cut off anywhere.
        2 => (json(), any::<prop::sample::Index>()).prop_map(|(value, at)| {
            let mut bytes = value.to_string().into_bytes();
            bytes.truncate(at.index(bytes.len() + 1));
            bytes
        }),
        2 => vec(term(), 0..30).prop_map(|words| words.concat().into_bytes()),
        1 => vec(any::<u8>(), 0..4000),
    ]
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    const SEEDS: [&str; 14] = [
        "7",
        "60, 60;w=3600",
        "1795341600",
        "-1",
        "1e9",
        "99999999999999999999",
        "soon",
        "true",
        "FALSE",
        "Sun, 22 Nov 2026 10:00:00 GMT",
        "Fri, 21 Aug 2026 00:00:00 UTC",
        "Sunday, 22-Nov-26 10:01:30 GMT",
        "0",
        "",
    ];
    prop_oneof![
        2 => select(&SEEDS[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => (select(&SEEDS[..]), "[ -~]{0,4}").prop_map(|(text, more)| [text.as_bytes(), more.as_bytes()].concat()),
        1 => "[0-9]{0,25}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..40),
    ]
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    const NAMES: [&str; 12] = [
        "retry-after",
        "date",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-nearlimit",
        "x-ratelimit-resource",
        "content-type",
        "x-request-id",
        "x-oauth-scopes",
        "x-accepted-oauth-scopes",
        "sunset",
    ];
    vec((select(&NAMES[..]), header()), 0..8).prop_map(|pairs| {
        let pairs = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(&value).ok()?)));
        pairs.collect()
    })
}

fn content_type() -> impl Strategy<Value = &'static str> {
    select(&["application/json", "text/html", "application/xml", "text/plain", "a/b+xml;x", "", "nonsense"][..])
}

/// Text that looks like a link often enough.
fn link() -> impl Strategy<Value = String> {
    const SEEDS: [&str; 16] = [
        "https://api.example.org/2.0/",
        "https://api.example.org:443/2.0/a?page=2",
        "http://api.example.org/2.0/a",
        "//",
        "https://api.example.org@evil.test/2.0/",
        "https://api.example.org.evil.test/2.0/a",
        "/",
        "..",
        "%2e%2e/",
        "\\",
        "https://u:p@api.example.org/2.0/",
        "javascript:",
        "data:,",
        "?",
        "#",
        "https://api.example.org/2.0/../1.0",
    ];
    let part =
        prop_oneof![2 => select(&SEEDS[..]).prop_map(str::to_owned), 1 => "\\PC{0,8}", 1 => "[a-z%./\\\\@:?#]{0,8}"];
    vec(part, 1..4).prop_map(|parts| parts.concat())
}

fn base() -> Url {
    url::parse_base("https://api.example.org/2.0").unwrap()
}

proptest! {
    #[test]
    fn any_error_body_is_read(body in body(), content_type in content_type(), mut headers in headers(), code in 100..1000_u16) {
        headers.insert("content-type", HeaderValue::from_static(content_type));
        let endpoint = Endpoint::custom(Method::POST, "/a");
        let status = StatusCode::from_u16(code).unwrap();
        let text = String::from_utf8_lossy(&body);
        for auth_scheme in [AuthScheme::None, AuthScheme::Basic, AuthScheme::Bearer, AuthScheme::Other] {
            let error = Error::api(&endpoint, status, &headers, &text, auth_scheme).cleaned(&Redactor::default());
            let line = error.to_string();
            prop_assert!(line.len() < 8_000 && !line.chars().any(char::is_control), "{line}");
            prop_assert!(error.message().is_none_or(|text| !text.is_empty() && text.len() <= 1024));
            prop_assert!(error.body_excerpt().is_none_or(|text| text.len() <= 1024));
            // A call that may have been carried out is not retried.
            prop_assert!(!(error.is_ambiguous() && error.is_retryable()));
        }
        for found in [error_in_success(&body), message_in_page(&body)].into_iter().flatten() {
            prop_assert!(serde_json::from_str::<Value>(&found).is_ok());
        }
    }

    #[test]
    fn any_body_that_does_not_fit_is_described(body in body()) {
        type Shape = std::collections::BTreeMap<String, Vec<u8>>;
        if let Err(error) = decode::<Shape>(&body) {
            let failure = describe(&body, &error);
            prop_assert!(failure.reason.len() <= 320 && failure.path.len() <= 320, "{failure:?}");
        }
    }

    #[test]
    fn any_headers_of_limits_are_read(headers in headers(), now in 0..4_000_000_000_u64) {
        let now = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(now);
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let asked = retry_after(StatusCode::TOO_MANY_REQUESTS, &headers, now);
        prop_assert!(asked.is_none_or(|wait| wait <= day * 365));
        let rate = RateLimit::read(&headers);
        prop_assert!(rate.reset.is_none_or(|reset| reset <= day));
        let now = tokio::time::Instant::now();
        let second = std::time::Duration::from_secs(1);
        let (hour, endpoint) = (second * 3600, Endpoint::custom(Method::GET, "/a"));
        let throttler = Throttler::new(Some(Throttle::new()));
        for (status, refused) in [(StatusCode::OK, None), (StatusCode::TOO_MANY_REQUESTS, rate.reset)] {
            throttler.observe(&endpoint, &Observed { rate: &rate, status, refused, sent: now }, now);
            match throttler.reserve(&endpoint, now) {
                // Near the limit, calls are up to ten seconds apart.
                Ok(wait) => prop_assert!(rate.reset.is_none_or(|reset| wait <= reset + second * 11)),
                Err(wait) => prop_assert!(rate.reset.is_some() && wait <= hour + second),
            }
        }
        prop_assert!(throttler.reserve(&endpoint, now + hour + second).is_ok());
    }

    #[test]
    fn any_link_stays_below_the_base(link in link()) {
        let base = base();
        if let Ok(address) = url::custom(&base, &link) {
            let url = url::join(&base, &address, &[]).map_err(TestCaseError::fail)?;
            prop_assert!(origin::same(&url, &base), "{url}");
            prop_assert!(url.path().starts_with("/2.0/"), "{url}");
            prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{url}");
        }
        let from = url::Address { path: "/a/b".into(), query: None };
        if let Ok(address) = url::linked(&base, &from, &link) {
            let url = url::join(&base, &address, &[]).map_err(TestCaseError::fail)?;
            prop_assert!(origin::same(&url, &base) && url.path().starts_with("/2.0/"), "{url}");
            let path: Vec<u8> = percent_encoding::percent_decode_str(url.path()).collect();
            prop_assert!(!path.windows(4).any(|part| part == b"/../"), "{url}");
        }
    }

    #[test]
    fn any_redirect_is_judged(location in link(), code in select(&[301_u16, 302, 303, 307, 308][..]), write in any::<bool>()) {
        let from = Url::parse("https://api.example.org/2.0/a?x=1").unwrap();
        let Ok(value) = HeaderValue::from_bytes(location.as_bytes()) else { return Ok(()) };
        let headers = HeaderMap::from_iter([(LOCATION, value)]);
        let method = if write { Method::POST } else { Method::GET };
        let status = StatusCode::from_u16(code).unwrap();
        if let Ok(hop) = redirect::next(&from, &from, &method, status, &headers) {
            prop_assert_eq!(hop.url.scheme(), "https");
            prop_assert!(hop.url.username().is_empty() && hop.url.password().is_none() && hop.url.has_host());
            prop_assert_eq!(hop.leaves, !origin::same(&from, &hop.url));
            prop_assert!(!hop.leaves || hop.method.is_safe());
        }
    }

    #[test]
    fn any_path_value_is_encoded_once(value in "\\PC{0,20}|[%{}./ ?#\\\\]{1,10}") {
        let template = "/repositories/{workspace}/x";
        match url::expand(template, &[&value]) {
            Err(_) => prop_assert!(value.is_empty() || value.contains('.')),
            Ok(path) => {
                let address = url::Address { path, query: None };
                let url = url::join(&base(), &address, &[]).map_err(TestCaseError::fail)?;
                let segments: Vec<_> = url.path_segments().into_iter().flatten().collect();
                prop_assert_eq!(segments.len(), 4);
                prop_assert_eq!(decoded(segments[2]), value.as_bytes());
            }
        }
    }
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}
