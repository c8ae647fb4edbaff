//! The typed side of a call: how generated requests are sent, the accepted media type, and the decoding of the response.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use super::call::{Call, Payload, ReceivedAnswer};
use super::limits::Expected;
use super::request::Request;
use super::response::{Response, ResponseHead, Sending};
use super::stream::ByteStream;
use crate::errors::{Error, ErrorKind, MAX_READ, error_in_success, message_in_page};
use crate::serialization::{decode, describe};

/// A successful response. Its body has been read, or is empty beside a stream of it.
pub(crate) struct Fetched {
    call: Box<Call>,
    head: ResponseHead,
    pub(crate) body: Bytes,
    stream: Option<Box<ByteStream>>,
}

// Not inlined, because every generated request would have a copy for the compiler to optimise.
impl Request {
    #[inline(never)]
    pub(crate) fn sending_json<T: DeserializeOwned + 'static>(self) -> Sending<T> {
        let fetching = self.fetch(Expected::Json);
        Box::pin(async move { fetching.await?.decode() })
    }

    #[inline(never)]
    pub(crate) fn sending_empty(self) -> Sending<()> {
        let fetching = self.fetch(Expected::Nothing);
        Box::pin(async move {
            let fetched = fetching.await?.check_for_error()?;
            Ok(Response::new((), fetched.head))
        })
    }

    #[inline(never)]
    pub(crate) fn sending_bytes(self) -> Sending<Bytes> {
        let fetching = self.fetch(Expected::Bytes);
        Box::pin(async move {
            let fetched = fetching.await?;
            Ok(Response::new(fetched.body, fetched.head))
        })
    }

    /// For responses that are decoded elsewhere.
    #[inline(never)]
    pub(crate) fn sending_fetched(self) -> Fetching {
        self.fetch(Expected::Json)
    }

    #[inline(never)]
    pub(crate) fn sending_stream(self) -> Sending<ByteStream> {
        let fetching = self.fetch(Expected::Stream);
        Box::pin(async move {
            let Fetched { call, head, stream, .. } = fetching.await?;
            match stream {
                Some(stream) => Ok(Response::new(*stream, head)),
                None => Err(call.finish(Error::invalid(&call.endpoint, "the response was already read"))),
            }
        })
    }
}

/// A call. Boxed, because the future is large and would be part of every caller's.
pub(crate) type Fetching = Pin<Box<dyn Future<Output = Result<Fetched, Error>> + Send>>;

impl Request {
    fn fetch(self, expected: Expected) -> Fetching {
        Box::pin(async move {
            let call = Box::new(Call::prepare(self, expected)?);
            let ReceivedAnswer { head, payload } = call.run().await?;
            let (body, stream) = match payload {
                Payload::Whole(body) => (body, None),
                Payload::Stream(stream) => (Bytes::new(), Some(stream)),
            };
            Ok(Fetched { call, head, body, stream })
        })
    }
}

impl Fetched {
    #[inline]
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let fetched = self.check_for_error()?;
        match decode(&fetched.body) {
            Ok(value) => Ok(Response::new(value, fetched.head)),
            Err(error) => Err(fetched.undecodable(&error)),
        }
    }

    /// The same, unless it is no page of a list that can be relied on. `begins` tells whether it is the first page, which
    /// may be answered by a status that has no body.
    pub(crate) fn check_page(self, begins: bool) -> Result<Self, Error> {
        let (kind, text) = match self.head.status {
            StatusCode::ACCEPTED => {
                (ErrorKind::Pagination, "the list is still being made, so items may be missing; ask again later")
            }
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT if begins => return Ok(self),
            _ if self.body.trim_ascii().is_empty() => (ErrorKind::Decode, "a page of the list without a body"),
            _ => return Ok(self),
        };
        let Self { call, head, .. } = self;
        Err(call.finish(Error::unusable(kind, &call.endpoint, head.status, &head.headers, text)))
    }

    /// The same, unless the body of the success is an error.
    fn check_for_error(self) -> Result<Self, Error> {
        // What is longer than the body of an error is none, and is not parsed twice.
        let short = self.body.len() <= MAX_READ;
        match short.then(|| error_in_success(&self.body)).flatten() {
            Some(body) => Err(self.error_with_success_status(&body)),
            None => Ok(self),
        }
    }

    #[cold]
    fn error_with_success_status(&self, body: &str) -> Error {
        let Self { call, head, .. } = self;
        call.finish(Error::api(&call.endpoint, head.status, &head.headers, body, call.auth_scheme()))
    }

    /// The error for a body that could not be decoded.
    #[cold]
    fn undecodable(self, error: &serde_json::Error) -> Error {
        let short = self.body.len() <= MAX_READ;
        if let Some(body) = short.then(|| message_in_page(&self.body)).flatten() {
            return self.error_with_success_status(&body);
        }
        let Self { call, head, body, .. } = self;
        let (status, headers) = (head.status, &head.headers);
        if let Some(coding) = headers.get(CONTENT_ENCODING) {
            let coding = coding.to_str().unwrap_or("something");
            return call.finish(Error::compressed(&call.endpoint, status, headers, coding));
        }
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = content_type.contains("json") || matches!(body.trim_ascii_start(), [b'{' | b'[', ..]);
        if !is_json && !body.is_empty() {
            let text = String::from_utf8_lossy(body.get(..MAX_READ).unwrap_or(&body));
            return call.finish(Error::not_json(&call.endpoint, status, headers, &text));
        }
        let mut failure = describe(&body, error);
        // They are cut, so that a secret in them would not be recognised in the text of the error.
        let redactor = call.redactor();
        (failure.reason, failure.path) = (redactor.apply(&failure.reason), redactor.apply(&failure.path));
        if redactor.finds(&body) {
            "[redacted]".clone_into(&mut failure.excerpt);
        }
        call.finish(Error::undecodable(&call.endpoint, status, headers, failure))
    }
}

