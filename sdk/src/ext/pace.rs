//! How long to wait between two looks at something that changes by itself: longer each time, and never quite the same,
//! so that many clients do not knock together. Who looks again and again has the patience for failures as well: its
//! calls are not repeated by the executor, or each look would be repeated on two levels.

use std::time::Duration;

use crate::error::Error;
use crate::request::Request;
use crate::retry::{LONGEST_WAIT, RetryPolicy, jitter};

/// Failures in a row after which one gives up.
const MOST_FAILURES: u32 = 5;

/// Leaves repeating the request to the one who looks again, unless the caller has said how it is to be repeated.
#[inline]
pub(crate) fn looked_at_again(mut request: Request) -> Request {
    request.settings.retry.get_or_insert(RetryPolicy::none());
    request
}

/// Pauses that grow from `least` to `most`, and patience for failures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) least: Duration,
    pub(crate) most: Duration,
    current: Duration,
    failures: u32,
}

impl Pace {
    #[inline]
    pub(crate) const fn new(least: Duration, most: Duration) -> Self {
        Self { least, most, current: least, failures: 0 }
    }

    /// Starts again with the shortest pause: something has happened.
    #[allow(dead_code)] // Logs only.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.current = self.least;
    }

    /// The next pause, within a fifth of its length more or less.
    #[inline]
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.current.min(self.most).max(self.least);
        self.current = pause.saturating_mul(3) / 2;
        pause.mul_f64(0.8).saturating_add(jitter(pause.mul_f64(0.4)))
    }

    /// There was an answer: earlier failures are forgotten.
    #[inline]
    pub(crate) fn answered(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after a failure, or the failure itself if waiting is no use.
    #[inline]
    pub(crate) fn endure(&mut self, error: Error, passing: bool) -> Result<Duration, Error> {
        self.failures += 1;
        let asked = error.retry_after().unwrap_or_default();
        if !passing || self.failures > MOST_FAILURES || asked > LONGEST_WAIT {
            return Err(error);
        }
        Ok(asked.max(self.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_start_again() {
        let (least, most) = (Duration::from_secs(1), Duration::from_secs(4));
        let mut pace = Pace::new(least, most);
        let wanted = [1000, 1500, 2250, 3375, 4000, 4000];
        for wanted in wanted.map(Duration::from_millis) {
            let pause = pace.next();
            assert!(pause >= wanted * 4 / 5 && pause <= wanted * 6 / 5, "{pause:?} for {wanted:?}");
        }
        pace.reset();
        assert!(pace.next() <= least * 6 / 5);
    }
}
