//! Limits retries, so that they do not multiply the load of a failing service: each call earns a fifth of a retry.

use std::sync::atomic::{AtomicU32, Ordering};

/// Cost of a retry; a call earns 1.
const COST: u32 = 5;
/// Ten retries, so that a new client can retry.
const START: u32 = 10 * COST;
/// The maximum, so that a long time without failures does not allow a burst of retries.
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
    /// Called for each call.
    pub(crate) fn earn(&self) {
        self.change(|units| (units < MAX_UNITS).then_some(units + 1));
    }

    /// Takes a retry from the budget, if there is one; returns whether there was.
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
    fn the_budget_is_bounded() {
        let budget = RetryBudget::default();
        (0..100_000).for_each(|_| budget.earn());
        assert_eq!(std::iter::repeat_with(|| budget.spend()).take_while(|paid| *paid).count(), 100);
        // Nothing is left over: the next retry costs five calls again.
        (0..4).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
    }
}
