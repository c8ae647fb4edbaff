//! When a call is sent again, and how long that waits: the policy of a client or request, the budget that its clones
//! share, and the waits that the service asks for. Whether a call may be repeated at all is the error's to know
//! (`Error::is_retryable`); nothing here sends or sleeps.

use std::time::Duration;

use crate::backoff::{Backoff, MAX_RETRY_AFTER, jitter};
use crate::errors::{Error, ErrorKind};

mod budget;

pub(super) use budget::RetryBudget;

/// How often and how patiently a failed call is sent again.
///
/// A call is sent again only where that cannot do its work twice. Operations of [`Effect::Read`] and
/// [`Effect::IdempotentWrite`]: after broken connections, time limits of the answer, 408, 429, 500, 502, 503, 504 and
/// 555. Operations of [`Effect::NonIdempotentWrite`]: only after 429, or when no connection came about. A streamed answer is retried
/// until its head is there, and a body that can be read only once is never sent again.
///
/// The wait is drawn between zero and a bound that doubles with each attempt (exponential backoff with full jitter). A
/// wait that the service asks for is kept instead, up to [`max_wait`](Self::max_wait): beyond it the call fails with an
/// error whose [`retry_after`](crate::Error::retry_after) says when to come back. Over all clones of a client, retries
/// add at most a fifth to the number of calls, and ten at the beginning.
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
    /// Four attempts within three minutes; waits of at most half a second, one second and two; at most 60 seconds of
    /// waiting where the service asks for it.
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

    /// One attempt, whatever happens.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, RetryPolicy};
    ///
    /// let builder = Client::builder().retry(RetryPolicy::none());
    /// ```
    pub const fn none() -> Self {
        Self::new().attempts(1)
    }

    /// How many attempts are made at most, the first one included; 0 counts as 1.
    ///
    /// ```
    /// let policy = bitbucket_cloud::RetryPolicy::new().attempts(2);
    /// ```
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// No attempt begins later than this after the beginning of the call.
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

    /// Bound of the first wait; it doubles with each attempt.
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

    /// Bound that no wait of the client's own choice exceeds.
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

    /// The longest wait that is kept when the service asks for one.
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

    /// How long to wait after the failure of that attempt; `None` to give up. `elapsed` is the age of the call.
    pub(crate) fn wait(&self, error: &Error, attempt: u32, elapsed: Duration) -> Option<Duration> {
        let own = matches!(error.kind(), ErrorKind::RateLimit | ErrorKind::Credentials);
        if attempt >= self.attempts || own || !error.is_retryable() {
            return None;
        }
        let backoff = Backoff::new(self.base_delay, self.max_delay, 2.0);
        let wait = match error.retry_after() {
            Some(asked) if asked > self.max_wait => return None,
            // Clones that were told the same moment should not all come at once.
            Some(asked) => asked + jitter(self.base_delay),
            // Hasty retries prolong the lock-out.
            None if error.is_rate_limited() => {
                let delay = backoff.delay(attempt.saturating_add(1));
                delay / 2 + jitter(delay / 2)
            }
            None => backoff.full_jitter(attempt.saturating_sub(1)),
        };
        (elapsed.saturating_add(wait) <= self.max_elapsed).then_some(wait)
    }
}

#[cfg(test)]
mod tests;
