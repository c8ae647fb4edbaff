//! The one executor, through which every request goes: it puts the request together, sends it, turns every status
//! outside 200–299 into an error, and reads the body. It is not generic, so that it is compiled once.

use std::pin::Pin;

use std::time::Instant;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::{Error, Proof, disguised, disguised_page};
use crate::json;
use crate::operation::Endpoint;
use crate::path;
use crate::request::Request;
use crate::response::{Head, Response};
use crate::stream::ByteStream;

/// What is read of the body of a failure, in bytes.
const LONGEST_FAILURE: usize = 64 * 1024;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
// The log operation answers 406 to anything narrower, and its media types vary.
const ANY: HeaderValue = HeaderValue::from_static("*/*");

/// What a call is judged by once it is sent.
struct Call {
    client: Client,
    endpoint: Endpoint,
    authorization: Option<HeaderValue>,
}

/// An answer of success whose body has been read.
struct Fetched {
    call: Call,
    head: Head,
    body: Bytes,
}

/// An answer on its way. It does nothing until it is awaited; it can be moved to another task, and dropping it ends the
/// request.
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

#[allow(dead_code)] // A slim build may not have every kind of operation.
impl Request {
    pub(crate) fn sending_json<T: DeserializeOwned + 'static>(self) -> Sending<T> {
        Box::pin(self.send_json())
    }

    pub(crate) fn sending_empty(self) -> Sending<()> {
        Box::pin(self.send_empty())
    }

    pub(crate) fn sending_bytes(self) -> Sending<Bytes> {
        Box::pin(self.send_bytes())
    }

    pub(crate) fn sending_stream(self) -> Sending<ByteStream> {
        Box::pin(self.send_streamed())
    }
}

impl Request {
    #[inline]
    pub(crate) async fn send_json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let fetched = self.fetch(JSON).await?.genuine()?;
        match json::decode(&fetched.body) {
            Ok(value) => Ok(Response::new(value, fetched.head)),
            Err(error) => Err(fetched.misfit(&error)),
        }
    }

    #[allow(dead_code)] // A slim build may have no such operation.
    pub(crate) async fn send_empty(self) -> Result<Response<()>, Error> {
        // The body is read all the same: the connection can then be used again.
        let fetched = self.fetch(JSON).await?;
        Ok(Response::new((), fetched.head))
    }

    pub(crate) async fn send_bytes(self) -> Result<Response<Bytes>, Error> {
        let fetched = self.fetch(ANY).await?;
        Ok(Response::new(fetched.body, fetched.head))
    }

    pub(crate) async fn send_streamed(self) -> Result<Response<ByteStream>, Error> {
        let (call, response) = self.open(ANY, true).await?;
        let (head, response) = Head::split(response);
        Ok(Response::new(ByteStream::new(response, call.endpoint), head))
    }

    async fn fetch(self, accept: HeaderValue) -> Result<Fetched, Error> {
        let (call, response) = self.open(accept, false).await?;
        let (head, response) = Head::split(response);
        match response.bytes().await {
            Ok(body) => Ok(Fetched { call, head, body }),
            Err(error) => Err(Error::transport(&call.endpoint, error)),
        }
    }

    /// Sends the request and returns with the head of a success.
    async fn open(self, accept: HeaderValue, streamed: bool) -> Result<(Call, reqwest::Response), Error> {
        let begin = Instant::now();
        let endpoint = self.endpoint.clone();
        let result = self.exchange(accept, streamed).await;
        let status = match &result {
            Ok((_, response)) => Some(response.status()),
            Err(error) => error.status(),
        };
        tracing::debug!(
            operation = endpoint.id(),
            method = endpoint.method(),
            path = endpoint.path(),
            status = status.map(|status| status.as_u16()),
            error = result.as_ref().err().map(Error::kind).map(tracing::field::debug),
            milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            "call"
        );
        result
    }

    async fn exchange(self, accept: HeaderValue, streamed: bool) -> Result<(Call, reqwest::Response), Error> {
        let (call, request) = self.assemble(accept, streamed)?;
        let response = call.client.inner().http.execute(request).await;
        let response = response.map_err(|error| Error::transport(&call.endpoint, error))?;
        if response.status().is_success() { Ok((call, response)) } else { Err(call.failure(response).await) }
    }

    /// Makes reqwest's request, or says what is wrong with this one.
    fn assemble(self, accept: HeaderValue, streamed: bool) -> Result<(Call, reqwest::Request), Error> {
        let Self { client, endpoint, method, address, query, mut headers, body, invalid } = self;
        let inner = client.inner();
        let url = match invalid {
            Some(reason) => Err(reason),
            None => path::join(&inner.base, &address, &query),
        };
        let url = url.map_err(|reason| Error::invalid(&endpoint, reason))?;
        headers.entry(ACCEPT).or_insert(accept);
        headers.entry(USER_AGENT).or_insert_with(|| inner.user_agent.clone());
        if let Some(authorization) = &inner.authorization {
            headers.entry(AUTHORIZATION).or_insert_with(|| authorization.clone());
        }
        let authorization = headers.get(AUTHORIZATION).cloned();
        let expects_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let mut request = reqwest::Request::new(method, url);
        if let Some(body) = body {
            headers.entry(CONTENT_TYPE).or_insert(body.content_type);
            *request.body_mut() = Some(body.bytes.into());
        } else if expects_body {
            // Approving and the like answer 400 to an empty body that claims to be JSON.
            headers.remove(CONTENT_TYPE);
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.headers_mut() = headers;
        if !streamed {
            *request.timeout_mut() = inner.timeout;
        }
        Ok((Call { client, endpoint, authorization }, request))
    }
}

impl Call {
    /// Reads the reason for a status that is not one of success.
    async fn failure(&self, mut response: reqwest::Response) -> Error {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while body.len() < LONGEST_FAILURE {
            // The status says more than the end of a body that breaks off.
            let Ok(Some(chunk)) = response.chunk().await else { break };
            body.extend_from_slice(&chunk);
        }
        body.truncate(LONGEST_FAILURE);
        Error::api(&self.endpoint, status, &headers, &self.redacted(&body), self.proof())
    }

    fn proof(&self) -> Proof {
        Proof::of(self.authorization.as_ref())
    }

    fn redacted(&self, body: &[u8]) -> String {
        let redactor = self.client.redactor(self.authorization.as_ref());
        redactor.apply(String::from_utf8_lossy(body).into_owned())
    }
}

impl Fetched {
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
        let (status, headers): (StatusCode, _) = (head.status, &head.headers);
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_json = content_type.contains("json") || matches!(body.trim_ascii_start(), [b'{' | b'[', ..]);
        if !is_json && !body.is_empty() {
            let text = call.redacted(body.get(..LONGEST_FAILURE).unwrap_or(&body));
            return Error::not_json(&call.endpoint, status, headers, &text);
        }
        let mut misfit = json::misfit(&body, error);
        misfit.reason = call.redacted(misfit.reason.as_bytes());
        misfit.excerpt = call.redacted(misfit.excerpt.as_bytes());
        Error::misfit(&call.endpoint, status, headers, misfit)
    }
}
