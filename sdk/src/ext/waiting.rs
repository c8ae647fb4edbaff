//! Waiting for pipelines, steps and deployments. The service has no way to be told, so it is asked, less often as time
//! goes by. What waits for a person or for build minutes does not end by itself, and ends the waiting all the same.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::ext::polling::Polling;
use crate::transport::Request;

#[cfg(feature = "deployments")]
mod deployments;
mod outcome;
#[cfg(feature = "pipelines")]
mod pipelines;
pub(crate) mod steps;

#[cfg(feature = "deployments")]
pub use deployments::WaitForDeployment;
pub use outcome::Outcome;
#[cfg(feature = "pipelines")]
pub use pipelines::Wait;
#[cfg(feature = "pipelines")]
pub(crate) use pipelines::is_at_rest;

const MIN_DELAY: Duration = Duration::from_secs(2);
const MAX_DELAY: Duration = Duration::from_secs(15);

/// How waiting ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waited<T> {
    /// How it ended.
    pub outcome: Outcome,
    /// What was waited for, as it was last seen.
    pub last: T,
}

/// Waiting that has not begun; it does so when it is sent or awaited, and dropping it ends it. Nothing is stopped at the
/// service by that.
///
/// Failures that may pass by themselves are waited out, five in a row; each look is one request, whatever the
/// [`RetryPolicy`](crate::RetryPolicy) of the client.
///
/// ```no_run
/// # #[cfg(feature = "pipelines")]
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::prelude::*;
/// use std::time::Duration;
///
/// let repository = client.repository("acme", "rocket");
/// let wait = repository.pipelines().wait(42).timeout(Duration::from_secs(3600));
/// println!("{}", wait.send().await?.outcome);
/// # Ok(())
/// # }
/// ```
#[must_use = "waiting does not begin before it is sent"]
pub struct WaitRequest<'f, T> {
    request: Request,
    look: Look<T>,
    polling: Polling,
    timeout: Option<Duration>,
    on_update: Option<OnUpdate<'f, T>>,
}

type OnUpdate<'f, T> = Box<dyn FnMut(&T) + Send + 'f>;

/// How what is waited for is read.
pub(super) struct Look<T> {
    /// How it ended, or why it does not go on; `None` while it goes on.
    pub(super) outcome: fn(&T) -> Option<Outcome>,
    /// Its state in the service's words.
    pub(super) state: fn(&T) -> String,
}

impl<'f, T: DeserializeOwned + Send + 'static> WaitRequest<'f, T> {
    #[inline]
    pub(super) fn new(request: Request, look: Look<T>) -> Self {
        let polling = Polling::new(MIN_DELAY, MAX_DELAY);
        Self { request: request.without_retries(), look, polling, timeout: None, on_update: None }
    }

    /// Shortest and longest delay between two looks; default 2 and 15 seconds. Each look counts against the hourly limit
    /// of the service.
    ///
    /// ```
    /// # #[cfg(feature = "pipelines")] {
    /// # use bitbucket_cloud::{ext::waiting::WaitRequest, types::Pipeline};
    /// # fn run(wait: WaitRequest<'_, Pipeline>) {
    /// use std::time::Duration;
    ///
    /// let wait = wait.poll_every(Duration::from_secs(10), Duration::from_secs(60));
    /// # }
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(mut self, minimum: Duration, maximum: Duration) -> Self {
        self.polling = Polling::new(minimum, maximum);
        self
    }

    /// Gives up after that time with an error of [`ErrorKind::Timeout`]; default never.
    ///
    /// ```
    /// # #[cfg(feature = "pipelines")] {
    /// # use bitbucket_cloud::{ext::waiting::WaitRequest, types::Pipeline};
    /// # fn run(wait: WaitRequest<'_, Pipeline>) {
    /// let wait = wait.timeout(std::time::Duration::from_secs(3600));
    /// # }
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
    /// # #[cfg(feature = "pipelines")] {
    /// # use bitbucket_cloud::{ext::waiting::WaitRequest, types::Pipeline};
    /// # fn run(wait: WaitRequest<'_, Pipeline>) {
    /// let wait = wait.on_update(|pipeline| println!("{:?}", pipeline.state_name()));
    /// # }
    /// # }
    /// ```
    #[inline]
    pub fn on_update(mut self, on_update: impl FnMut(&T) + Send + 'f) -> Self {
        self.on_update = Some(Box::new(on_update));
        self
    }

    /// Waits. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// A look that failed and may not be repeated, such as 404, with the address that was called; the sixth failure in a
    /// row; [`ErrorKind::Timeout`] with the state that was last seen.
    ///
    /// ```no_run
    /// # #[cfg(feature = "pipelines")]
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let done = repository.pipelines().wait(42).send().await?;
    /// println!("{}: {}", done.outcome, done.last.result_name().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> BoxFuture<'f, Result<Waited<T>, Error>> {
        Box::pin(self.run())
    }

    #[inline]
    async fn run(mut self) -> Result<Waited<T>, Error> {
        let end = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut seen = String::from("nothing was seen");
        loop {
            let look = self.request.clone().sending_json::<T>();
            let look = match end {
                Some(end) => tokio::time::timeout_at(end, look).await.map_err(|_| self.late(&seen))?,
                None => look.await,
            };
            let delay = match look {
                Ok(response) => {
                    let last = response.into_inner();
                    self.polling.succeeded();
                    if let Some(on_update) = &mut self.on_update {
                        on_update(&last);
                    }
                    if let Some(outcome) = (self.look.outcome)(&last) {
                        return Ok(Waited { outcome, last });
                    }
                    seen = format!("last seen as {}", (self.look.state)(&last));
                    self.polling.next_delay()
                }
                Err(error) => {
                    let is_transient = error.is_retryable();
                    self.polling.failed(error, is_transient)?
                }
            };
            if end.is_some_and(|end| Instant::now() + delay >= end) {
                if let Some(end) = end {
                    tokio::time::sleep_until(end).await;
                }
                return Err(self.late(&seen));
            }
            tokio::time::sleep(delay).await;
        }
    }

    #[cold]
    #[inline]
    fn late(&self, seen: &str) -> Error {
        self.request.error(ErrorKind::Timeout, format!("it was not over in time; {seen}"))
    }
}

impl<'f, T: DeserializeOwned + Send + 'static> IntoFuture for WaitRequest<'f, T> {
    type Output = Result<Waited<T>, Error>;
    type IntoFuture = BoxFuture<'f, Self::Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl<T> fmt::Debug for WaitRequest<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitRequest")
            .field("request", &self.request)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
