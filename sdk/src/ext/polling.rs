//! The polling policy, for waiting and for following logs: how long to wait between two requests, and how many failures
//! in a row are tolerated.
//!
//! Polling requests are sent [`without_retries`](crate::Request::without_retries): otherwise each failure would be
//! retried on two levels.

use std::time::Duration;

use crate::backoff::{Backoff, MAX_RETRY_AFTER};
use crate::errors::Error;

/// Failures in a row that are tolerated.
const MAX_FAILURES: u32 = 5;

/// When to poll again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Polling {
    backoff: Backoff,
    step: u32,
    failures: u32,
}

impl Polling {
    /// Waits `minimum` at first and up to `maximum` later.
    #[inline]
    pub(crate) const fn new(minimum: Duration, maximum: Duration) -> Self {
        let maximum = if maximum.as_nanos() < minimum.as_nanos() { minimum } else { maximum };
        Self { backoff: Backoff::new(minimum, maximum, 1.5), step: 0, failures: 0 }
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
