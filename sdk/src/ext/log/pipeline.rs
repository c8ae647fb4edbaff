//! The logs of a whole run, step after step.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;

use super::StepLog;
use super::follow::Follow;
use crate::error::Error;
use crate::ext::drive::{Drive, Source};
use crate::ext::pace::{Pace, looked_at_again};
use crate::ext::paginate::Paginate;
use crate::ext::state::{self, State, text};
use crate::generated::groups::pipelines::RepositoryPipelines;
use crate::identify::Identified;
use crate::scope::RepositoryHandle;
use crate::{Identify, id};

/// Which step a chunk belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepLabel {
    /// UUID of the step, in braces.
    pub uuid: String,
    /// Name of the step; empty if it has none.
    pub name: String,
    /// Place of the step in the pipeline, counted from 0.
    pub index: usize,
}

/// Some bytes of the log of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogChunk {
    /// The step.
    pub step: Arc<StepLabel>,
    /// The bytes, which need not end with a line.
    pub bytes: Bytes,
}

/// Follows the logs of a whole pipeline; for [`RepositoryHandle::pipelines`].
pub trait FollowPipeline {
    /// The logs of the steps of a pipeline in their order, each from its beginning to its end, until the pipeline is over
    /// or waits for somebody (paused before a manual step, halted by the service).
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let mut log = repository.pipelines().follow("{pipeline}");
    /// while let Some(chunk) = log.next().await {
    ///     let chunk = chunk?;
    ///     print!("{}: {}", chunk.step.name, String::from_utf8_lossy(&chunk.bytes));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn follow(&self, pipeline: impl Identify<id::Pipeline>) -> PipelineLog;
}

impl FollowPipeline for RepositoryPipelines<'_> {
    #[inline]
    fn follow(&self, pipeline: impl Identify<id::Pipeline>) -> PipelineLog {
        PipelineLog::new(self.scope.clone(), pipeline.id())
    }
}

/// The logs of a pipeline, from [`FollowPipeline::follow`]. After an error it has ended.
#[must_use = "a stream does nothing until it is polled"]
pub struct PipelineLog(Drive<Run>);

struct Run {
    repository: RepositoryHandle,
    pipeline: Identified,
    pace: Pace,
    current: Option<(Arc<StepLabel>, Follow)>,
    done: HashSet<String>,
}

impl PipelineLog {
    #[inline]
    fn new(repository: RepositoryHandle, pipeline: Identified) -> Self {
        let pace = Pace::new(Duration::from_secs(1), Duration::from_secs(10));
        Self(Drive::new(Run { repository, pipeline, pace, current: None, done: HashSet::new() }))
    }

    /// Shortest and longest pause between two requests while nothing is new; default 1 and 10 seconds.
    ///
    /// ```
    /// # fn run(log: bitbucket_cloud::ext::log::PipelineLog) {
    /// use std::time::Duration;
    ///
    /// let patient = log.poll_every(Duration::from_secs(5), Duration::from_secs(30));
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        if let Some(run) = self.0.idle() {
            run.pace = Pace::new(least, most);
        }
        self
    }

    /// The next bytes of the current step; `None` once the pipeline is over or waits for somebody.
    ///
    /// # Errors
    ///
    /// As [`Follow::next`].
    ///
    /// ```no_run
    /// # async fn run(mut log: bitbucket_cloud::ext::log::PipelineLog) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(chunk) = log.next().await {
    ///     println!("{} bytes", chunk?.bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<LogChunk, Error>> {
        self.0.next(Result::is_err).await
    }
}

impl Stream for PipelineLog {
    type Item = Result<LogChunk, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context, Result::is_err)
    }
}

impl fmt::Debug for PipelineLog {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineLog").finish_non_exhaustive()
    }
}

impl Source for Run {
    type Item = Result<LogChunk, Error>;

    #[inline]
    fn turn(mut self: Box<Self>) -> Pin<Box<dyn Future<Output = (Box<Self>, Option<Self::Item>)> + Send>> {
        Box::pin(async move {
            let item = loop {
                match self.advance().await {
                    // The log of a step has waited long enough itself.
                    Err(error) if self.current.is_none() => {
                        let passing = error.is_retryable();
                        match self.pace.endure(error, passing) {
                            Ok(pause) => tokio::time::sleep(pause).await,
                            Err(error) => break Some(Err(error)),
                        }
                    }
                    result => break result.transpose(),
                }
            };
            (self, item)
        })
    }
}

impl Run {
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
            // The state first: what it says holds for the steps that are listed after it.
            let pipelines = self.repository.pipelines();
            let run = pipelines.get(&self.pipeline).into_request();
            let run = state::ask(looked_at_again(run)).await?;
            let steps = pipelines.list_steps(&self.pipeline);
            let steps = steps.configure(looked_at_again).paginate().decode_as::<Value>().collect_all().await?;
            self.pace.answered();
            let known = |step: &Value| text(step, "uuid").map(str::to_owned);
            let mut steps = steps.iter().enumerate().filter_map(|(index, step)| Some((index, known(step)?, step)));
            let next = steps.find(|(_, uuid, _)| !self.done.contains(uuid));
            let started = |state: &State| state.is_completed() || state.word() == "IN_PROGRESS";
            match next {
                Some((index, uuid, step)) if started(&State::of(step)) => {
                    let log = pipelines.get_step_log(&self.pipeline, &uuid);
                    let log = StepLog::follow(log).poll_every(self.pace.least, self.pace.most);
                    let label = StepLabel { uuid, name: text(step, "name").unwrap_or_default().to_owned(), index };
                    self.pace.reset();
                    self.current = Some((Arc::new(label), log));
                }
                _ if run.is_completed() || run.is_blocked() => return Ok(None),
                _ => tokio::time::sleep(self.pace.next()).await,
            }
        }
    }
}
