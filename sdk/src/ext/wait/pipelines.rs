//! Waiting for pipelines and their steps.

use super::Waiting;
use crate::generated::groups::pipelines::RepositoryPipelines;
use crate::{Identify, id, types};

/// Waits for pipelines and steps; for [`RepositoryHandle::pipelines`](crate::RepositoryHandle::pipelines).
pub trait Wait {
    /// Waits until a pipeline is over, or until it does not go on by itself.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::ext::run::Target;
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let pipelines = repository.pipelines();
    /// let started = pipelines.run(Target::branch("main")).send().await?;
    /// let done = pipelines.wait(&started).await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait<'f>(&self, pipeline: impl Identify<id::Pipeline>) -> Waiting<'f, types::Pipeline>;

    /// Waits until a step is over, or until it does not go on by itself.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let done = repository.pipelines().wait_for_step(42_u64, "{step}").await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait_for_step<'f>(
        &self,
        pipeline: impl Identify<id::Pipeline>,
        step: impl Identify<id::PipelineStep>,
    ) -> Waiting<'f, types::PipelineStep>;
}

impl Wait for RepositoryPipelines<'_> {
    #[inline]
    fn wait<'f>(&self, pipeline: impl Identify<id::Pipeline>) -> Waiting<'f, types::Pipeline> {
        Waiting::new(self.get(pipeline).into_request())
    }

    #[inline]
    fn wait_for_step<'f>(
        &self,
        pipeline: impl Identify<id::Pipeline>,
        step: impl Identify<id::PipelineStep>,
    ) -> Waiting<'f, types::PipelineStep> {
        Waiting::new(self.get_step(pipeline, step).into_request())
    }
}
