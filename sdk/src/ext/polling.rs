//! The polling policy, for waiting and for following logs: how long to wait between two requests, and how many failures
//! in a row are tolerated.
//!
//! Polling requests are sent [`without_retries`](crate::Request::without_retries): otherwise each failure would be
//! retried on two levels.

use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::errors::Error;

/// Failures in a row that are tolerated.
const MAX_FAILURES: u32 = 5;
/// Longest delay that is waited out because the service or the throttle asks for it. All limits are per hour.
const MAX_ASKED: Duration = Duration::from_secs(24 * 60 * 60);
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
        self.failed_before(error, is_transient, None)
    }

    /// The same, where polling ends at a time.
    pub(crate) fn failed_before(
        &mut self,
        error: Error,
        is_transient: bool,
        end: Option<Instant>,
    ) -> Result<Duration, Error> {
        self.failures += 1;
        if !is_transient || self.failures > MAX_FAILURES {
            return Err(error);
        }
        let asked = error.retry_after().unwrap_or_default();
        let left = end.map_or(MAX_ASKED, |end| MAX_ASKED.min(end.saturating_duration_since(Instant::now())));
        if asked > left {
            let text = format!("it asks for a longer delay than may be waited out, {} s", left.as_secs());
            return Err(error.with_text(&text));
        }
        Ok(asked.max(self.next_delay()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::ErrorKind;
    use crate::operation::Endpoint;

    #[tokio::test]
    async fn a_delay_that_is_asked_for_is_waited_out_if_there_is_time() {
        const HOUR: Duration = Duration::from_secs(3600);
        let mut polling = Polling::new(Duration::from_secs(1), Duration::from_secs(2));
        let endpoint = Endpoint::custom(reqwest::Method::GET, "/x");
        let mut wait = |asked, end: Option<Duration>| {
            polling.succeeded();
            let end = end.map(|end| Instant::now() + end);
            polling.failed_before(Error::throttled(&endpoint, asked), true, end)
        };
        assert_eq!(wait(HOUR, None).unwrap(), HOUR);
        assert_eq!(wait(HOUR, Some(HOUR * 2)).unwrap(), HOUR);
        assert!(wait(Duration::ZERO, None).unwrap() < HOUR);
        for (asked, end) in [(HOUR, Some(HOUR / 2)), (HOUR * 25, None), (Duration::MAX, Some(HOUR * 48))] {
            let error = wait(asked, end).unwrap_err();
            assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimit, Some(asked)));
            assert!(error.to_string().contains("longer delay than may be waited out"), "{error}");
        }
        polling.succeeded();
        for _ in 0..MAX_FAILURES {
            assert!(polling.failed(Error::throttled(&endpoint, HOUR), true).is_ok());
        }
        assert!(polling.failed(Error::throttled(&endpoint, HOUR), true).is_err());
    }

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
