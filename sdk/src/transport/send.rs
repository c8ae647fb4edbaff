//! The typed side of a call: the accepted media type, and the decoding of the response.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use serde::de::DeserializeOwned;

use super::call::{Call, MAX_FAILURE_BODY, Payload, ReceivedAnswer};
use super::request::Request;
use super::response::{Response, ResponseHead, Sending};
use super::stream::ByteStream;
use crate::errors::{Error, error_in_success, message_in_page};
use crate::serialization::{decode, describe};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
// The operation for logs answers 406 to anything narrower, and its media types vary.
const ANY: HeaderValue = HeaderValue::from_static("*/*");

/// A successful response whose body has been read.
pub(crate) struct Fetched {
    call: Box<Call>,
    head: ResponseHead,
    pub(crate) body: Bytes,
}

// Not inlined, because every generated request would have a copy for the compiler to optimise.
impl Request {
    #[inline(never)]
    pub(crate) fn sending_json<T: DeserializeOwned + 'static>(self) -> Sending<T> {
        Box::pin(self.send_json())
    }

    #[inline(never)]
    pub(crate) fn sending_empty(self) -> Sending<()> {
        Box::pin(self.send_empty())
    }

    #[inline(never)]
    pub(crate) fn sending_bytes(self) -> Sending<Bytes> {
        Box::pin(self.send_bytes())
    }

    /// For responses that are decoded elsewhere.
    #[inline(never)]
    pub(crate) fn sending_fetched(self) -> Pin<Box<dyn Future<Output = Result<Fetched, Error>> + Send>> {
        Box::pin(self.fetch(JSON))
    }

    #[inline(never)]
    pub(crate) fn sending_stream(self) -> Sending<ByteStream> {
        Box::pin(self.send_streamed())
    }
}

impl Request {
    #[inline]
    pub(crate) async fn send_json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        self.fetch(JSON).await?.decode()
    }
    pub(crate) async fn send_empty(self) -> Result<Response<()>, Error> {
        // The body is read all the same, so that the connection can be reused.
        let fetched = self.fetch(JSON).await?.check_for_error()?;
        Ok(Response::new((), fetched.head))
    }

    pub(crate) async fn send_bytes(self) -> Result<Response<Bytes>, Error> {
        let fetched = self.fetch(ANY).await?;
        Ok(Response::new(fetched.body, fetched.head))
    }

    pub(crate) async fn send_streamed(self) -> Result<Response<ByteStream>, Error> {
        let (call, ReceivedAnswer { head, payload }) = self.run(ANY, true).await?;
        match payload {
            Payload::Stream(stream) => Ok(Response::new(stream, head)),
            Payload::Whole(_) => Err(Error::invalid(&call.endpoint, "the response was already read")),
        }
    }

    async fn fetch(self, accept: HeaderValue) -> Result<Fetched, Error> {
        let (call, ReceivedAnswer { head, payload }) = self.run(accept, false).await?;
        match payload {
            Payload::Whole(body) => Ok(Fetched { call, head, body }),
            Payload::Stream(_) => Err(Error::invalid(&call.endpoint, "the response was not read")),
        }
    }

    /// Boxed, because the future is large and would be part of every caller's.
    fn run(self, accept: HeaderValue, streamed: bool) -> Pin<Box<dyn Future<Output = CallResult> + Send>> {
        Box::pin(async move {
            let call = Box::new(Call::prepare(self, accept, streamed)?);
            let answer = call.run().await?;
            Ok((call, answer))
        })
    }
}

type CallResult = Result<(Box<Call>, ReceivedAnswer), Error>;

impl Fetched {
    #[inline]
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let fetched = self.check_for_error()?;
        match decode(&fetched.body) {
            Ok(value) => Ok(Response::new(value, fetched.head)),
            Err(error) => Err(fetched.undecodable(&error)),
        }
    }

    /// The same, unless the body of the success is an error.
    fn check_for_error(self) -> Result<Self, Error> {
        match error_in_success(&self.body) {
            Some(body) => Err(self.error_with_success_status(&body)),
            None => Ok(self),
        }
    }

    #[cold]
    fn error_with_success_status(&self, body: &str) -> Error {
        let Self { call, head, .. } = self;
        Error::api(&call.endpoint, head.status, &head.headers, &call.redacted(body.as_bytes()), call.auth_scheme())
    }

    /// The error for a body that could not be decoded.
    #[cold]
    fn undecodable(self, error: &serde_json::Error) -> Error {
        if let Some(body) = message_in_page(&self.body) {
            return self.error_with_success_status(&body);
        }
        let Self { call, head, body } = self;
        let (status, headers) = (head.status, &head.headers);
        if let Some(coding) = headers.get(CONTENT_ENCODING) {
            let coding = coding.to_str().unwrap_or("something");
            return Error::compressed(&call.endpoint, status, headers, coding);
        }
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = content_type.contains("json") || matches!(body.trim_ascii_start(), [b'{' | b'[', ..]);
        if !is_json && !body.is_empty() {
            let text = call.redacted(body.get(..MAX_FAILURE_BODY).unwrap_or(&body));
            return Error::not_json(&call.endpoint, status, headers, &text);
        }
        let mut failure = describe(&body, error);
        failure.reason = call.redacted(failure.reason.as_bytes());
        // The excerpt may contain a part of a secret that is no longer recognised.
        if call.redacted(&body).as_bytes() != &*body {
            "[redacted]".clone_into(&mut failure.excerpt);
        }
        Error::undecodable(&call.endpoint, status, headers, failure)
    }
}
