//! Creates errors from failures. URLs are removed; texts of the service stay as they are until `Error::cleaned`.

use std::any::Any;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName};

use super::hint::{AuthScheme, hint};
use super::reason::{Reason, has_page, is_html, page};
use super::{CredentialError, Error, ErrorKind, Inner, MAX_ID, retry_after};
use crate::operation::Endpoint;
use crate::serialization::{DecodeFailure, bounded};

/// Maximum number of scopes that are taken from a header.
const MAX_SCOPES: usize = 100;

impl Error {
    fn with_endpoint(kind: ErrorKind, endpoint: Option<&Endpoint>, text: String) -> Self {
        Self(Box::new(Inner {
            kind,
            endpoint: endpoint.cloned(),
            status: None,
            text,
            reason: Reason::default(),
            excerpt: None,
            retry_after: None,
            request_id: None,
            range_total: None,
            attempts: 0,
            hint: None,
            permanent: false,
            sent: false,
            done: false,
            source: None,
            place: None,
        }))
    }

    pub(crate) fn config(text: impl Into<String>) -> Self {
        Self::with_endpoint(ErrorKind::Config, None, text.into())
    }

    pub(crate) fn invalid(endpoint: &Endpoint, text: impl Into<String>) -> Self {
        Self::with_endpoint(ErrorKind::InvalidRequest, Some(endpoint), text.into())
    }

    /// A failure of a call that has no constructor of its own below.
    pub(crate) fn new(kind: ErrorKind, endpoint: &Endpoint, text: impl Into<String>) -> Self {
        Self::with_endpoint(kind, Some(endpoint), text.into())
    }

    /// What was received could not be written.
    pub(crate) fn local(endpoint: &Endpoint, source: std::io::Error) -> Self {
        let mut error =
            Self::with_endpoint(ErrorKind::Local, Some(endpoint), "what was received could not be written".into());
        error.0.source = Some(source.into());
        error
    }

    /// The throttle of the client would have to wait too long.
    pub(crate) fn throttled(endpoint: &Endpoint, wait: Duration) -> Self {
        let mut error = Self::with_endpoint(ErrorKind::RateLimit, Some(endpoint), "the rate limit is used up".into());
        error.0.retry_after = Some(wait);
        error
    }

    /// No credentials could be obtained. The error holds no secret.
    pub(crate) fn credentials(endpoint: &Endpoint, source: CredentialError) -> Self {
        let mut error =
            Self::with_endpoint(ErrorKind::Credentials, Some(endpoint), format!("no credentials: {source}"));
        (error.0.status, error.0.permanent) = (source.status(), source.is_permanent());
        error.0.source = Some(source.into());
        error
    }

    /// The same error with the address that was called, unless it has one.
    pub(crate) fn at(mut self, address: impl FnOnce() -> String) -> Self {
        if let Some(endpoint) = &mut self.0.endpoint
            && endpoint.address().is_none()
        {
            *endpoint = endpoint.at(address());
        }
        self
    }

    /// The same error with another text.
    pub(crate) fn with_text(mut self, text: &str) -> Self {
        self.0.text = text.to_owned();
        self
    }

    /// The same error with a place to go on at.
    pub(crate) fn with_place(mut self, place: impl Any + Send + Sync) -> Self {
        self.0.place = Some(Box::new(place));
        self
    }

    /// The same error of a call that had already been carried out: it is not retried, and it is ambiguous.
    pub(crate) fn after_write(mut self) -> Self {
        self.0.permanent = true;
        self.0.sent = true;
        self.0.done = true;
        self
    }

    /// A time limit of this client. `sent` tells whether the service may have seen the request.
    pub(crate) fn timeout(endpoint: &Endpoint, text: impl Into<String>, sent: bool) -> Self {
        let mut error = Self::with_endpoint(ErrorKind::Timeout, Some(endpoint), text.into());
        error.0.sent = sent;
        error
    }

    /// The body of a response is larger than that many bytes.
    pub(crate) fn too_large(endpoint: &Endpoint, limit: u64) -> Self {
        let text = format!("the body is larger than {limit} bytes, the limit of `max_body_size`");
        let mut error = Self::with_endpoint(ErrorKind::TooLarge, Some(endpoint), text);
        error.0.sent = true;
        error
    }

    /// A redirect that is not followed. Its target may hold a signature and is not shown.
    pub(crate) fn redirect(endpoint: &Endpoint, status: StatusCode, headers: &HeaderMap, text: &str) -> Self {
        Self::with_endpoint(ErrorKind::Redirect, Some(endpoint), text.into()).answered(status, headers)
    }

    /// A failure below HTTP. The URL with its query is removed from reqwest's error.
    pub(crate) fn transport(endpoint: &Endpoint, source: reqwest::Error) -> Self {
        let (kind, text) = match () {
            () if source.is_timeout() => (ErrorKind::Timeout, "the time limit was exceeded"),
            () if source.is_dns() => (ErrorKind::Connect, "the name of the host was not found"),
            () if source.is_connect() => (ErrorKind::Connect, "could not connect"),
            () if source.is_builder() => (ErrorKind::InvalidRequest, "the request cannot be sent"),
            () if source.is_redirect() => (ErrorKind::Redirect, "the redirects could not be followed"),
            () if source.is_body() || source.is_decode() => {
                (ErrorKind::Transport, "the connection broke within the body")
            }
            () => (ErrorKind::Transport, "the request failed"),
        };
        let mut error = Self::with_endpoint(kind, Some(endpoint), text.into());
        error.0.sent = !source.is_connect() && !source.is_builder();
        if kind == ErrorKind::Connect && names_certificate(&source) {
            "the certificate of the host is not trusted".clone_into(&mut error.0.text);
            error.0.permanent = true;
        }
        error.0.source = Some(source.without_url().into());
        error
    }

