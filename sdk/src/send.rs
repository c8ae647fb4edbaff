//! The thin, typed face of the executor: what is asked for, and what is made of a success.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use serde::de::DeserializeOwned;

use crate::error::{Error, disguised, disguised_page};
use crate::exec::{Answer, Call, LONGEST_FAILURE, Payload};
use crate::json;
use crate::request::Request;
use crate::response::{Head, Response};
use crate::stream::ByteStream;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
// The log operation answers 406 to anything narrower, and its media types vary.
const ANY: HeaderValue = HeaderValue::from_static("*/*");

/// An answer of success whose body has been read.
pub(crate) struct Fetched {
    call: Box<Call>,
    head: Head,
    pub(crate) body: Bytes,
}

/// An answer on its way. It does nothing until it is awaited; it can be moved to another task, and dropping it ends the
/// request: nothing is left running.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::{Bytes, Method, Sending};
///
/// let answer: Sending<Bytes> = Box::pin(client.request(Method::GET, "/user").send_raw());
/// println!("{}", answer.await?.status());
/// # Ok(())
/// # }
/// ```
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

// Never inline: every builder has a copy of what it inlines, and the compiler would work on each.
#[allow(dead_code)] // A slim build may not have every kind of operation.
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

    /// For answers that are decoded elsewhere.
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

    #[allow(dead_code)] // A slim build may have no such operation.
    pub(crate) async fn send_empty(self) -> Result<Response<()>, Error> {
        // The body is read all the same: the connection can then be used again.
        let fetched = self.fetch(JSON).await?.genuine()?;
        Ok(Response::new((), fetched.head))
    }

    pub(crate) async fn send_bytes(self) -> Result<Response<Bytes>, Error> {
        let fetched = self.fetch(ANY).await?;
        Ok(Response::new(fetched.body, fetched.head))
    }

    pub(crate) async fn send_streamed(self) -> Result<Response<ByteStream>, Error> {
        let (call, Answer { head, payload }) = self.run(ANY, true).await?;
        match payload {
            Payload::Stream(stream) => Ok(Response::new(stream, head)),
            Payload::Whole(_) => Err(Error::invalid(&call.endpoint, "the answer was read already")),
        }
    }

    async fn fetch(self, accept: HeaderValue) -> Result<Fetched, Error> {
        let (call, Answer { head, payload }) = self.run(accept, false).await?;
        match payload {
            Payload::Whole(body) => Ok(Fetched { call, head, body }),
            Payload::Stream(_) => Err(Error::invalid(&call.endpoint, "the answer was not read")),
        }
    }

    /// In a box: the future is large, and every caller would hold it inline.
    fn run(self, accept: HeaderValue, streamed: bool) -> Pin<Box<dyn Future<Output = Ran> + Send>> {
        Box::pin(async move {
            let call = Box::new(Call::prepare(self, accept, streamed)?);
            let answer = call.run().await?;
            Ok((call, answer))
        })
    }
}

type Ran = Result<(Box<Call>, Answer), Error>;

impl Fetched {
    #[inline]
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let fetched = self.genuine()?;
        match json::decode(&fetched.body) {
            Ok(value) => Ok(Response::new(value, fetched.head)),
            Err(error) => Err(fetched.misfit(&error)),
        }
    }

    /// The same, unless it reports an error with a status of success.
    fn genuine(self) -> Result<Self, Error> {
        match disguised(&self.body) {
            Some(body) => Err(self.disguise(&body)),
            None => Ok(self),
        }
    }

    #[cold]
    fn disguise(&self, body: &str) -> Error {
        let Self { call, head, .. } = self;
        Error::api(&call.endpoint, head.status, &head.headers, &call.redacted(body.as_bytes()), call.proof())
    }

    /// Why the body could not be decoded.
    #[cold]
    fn misfit(self, error: &serde_json::Error) -> Error {
        if let Some(body) = disguised_page(&self.body) {
            return self.disguise(&body);
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
            let text = call.redacted(body.get(..LONGEST_FAILURE).unwrap_or(&body));
            return Error::not_json(&call.endpoint, status, headers, &text);
        }
        let mut misfit = json::misfit(&body, error);
        misfit.reason = call.redacted(misfit.reason.as_bytes());
        // The excerpt may have cut a secret in two.
        if call.redacted(&body).as_bytes() != &*body {
            "[redacted]".clone_into(&mut misfit.excerpt);
        }
        Error::misfit(&call.endpoint, status, headers, misfit)
    }
}
