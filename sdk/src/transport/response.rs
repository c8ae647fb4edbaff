//! The result of a call: the decoded value, with status, headers and rate limit.

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::rate_limit::RateLimit;
use crate::errors::{Error, request_id};

/// A successful response. It derefs to its value.
///
/// ```no_run
/// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
/// let response = request.send_as::<serde_json::Value>().await?;
/// println!("{} {}", response.status(), response["name"]);
/// let value: serde_json::Value = response.into_inner();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    head: ResponseHead,
}

#[derive(Clone)]
pub(crate) struct ResponseHead {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) rate_limit: RateLimit,
}

impl ResponseHead {
    /// Takes the headers out of a response whose body has not been read.
    pub(crate) fn split(mut response: reqwest::Response, rate_limit: RateLimit) -> (Self, reqwest::Response) {
        let headers = std::mem::take(response.headers_mut());
        (Self { status: response.status(), headers, rate_limit }, response)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, head: ResponseHead) -> Self {
        Self { value, head }
    }

    /// The value without status and headers.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<String>) {
    /// let name: String = response.into_inner();
    /// # }
    /// ```
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Status of the response: one of 200–299, such as 202 for work that goes on in the background, or 304 if the
    /// request had `If-None-Match` or `If-Modified-Since`. Where a value is expected, 206 is a success only if the request
    /// had `Range`. A success without a body is an empty value, also of a model; the status tells whether there was
    /// anything to send (204, 205).
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// let created = response.status() == bitbucket_cloud::StatusCode::CREATED;
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Whether the status is 304: nothing has changed since the response that the request named with `If-None-Match` or
    /// `If-Modified-Since`. There is no body then, and the value is empty: a model without members, `None`, or no bytes.
    /// With a type of your own that cannot be empty, the call fails with [`ErrorKind::Decode`](crate::ErrorKind::Decode);
    /// use `send_as::<Option<T>>`.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::Method;
    ///
    /// let user = client.request(Method::GET, "/user").header("If-None-Match", "\"abc\"");
    /// let user = user.send_raw().await?;
    /// if user.is_not_modified() {
    ///     println!("the cached response is up to date");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_not_modified(&self) -> bool {
        self.head.status == StatusCode::NOT_MODIFIED
    }

    /// Headers of the response.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// let etag = response.headers().get("etag");
    /// # }
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The service's id of the request, for its support.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// println!("{:?}", response.request_id());
    /// # }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.head.request_id()
    }

    /// The rate limit that the API reported; parts that it did not report are `None`.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// println!("{:?} calls left", response.rate_limit().remaining);
    /// # }
    /// ```
    pub fn rate_limit(&self) -> &RateLimit {
        &self.head.rate_limit
    }

    /// The same response with another value.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<Vec<String>>) {
    /// let count = response.map(|names| names.len());
    /// # }
    /// ```
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: f(self.value), head: self.head }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

// Headers may contain cookies and signed URLs.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// The future of a call. It does nothing until it is awaited, can be moved to another task, and cancels the call when
/// it is dropped.
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
