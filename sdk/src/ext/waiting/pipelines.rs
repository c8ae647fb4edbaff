//! Waiting for pipelines and their steps.

use super::{Evaluator, Outcome, WaitRequest, part_name, steps};
use crate::generated::groups::pipelines::RepositoryPipelines;
use crate::generated::id;
use crate::transport::Identify;
use crate::types::{self, Pipeline, PipelineResult, PipelineState};

const PIPELINE: Evaluator<Pipeline> = Evaluator { outcome, state: describe };
const STEP: Evaluator<types::PipelineStep> = Evaluator { outcome: steps::outcome, state: steps::describe };

/// Waits for pipelines and steps; for [`RepositoryHandle::pipelines`](crate::RepositoryHandle::pipelines).
pub trait Wait {
    /// Waits until a pipeline has ended, is paused or is halted.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::ext::pipelines::Target;
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let pipelines = repository.pipelines();
    /// let started = pipelines.run(Target::branch("main")).send().await?;
    /// let done = pipelines.wait(&started).send().await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait<'f>(&self, pipeline: impl Identify<id::Pipeline>) -> WaitRequest<'f, Pipeline>;

    /// Waits until a step has ended, is paused or is halted.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let done = repository.pipelines().wait_for_step(42, "{step}").send().await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait_for_step<'f>(
        &self,
        pipeline: impl Identify<id::Pipeline>,
        step: impl Identify<id::PipelineStep>,
    ) -> WaitRequest<'f, types::PipelineStep>;
}

impl Wait for RepositoryPipelines<'_> {
    #[inline]
    fn wait<'f>(&self, pipeline: impl Identify<id::Pipeline>) -> WaitRequest<'f, Pipeline> {
        WaitRequest::new(self.get(pipeline).into_request(), PIPELINE)
    }

    #[inline]
    fn wait_for_step<'f>(
        &self,
        pipeline: impl Identify<id::Pipeline>,
        step: impl Identify<id::PipelineStep>,
    ) -> WaitRequest<'f, types::PipelineStep> {
        WaitRequest::new(self.get_step(pipeline, step).into_request(), STEP)
    }
}

/// Whether the pipeline has ended, is paused or is halted.
#[inline]
pub(crate) fn has_outcome(pipeline: &Pipeline) -> bool {
    outcome(pipeline).is_some()
}

/// How the pipeline ended, or why it does not go on.
#[inline]
fn outcome(pipeline: &Pipeline) -> Option<Outcome> {
    let state = pipeline.state.as_ref()?;
    let is_over = state.is_completed() || state.name() == Some("COMPLETED");
    if !is_over {
        return Outcome::of_stage(stage(state)).or_else(|| Outcome::of_stage(state.name()));
    }
    let Some(result) = state.as_completed().and_then(|completed| completed.result.as_ref()) else {
        return Some(Outcome::named(result_of_unknown(state)));
    };
    Some(match result {
        PipelineResult::Successful(_) => Outcome::Successful,
        PipelineResult::Failed(_) => Outcome::Failed,
        PipelineResult::Error(object) => Outcome::Error {
            key: object.error.as_ref().and_then(|error| error.key.clone()),
            message: object.error.as_ref().and_then(|error| error.message.clone()),
        },
        PipelineResult::Stopped(object) => Outcome::Stopped { by: object.terminator.clone() },
        PipelineResult::Expired(_) => Outcome::Expired,
        other => Outcome::named(other.name().or(other.type_name())),
    })
}

/// The state, as the service names it.
#[inline]
fn describe(pipeline: &Pipeline) -> String {
    let state = pipeline.state.as_ref();
    let words = [state.and_then(|state| state.name().or(state.type_name())), state.and_then(stage)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[inline]
fn stage(state: &PipelineState) -> Option<&str> {
    match state {
        PipelineState::InProgress(object) => {
            let stage = object.stage.as_ref()?;
            stage.name().or(stage.is_paused().then_some("PAUSED")).or(stage.is_halted().then_some("HALTED"))
        }
        PipelineState::Pending(object) => object.stage.as_ref().and_then(|stage| stage.name()),
        PipelineState::Parsing(object) => object.stage.as_ref().and_then(|stage| stage.name()),
        PipelineState::Unknown(object) => part_name(object.object(), "stage"),
        _ => None,
    }
}

#[inline]
fn result_of_unknown(state: &PipelineState) -> Option<&str> {
    match state {
        PipelineState::Unknown(object) => part_name(object.object(), "result"),
        _ => None,
    }
}