/// The methods that every generated request has: `request_methods!(Get, answer: Json(types::Model));`, `answer: Empty` or
/// `answer: Stream`.
///
/// Nothing here is more than a call of the request: with hundreds of them, every line counts when the crate is compiled.
/// `#[inline]` leaves the machine code to the crates that call, and a boxed future is checked once, not in every request.
macro_rules! request_methods {
    ($name:ident, answer: Json($model:ty)) => {
        $crate::transport::request_methods!(
            @ $name, sending_json, $model,
            "Sends the request and decodes the response. Awaiting the request itself does the same."
        );
    };
    ($name:ident, answer: Empty) => {
        $crate::transport::request_methods!(
            @ $name, sending_empty, (),
            "Sends the request; the body of the response is ignored. Awaiting the request itself does the same."
        );
    };
    ($name:ident, answer: Stream) => {
        $crate::transport::request_methods!(
            @ $name, sending_stream, $crate::ByteStream,
            "Sends the request and streams the body of the response. Awaiting the request itself does the same."
        );
    };
    (@ $name:ident, $send:ident, $model:ty, $doc:literal) => {
        impl $name {
            /// Appends a query parameter, declared or not; see [`Request::query`](crate::Request::query).
            pub fn query(self, name: impl Into<String>, value: impl ToString) -> Self {
                Self(self.0.query(name, value))
            }

            /// Sets a header; see [`Request::header`](crate::Request::header).
            pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                Self(self.0.header(name, value))
            }

            /// Changes the underlying [`Request`](crate::Request), for example its time limits and retries.
            #[inline]
            pub fn configure(self, change: impl FnOnce($crate::Request) -> $crate::Request) -> Self {
                Self(change(self.0))
            }

            #[doc = $doc]
            #[inline]
            pub fn send(self) -> $crate::Sending<$model> {
                self.0.$send()
            }

            /// Sends the request and decodes the response into a type of your own.
            #[inline]
            pub fn send_as<U: ::serde::de::DeserializeOwned + 'static>(self) -> $crate::Sending<U> {
                self.0.sending_json()
            }

            /// Sends the request and returns the body as bytes.
            #[inline]
            pub fn send_raw(self) -> $crate::Sending<::bytes::Bytes> {
                self.0.sending_bytes()
            }

            /// The operation of the request.
            #[inline]
            pub fn operation(&self) -> &'static $crate::Operation {
                self.0.described()
            }

            /// The underlying [`Request`](crate::Request).
            #[inline]
            pub fn into_request(self) -> $crate::Request {
                self.0
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = Result<$crate::Response<$model>, $crate::Error>;
            type IntoFuture = $crate::Sending<$model>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }

        impl ::std::clone::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use request_methods;

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that a future may have which is boxed in each call.
    const MOST: usize = 1024;

    #[test]
    fn what_a_call_boxes_is_small() {
        let client = crate::Client::builder().base_url("http://127.0.0.1").build().unwrap();
        let request = client.request(reqwest::Method::GET, "/user");
        let call = Call::prepare(request.clone(), Expected::Json).ok().unwrap();
        let sizes = [
            size_of_val(&*request.clone().sending_bytes()),
            size_of_val(&*request.fetch(Expected::Json)),
            size_of_val(&call.attempts()),
        ];
        assert!(sizes.iter().all(|size| *size < MOST), "{sizes:?}");
    }
}