    /// A response that reports a failure. `body` is the beginning of the body.
    pub(crate) fn api(
        endpoint: &Endpoint,
        status: StatusCode,
        headers: &HeaderMap,
        body: &str,
        auth_scheme: AuthScheme,
    ) -> Self {
        let content_type = header(headers, &CONTENT_TYPE);
        let mut reason = Reason::read(content_type, body);
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let scopes = |name| {
                let names = header(headers, &HeaderName::from_static(name)).unwrap_or_default().split([',', ' ']);
                names.filter(|name| !name.is_empty()).take(MAX_SCOPES).map(str::to_owned).collect()
            };
            if reason.required_scopes.is_empty() {
                reason.required_scopes = scopes("x-accepted-oauth-scopes");
            }
            if reason.granted_scopes.is_empty() {
                reason.granted_scopes = scopes("x-oauth-scopes");
            }
        }
        let mut error = Self::with_endpoint(ErrorKind::Api, Some(endpoint), String::new()).answered(status, headers);
        error.0.reason = reason;
        if !status.is_success() {
            error.0.retry_after = retry_after(status, headers, SystemTime::now());
        }
        if is_html(content_type, body) {
            error.0.text = page(body);
        } else if !has_page(body) {
            error.0.excerpt = Some(body.to_owned());
        }
        let length = header(headers, &CONTENT_RANGE).and_then(|range| range.rsplit_once('/'));
        error.0.range_total = length.and_then(|(_, length)| length.trim().parse().ok());
        error.0.hint = hint(&error.0, auth_scheme);
        error
    }

    /// A body of JSON that does not fit the expected type.
    pub(crate) fn undecodable(
        endpoint: &Endpoint,
        status: StatusCode,
        headers: &HeaderMap,
        failure: DecodeFailure,
    ) -> Self {
        let DecodeFailure { reason, path, excerpt } = failure;
        let place = if path.is_empty() { String::new() } else { format!(" at {path}") };
        let text = format!("cannot decode the body{place}: {reason}, near `{excerpt}`");
        let mut error = Self::with_endpoint(ErrorKind::Decode, Some(endpoint), text).answered(status, headers);
        error.0.excerpt = Some(excerpt);
        error
    }

    /// A body with a `Content-Encoding` that was not requested.
    pub(crate) fn compressed(endpoint: &Endpoint, status: StatusCode, headers: &HeaderMap, coding: &str) -> Self {
        let text = format!("the body has an encoding that was not requested: {coding}");
        Self::unusable(ErrorKind::Decode, endpoint, status, headers, text)
    }

    /// A success with only a part of what was asked for as a whole, or with a difference (226). Nothing of it is used.
    pub(crate) fn partial(endpoint: &Endpoint, status: StatusCode, headers: &HeaderMap) -> Self {
        let text = match status {
            StatusCode::IM_USED => "a difference, although no `A-IM` was requested".to_owned(),
            _ => {
                let range = header(headers, &CONTENT_RANGE).unwrap_or("without `Content-Range`");
                format!("a part of the body, {range}, although no `Range` was requested")
            }
        };
        Self::unusable(ErrorKind::Decode, endpoint, status, headers, text)
    }

    /// A success that is of no use to the caller.
    pub(crate) fn unusable(
        kind: ErrorKind,
        endpoint: &Endpoint,
        status: StatusCode,
        headers: &HeaderMap,
        text: impl Into<String>,
    ) -> Self {
        Self::with_endpoint(kind, Some(endpoint), text.into()).answered(status, headers)
    }

    /// A body that is not JSON although JSON was expected, such as a maintenance page.
    pub(crate) fn not_json(endpoint: &Endpoint, status: StatusCode, headers: &HeaderMap, body: &str) -> Self {
        let content_type = header(headers, &CONTENT_TYPE);
        let mut error = Self::with_endpoint(ErrorKind::Decode, Some(endpoint), String::new()).answered(status, headers);
        if is_html(content_type, body) {
            error.0.text = format!("expected JSON, got {}", page(body));
        } else {
            error.0.text = format!("expected JSON, got {}", content_type.unwrap_or("a body without content type"));
            error.0.reason.message = Reason::read(content_type, body).message;
            error.0.excerpt = Some(body.to_owned());
        }
        error
    }

    /// The same error with the number of attempts.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// The same error with the number of attempts, and the hint that follows from it.
    pub(crate) fn at_attempt(self, attempts: u32, auth_scheme: AuthScheme) -> Self {
        let mut error = self.after(attempts);
        if error.0.kind == ErrorKind::Api && attempts > 1 {
            error.0.hint = hint(&error.0, auth_scheme);
        }
        error
    }

    fn answered(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        self.0.sent = true;
        self.0.status = Some(status);
        self.0.request_id = request_id(headers).map(str::to_owned);
        self
    }
}

/// Whether the certificate is the cause, so that another attempt would fail in the same way. The TLS backends have no
/// common type for it, but all of them have the word in their texts.
fn names_certificate(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.to_string().contains("certificate") {
            return true;
        }
        source = error.source();
    }
    false
}

fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

/// The id that the service, or a proxy before it, gave to a request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    static NAMES: [HeaderName; 3] = [
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("atl-traceid"),
        HeaderName::from_static("x-b3-traceid"),
    ];
    let id = NAMES.iter().find_map(|name| header(headers, name));
    id.map(|id| bounded(id, MAX_ID))
}
