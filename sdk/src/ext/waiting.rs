//! Waits for pipelines, steps and deployments by polling, less often as time goes by. Waiting also ends when something
//! is paused for a manual step or halted for want of build minutes, because it may never go on.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::backoff::LONGEST;
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
pub(crate) use pipelines::has_outcome;

const MIN_DELAY: Duration = Duration::from_secs(2);
const MAX_DELAY: Duration = Duration::from_secs(15);
/// Default of the time limit. Steps may run for hours and wait for their turn before; what is paused ends the waiting.
const TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Result of waiting.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waited<T> {
    /// How it ended, or why it does not go on.
    pub outcome: Outcome,
    /// The pipeline, step or deployment as it was read last.
    pub last: T,
}

/// Waits for a pipeline, a step or a deployment. It begins with `send` or `.await`; dropping the future ends the
/// waiting and leaves the pipeline running.
///
/// Waiting is limited to 24 hours, unless [`timeout`](Self::timeout) says something else. A 404 is tolerated for some
/// seconds, as what was just created may not be found at once ([`grace_period`](Self::grace_period)), and so are five
/// transient failures in a row. They are the only retries: the [`RetryPolicy`](crate::RetryPolicy) of the client does
/// not apply. A delay that the service or the [`Throttle`](crate::Throttle) asks for is waited out, for 24 hours at most.
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
#[must_use = "waiting does not begin before the request is sent"]
pub struct WaitRequest<'f, T> {
    request: Request,
    evaluator: Evaluator<T>,
    polling: Polling,
    timeout: Option<Duration>,
    on_update: Option<OnUpdate<'f, T>>,
}

type OnUpdate<'f, T> = Box<dyn FnMut(&T) + Send + 'f>;

/// How a resource that is waited for is evaluated.
pub(super) struct Evaluator<T> {
    /// How it ended, or why it does not go on; `None` while it goes on.
    pub(super) outcome: fn(&T) -> Option<Outcome>,
    /// Its state, as the service names it.
    pub(super) state: fn(&T) -> String,
}

impl<'f, T: DeserializeOwned + Send + 'static> WaitRequest<'f, T> {
    #[inline]
    pub(super) fn new(request: Request, evaluator: Evaluator<T>) -> Self {
        let polling = Polling::new(MIN_DELAY, MAX_DELAY);
        Self { request: request.without_retries(), evaluator, polling, timeout: Some(TIMEOUT), on_update: None }
    }

    /// Minimum and maximum delay between two requests; default 2 and 15 seconds. Each request counts against the hourly
    /// limit of the service.
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
        self.polling = self.polling.every(minimum, maximum);
        self
    }

    /// How long a 404 is tolerated; default 10 seconds. For something that has existed for a while, zero makes a 404 an
    /// error at once.
    ///
    /// ```
    /// # #[cfg(feature = "pipelines")] {
    /// # use bitbucket_cloud::{ext::waiting::WaitRequest, types::Pipeline};
    /// # fn run(wait: WaitRequest<'_, Pipeline>) {
    /// let wait = wait.grace_period(std::time::Duration::ZERO);
    /// # }
    /// # }
    /// ```
    #[inline]
    pub fn grace_period(mut self, grace_period: Duration) -> Self {
        self.polling = self.polling.grace_period(grace_period);
        self
    }

    /// Gives up after this time with an error of [`ErrorKind::Timeout`]; default 24 hours, `None` for no limit. What is
    /// waited for goes on all the same, so waiting can begin again after that error.
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
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Sets a function that is called with what each request returned, whether or not it has changed.
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
    /// A request failed and is not worth retrying, or failed six times in a row, or asks for a longer delay than the
    /// timeout leaves time for; there was nothing to wait for within the grace period ([`Error::is_not_found`]); the
    /// timeout is over ([`ErrorKind::Timeout`]), and the error names the last state.
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
        let end = self.timeout.map(|timeout| Instant::now() + timeout.min(LONGEST));
        let mut last_state = String::from("no state was read");
        loop {
            let response = self.request.clone().sending_json::<T>();
            let response = match end {
                Some(end) => tokio::time::timeout_at(end, response).await.map_err(|_| self.timed_out(&last_state))?,
                None => response.await,
            };
            let delay = match response {
                Ok(response) => {
                    let last = response.into_inner();
                    self.polling.succeeded();
                    self.polling.found();
                    if let Some(on_update) = &mut self.on_update {
                        on_update(&last);
                    }
                    if let Some(outcome) = (self.evaluator.outcome)(&last) {
                        return Ok(Waited { outcome, last });
                    }
                    last_state = format!("its last state is {}", (self.evaluator.state)(&last));
                    self.polling.next_delay()
                }
                Err(error) if error.is_not_found() => self.polling.absent(error)?,
                Err(error) => {
                    let is_transient = error.is_retryable();
                    self.polling.failed_before(error, is_transient, end)?
                }
            };
            if end.is_some_and(|end| Instant::now().checked_add(delay).is_none_or(|next| next >= end)) {
                if let Some(end) = end {
                    tokio::time::sleep_until(end).await;
                }
                return Err(self.timed_out(&last_state));
            }
            tokio::time::sleep(delay).await;
        }
    }

    #[cold]
    #[inline]
    fn timed_out(&self, last_state: &str) -> Error {
        self.request
            .error(ErrorKind::Timeout, format!("it was not over in time; {last_state}; waiting can begin again"))
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

/// The name of a part of a state whose variant this version of the crate does not know.
#[inline]
fn part_name<'s>(state: &'s serde_json::Map<String, serde_json::Value>, part: &str) -> Option<&'s str> {
    state.get(part)?.get("name")?.as_str()
}
