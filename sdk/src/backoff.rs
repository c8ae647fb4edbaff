//! Exponential backoff with jitter, for retries, token requests and polling: delays grow up to a maximum, and jitter
//! keeps many clients from coming back at the same moment.

use std::time::Duration;

/// Maximum of a delay that the service asks for; if it asks for more, the call fails.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Longest delay and time limit; what is longer counts as this. Times that lie further ahead overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Delays from `minimum` to `maximum`, each `factor` times the one before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    minimum: Duration,
    maximum: Duration,
    factor: f64,
}

impl Backoff {
    pub(crate) const fn new(minimum: Duration, maximum: Duration, factor: f64) -> Self {
        Self { minimum: at_most(minimum, LONGEST), maximum: at_most(maximum, LONGEST), factor }
    }

    /// The delay of this step, 0-based, without jitter.
    #[inline]
    pub(crate) fn delay(self, step: u32) -> Duration {
        // After so many steps any delay that grows has reached its maximum.
        let growth = self.factor.powi(i32::try_from(step.min(1000)).unwrap_or_default());
        let delay = Duration::try_from_secs_f64(self.minimum.as_secs_f64() * growth);
        delay.unwrap_or(self.maximum).min(self.maximum)
    }

    /// Between 0 and the delay, for retries after failures that affect many clients at once.
    pub(crate) fn full_jitter(self, step: u32) -> Duration {
        jitter(self.delay(step))
    }

    /// The delay, plus or minus a fifth, for polling.
    #[inline]
    pub(crate) fn slight_jitter(self, step: u32) -> Duration {
        let delay = self.delay(step);
        delay.mul_f64(0.8).saturating_add(jitter(delay.mul_f64(0.4)))
    }
}

/// `Ord::min` is not `const`.
const fn at_most(duration: Duration, limit: Duration) -> Duration {
    if duration.as_nanos() < limit.as_nanos() { duration } else { limit }
}

/// A random duration up to the bound.
pub(crate) fn jitter(bound: Duration) -> Duration {
    bound.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_the_maximum() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4), 1.5);
        let expected = [1000, 1500, 2250, 3375, 4000, 4000].map(Duration::from_millis);
        for (step, expected) in (0..).zip(expected) {
            assert_eq!(backoff.delay(step), expected);
            let (slight, full) = (backoff.slight_jitter(step), backoff.full_jitter(step));
            assert!(slight >= expected * 4 / 5 && slight <= expected * 6 / 5, "{slight:?} for {expected:?}");
            assert!(full <= expected, "{full:?} for {expected:?}");
        }
        assert_eq!(backoff.delay(u32::MAX), Duration::from_secs(4));
        assert_eq!(Backoff::new(Duration::MAX, Duration::MAX, 2.0).delay(1000), LONGEST);
        assert_eq!(Backoff::new(Duration::ZERO, Duration::from_secs(1), 2.0).delay(1000), Duration::ZERO);
    }
}
