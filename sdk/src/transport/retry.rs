//! Retries: the policy of a client or request, the budget that clones share, and the delays that the service asks for.
//! `Error::is_retryable` decides whether a call may be repeated at all; nothing here sends or sleeps.

use std::time::Duration;

use crate::backoff::{Backoff, LONGEST, MAX_RETRY_AFTER, jitter};
use crate::errors::{Error, ErrorKind};

mod budget;

pub(super) use budget::RetryBudget;

/// When and how often a failed call is retried.
///
/// A call is retried only if it is safe to repeat. Operations of [`Effect::Read`] and [`Effect::IdempotentWrite`] are
/// retried after broken connections, exceeded read timeouts, 408, 429, 500, 502, 503, 504 and 555; operations of
/// [`Effect::NonIdempotentWrite`] only after 429, or if no connection was made. A streamed response is retried until
/// its headers have arrived. A request whose body is a stream is not retried. Nor is a call that got no credentials:
/// OAuth has retries of its own, so [`Error::is_retryable`](crate::Error::is_retryable) of such an error is for the caller.
///
/// Delays have exponential backoff with full jitter: each is random, between zero and a bound that doubles with each
/// attempt. After a 429 that names no delay, they are between half of a bound and the bound, which is four times as long.
/// If the service asks for a delay, that one is used, plus a random part of [`base_delay`](Self::base_delay), up to
/// [`max_wait`](Self::max_wait); if it asks for more, the call fails, and
/// [`retry_after`](crate::Error::retry_after) of the error says how long to wait. Over all clones of a client, retries add
/// at most a fifth to the number of calls, plus ten at the beginning.
///
/// After a 401, any call whose body can be sent again, also one of [`Effect::NonIdempotentWrite`], is sent once more
/// with other credentials, if they can be obtained: nothing was done. That comes on top of
/// [`attempts`](Self::attempts), has no delay, and begins within [`max_elapsed`](Self::max_elapsed). It counts as a
/// retry for the first call whose credentials were refused, and not for others that had used the same ones.
///
/// [`Effect::Read`]: crate::Effect::Read
/// [`Effect::IdempotentWrite`]: crate::Effect::IdempotentWrite
/// [`Effect::NonIdempotentWrite`]: crate::Effect::NonIdempotentWrite
///
/// ```
/// use bitbucket_cloud::{Client, RetryPolicy};
/// use std::time::Duration;
///
/// let patient = RetryPolicy::new()
///     .attempts(8)
///     .max_elapsed(Duration::from_secs(900))
///     .max_wait(Duration::from_secs(300));
/// let builder = Client::builder().retry(patient);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    max_elapsed: Duration,
    base_delay: Duration,
    max_delay: Duration,
    max_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// Four attempts, the last of which begins within three minutes, with delays of at most half a second, one second and
    /// two seconds; after a 429 that names no delay, of one to two, two to four and four to eight seconds. If the service
    /// asks for a delay, it is honoured up to 60 seconds, and half a second more at random.
    ///
    /// ```
    /// use bitbucket_cloud::RetryPolicy;
    ///
    /// assert_eq!(RetryPolicy::new(), RetryPolicy::default());
    /// ```
    pub const fn new() -> Self {
        Self {
            attempts: 4,
            max_elapsed: Duration::from_secs(180),
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_wait: MAX_RETRY_AFTER,
        }
    }

    /// No retries, except for the one after a 401 with other credentials, if these can be obtained.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, RetryPolicy};
    ///
    /// let builder = Client::builder().retry(RetryPolicy::none());
    /// ```
    pub const fn none() -> Self {
        Self::new().attempts(1)
    }

    /// Maximum number of attempts, including the first; 0 counts as 1. One more may follow a 401.
    ///
    /// ```
    /// let policy = bitbucket_cloud::RetryPolicy::new().attempts(2);
    /// ```
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Maximum time from the beginning of the call to the beginning of an attempt after the first. The first one may have
    /// to wait for the [`Throttle`](crate::Throttle) for longer.
    ///
    /// ```
    /// use bitbucket_cloud::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// let policy = RetryPolicy::new().max_elapsed(Duration::from_secs(30));
    /// ```
    pub const fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = elapsed;
        self
    }

    /// Maximum of the first delay; it doubles with each attempt. After a 429 that names no delay, the maximum is four times
    /// as long.
    ///
    /// ```
    /// use bitbucket_cloud::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// let policy = RetryPolicy::new().base_delay(Duration::from_millis(100));
    /// ```
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Maximum of a delay, unless the service asks for one.
    ///
    /// ```
    /// use bitbucket_cloud::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// let policy = RetryPolicy::new().max_delay(Duration::from_secs(5));
    /// ```
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Maximum of a delay that the service asks for. Up to [`base_delay`](Self::base_delay) is added to it at random.
    ///
    /// ```
    /// use bitbucket_cloud::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// let policy = RetryPolicy::new().max_wait(Duration::from_secs(3600));
    /// ```
    pub const fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Whether an attempt after the first may begin at that time after the beginning of the call.
    pub(crate) fn may_begin(&self, elapsed: Duration) -> bool {
        elapsed <= self.max_elapsed
    }

    /// The delay after the failure of this attempt; `None` to give up. `elapsed` is the time since the beginning of the
    /// call.
    pub(crate) fn wait(&self, error: &Error, attempt: u32, elapsed: Duration) -> Option<Duration> {
        let own = matches!(error.kind(), ErrorKind::RateLimit | ErrorKind::Credentials);
        if attempt >= self.attempts || own || !error.is_retryable() {
            return None;
        }
        let backoff = Backoff::new(self.base_delay, self.max_delay, 2.0);
        let wait = match error.retry_after() {
            Some(asked) if asked > self.max_wait => return None,
            // Jitter, so that clients that were asked to wait for the same time do not come back at once.
            Some(asked) => asked.saturating_add(jitter(self.base_delay)),
            // Early retries prolong the time for which the service refuses calls.
            None if error.is_rate_limited() => {
                let delay = backoff.delay(attempt.saturating_add(1));
                (delay / 2).saturating_add(jitter(delay / 2))
            }
            None => backoff.full_jitter(attempt.saturating_sub(1)),
        };
        self.may_begin(elapsed.saturating_add(wait)).then_some(wait.min(LONGEST))
    }
}

#[cfg(test)]
mod tests;
