//! Keeps retries from becoming a second wave of load: each call earns a fifth of a retry, and each retry takes one.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a retry costs, in units of which a call earns one.
const COST: u32 = 5;
/// Ten retries, so that a new client can retry at all.
const START: u32 = 10 * COST;
/// A quiet day must not pay for a storm.
const MAX_UNITS: u32 = 100 * COST;

/// The retries that are left, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(START))
    }
}

impl RetryBudget {
    /// A call was begun.
    pub(crate) fn earn(&self) {
        self.change(|units| (units < MAX_UNITS).then_some(units + 1));
    }

    /// Whether a retry may be made; it is paid for then.
    pub(crate) fn spend(&self) -> bool {
        self.change(|units| units.checked_sub(COST))
    }

    fn change(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_a_fifth_of_the_calls_and_ten() {
        let budget = RetryBudget::default();
        let mut retries = 0;
        for _ in 0..1000 {
            budget.earn();
            while budget.spend() {
                retries += 1;
            }
        }
        assert_eq!(retries, 10 + 1000 / 5);
    }

    #[test]
    fn what_is_saved_is_bounded() {
        let budget = RetryBudget::default();
        (0..100_000).for_each(|_| budget.earn());
        assert_eq!(std::iter::repeat_with(|| budget.spend()).take_while(|paid| *paid).count(), 100);
    }
}
