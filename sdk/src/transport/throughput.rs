//! How long the next part of a body is waited for: limits for silence and for bodies that trickle. Only the time in which
//! the service is waited for counts; a caller may take its time between two parts.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// The least rate at which a body must arrive.
///
/// A body may be slower for the time of the grace period altogether; what arrives faster than the rate is credited, up to
/// the whole period. A body that has used it up fails with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
///
/// It holds for bodies that are read into memory, ranges of logs included. A streamed body, also one of which
/// [`ByteStream::bytes`](crate::ByteStream::bytes) reads the rest, is held to it if the service announced its length, or
/// if the request itself sets a rate: a log that is still being written is as slow as its step. Uploads end by
/// [`read_timeout`](crate::ClientBuilder::read_timeout) when the service takes nothing more.
///
/// ```
/// use bitbucket_cloud::{Client, MinThroughput};
/// use std::time::Duration;
///
/// let least = MinThroughput::new().bytes_per_second(1024).grace(Duration::from_secs(20));
/// let builder = Client::builder().min_throughput(least);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct MinThroughput {
    bytes_per_second: u32,
    grace: Duration,
}

impl Default for MinThroughput {
    fn default() -> Self {
        Self::new()
    }
}

impl MinThroughput {
    /// 100 bytes per second, with a grace period of 60 seconds.
    ///
    /// ```
    /// use bitbucket_cloud::MinThroughput;
    ///
    /// assert_eq!(MinThroughput::new(), MinThroughput::default());
    /// ```
    pub const fn new() -> Self {
        Self { bytes_per_second: 100, grace: Duration::from_secs(60) }
    }

    /// The rate; with 0, any byte will do, and only silence of the length of the grace period is an error.
    ///
    /// ```
    /// let least = bitbucket_cloud::MinThroughput::new().bytes_per_second(1);
    /// ```
    pub const fn bytes_per_second(mut self, bytes: u32) -> Self {
        self.bytes_per_second = bytes;
        self
    }

    /// For how long a body may be slower.
    ///
    /// ```
    /// use bitbucket_cloud::MinThroughput;
    /// use std::time::Duration;
    ///
    /// let least = MinThroughput::new().grace(Duration::from_secs(20));
    /// ```
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The time in which that many bytes may arrive.
    #[inline]
    fn time_for(self, bytes: usize) -> Duration {
        match self.bytes_per_second {
            0 => self.grace,
            rate => Duration::from_secs_f64(bytes as f64 / f64::from(rate)).min(self.grace),
        }
    }
}

/// Waits for the parts of one body.
pub(super) struct Patience {
    silence: Option<Duration>,
    least: Option<MinThroughput>,
    /// What is left of the grace period.
    left: Duration,
    /// Since when the next part is waited for.
    since: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

/// The limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exceeded {
    Silence(Duration),
    Throughput(MinThroughput),
}

impl Patience {
    #[inline]
    pub(super) fn new(silence: Option<Duration>, least: Option<MinThroughput>) -> Self {
        let left = least.map(|least| least.grace).unwrap_or_default();
        Self { silence, least, left, since: None, sleep: None }
    }

    /// Called when nothing has arrived; ready once a limit is exceeded.
    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Exceeded> {
        let Some((end, exceeded)) = self.end(Instant::now()) else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if sleep.deadline() != end {
            sleep.as_mut().reset(end);
        }
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(exceeded)
    }

    /// Called when a part has arrived.
    #[inline]
    pub(super) fn received(&mut self, bytes: usize) {
        self.received_at(bytes, Instant::now());
    }

    /// When which limit is exceeded, if nothing arrives; `None` if the time cannot be represented.
    #[inline]
    fn end(&mut self, now: Instant) -> Option<(Instant, Exceeded)> {
        let since = *self.since.get_or_insert(now);
        let throughput = self.least.map(|least| (self.left, Exceeded::Throughput(least)));
        let silence = self.silence.map(|limit| (limit, Exceeded::Silence(limit)));
        let (limit, exceeded) = match (silence, throughput) {
            (Some(silence), Some(throughput)) if throughput.0 < silence.0 => throughput,
            (silence, throughput) => silence.or(throughput)?,
        };
        Some((since.checked_add(limit)?, exceeded))
    }

