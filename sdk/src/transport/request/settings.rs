//! Settings of one request: time limits, retries, and the effect of a custom path.

use std::time::Duration;

use super::Request;
use crate::operation::Effect;
use crate::transport::limits::BodySettings;
use crate::transport::retry::RetryPolicy;
use crate::transport::throughput::MinThroughput;

/// Settings of one request, which override those of the client.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::transport) struct Settings {
    pub(in crate::transport) timeout: Option<Duration>,
    pub(in crate::transport) connect_timeout: Option<Duration>,
    pub(in crate::transport) read_timeout: Option<Option<Duration>>,
    pub(in crate::transport) retry: Option<RetryPolicy>,
    pub(in crate::transport) bodies: BodySettings,
    /// Whether an answer may be a part although no range is requested.
    pub(in crate::transport) takes_parts: bool,
}

impl Request {
    /// Time limit for the whole call, including retries and delays, instead of the client's. For a streamed body it
    /// ends with the headers of the response.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.timeout(std::time::Duration::from_secs(30))
    /// # }
    /// ```
    #[inline]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// Time limit for making a connection, instead of the client's. Calls with different limits do not share
    /// connections, so use few different ones. Not available with an `http_client` of your own.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.connect_timeout(std::time::Duration::from_secs(2))
    /// # }
    /// ```
    #[inline]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = Some(timeout);
        self
    }

    /// Time limit for silence before the response and between its parts, instead of the client's; `None` for no limit,
    /// for example for a log that is read while it grows. See [`ClientBuilder::read_timeout`].
    ///
    /// [`ClientBuilder::read_timeout`]: crate::ClientBuilder::read_timeout
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.read_timeout(None)
    /// # }
    /// ```
    #[inline]
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.read_timeout = Some(timeout.into());
        self
    }

    /// The least rate at which the body must arrive, instead of the client's; `None` for no limit. A streamed body is
    /// held to it as well.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// use bitbucket_cloud::MinThroughput;
    ///
    /// request.min_throughput(MinThroughput::new().bytes_per_second(1024))
    /// # }
    /// ```
    #[inline]
    pub fn min_throughput(mut self, least: impl Into<Option<MinThroughput>>) -> Self {
        self.settings.bodies.min_throughput = Some(least.into());
        self
    }

    /// For a stream that is read into memory: it is held to the client's rate, whether or not its length is announced.
    #[inline]
    pub(crate) fn read_into_memory(mut self) -> Self {
        let of_client = self.transport.settings().bodies.min_throughput;
        self.settings.bodies.min_throughput.get_or_insert(of_client.unwrap_or(Some(MinThroughput::new())));
        self
    }

    /// Maximum size in bytes of a body that is read into memory, instead of the client's; `u64::MAX` for no limit. A
    /// larger one is an error of the kind [`TooLarge`](crate::ErrorKind::TooLarge). A body that is read as a stream has
    /// no limit.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.max_body_size(4 << 20)
    /// # }
    /// ```
    #[inline]
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.settings.bodies.max_size = Some(bytes);
        self
    }

    /// When the call is retried, instead of the client's policy.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.retry(bitbucket_cloud::RetryPolicy::none())
    /// # }
    /// ```
    #[inline]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = Some(policy);
        self
    }

    /// Sets the effect of a custom path; by default the HTTP method decides. The effect of an operation of the document
    /// cannot be changed: sending the request then fails.
    ///
    /// ```
    /// # fn run(client: bitbucket_cloud::Client) -> bitbucket_cloud::Request {
    /// use bitbucket_cloud::{Effect, Method};
    ///
    /// client.request(Method::POST, "/repositories/acme/rocket/commits").effect(Effect::Read)
    /// # }
    /// ```
    #[inline]
    pub fn effect(mut self, effect: Effect) -> Self {
        if !self.endpoint.set_effect(effect) {
            self.refuse("the effect of an operation cannot be changed".into());
        }
        self
    }
}
