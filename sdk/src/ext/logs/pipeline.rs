//! The logs of a whole pipeline, one step after the other.

use std::collections::HashSet;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;

use super::StepLog;
use super::follow::{FollowedLog, MAX_DELAY, MIN_DELAY};
use super::lines::PipelineLogLines;
use crate::boxed::BoxStream;
use crate::client::RepositoryHandle;
use crate::errors::Error;
use crate::ext::pagination::Paginate;
use crate::ext::polling::Polling;
use crate::ext::waiting::{has_outcome, steps};
use crate::generated::groups::pipelines::RepositoryPipelines;
use crate::generated::id;
use crate::transport::{Identified, Identify, Request};

/// Which step a chunk or line belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepLabel {
    /// UUID of the step, in braces.
    pub uuid: String,
    /// Name of the step; empty if it has none.
    pub name: String,
    /// Index of the step in the pipeline, 0-based.
    pub index: usize,
}

/// A chunk of the log of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogChunk {
    /// The step.
    pub step: Arc<StepLabel>,
    /// The bytes; a chunk may end in the middle of a line.
    pub bytes: Bytes,
}

/// Follows the logs of a whole pipeline; for [`RepositoryHandle::pipelines`].
pub trait FollowPipeline {
    /// Follows the logs of the steps of a pipeline in their order, each from its beginning to its end, until the
    /// pipeline has ended, is paused before a manual step, or is halted by the service. Then it ends at the first step that
    /// has not begun: what comes after a step that was skipped or is paused is not shown.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let mut lines = repository.pipelines().follow("{pipeline}").lines();
    /// while let Some(line) = lines.next().await {
    ///     let line = line?;
    ///     println!("{}: {}", line.step.name, line.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn follow(&self, pipeline: impl Identify<id::Pipeline>) -> FollowPipelineRequest;
}

impl FollowPipeline for RepositoryPipelines<'_> {
    #[inline]
    fn follow(&self, pipeline: impl Identify<id::Pipeline>) -> FollowPipelineRequest {
        let polling = Polling::new(MIN_DELAY, MAX_DELAY);
        FollowPipelineRequest { repository: self.scope.clone(), pipeline: pipeline.id(), polling }
    }
}

/// Follows the logs of a pipeline, from [`FollowPipeline::follow`]. Nothing is sent before the chunks or lines are
/// polled.
#[derive(Debug, Clone)]
#[must_use = "logs are not followed before their chunks or lines are polled"]
pub struct FollowPipelineRequest {
    repository: RepositoryHandle,
    pipeline: Identified,
    polling: Polling,
}

impl FollowPipelineRequest {
    /// Minimum and maximum delay between two requests while nothing is new; default 1 and 10 seconds.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowPipelineRequest;
    /// # fn run(follow: FollowPipelineRequest) {
    /// use std::time::Duration;
    ///
    /// let patient = follow.poll_every(Duration::from_secs(5), Duration::from_secs(30));
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(mut self, minimum: Duration, maximum: Duration) -> Self {
        self.polling = self.polling.every(minimum, maximum);
        self
    }

    /// How long a 404 is tolerated; default 10 seconds. A pipeline that was just created may not be found at once, and
    /// the log of a step that is over may be late.
    ///
    /// ```
    /// # use bitbucket_cloud::ext::logs::FollowPipelineRequest;
    /// # fn run(follow: FollowPipelineRequest) {
    /// let patient = follow.grace_period(std::time::Duration::from_secs(60));
    /// # }
    /// ```
    #[inline]
    pub fn grace_period(mut self, grace_period: Duration) -> Self {
        self.polling = self.polling.grace_period(grace_period);
        self
    }

    /// Streams the bytes of the logs, each chunk with its step.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::FollowPipelineRequest;
    /// # async fn run(follow: FollowPipelineRequest) -> Result<(), bitbucket_cloud::Error> {
    /// let mut chunks = follow.chunks();
    /// while let Some(chunk) = chunks.next().await {
    ///     let chunk = chunk?;
    ///     println!("{} bytes of {}", chunk.bytes.len(), chunk.step.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn chunks(self) -> PipelineLog {
        let Self { repository, pipeline, polling } = self;
        let following = FollowingSteps { repository, pipeline, polling, current: None, done: HashSet::new() };
        let chunks = stream::try_unfold(Box::new(following), |mut following| async move {
            Ok(following.next_chunk().await?.map(|chunk| (chunk, following)))
        });
        PipelineLog(Box::pin(chunks))
    }

    /// Streams the lines of the logs, each with its step.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::FollowPipelineRequest;
    /// # async fn run(follow: FollowPipelineRequest) -> Result<(), bitbucket_cloud::Error> {
    /// let mut lines = follow.lines();
    /// while let Some(line) = lines.next().await {
    ///     let line = line?;
    ///     println!("{} {}: {}", line.step.index, line.step.name, line.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn lines(self) -> PipelineLogLines {
        PipelineLogLines::new(self.chunks())
    }
}

