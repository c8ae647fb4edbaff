//! A refresh as a task of its own, so that no caller that is dropped ends it. A runtime can end the task, or not drive
//! it any more: whoever waits notices both, takes away what is left of it and begins anew.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::lock;
use crate::boxed::BoxFuture;
use crate::errors::CredentialError;

/// How often a task says that it is driven.
const BEAT: Duration = Duration::from_secs(1);
/// After this time without a word, the runtime of a task counts as stopped.
const SILENCE: Duration = Duration::from_secs(5);
/// A runtime that was blocked has this long to go on with the task, before the one who waits believes in the silence.
const DOUBT: Duration = Duration::from_millis(50);

pub(super) type RefreshOutcome = Result<HeaderValue, CredentialError>;

/// A refresh under way or over.
#[derive(Clone)]
pub(super) struct RefreshTask {
    shared: Arc<TaskState>,
    /// Closed without an outcome if the runtime dropped the task.
    outcome: watch::Receiver<Option<RefreshOutcome>>,
}

struct TaskState {
    /// Kept outside of the task, so that it can be taken away from a runtime that does not drive it.
    work: Mutex<Option<BoxFuture<'static, RefreshOutcome>>>,
    beat: Mutex<Instant>,
}

impl RefreshTask {
    #[inline]
    pub(super) fn start(work: BoxFuture<'static, RefreshOutcome>) -> Result<Self, CredentialError> {
        let runtime = Handle::try_current()
            .map_err(|_| CredentialError::permanent("tokens are fetched in a Tokio runtime only"))?;
        let (sender, outcome) = watch::channel(None);
        let shared = Arc::new(TaskState { work: Mutex::new(Some(work)), beat: Mutex::new(Instant::now()) });
        let mut driver = Driver(Arc::clone(&shared));
        runtime.spawn(async move {
            let outcome = loop {
                match timeout(BEAT, &mut driver).await {
                    Ok(outcome) => break outcome,
                    Err(_) => *lock(&driver.0.beat) = Instant::now(),
                }
            };
            sender.send_replace(outcome);
        });
        Ok(Self { shared, outcome })
    }

    /// Waits for the end; `None` if there will be none.
    #[inline]
    pub(super) async fn outcome(&self) -> Option<RefreshOutcome> {
        let mut outcome = self.outcome.clone();
        loop {
            let silent = self.is_silent();
            match timeout(if silent { DOUBT } else { BEAT }, outcome.wait_for(Option::is_some)).await {
                Ok(Ok(outcome)) => return outcome.clone(),
                Ok(Err(_)) => return None,
                Err(_) if silent && self.is_silent() => return None,
                Err(_) => {}
            }
        }
    }

    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.outcome.has_changed().is_err() || self.outcome.borrow().is_some()
    }

    #[inline]
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Drops what is left of the work, with all that it holds.
    #[inline]
    pub(super) fn cancel(&self) {
        self.shared.cancel();
    }

    #[inline]
    fn is_silent(&self) -> bool {
        // While it is polled, it is driven.
        lock(&self.shared.beat).elapsed() > SILENCE && self.shared.work.try_lock().is_ok()
    }
}

impl TaskState {
    #[inline]
    fn cancel(&self) {
        // Dropped after the mutex is free: it may be the caller's code that is dropped.
        let work = lock(&self.work).take();
        drop(work);
    }
}

/// Polls the work, and drops it if the runtime ends.
struct Driver(Arc<TaskState>);

impl Future for Driver {
    type Output = Option<RefreshOutcome>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut work = lock(&self.0.work);
        let Some(running) = work.as_mut() else { return Poll::Ready(None) };
        let outcome = ready!(running.as_mut().poll(context));
        *work = None;
        Poll::Ready(Some(outcome))
    }
}

impl Drop for Driver {
    #[inline]
    fn drop(&mut self) {
        self.0.cancel();
    }
}
