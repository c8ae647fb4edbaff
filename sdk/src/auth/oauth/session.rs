//! The session that all clients with one `Credentials` value share: it hands out the current token, starts one refresh
//! for all who wait, and decides after a 401 whether another token is worth a try.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::task::{RefreshOutcome, RefreshTask};
use super::tokens::{Refreshed, TokenKeeper};
use super::{MARGIN, OAuth, lock};
use crate::auth::{Authorization, Renewable, Renewal};
use crate::boxed::BoxFuture;
use crate::errors::CredentialError;

/// How many refreshes a call waits for that end without a result; each means a runtime that ended, or a panic.
const MAX_TASKS: usize = 3;
/// How long a token that replaced a refused one is not replaced in its turn, the first time and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// The tokens of all clients that share one `Credentials` value.
pub(super) struct Session {
    keeper: TokenKeeper,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<CurrentHeader>,
    task: Option<RefreshTask>,
    pause: Option<Pause>,
}

struct CurrentHeader {
    header: HeaderValue,
    good_until: Option<Instant>,
}

impl Session {
    #[inline]
    pub(super) fn new(oauth: OAuth) -> Self {
        Self { keeper: TokenKeeper::new(oauth), state: Mutex::default() }
    }

    #[inline]
    async fn header(self: &Arc<Self>, http: &reqwest::Client) -> RefreshOutcome {
        for _ in 0..MAX_TASKS {
            let task = {
                let mut state = lock(&self.state);
                if let Some(header) = state.fresh() {
                    return Ok(header);
                }
                match state.task.as_ref().filter(|task| !task.is_over()) {
                    Some(task) => task.clone(),
                    None => state.task.insert(self.refresh(http)?).clone(),
                }
            };
            if let Some(outcome) = task.outcome().await {
                return outcome;
            }
            task.cancel();
            let mut state = lock(&self.state);
            if state.task.as_ref().is_some_and(|known| known.is(&task)) {
                state.task = None;
            }
        }
        Err(CredentialError::new("the refresh of the tokens ended without a result"))
    }

    #[inline]
    fn refresh(self: &Arc<Self>, http: &reqwest::Client) -> Result<RefreshTask, CredentialError> {
        let (session, http) = (Arc::clone(self), http.clone());
        RefreshTask::start(Box::pin(async move {
            let refreshed = session.keeper.refresh(&http).await?;
            session.adopt(&refreshed)
        }))
    }

    #[inline]
    fn adopt(&self, refreshed: &Refreshed) -> RefreshOutcome {
        let tokens = &refreshed.tokens;
        let header = Authorization::bearer(tokens.access_token.clone()).map_err(CredentialError::permanent)?;
        let header = header.into_header();
        let left = tokens.expires_at.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let good_until = left.and_then(|left| Instant::now().checked_add(left - MARGIN.min(left / 10)));
        let mut state = lock(&self.state);
        state.current = Some(CurrentHeader { header: header.clone(), good_until });
        if !refreshed.issued {
            // From another process: that it replaced a refused one says nothing against it.
            state.pause = None;
        }
        Ok(header)
    }
}

impl Renewable for Arc<Session> {
    #[inline]
    fn check(&self, allow_plain_http: bool) -> Result<(), String> {
        self.keeper.oauth().check(allow_plain_http)
    }

    #[inline]
    fn authorization<'a>(&'a self, http: &'a reqwest::Client) -> BoxFuture<'a, RefreshOutcome> {
        Box::pin(self.header(http))
    }

    #[inline]
    fn refused<'a>(&'a self, used: &'a HeaderValue) -> BoxFuture<'a, Renewal> {
        Box::pin(ready(self.replace(used)))
    }
}

impl Session {
    /// After a 401: drops the token, unless another call has done so, or it is new and replaced another that was
    /// refused.
    #[inline]
    fn replace(&self, used: &HeaderValue) -> Renewal {
        let mut state = lock(&self.state);
        if state.current.as_ref().is_none_or(|current| current.header != used) {
            return Renewal::Known;
        }
        let Some(pause) = Pause::after(state.pause, Instant::now()) else { return Renewal::Nothing };
        (state.pause, state.current) = (Some(pause), None);
        Renewal::New
    }
}

impl State {
    #[inline]
    fn fresh(&self) -> Option<HeaderValue> {
        let current = self.current.as_ref()?;
        current.good_until.is_none_or(|until| Instant::now() < until).then(|| current.header.clone())
    }
}

/// The time in which a refused token is not replaced, because it replaced another one a moment ago.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pause {
    since: Instant,
    length: Duration,
}

impl Pause {
    /// The pause that begins if a token is replaced now; `None` if the last one is not over.
    #[inline]
    fn after(last: Option<Self>, now: Instant) -> Option<Self> {
        let length = match last {
            Some(last) if now < last.since + last.length => return None,
            // Refused again, and not long ago.
            Some(last) if now < last.since + 2 * MAX_PAUSE => MAX_PAUSE.min(2 * last.length),
            _ => FIRST_PAUSE,
        };
        Some(Self { since: now, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_new_tokens_are_refused() {
        let (begin, mut pause, mut replaced) = (Instant::now(), None, Vec::new());
        // A service that refuses each token, called each second of an hour.
        for second in 0..3600 {
            if let Some(next) = Pause::after(pause, begin + Duration::from_secs(second)) {
                pause = Some(next);
                replaced.push(second);
            }
        }
        assert_eq!(replaced[..8], [0, 10, 30, 70, 150, 310, 610, 910]);
        assert_eq!(replaced.len(), 16);
        // Later it begins anew.
        let later = begin + Duration::from_secs(9000);
        assert_eq!(Pause::after(pause, later), Some(Pause { since: later, length: FIRST_PAUSE }));
    }
}