/// The logs of a pipeline as a stream of chunks, from [`FollowPipelineRequest::chunks`]. An error ends the stream.
/// There is no time limit: a pipeline that is never started is waited for until the stream is dropped. For logs that
/// are missing or replaced, see [`FollowedLog`].
///
/// What is being followed has no settings any more:
///
/// ```compile_fail,E0599
/// # use bitbucket_cloud::ext::logs::FollowPipelineRequest;
/// # fn run(follow: FollowPipelineRequest) {
/// use std::time::Duration;
///
/// let chunks = follow.chunks();
/// let patient = chunks.poll_every(Duration::from_secs(5), Duration::from_secs(30));
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct PipelineLog(BoxStream<Result<LogChunk, Error>>);

impl PipelineLog {
    /// The next bytes of the current step; `None` once the pipeline has ended, is paused or is halted.
    ///
    /// # Errors
    ///
    /// As [`FollowedLog::next`].
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::PipelineLog;
    /// # async fn run(mut log: PipelineLog) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(chunk) = log.next().await {
    ///     println!("{} bytes", chunk?.bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<LogChunk, Error>> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl Stream for PipelineLog {
    type Item = Result<LogChunk, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for PipelineLog {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineLog").finish_non_exhaustive()
    }
}

struct FollowingSteps {
    repository: RepositoryHandle,
    pipeline: Identified,
    polling: Polling,
    current: Option<(Arc<StepLabel>, FollowedLog)>,
    /// Steps whose logs have been read to the end.
    done: HashSet<String>,
}

impl FollowingSteps {
    #[inline]
    async fn next_chunk(&mut self) -> Result<Option<LogChunk>, Error> {
        loop {
            match self.advance().await {
                // Following the log of a step has its own retries.
                Err(error) if self.current.is_none() && error.is_not_found() => {
                    tokio::time::sleep(self.polling.absent(error)?).await;
                }
                Err(error) if self.current.is_none() => {
                    let is_transient = error.is_retryable();
                    tokio::time::sleep(self.polling.failed(error, is_transient)?).await;
                }
                result => return result,
            }
        }
    }

    #[inline]
    async fn advance(&mut self) -> Result<Option<LogChunk>, Error> {
        loop {
            if let Some((step, log)) = &mut self.current {
                if let Some(bytes) = log.next().await.transpose()? {
                    return Ok(Some(LogChunk { step: Arc::clone(step), bytes }));
                }
                self.done.insert(step.uuid.clone());
                self.current = None;
            }
            // The pipeline is read first, so that a final state holds for the steps that are listed after it.
            let pipelines = self.repository.pipelines();
            let pipeline = pipelines.get(&self.pipeline).configure(Request::without_retries).send().await?;
            let steps = pipelines.list_steps(&self.pipeline).configure(Request::without_retries);
            let steps = steps.collect_all().await?;
            self.polling.succeeded();
            self.polling.found();
            let mut steps =
                steps.iter().enumerate().filter_map(|(index, step)| Some((index, step.uuid.as_ref()?, step)));
            match steps.find(|(_, uuid, _)| !self.done.contains(&uuid.to_string())) {
                Some((index, uuid, step)) if steps::has_begun(step) => {
                    let mut polling = self.polling;
                    polling.reset();
                    let log = pipelines.get_step_log(&self.pipeline, uuid);
                    let log = StepLog::follow(log).polling(polling).chunks();
                    let name = step.name.clone().unwrap_or_default();
                    self.current = Some((Arc::new(StepLabel { uuid: uuid.to_string(), name, index }), log));
                    self.polling.reset();
                }
                _ if has_outcome(&pipeline) => return Ok(None),
                _ => tokio::time::sleep(self.polling.next_delay()).await,
            }
        }
    }
}
