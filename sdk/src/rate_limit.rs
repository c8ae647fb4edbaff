//! What the service says about the number of calls that are left, and the pace that follows from it. Headers that are
//! odd or missing are taken as not said; they never fail a call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::retry::{jitter, reset};

/// The limit of calls as the service told it last. Each part may be missing.
///
/// The service counts over a rolling hour, and apart for each kind of resource. Source:
/// [API request limits](https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/).
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// let user = client.request(bitbucket_cloud::Method::GET, "/user").send_raw().await?;
/// let limit = user.rate_limit();
/// if limit.near_limit == Some(true) {
///     println!("{:?} of {:?} calls left", limit.remaining, limit.limit);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls an hour (`X-RateLimit-Limit`).
    pub limit: Option<u64>,
    /// Calls that are left (`X-RateLimit-Remaining`).
    pub remaining: Option<u64>,
    /// Time until calls are given back (`X-RateLimit-Reset`, which counts seconds).
    pub reset: Option<Duration>,
    /// Whether less than a fifth is left (`X-RateLimit-NearLimit`).
    pub near_limit: Option<bool>,
    /// What is counted (`X-RateLimit-Resource`), for example `api-repository-data`.
    pub resource: Option<String>,
}

impl RateLimit {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let near_limit = text("x-ratelimit-nearlimit").and_then(|text| match text {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        });
        Self {
            limit: text("x-ratelimit-limit").and_then(number),
            remaining: text("x-ratelimit-remaining").and_then(number),
            reset: reset(headers),
            near_limit,
            resource: text("x-ratelimit-resource").filter(|text| !text.is_empty()).map(str::to_owned),
        }
    }

    fn is_near(&self) -> bool {
        let few = || matches!((self.remaining, self.limit), (Some(left), Some(limit)) if left < limit / 5);
        self.near_limit.unwrap_or_else(few)
    }
}

/// The number at the beginning: the service also writes `60, 60;w=3600`.
fn number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let apart = rest.is_empty() || rest.starts_with([',', ';', ' ']);
    if apart { digits.parse().ok() } else { None }
}

/// Slows a client down before the service does.
///
/// Near the limit, calls are spread over the time that is left (or, where the service does not tell it, over the hour).
/// When the limit is used up they wait until calls are given back. A wait beyond [`max_wait`](Self::max_wait) becomes an
/// error of [`ErrorKind::RateLimit`](crate::ErrorKind::RateLimit), and nothing is sent. All clones of a client keep one
/// pace.
///
/// ```
/// use bitbucket_cloud::{Client, Pacing};
/// use std::time::Duration;
///
/// let pacing = Pacing::new().max_wait(Duration::from_secs(600));
/// let builder = Client::builder().pacing(pacing);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Pacing {
    max_wait: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self::new()
    }
}

impl Pacing {
    /// Waits up to five minutes.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().pacing(bitbucket_cloud::Pacing::new());
    /// ```
    pub const fn new() -> Self {
        Self { max_wait: Duration::from_secs(300) }
    }

    /// The longest wait before a call.
    ///
    /// ```
    /// use bitbucket_cloud::Pacing;
    /// use std::time::Duration;
    ///
    /// let pacing = Pacing::new().max_wait(Duration::from_secs(30));
    /// ```
    pub const fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }
}

/// What is known about the limit, shared by all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pacing: Option<Pacing>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<RateLimit>,
    /// Nothing may be sent before.
    closed_until: Option<Instant>,
    /// Time between two calls, near the limit.
    interval: Option<Duration>,
    /// When the next call may be sent, near the limit.
    next: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(pacing: Option<Pacing>) -> Self {
        Self { pacing, state: Mutex::default() }
    }

    pub(crate) fn last(&self) -> Option<RateLimit> {
        self.with(|state| state.last.clone())
    }

    /// Takes note of an answer of the API; `refused` is the wait that a 429 asks for.
    pub(crate) fn observe(&self, rate: &RateLimit, refused: Option<Duration>, now: Instant) {
        let empty = *rate == RateLimit::default();
        if empty && refused.is_none() {
            return;
        }
        self.with(|state| {
            let spent = if rate.remaining == Some(0) { rate.reset } else { None };
            if let Some(wait) = refused.or(spent) {
                state.closed_until = now.checked_add(wait).max(state.closed_until);
            }
            if empty {
                return;
            }
            state.interval = rate.is_near().then(|| interval(rate));
            state.last = Some(rate.clone());
        });
    }

    /// How long the next call has to wait, whose place is then taken; an error holds a wait that is too long.
    pub(crate) fn reserve(&self, now: Instant) -> Result<Duration, Duration> {
        let Some(pacing) = self.pacing else { return Ok(Duration::ZERO) };
        self.with(|state| {
            let open = state.closed_until.filter(|until| *until > now);
            let open = open.map_or(now, |until| until + jitter(Duration::from_millis(200)));
            let at = if state.interval.is_some() { state.next.map_or(open, |next| next.max(open)) } else { open };
            let wait = at.duration_since(now);
            if wait > pacing.max_wait {
                return Err(wait);
            }
            state.next = state.interval.map(|interval| at + interval);
            Ok(wait)
        })
    }

    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Spreads what is left over the time that is left, or the limit over its hour. A pace slower than a call in ten
/// seconds would be an outage of its own.
fn interval(rate: &RateLimit) -> Duration {
    let (time, calls) = match (rate.reset, rate.remaining, rate.limit) {
        (Some(reset), Some(remaining), _) => (reset, remaining),
        (_, _, limit) => (Duration::from_secs(3600), limit.unwrap_or(1000)),
    };
    let calls = u32::try_from(calls).unwrap_or(u32::MAX).max(1);
    (time / calls).min(Duration::from_secs(10))
}

#[cfg(test)]
mod tests;