    #[inline]
    fn received_at(&mut self, bytes: usize, now: Instant) {
        let waited = self.since.take().map(|since| now.duration_since(since)).unwrap_or_default();
        if let Some(least) = self.least {
            let left = self.left.saturating_sub(waited);
            self.left = left.saturating_add(least.time_for(bytes)).min(least.grace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Parts of that many bytes, each waited for that many milliseconds: how many of a hundred arrive, and the limit.
    fn read(mut patience: Patience, bytes: usize, pause: u64) -> (u32, Option<Exceeded>) {
        let mut now = Instant::now();
        for count in 0..100 {
            let end = patience.end(now);
            now += Duration::from_millis(pause);
            if let Some((_, exceeded)) = end.filter(|(end, _)| *end < now) {
                return (count, Some(exceeded));
            }
            patience.received_at(bytes, now);
            // The time of the caller does not count.
            now += Duration::from_secs(3600);
        }
        (100, None)
    }

    const LEAST: MinThroughput = MinThroughput::new().bytes_per_second(100).grace(Duration::from_secs(10));
    const SILENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_body_that_trickles_ends_after_the_grace_period() {
        let slow = Some(Exceeded::Throughput(LEAST));
        let patience = || Patience::new(Some(SILENCE), Some(LEAST));
        // A byte each half second: 490 of 500 milliseconds are lost with each.
        assert_eq!(read(patience(), 1, 500), (20, slow));
        // As slow as it may be, and a little slower.
        assert_eq!(read(patience(), 100, 1000), (100, None));
        let (count, exceeded) = read(patience(), 80, 1000);
        assert!((45..55).contains(&count) && exceeded == slow, "{count} {exceeded:?}");
        // A large part is no credit for more than the grace period.
        let mut patience = Patience::new(None, Some(LEAST));
        patience.received(usize::MAX);
        assert_eq!(read(patience, 1, 11_000), (0, slow));
    }

    #[test]
    fn silence_ends_a_body_and_none_is_no_limit() {
        assert_eq!(read(Patience::new(Some(SILENCE), None), 1, 19_000), (100, None));
        assert_eq!(read(Patience::new(Some(SILENCE), None), 1, 21_000), (0, Some(Exceeded::Silence(SILENCE))));
        assert_eq!(read(Patience::new(None, None), 1, 1_000_000), (100, None));
        let any = MinThroughput::new().bytes_per_second(0).grace(SILENCE);
        assert_eq!(read(Patience::new(None, Some(any)), 1, 19_000), (100, None));
        assert_eq!(read(Patience::new(None, Some(any)), 1, 21_000), (0, Some(Exceeded::Throughput(any))));
    }

    #[test]
    fn the_longest_times_are_no_limits() {
        let least = MinThroughput::new().bytes_per_second(u32::MAX).grace(Duration::MAX);
        assert_eq!(read(Patience::new(Some(Duration::MAX), Some(least)), usize::MAX, 1_000_000), (100, None));
        assert_eq!(LEAST.time_for(usize::MAX), Duration::from_secs(10));
        assert_eq!(least.bytes_per_second(1).time_for(0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn any_body_ends_in_a_time_by_its_length(
            parts in vec((0..5000_usize, 0..30_000_u64), 1..200),
            rate in 0..2000_u32,
            grace in 0..30_000_u64,
        ) {
            let grace = Duration::from_millis(grace);
            let mut patience = Patience::new(None, Some(MinThroughput::new().bytes_per_second(rate).grace(grace)));
            let (mut now, mut waited, mut earned, mut fast) = (Instant::now(), Duration::ZERO, Duration::ZERO, true);
            for (bytes, pause) in parts {
                let pause = Duration::from_millis(pause);
                let (end, _) = patience.end(now).unwrap();
                // No longer than the grace period and what has been earned by bytes.
                prop_assert!(waited + (end - now) <= grace + earned + Duration::from_micros(1));
                let rate = f64::from(rate);
                fast &= pause <= grace && (rate == 0.0 || bytes as f64 >= rate * pause.as_secs_f64());
                if end < now + pause {
                    prop_assert!(!fast, "{bytes} bytes in {pause:?}");
                    break;
                }
                waited += pause;
                earned += if rate == 0.0 { grace } else { Duration::from_secs_f64(bytes as f64 / rate) };
                now += pause;
                patience.received_at(bytes, now);
            }
        }
    }
}
