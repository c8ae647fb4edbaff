//! The tracing span of a call, from the first attempt to the last byte, with OpenTelemetry's field names for HTTP
//! clients. It has the template of the path, and no secret and no query value. Without the feature `tracing` it is
//! nothing.

use reqwest::Url;

use crate::errors::Error;
use crate::operation::Endpoint;

/// The span of one call.
#[derive(Clone)]
pub(crate) struct Span(#[cfg(feature = "tracing")] tracing::Span);

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn open(endpoint: &Endpoint, base: &Url) -> Self {
        use tracing::field::Empty;
        Self(tracing::info_span!(
            "bitbucket",
            otel.kind = "client",
            otel.name = %format_args!("{} {}", endpoint.method(), endpoint.path()),
            operation = endpoint.name(),
            http.request.method = endpoint.method(),
            url.template = endpoint.path(),
            server.address = base.host_str(),
            server.port = base.port_or_known_default(),
            http.request.body.size = Empty,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            request_id = Empty,
            error.r#type = Empty,
        ))
    }

    /// For what is read on the side.
    pub(crate) fn none() -> Self {
        Self(tracing::Span::none())
    }

    /// Enters the span whenever the future is polled.
    pub(crate) fn around<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(future, self.0.clone())
    }

    /// Whether anybody looks at it.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.0.is_disabled()
    }

    pub(crate) fn sends(&self, bytes: Option<u64>) {
        if let Some(bytes) = bytes {
            self.0.record("http.request.body.size", bytes);
        }
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.0.record("http.response.body.size", bytes);
    }

    /// Records the end of the last attempt, whose number is 1-based.
    pub(crate) fn ended(&self, attempt: u32, status: Option<u16>, request_id: Option<&str>, error: Option<&Error>) {
        self.0.record("http.request.resend_count", attempt.saturating_sub(1));
        if let Some(status) = status {
            self.0.record("http.response.status_code", status);
        }
        if let Some(request_id) = request_id {
            self.0.record("request_id", request_id);
        }
        if let Some(error) = error {
            self.0.record("error.type", tracing::field::debug(error.kind()));
        }
    }
}

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn open(_: &Endpoint, _: &Url) -> Self {
        Self()
    }

    pub(crate) fn none() -> Self {
        Self()
    }

    pub(crate) fn around<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn is_enabled(&self) -> bool {
        false
    }

    pub(crate) fn sends(&self, _: Option<u64>) {}

    pub(crate) fn received(&self, _: u64) {}

    pub(crate) fn ended(&self, _: u32, _: Option<u16>, _: Option<&str>, _: Option<&Error>) {}
}
