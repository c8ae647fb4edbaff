//! What a call gives: the value, and the head of the answer it came with. Making one never fails; decoding has
//! happened before.

use std::fmt;
use std::ops::Deref;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::request_id;
use crate::rate_limit::RateLimit;

/// A successful answer. It derefs to its value.
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
    head: Head,
}

#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) rate_limit: RateLimit,
}

impl Head {
    /// Takes the headers out of an answer whose body is still to come.
    pub(crate) fn split(mut response: reqwest::Response, rate_limit: RateLimit) -> (Self, reqwest::Response) {
        let headers = std::mem::take(response.headers_mut());
        (Self { status: response.status(), headers, rate_limit }, response)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, head: Head) -> Self {
        Self { value, head }
    }

    /// The value alone.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<String>) {
    /// let name: String = response.into_inner();
    /// # }
    /// ```
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Status of the answer; one of 200–299, such as 202 for what goes on in the background.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// let created = response.status() == bitbucket_cloud::StatusCode::CREATED;
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Headers of the answer.
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

    /// What the API said about the limit of calls; parts that it did not say are `None`.
    ///
    /// ```
    /// # fn run(response: bitbucket_cloud::Response<()>) {
    /// println!("{:?} calls left", response.rate_limit().remaining);
    /// # }
    /// ```
    pub fn rate_limit(&self) -> &RateLimit {
        &self.head.rate_limit
    }

    /// The same answer with another value.
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

// Headers can hold cookies and signed addresses.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
