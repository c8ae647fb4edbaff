//! Evaluates the state of a step. Deployments have a step as well, and a log is followed until its step is over.

use super::{Outcome, part_name};
use crate::types::{PipelineStep, PipelineStepResult, PipelineStepState};

/// Whether the step is over.
#[inline]
pub(crate) fn is_over(step: &PipelineStep) -> bool {
    step.state.as_ref().is_some_and(|state| state.name() == Some("COMPLETED") || state.is_completed())
}

/// Whether the step is running or over, so that it may have a log.
#[inline]
pub(crate) fn has_begun(step: &PipelineStep) -> bool {
    let runs = |state: &PipelineStepState| state.name() == Some("IN_PROGRESS") || state.is_in_progress();
    is_over(step) || step.state.as_ref().is_some_and(runs)
}

/// Whether a step that is over has a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum LogOfStep {
    #[default]
    Expected,
    /// It may have ended before anything was written.
    Possible,
    None,
}

/// Whether the step, which is over, has a log.
#[inline]
pub(crate) fn log_of(step: &PipelineStep) -> LogOfStep {
    match outcome(step) {
        Some(Outcome::NotRun | Outcome::Expired) => LogOfStep::None,
        Some(Outcome::Stopped { .. } | Outcome::Error { .. }) => LogOfStep::Possible,
        _ => LogOfStep::Expected,
    }
}

/// How the step ended, or why it does not go on.
#[inline]
pub(super) fn outcome(step: &PipelineStep) -> Option<Outcome> {
    let state = step.state.as_ref()?;
    if !is_over(step) {
        return Outcome::of_stage(stage(state)).or_else(|| Outcome::of_stage(state.name()));
    }
    let Some(result) = state.as_completed().and_then(|completed| completed.result.as_ref()) else {
        return Some(Outcome::named(result_of_unknown(state)));
    };
    Some(match result {
        PipelineStepResult::Successful(_) => Outcome::Successful,
        PipelineStepResult::Failed(_) => Outcome::Failed,
        PipelineStepResult::Error(object) => Outcome::Error {
            key: object.error.as_ref().and_then(|error| error.key.clone()),
            message: object.error.as_ref().and_then(|error| error.message.clone()),
        },
        PipelineStepResult::Stopped(_) => Outcome::Stopped { by: None },
        PipelineStepResult::Expired(_) => Outcome::Expired,
        PipelineStepResult::NotRun(_) => Outcome::NotRun,
        other => Outcome::named(other.name().or(other.type_name())),
    })
}

/// The state, as the service names it.
#[inline]
pub(super) fn describe(step: &PipelineStep) -> String {
    let state = step.state.as_ref();
    let words = [state.and_then(|state| state.name().or(state.type_name())), state.and_then(stage)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[inline]
fn stage(state: &PipelineStepState) -> Option<&str> {
    match state {
        PipelineStepState::InProgress(object) => object.stage.as_ref().and_then(|stage| stage.name()),
        PipelineStepState::Pending(object) => {
            let stage = object.stage.as_ref()?;
            stage.name().or(stage.is_paused().then_some("PAUSED")).or(stage.is_halted().then_some("HALTED"))
        }
        PipelineStepState::Unknown(object) => part_name(object.object(), "stage"),
        _ => None,
    }
}

#[inline]
fn result_of_unknown(state: &PipelineStepState) -> Option<&str> {
    match state {
        PipelineStepState::Unknown(object) => part_name(object.object(), "result"),
        _ => None,
    }
}
