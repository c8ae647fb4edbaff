//! What one request wants otherwise than its client: limits of time, retries, and the effect of a path of the
//! caller's.

use std::time::Duration;

use super::Request;
use crate::operation::Effect;
use crate::transport::retry::RetryPolicy;

/// What one request wants otherwise than its client.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::transport) struct Settings {
    pub(in crate::transport) timeout: Option<Duration>,
    pub(in crate::transport) connect_timeout: Option<Duration>,
    pub(in crate::transport) read_timeout: Option<Option<Duration>>,
    pub(in crate::transport) retry: Option<RetryPolicy>,
}

impl Request {
    /// Limit of the whole call, retries and waits included, in the place of the client's. Of a streamed answer it
    /// limits the time to its head.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.timeout(std::time::Duration::from_secs(30))
    /// # }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// Limit of making a connection, in the place of the client's. Calls of another limit have connections of their own,
    /// so that few limits should be in use at a time. Not for an `http_client` of the caller's.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.connect_timeout(std::time::Duration::from_secs(2))
    /// # }
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = Some(timeout);
        self
    }

    /// Limit of the silence before the answer and between its parts, in the place of the client's; `None` for no limit,
    /// as for a log that is read while it grows.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.read_timeout(None)
    /// # }
    /// ```
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.read_timeout = Some(timeout.into());
        self
    }

    /// How often the call is sent again, in the place of the client's policy.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.retry(bitbucket_cloud::RetryPolicy::none())
    /// # }
    /// ```
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = Some(policy);
        self
    }

    /// Says what repeating the call does, for a path written by hand; without it the HTTP method decides. The effect
    /// of an operation of the document is known, and changing it is reported when the request is sent.
    ///
    /// ```
    /// # fn run(client: bitbucket_cloud::Client) -> bitbucket_cloud::Request {
    /// use bitbucket_cloud::{Effect, Method};
    ///
    /// client.request(Method::POST, "/repositories/acme/rocket/commits").effect(Effect::Read)
    /// # }
    /// ```
    pub fn effect(mut self, effect: Effect) -> Self {
        if !self.endpoint.set_effect(effect) {
            self.refuse("the effect of an operation cannot be changed".into());
        }
        self
    }
}
