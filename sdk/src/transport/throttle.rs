//! The throttle of a client: delays calls by the rate limit that the service reports. What is known of each resource is in
//! `throttle/resources.rs`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::Instant;

use super::rate_limit::RateLimit;
use crate::operation::Endpoint;

mod resources;

use resources::Resources;

/// Slows a client down before its rate limit is used up.
///
/// Near the limit, the remaining calls are spread over the remaining time (or, if the service does not tell it, over
/// the hour), but are at most ten seconds apart: where few are left for long, they are used up before the limit is reset.
/// When the limit is used up and the service says when it is reset, or answers 429 with a delay, calls wait until then,
/// for an hour at most: all limits of the service are per hour. Where it tells no time, calls do not wait. If a call would
/// have to wait longer than [`max_wait`](Self::max_wait), it fails with
/// [`ErrorKind::RateLimit`](crate::ErrorKind::RateLimit) and nothing is sent; but now and then one call is sent to look
/// whether the limit still holds, see [`probe_interval`](Self::probe_interval).
///
/// The service counts each type of resource for itself ([`RateLimit::resource`]). Which one the path of an operation
/// belongs to, or a path of [`Client::request`](crate::Client::request), is known from the last answer there; a call to a
/// path that has not answered yet does not wait. All clones of a client share one throttle.
///
/// ```
/// use bitbucket_cloud::{Client, Throttle};
/// use std::time::Duration;
///
/// let throttle = Throttle::new().max_wait(Duration::from_secs(600));
/// let builder = Client::builder().throttle(throttle);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Throttle {
    max_wait: Duration,
    probe_interval: Duration,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

impl Throttle {
    /// A throttle that delays a call by at most five minutes, and looks every five minutes whether a limit still holds.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Throttle};
    ///
    /// let builder = Client::builder().throttle(Throttle::new());
    /// ```
    pub const fn new() -> Self {
        Self { max_wait: Duration::from_secs(300), probe_interval: Duration::from_secs(300) }
    }

    /// Maximum delay before a call.
    ///
    /// ```
    /// use bitbucket_cloud::Throttle;
    /// use std::time::Duration;
    ///
    /// let throttle = Throttle::new().max_wait(Duration::from_secs(30));
    /// ```
    pub const fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Time after which one call is sent although the limit is used up and [`max_wait`](Self::max_wait) is too short.
    ///
    /// ```
    /// use bitbucket_cloud::Throttle;
    /// use std::time::Duration;
    ///
    /// let throttle = Throttle::new().probe_interval(Duration::from_secs(60));
    /// ```
    pub const fn probe_interval(mut self, interval: Duration) -> Self {
        self.probe_interval = interval;
        self
    }
}

/// A response, as the throttle sees it.
#[derive(Debug)]
pub(super) struct Observed<'r> {
    pub(super) rate: &'r RateLimit,
    pub(super) status: StatusCode,
    /// The delay that a 429 asks for.
    pub(super) refused: Option<Duration>,
    /// When the request was sent.
    pub(super) sent: Instant,
}

/// The state of the throttle, shared by all clones of a client.
#[derive(Debug, Default)]
pub(super) struct Throttler {
    throttle: Option<Throttle>,
    state: Mutex<ThrottleState>,
}

#[derive(Debug, Default)]
struct ThrottleState {
    last: Option<RateLimit>,
    resources: Resources,
}

impl Throttler {
    pub(super) fn new(throttle: Option<Throttle>) -> Self {
        Self { throttle, state: Mutex::default() }
    }

    pub(super) fn last(&self) -> Option<RateLimit> {
        self.with(|state| state.last.clone())
    }

    /// Records the rate limit of a response.
    pub(super) fn observe(&self, endpoint: &Endpoint, observed: &Observed<'_>, now: Instant) {
        self.with(|state| {
            if !observed.rate.is_empty() {
                state.last = Some(observed.rate.clone());
            }
            if let Some(throttle) = &self.throttle {
                state.resources.observe(endpoint, observed, throttle, now);
            }
        });
    }

    /// Reserves the time of the next call and returns its delay, or as an error a delay that is too long.
    pub(super) fn reserve(&self, endpoint: &Endpoint, now: Instant) -> Result<Duration, Duration> {
        let Some(throttle) = &self.throttle else { return Ok(Duration::ZERO) };
        self.with(|state| state.resources.reserve(endpoint, throttle, now))
    }

    fn with<R>(&self, f: impl FnOnce(&mut ThrottleState) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
