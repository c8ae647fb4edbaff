//! The polling policy, for waiting and for following logs: how long to wait between two requests, and how many failures
//! in a row are tolerated.
//!
//! Polling requests are sent [`without_retries`](crate::Request::without_retries): otherwise each failure would be
//! retried on two levels.

use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::{Backoff, MAX_RETRY_AFTER};
use crate::errors::Error;

/// Failures in a row that are tolerated.
const MAX_FAILURES: u32 = 5;
/// How long a 404 is tolerated, unless the caller chooses: what was just created may not be visible at once, and a log
/// is late while it is moved.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

/// When to poll again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Polling {
    backoff: Backoff,
    step: u32,
    failures: u32,
    grace_period: Duration,
    /// When the first 404 in a row was received.
    absent_since: Option<Instant>,
}

impl Polling {
    /// Waits `minimum` at first and up to `maximum` later.
    #[inline]
    pub(crate) const fn new(minimum: Duration, maximum: Duration) -> Self {
        let maximum = if maximum.as_nanos() < minimum.as_nanos() { minimum } else { maximum };
        let backoff = Backoff::new(minimum, maximum, 1.5);
        Self { backoff, step: 0, failures: 0, grace_period: GRACE_PERIOD, absent_since: None }
    }

    /// The same with other delays.
    #[inline]
    pub(crate) fn every(self, minimum: Duration, maximum: Duration) -> Self {
        Self { grace_period: self.grace_period, ..Self::new(minimum, maximum) }
    }

    /// The same with another grace period.
    #[inline]
    pub(crate) fn grace_period(self, grace_period: Duration) -> Self {
        Self { grace_period, ..self }
    }

    /// Goes back to the shortest delay, because something has changed.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.step = 0;
    }

    /// How long to wait before the next request.
    #[inline]
    pub(crate) fn next_delay(&mut self) -> Duration {
        let delay = self.backoff.slight_jitter(self.step);
        self.step = self.step.saturating_add(1);
        delay
    }

    /// Resets the count of failures after a success.
    #[inline]
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// What was missing is there: the grace period begins anew with the next 404.
    #[inline]
    pub(crate) fn found(&mut self) {
        self.absent_since = None;
    }

    /// How long to wait after a 404, or the error itself once the grace period is over.
    #[inline]
    pub(crate) fn absent(&mut self, error: Error) -> Result<Duration, Error> {
        let since = self.absent_since.get_or_insert_with(Instant::now);
        let left = self.grace_period.saturating_sub(since.elapsed());
        if left.is_zero() {
            return Err(error);
        }
        Ok(self.next_delay().min(left))
    }

    /// How long to wait after a failure, or the error itself if polling cannot go on.
    #[inline]
    pub(crate) fn failed(&mut self, error: Error, is_transient: bool) -> Result<Duration, Error> {
        self.failures += 1;
        let asked = error.retry_after().unwrap_or_default();
        if !is_transient || self.failures > MAX_FAILURES || asked > MAX_RETRY_AFTER {
            return Err(error);
        }
        Ok(asked.max(self.next_delay()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maximum_below_the_minimum_is_the_minimum() {
        let mut polling = Polling::new(Duration::from_secs(2), Duration::from_secs(1));
        for _ in 0..5 {
            let delay = polling.next_delay();
            assert!((1600..=2400).contains(&delay.as_millis()), "{delay:?}");
        }
        polling.reset();
        assert!(polling.next_delay().as_millis() <= 2400);
    }
}
