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
use crate::errors::{Error, ErrorKind};
use crate::ext::polling::Polling;
use crate::ext::waiting::steps::{self, LogOfStep};
use crate::transport::Request;
use crate::types::PipelineStep;

pub(super) const MIN_DELAY: Duration = Duration::from_secs(1);
pub(super) const MAX_DELAY: Duration = Duration::from_secs(10);
/// After a body with so many new bytes, the next one is asked for without a delay.
const MUCH: usize = 16 * 1024;

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
    /// Nothing tells whether the bytes before it are still those that the caller knows, so a log that was replaced by
    /// one that is no shorter is not noticed. To notice it, begin some bytes earlier and compare them.
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

    /// Minimum and maximum delay between two requests while nothing is new; default 1 and 10 seconds. After new bytes
    /// the delay is the minimum again, and there is none where the service has more of them at once. Each request
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
        let polling = self.polling.every(minimum, maximum);
        self.polling(polling)
    }

    /// How long a 404 is tolerated; default 10 seconds. A step that was just created may not be found at once, and the
    /// log of a step that is over may be late.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowRequest;
    /// # fn run(follow: FollowRequest) {
    /// let patient = follow.grace_period(std::time::Duration::from_secs(60));
    /// # }
    /// ```
    #[inline]
    pub fn grace_period(self, grace_period: Duration) -> Self {
        let polling = self.polling.grace_period(grace_period);
        self.polling(polling)
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
        let following = Following { step: self.step, tail, polling: self.polling, over: None, fresh: 0 };
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
/// log moves to object storage. There is no time limit: a step that is never started, because it is manual for example,
/// is waited for until the stream is dropped. Five transient failures in a row are tolerated. They are the only
/// retries: the [`RetryPolicy`](crate::RetryPolicy) of the client does not apply, but one that was set for the request
/// does. Ranges and conditions of the request are ignored. An error ends the stream, and [`FollowedLog::position`]
/// tells where to resume.
///
/// Once the step is over, its state tells whether there must be a log. A step that was not run or was not started in
/// time has none: the stream is empty. One that was stopped or that the service could not run may have none: the stream
/// is empty after the [grace period](FollowRequest::grace_period). For any other, a log that is still missing then is
/// an error ([`Error::is_not_found`]): it is late, or it was removed, as the service does with old logs.
///
/// If the log is replaced by another one meanwhile, the stream ends with
/// [`ErrorKind::Changed`] before it returns anything of the other log. The last 4 KiB that
/// were returned are asked for again with each request and compared; a log with the same bytes in that place is not
/// recognised as another one.
///
/// A log that is being followed has no settings any more:
///
/// ```compile_fail,E0599
/// # use bitbucket_cloud::ext::logs::FollowRequest;
/// # fn run(follow: FollowRequest, known: u64) {
/// let log = follow.chunks().from(known);
/// # }
/// ```
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
    /// The step does not exist, its log is missing, a call failed and is not worth retrying or failed six times in a
    /// row, or asks for a delay of more than 24 hours (shorter ones are waited out), the log was replaced by another
    /// one ([`ErrorKind::Changed`]), or a response is not what was asked for ([`ErrorKind::Decode`]): other bytes, more
    /// than its `Content-Range` says, or an encoding.
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
            self.position = self.position.saturating_add(bytes.len() as u64);
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
    /// Whether the step was over before the last request for the log, and so whether there is one.
    over: Option<LogOfStep>,
    /// New bytes in the current body.
    fresh: usize,
}

impl Following {
    #[inline]
    async fn advance(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if !self.tail.is_open() {
                self.fresh = 0;
                // Once the step is over, no `If-None-Match` is sent: an ETag that did not change must not hide the last
                // bytes.
                match self.tail.open(self.over.is_none(), false).await {
                    Ok(Opening::Body) => self.polling.found(),
                    Ok(Opening::Nothing) if self.over.is_some() => return Ok(None),
                    Ok(Opening::Absent(error)) if self.over.is_some() => {
                        if self.is_without_log(error).await? {
                            return Ok(None);
                        }
                        continue;
                    }
                    Ok(Opening::Nothing | Opening::Absent(_)) => {
                        self.poll_step().await?;
                        continue;
                    }
                    Err(error) => {
                        self.failed(error).await?;
                        continue;
                    }
                }
            }
            match self.tail.chunk().await {
                Ok(Some(bytes)) => {
                    self.fresh = self.fresh.saturating_add(bytes.len());
                    self.polling.succeeded();
                    self.polling.reset();
                    return Ok(Some(bytes));
                }
                Ok(None) if self.tail.has_more() && self.fresh == 0 => {
                    let error = self.tail.error(ErrorKind::Transport, "the log ends before its length");
                    self.failed(error).await?;
                }
                Ok(None) if self.fresh > 0 && (self.over.is_some() || self.tail.has_more()) => {}
                Ok(None) if self.fresh >= MUCH => {}
                Ok(None) if self.over.is_some() => return Ok(None),
                Ok(None) => self.poll_step().await?,
                Err(error) => self.failed(error).await?,
            }
        }
    }

    /// Asks whether the step is over, and waits if it is not.
    #[inline]
    async fn poll_step(&mut self) -> Result<(), Error> {
        match self.step.clone().sending_json::<PipelineStep>().await {
            Ok(step) => {
                self.polling.succeeded();
                self.polling.found();
                if steps::is_over(&step) {
                    self.over = Some(steps::log_of(&step));
                    self.polling.reset();
                } else {
                    tokio::time::sleep(self.polling.next_delay()).await;
                }
                Ok(())
            }
            Err(error) if error.is_not_found() => {
                tokio::time::sleep(self.polling.absent(error)?).await;
                Ok(())
            }
            Err(error) => {
                self.fresh = 0;
                self.failed(error).await
            }
        }
    }

    /// After a 404 for the log of a step that is over: whether it has none. Otherwise waits, as the log may be late,
    /// and returns an error once the grace period is over.
    #[inline]
    async fn is_without_log(&mut self, error: Error) -> Result<bool, Error> {
        let expected = if self.tail.has_begun() { LogOfStep::Expected } else { self.over.unwrap_or_default() };
        if expected == LogOfStep::None {
            return Ok(true);
        }
        match self.polling.absent(error) {
            Ok(delay) => {
                tokio::time::sleep(delay).await;
                Ok(false)
            }
            Err(_) if expected == LogOfStep::Possible => Ok(true),
            Err(error) => Err(error.with_text("the step is over, and its log is missing: it is late, or was removed")),
        }
    }

    /// Waits after a transient failure, unless the connection broke after much had come; returns any other error.
    #[inline]
    async fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.tail.close();
        let is_transient = error.is_retryable();
        let delay = self.polling.failed(error, is_transient)?;
        if self.fresh < MUCH {
            tokio::time::sleep(delay).await;
        }
        Ok(())
    }
}
