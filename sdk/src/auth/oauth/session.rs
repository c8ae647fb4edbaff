//! The session that all clients with one `Credentials` value share: it hands out the current token, starts one refresh
//! for all who wait.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::task::{RefreshOutcome, RefreshTask};
use super::tokens::{Refreshed, TokenKeeper};
use super::{MARGIN, OAuth, lock};
use crate::auth::Authorization;
use crate::errors::CredentialError;

/// How many refreshes a call waits for that end without a result; each means a runtime that ended, or a panic.
const MAX_TASKS: usize = 3;

/// The tokens of all clients that share one `Credentials` value.
pub(crate) struct Session {
    keeper: TokenKeeper,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<CurrentHeader>,
    task: Option<RefreshTask>,
}

struct CurrentHeader {
    header: HeaderValue,
    good_until: Option<Instant>,
}

impl Session {
    pub(in crate::auth) fn new(oauth: OAuth) -> Self {
        Self { keeper: TokenKeeper::new(oauth), state: Mutex::default() }
    }

    pub(in crate::auth) fn oauth(&self) -> &OAuth {
        self.keeper.oauth()
    }

    /// The header with a token that has not expired.
    pub(in crate::auth) async fn authorization(self: &Arc<Self>, http: &reqwest::Client) -> RefreshOutcome {
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

    fn refresh(self: &Arc<Self>, http: &reqwest::Client) -> Result<RefreshTask, CredentialError> {
        let (session, http) = (Arc::clone(self), http.clone());
        RefreshTask::start(Box::pin(async move {
            let refreshed = session.keeper.refresh(&http).await?;
            session.adopt(&refreshed)
        }))
    }

    fn adopt(&self, refreshed: &Refreshed) -> RefreshOutcome {
        let tokens = &refreshed.tokens;
        let header = Authorization::bearer(tokens.access_token.clone()).map_err(CredentialError::permanent)?;
        let header = header.into_header();
        let left = tokens.expires_at.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let good_until = left.and_then(|left| Instant::now().checked_add(left - MARGIN.min(left / 10)));
        let mut state = lock(&self.state);
        state.current = Some(CurrentHeader { header: header.clone(), good_until });
        Ok(header)
    }

    /// Drops a token that the service answered 401 to, unless it was already replaced.
    pub(in crate::auth) fn refused(&self, used: &HeaderValue) {
        let mut state = lock(&self.state);
        if state.current.as_ref().is_some_and(|current| current.header == used) {
            state.current = None;
        }
    }
}

impl State {
    fn fresh(&self) -> Option<HeaderValue> {
        let current = self.current.as_ref()?;
        current.good_until.is_none_or(|until| Instant::now() < until).then(|| current.header.clone())
    }
}
