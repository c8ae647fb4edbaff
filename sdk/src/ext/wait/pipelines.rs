//! Waiting for pipelines and their steps.

use std::fmt::{self, Display};

use super::Waiting;
use crate::generated::scoped::pipelines::RepositoryPipelines;
use crate::response::Response;
use crate::types;

/// What a pipeline is found by: its UUID in braces, its build number, or the pipeline itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineName(String);

impl Display for PipelineName {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! names {
    ($($type:ty),*) => {$(
        impl From<$type> for PipelineName {
            #[inline]
            fn from(name: $type) -> Self {
                Self(name.to_string())
            }
        }
    )*};
}
names!(&str, String, &String, u64, i64);

impl From<&types::Pipeline> for PipelineName {
    #[inline]
    fn from(pipeline: &types::Pipeline) -> Self {
        // One without a UUID has an empty name, which is refused before anything is sent.
        Self(pipeline.uuid.as_ref().map(ToString::to_string).unwrap_or_default())
    }
}

impl From<&Response<types::Pipeline>> for PipelineName {
    #[inline]
    fn from(response: &Response<types::Pipeline>) -> Self {
        Self::from(&**response)
    }
}

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
    fn wait<'f>(&self, pipeline: impl Into<PipelineName>) -> Waiting<'f, types::Pipeline>;

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
        pipeline: impl Into<PipelineName>,
        step_uuid: impl Display,
    ) -> Waiting<'f, types::PipelineStep>;
}

impl Wait for RepositoryPipelines<'_> {
    #[inline]
    fn wait<'f>(&self, pipeline: impl Into<PipelineName>) -> Waiting<'f, types::Pipeline> {
        Waiting::new(self.get(pipeline.into()).into_request())
    }

    #[inline]
    fn wait_for_step<'f>(
        &self,
        pipeline: impl Into<PipelineName>,
        step_uuid: impl Display,
    ) -> Waiting<'f, types::PipelineStep> {
        Waiting::new(self.get_step(pipeline.into(), step_uuid).into_request())
    }
}
