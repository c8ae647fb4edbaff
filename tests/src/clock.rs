//! The server's clock: time since the start, which tests may push forward instead of waiting. Monotonic, so that a
//! step of the machine's clock cannot move a pipeline backwards. It must not be stopped or turned back.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

pub(crate) struct Clock {
    started_on: DateTime<Utc>,
    started: Instant,
    ahead: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started_on: Utc::now(), started: Instant::now(), ahead: Mutex::default() }
    }

    /// Time since the start, what was skipped included.
    pub(crate) fn now(&self) -> Duration {
        let ahead = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        self.started.elapsed().saturating_add(ahead)
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
    }

    /// The form of the Pipelines service for a whole run: microseconds and `Z`.
    pub(crate) fn micros_utc(&self, at: Duration) -> String {
        self.date(at).to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// The form of the Pipelines service for a step: nanoseconds and `Z`.
    pub(crate) fn nanos_utc(&self, at: Duration) -> String {
        self.date(at).to_rfc3339_opts(SecondsFormat::Nanos, true)
    }

    /// The form of the main site: microseconds and `+00:00`.
    pub(crate) fn micros_offset(&self, at: Duration) -> String {
        self.date(at).to_rfc3339_opts(SecondsFormat::Micros, false)
    }

    fn date(&self, at: Duration) -> DateTime<Utc> {
        let since = TimeDelta::from_std(at).unwrap_or(TimeDelta::MAX);
        self.started_on.checked_add_signed(since).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
