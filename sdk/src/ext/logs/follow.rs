//! Follows the log of a running step. The service has no long polling, so it is polled: for the bytes after those that
//! are known and, if there are none, for the state of the step, which alone tells whether the log has ended.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;

use super::lines::Lines;
use super::tail::{Opening, Tail};
use crate::boxed::BoxStream;
use crate::errors::Error;
use crate::ext::polling::Polling;
use crate::ext::waiting::steps;
use crate::transport::Request;
use crate::types::PipelineStep;

pub(super) const MIN_DELAY: Duration = Duration::from_secs(1);
pub(super) const MAX_DELAY: Duration = Duration::from_secs(10);

/// Follows the log of a step, from [`StepLog::follow`](super::StepLog::follow). Nothing is sent before the chunks or
/// lines are polled.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::prelude::*;
///
/// let repository = client.repository("acme", "rocket");
/// let mut lines = repository.pipelines().get_step_log(42, "{step}").follow().lines();
/// while let Some(line) = lines.next().await {
///     println!("{}", line?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a log is not followed before its chunks or lines are polled"]
pub struct FollowRequest {
    step: Request,
    log: Request,
    from: u64,
    polling: Polling,
}

impl FollowRequest {
    #[inline]
    pub(super) fn new(step: Request, log: Request) -> Self {
        Self { step: step.without_retries(), log, from: 0, polling: Polling::new(MIN_DELAY, MAX_DELAY) }
    }

    /// Begins at this byte, 0-based, instead of at the beginning.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowRequest;
    /// # fn run(follow: FollowRequest, known: u64) {
    /// let rest = follow.from(known).chunks();
    /// # }
    /// ```
    #[inline]
    pub fn from(mut self, byte: u64) -> Self {
        self.from = byte;
        self
    }

    /// Minimum and maximum delay between two requests while nothing is new; default 1 and 10 seconds. Each request
    /// counts against the hourly limit of the service.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowRequest;
    /// # fn run(follow: FollowRequest) {
    /// use std::time::Duration;
    ///
    /// let patient = follow.poll_every(Duration::from_secs(5), Duration::from_secs(30));
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(self, minimum: Duration, maximum: Duration) -> Self {
        self.polling(Polling::new(minimum, maximum))
    }

    #[inline]
    pub(super) fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Streams the bytes of the log.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::FollowRequest;
    /// # async fn run(follow: FollowRequest) -> Result<(), bitbucket_cloud::Error> {
    /// let mut chunks = follow.chunks();
    /// while let Some(bytes) = chunks.next().await {
    ///     print!("{}", String::from_utf8_lossy(&bytes?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn chunks(self) -> FollowedLog {
        let tail = Tail::new(self.log, self.from);
        let following = Following { step: self.step, tail, polling: self.polling, over: false, fresh: false };
        let chunks = stream::try_unfold(Box::new(following), |mut following| async move {
            Ok(following.advance().await?.map(|bytes| (bytes, following)))
        });
        FollowedLog { chunks: Box::pin(chunks), position: self.from }
    }

    /// Streams the lines of the log; an unfinished line is returned when the log ends.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowRequest;
    /// # fn run(follow: FollowRequest) {
    /// let lines = follow.lines();
    /// # }
    /// ```
    #[inline]
    pub fn lines(self) -> Lines<FollowedLog> {
        Lines::new(self.chunks())
    }
}

/// The log of a step as a stream of chunks, until the step is over, from [`FollowRequest::chunks`].
///
/// It waits while there is no log yet and while nothing is new, resumes where a connection broke, and goes on when the
/// log moves to object storage. Five transient failures in a row are tolerated. They are the only retries: the
/// [`RetryPolicy`](crate::RetryPolicy) of the client does not apply, but one that was set for the request does. A step
/// that did not run has no log, and its stream is empty. An error ends the stream, and [`FollowedLog::position`] tells
/// where to resume.
#[must_use = "a stream does nothing until it is polled"]
pub struct FollowedLog {
    chunks: BoxStream<Result<Bytes, Error>>,
    position: u64,
}

impl FollowedLog {
    /// Position after the last byte that was returned.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowedLog;
    /// # fn run(log: FollowedLog) {
    /// println!("{} bytes so far", log.position());
    /// # }
    /// ```
    #[inline]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next bytes; `None` once the step is over and its log has been read to the end.
    ///
    /// # Errors
    ///
    /// The step does not exist, a call failed and is not worth retrying or failed six times in a row, or the log was
    /// replaced by another one ([`ErrorKind::Changed`](crate::ErrorKind::Changed)).
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::FollowedLog;
    /// # async fn run(mut log: FollowedLog) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(bytes) = log.next().await {
    ///     print!("{}", String::from_utf8_lossy(&bytes?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for FollowedLog {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.chunks.as_mut().poll_next(context));
        if let Some(Ok(bytes)) = &item {
            self.position += bytes.len() as u64;
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for FollowedLog {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowedLog").field("position", &self.position).finish_non_exhaustive()
    }
}

struct Following {
    step: Request,
    tail: Tail,
    polling: Polling,
    /// Whether the step was over before the last request for the log.
    over: bool,
    /// Whether the current body had new bytes.
    fresh: bool,
}

impl Following {
    #[inline]
    async fn advance(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if !self.tail.is_open() {
                self.fresh = false;
                // Once the step is over, no `If-None-Match` is sent: an ETag that did not change must not hide the last
                // bytes.
                match self.tail.open(!self.over, false).await {
                    // The log was there before: it is being moved to object storage.
                    Ok(Opening::Absent(error)) if self.over && self.tail.position > 0 => {
                        self.failed(error).await?;
                        continue;
                    }
                    Ok(Opening::Body | Opening::Nothing | Opening::Absent(_)) => {}
                    Err(error) => {
                        self.failed(error).await?;
                        continue;
                    }
                }
            }
            match self.tail.chunk().await {
                Ok(Some(bytes)) => {
                    self.fresh = true;
                    self.polling.succeeded();
                    return Ok(Some(bytes));
                }
                Ok(None) if self.fresh => self.polling.reset(),
                Ok(None) if self.over => return Ok(None),
                Ok(None) => {}
                Err(error) => {
                    self.failed(error).await?;
                    continue;
                }
            }
            if self.over {
                continue;
            }
            match self.step.clone().sending_json::<PipelineStep>().await {
                Ok(step) if steps::is_over(&step) => self.over = true,
                Ok(_) => {
                    self.polling.succeeded();
                    tokio::time::sleep(self.polling.next_delay()).await;
                }
                Err(error) => self.failed(error).await?,
            }
        }
    }

    /// Waits after a transient failure; returns any other error.
    #[inline]
    async fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.tail.close();
        let is_transient = error.is_retryable() || error.is_not_found() && self.tail.position > 0;
        tokio::time::sleep(self.polling.failed(error, is_transient)?).await;
        Ok(())
    }
}
