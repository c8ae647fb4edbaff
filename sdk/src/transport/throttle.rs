//! The throttle of a client: delays calls by the rate limit that the service reports.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::rate_limit::RateLimit;
use crate::backoff::jitter;

/// Slows a client down before its rate limit is used up.
///
/// Near the limit, the remaining calls are spread over the remaining time (or, if the service does not tell it, over
/// the hour). When the limit is used up, calls wait until it is reset. If a call would have to wait longer than
/// [`max_wait`](Self::max_wait), it fails with [`ErrorKind::RateLimit`](crate::ErrorKind::RateLimit) and nothing is
/// sent. All clones of a client share one throttle.
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
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

impl Throttle {
    /// A throttle that delays a call by at most five minutes.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Throttle};
    ///
    /// let builder = Client::builder().throttle(Throttle::new());
    /// ```
    pub const fn new() -> Self {
        Self { max_wait: Duration::from_secs(300) }
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
    /// No call may be sent before.
    closed_until: Option<Instant>,
    /// Time between two calls, if the limit is near.
    interval: Option<Duration>,
    /// When the next call may be sent, if the limit is near.
    next: Option<Instant>,
}

impl Throttler {
    pub(super) fn new(throttle: Option<Throttle>) -> Self {
        Self { throttle, state: Mutex::default() }
    }

    pub(super) fn last(&self) -> Option<RateLimit> {
        self.with(|state| state.last.clone())
    }

    /// Records the rate limit of a response; `refused` is the delay that a 429 asks for.
    pub(super) fn observe(&self, rate: &RateLimit, refused: Option<Duration>, now: Instant) {
        let empty = *rate == RateLimit::default();
        if empty && refused.is_none() {
            return;
        }
        self.with(|state| {
            let spent = if rate.remaining == Some(0) { rate.reset } else { None };
            if let Some(wait) = refused.or(spent) {
                state.closed_until = now.checked_add(wait).max(state.closed_until);
            }
            if empty {
                return;
            }
            state.interval = rate.is_near().then(|| interval(rate));
            state.last = Some(rate.clone());
        });
    }

    /// Reserves the time of the next call and returns its delay, or as an error a delay that is too long.
    pub(super) fn reserve(&self, now: Instant) -> Result<Duration, Duration> {
        let Some(throttle) = self.throttle else { return Ok(Duration::ZERO) };
        self.with(|state| {
            let open = state.closed_until.filter(|until| *until > now);
            let open = open.map_or(now, |until| until + jitter(Duration::from_millis(200)));
            let at = if state.interval.is_some() { state.next.map_or(open, |next| next.max(open)) } else { open };
            let wait = at.duration_since(now);
            if wait > throttle.max_wait {
                return Err(wait);
            }
            state.next = state.interval.map(|interval| at + interval);
            Ok(wait)
        })
    }

    fn with<R>(&self, f: impl FnOnce(&mut ThrottleState) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Spreads the remaining calls over the remaining time, or the limit over its hour. At most ten seconds, because longer
/// intervals would amount to an outage.
fn interval(rate: &RateLimit) -> Duration {
    let (time, calls) = match (rate.reset, rate.remaining, rate.limit) {
        (Some(reset), Some(remaining), _) => (reset, remaining),
        (_, _, limit) => (Duration::from_secs(3600), limit.unwrap_or(1000)),
    };
    let calls = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
    (time / calls).min(Duration::from_secs(10))
}

#[cfg(test)]
mod tests;
