//! Waiting for pipelines, steps and deployments. The service has no way to be told, so it is asked, less often as time
//! goes by. What waits for a person or for build minutes does not end by itself, and ends the waiting all the same.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::ext::pace::{Pace, looked_at_again};
use crate::ext::state::State;
use crate::request::Request;

#[cfg(feature = "deployments")]
mod deployments;
mod outcome;
#[cfg(feature = "pipelines")]
mod pipelines;

#[cfg(feature = "deployments")]
pub use deployments::WaitForDeployment;
pub use outcome::{Outcome, Person};
#[cfg(feature = "pipelines")]
pub use pipelines::Wait;

type OnUpdate<'f, T> = Box<dyn FnMut(&T) + Send + 'f>;

/// How waiting ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waited<T> {
    /// How it ended.
    pub outcome: Outcome,
    /// What was waited for, as it was last seen.
    pub last: T,
}

/// Waiting that has not begun; it does so when it is awaited, and dropping it ends it. Nothing is stopped at the
/// service by that.
///
/// Failures that may pass by themselves are waited out, five in a row; each look is one request, whatever the
/// [`RetryPolicy`](crate::RetryPolicy) of the client, unless one was set for the request that is waited on.
#[must_use = "waiting does not begin before it is awaited"]
pub struct Waiting<'f, T> {
    request: Request,
    pace: Pace,
    timeout: Option<Duration>,
    on_update: Option<OnUpdate<'f, T>>,
}

impl<'f, T: DeserializeOwned + Send + 'static> Waiting<'f, T> {
    #[inline]
    pub(super) fn new(request: Request) -> Self {
        let pace = Pace::new(Duration::from_secs(2), Duration::from_secs(15));
        Self { request: looked_at_again(request), pace, timeout: None, on_update: None }
    }

    /// Shortest and longest pause between two looks; default 2 and 15 seconds. Each look counts against the hourly limit
    /// of the service.
    ///
    /// ```
    /// # fn run(waiting: bitbucket_cloud::ext::wait::Waiting<'_, serde_json::Value>) {
    /// use std::time::Duration;
    ///
    /// let waiting = waiting.poll_every(Duration::from_secs(10), Duration::from_secs(60));
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        self.pace = Pace::new(least, most);
        self
    }

    /// Gives up after that time with an error of [`ErrorKind::Timeout`]; default never.
    ///
    /// ```
    /// # fn run(waiting: bitbucket_cloud::ext::wait::Waiting<'_, serde_json::Value>) {
    /// let waiting = waiting.timeout(std::time::Duration::from_secs(3600));
    /// # }
    /// ```
    #[inline]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Calls a function with what each look has seen, changed or not.
    ///
    /// ```
    /// # fn run(waiting: bitbucket_cloud::ext::wait::Waiting<'_, serde_json::Value>) {
    /// let waiting = waiting.on_update(|seen| println!("{}", seen["state"]["name"]));
    /// # }
    /// ```
    #[inline]
    pub fn on_update(mut self, on_update: impl FnMut(&T) + Send + 'f) -> Self {
        self.on_update = Some(Box::new(on_update));
        self
    }

    #[inline]
    async fn run(mut self) -> Result<Waited<T>, Error> {
        let end = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut seen = String::from("nothing was seen");
        loop {
            let look = self.look();
            let look = match end {
                Some(end) => tokio::time::timeout_at(end, look).await.map_err(|_| self.late(&seen))?,
                None => look.await,
            };
            let pause = match look {
                Ok((state, last)) => {
                    self.pace.answered();
                    if let Some(on_update) = &mut self.on_update {
                        on_update(&last);
                    }
                    if let Some(outcome) = Outcome::of(&state) {
                        return Ok(Waited { outcome, last });
                    }
                    seen = format!("last seen as {}", state.words());
                    self.pace.next()
                }
                Err(error) => {
                    let passing = error.is_retryable();
                    self.pace.endure(error, passing)?
                }
            };
            if end.is_some_and(|end| Instant::now() + pause >= end) {
                if let Some(end) = end {
                    tokio::time::sleep_until(end).await;
                }
                return Err(self.late(&seen));
            }
            tokio::time::sleep(pause).await;
        }
    }

    #[inline]
    fn look(&self) -> impl Future<Output = Result<(State, T), Error>> + Send + 'static {
        let fetching = self.request.clone().sending_fetched();
        async move {
            let fetched = fetching.await?;
            let state = State::read(&fetched.body);
            Ok((state, fetched.decode::<T>()?.into_inner()))
        }
    }

    #[cold]
    #[inline]
    fn late(&self, seen: &str) -> Error {
        let text = format!("it was not over in time; {seen}");
        Error::other(ErrorKind::Timeout, &self.request.endpoint, text)
    }
}

impl<'f, T: DeserializeOwned + Send + 'static> IntoFuture for Waiting<'f, T> {
    type Output = Result<Waited<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'f>>;

    /// Waits.
    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Waiting<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("request", &self.request)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
