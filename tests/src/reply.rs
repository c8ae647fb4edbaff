//! The one type of answer, for scripts and for the fake's own resources. A reply is plain data (status, headers,
//! body, delay), so it can be built in a test and inspected in a debugger. It must not know which request it answers.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;

/// An answer of the fake.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) delay: Duration,
    pub(crate) times: Option<usize>,
    /// Bytes of the body after which the connection breaks.
    pub(crate) cut: Option<usize>,
}

impl Reply {
    /// A status alone, without a body.
    ///
    /// # Panics
    /// If the number is no HTTP status (100 to 999). Non-standard codes such as 555 are fine.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no HTTP status"));
        Self { status, headers: Vec::new(), body: Bytes::new(), delay: Duration::ZERO, times: None, cut: None }
    }

    /// A JSON body.
    ///
    /// # Panics
    /// If the number is no HTTP status.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers write `json!({…})` in place")]
    pub fn json(status: u16, body: Value) -> Self {
        Self::bytes(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A plain text body, such as Bitbucket's 429.
    ///
    /// # Panics
    /// If the number is no HTTP status.
    #[must_use]
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, "text/plain; charset=utf-8", body.into())
    }

    /// Any body with its media type.
    ///
    /// # Panics
    /// If the number is no HTTP status or the media type no header value.
    #[must_use]
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::status(status).header("content-type", content_type);
        reply.body = body.into();
        reply
    }

    /// Adds a header; a repeated name is sent repeatedly. The fake's own header of that name (request id, rate limit)
    /// is left out then.
    ///
    /// # Panics
    /// If the name or the value is not allowed in HTTP.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let header_name = HeaderName::try_from(name).unwrap_or_else(|_| panic!("`{name}` is no header name"));
        let value = HeaderValue::try_from(value).unwrap_or_else(|_| panic!("bad value for header `{name}`: {value:?}"));
        // One media type only: a script that sets it means to replace ours.
        if header_name == header::CONTENT_TYPE {
            self.headers.retain(|(name, _)| name != header::CONTENT_TYPE);
        }
        self.headers.push((header_name, value));
        self
    }

    /// Waits before the answer is sent. Dropping the server ends the wait.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Answers that often at most; after that an older script or the fake's own resource answers. Has a meaning only
    /// in [`FakeBitbucket::on`](crate::FakeBitbucket::on).
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Cuts the connection after so many bytes of the body, whose whole length was announced.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let length = self.body.len();
        let body = match self.cut {
            Some(cut) => Body::from_stream(Broken(Some(self.body.slice(..cut.min(length))), false)),
            None => Body::from(self.body),
        };
        let mut response = Response::new(body);
        if self.cut.is_some() {
            response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// Some bytes, and then a failure, which makes the server drop the connection.
struct Broken(Option<Bytes>, bool);

impl Stream for Broken {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(bytes) = self.0.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        // One turn later, so that the bytes are on their way before the connection is dropped.
        if !std::mem::replace(&mut self.1, true) {
            let waker = context.waker().clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                waker.wake();
            });
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
