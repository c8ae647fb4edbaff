//! How long to wait between two looks at something that changes by itself: longer each time, and never quite the same,
//! so that many clients do not knock together.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Pauses that grow from `least` to `most`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) least: Duration,
    pub(crate) most: Duration,
    current: Duration,
}

impl Pace {
    pub(crate) const fn new(least: Duration, most: Duration) -> Self {
        Self { least, most, current: least }
    }

    /// Starts again with the shortest pause: something has happened.
    #[allow(dead_code)] // Logs only.
    pub(crate) fn reset(&mut self) {
        self.current = self.least;
    }

    /// The next pause, within a fifth of its length more or less.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.current.min(self.most).max(self.least);
        self.current = pause.saturating_mul(3) / 2;
        jittered(pause)
    }
}

fn jittered(pause: Duration) -> Duration {
    // The keys of a map are random: enough here, without a dependency.
    let random = u32::try_from(RandomState::new().hash_one(0) % 401).unwrap_or_default();
    pause.saturating_mul(800 + random) / 1000
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
