//! What the service has said about the limit of each type of resource, and which path belongs to which. Both are
//! bounded, because both come from outside.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

use super::{Observed, Throttle};
use crate::backoff::jitter;
use crate::operation::Endpoint;
use crate::transport::rate_limit::RateLimit;

/// The service has half a dozen.
const MAX_RESOURCES: usize = 32;
/// The service has less than three hundred; the rest is for paths of the caller's.
const MAX_PATHS: usize = 1024;
/// Maximum time for which no calls are sent. All limits of the service are per hour.
const MAX_CLOSED: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
pub(super) struct Resources {
    all: Vec<Resource>,
    /// The resource of each path, or of the template of an operation, by its last answer. The service goes by the path as
    /// well.
    /// Sorted by path.
    paths: Vec<(Key, Key)>,
}

/// A hash in place of a name, so that long names need no memory.
type Key = u64;

#[derive(Debug)]
struct Resource {
    key: Key,
    /// When an answer named it last.
    seen: Instant,
    closed: Option<Closed>,
    /// Time between two calls, if the limit is near.
    interval: Option<Duration>,
    /// When the next call may be sent, if the limit is near.
    next: Option<Instant>,
}

/// The limit is used up.
#[derive(Debug)]
struct Closed {
    since: Instant,
    /// No call is sent before.
    until: Instant,
    /// When one call is sent all the same.
    probe: Instant,
}

impl Resources {
    pub(super) fn observe(&mut self, endpoint: &Endpoint, observed: &Observed<'_>, throttle: &Throttle, now: Instant) {
        let rate = observed.rate;
        let empty = rate.is_empty();
        let path = key(&endpoint.path());
        let place = self.place(path);
        let known = place.ok().map(|at| self.paths[at].1);
        if empty && observed.refused.is_none() && known.is_none() {
            return;
        }
        // Answers without a name are counted together, unless an earlier answer had one.
        let name = rate.resource.as_deref().map(|name| key(&name));
        let resource = name.or(known).unwrap_or_else(|| key(&""));
        if known != Some(resource) {
            match place {
                Ok(at) => self.paths[at].1 = resource,
                Err(_) if self.paths.len() >= MAX_PATHS => {
                    // Learned again by the next answers.
                    self.paths.clear();
                    self.paths.push((path, resource));
                }
                Err(at) => self.paths.insert(at, (path, resource)),
            }
        }
        let resource = self.resource(resource, now);
        resource.observe(observed, throttle, now);
        if !empty {
            resource.interval = rate.is_near().then(|| interval(rate));
        }
    }

    pub(super) fn reserve(
        &mut self,
        endpoint: &Endpoint,
        throttle: &Throttle,
        now: Instant,
    ) -> Result<Duration, Duration> {
        let known = self.place(key(&endpoint.path())).ok().map(|at| self.paths[at].1);
        let resource = self.all.iter_mut().find(|resource| known == Some(resource.key));
        resource.map_or(Ok(Duration::ZERO), |resource| resource.reserve(throttle, now))
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.all.len(), self.paths.len())
    }

    /// Where a path stands in the list, or belongs.
    fn place(&self, path: Key) -> Result<usize, usize> {
        self.paths.binary_search_by_key(&path, |(path, _)| *path)
    }

    fn resource(&mut self, key: Key, now: Instant) -> &mut Resource {
        let at = self.all.iter().position(|resource| resource.key == key).unwrap_or_else(|| {
            let new = Resource { key, seen: now, closed: None, interval: None, next: None };
            let oldest = (0..self.all.len()).min_by_key(|at| self.all[*at].seen);
            match oldest.filter(|_| self.all.len() >= MAX_RESOURCES) {
                Some(oldest) => {
                    self.all[oldest] = new;
                    oldest
                }
                None => {
                    self.all.push(new);
                    self.all.len() - 1
                }
            }
        });
        let resource = &mut self.all[at];
        resource.seen = now;
        resource
    }
}

impl Resource {
    fn observe(&mut self, observed: &Observed<'_>, throttle: &Throttle, now: Instant) {
        let remaining = observed.rate.remaining;
        let spent = if remaining == Some(0) { observed.rate.reset } else { None };
        // An answer to what was sent before the limit was used up says nothing about the time after it.
        let newer = self.closed.as_ref().is_none_or(|closed| observed.sent >= closed.since);
        if let Some(wait) = observed.refused.or(spent) {
            let until = later(now, wait.min(MAX_CLOSED));
            let until = self.closed.as_ref().filter(|_| !newer).map_or(until, |closed| closed.until.max(until));
            self.closed = Some(Closed { since: now, until, probe: later(now, throttle.probe_interval) });
            return;
        }
        let open = remaining.map_or(observed.status.is_success(), |remaining| remaining > 0);
        if newer && open {
            self.closed = None;
        }
    }

    fn reserve(&mut self, throttle: &Throttle, now: Instant) -> Result<Duration, Duration> {
        if self.closed.as_ref().is_some_and(|closed| closed.until <= now) {
            self.closed = None;
        }
        let open = self.closed.as_ref().map_or(now, |closed| later(closed.until, jitter(Duration::from_millis(200))));
        let at = if self.interval.is_some() { self.next.map_or(open, |next| next.max(open)) } else { open };
        let wait = at.duration_since(now);
        if wait <= throttle.max_wait {
            self.next = self.interval.map(|interval| later(at, interval));
            return Ok(wait);
        }
        match &mut self.closed {
            Some(closed) if closed.probe <= now => {
                closed.probe = later(now, throttle.probe_interval);
                Ok(Duration::ZERO)
            }
            _ => Err(wait),
        }
    }
}

/// Spreads the remaining calls over the remaining time, or the limit over its hour. At most ten seconds, because longer
/// intervals would amount to an outage.
fn interval(rate: &RateLimit) -> Duration {
    let (time, calls) = match (rate.reset, rate.remaining, rate.limit) {
        (Some(reset), Some(remaining), _) => (reset, remaining),
        (_, _, limit) => (Duration::from_secs(3600), limit.unwrap_or(1000)),
    };
    let calls = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
    (time / calls).min(Duration::from_secs(10))
}

/// A later time; if it cannot be represented, one that is later than any delay of the service.
fn later(time: Instant, wait: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    time.checked_add(wait.min(YEAR)).unwrap_or(time)
}

fn key(name: &impl Hash) -> Key {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
