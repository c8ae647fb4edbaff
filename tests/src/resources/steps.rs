//! The steps of a run: list, get, and how a step is written in JSON. Logs have files of their own.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::pipelines;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Pipeline, World};
use crate::timeline::{Outcome, Phase, StepMoment};
use crate::{error_body, ids, page};

const NAMES: [&str; 3] = ["Build and test", "Package", "Deploy to staging"];
const SCRIPTS: [&[&str]; 3] = [&["cargo build", "cargo test"], &["cargo package"], &["./deploy.sh staging"]];

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/";
    vec![Route::new(Method::GET, collection, list), Route::new(Method::GET, &format!("{collection}{{step_uuid}}"), get)]
}

/// The step's name, by its place in the run.
pub(super) fn name(index: usize) -> &'static str {
    NAMES[index % NAMES.len()]
}

/// The user's commands of a step.
pub(super) fn script(index: usize) -> &'static [&'static str] {
    SCRIPTS[index % SCRIPTS.len()]
}

pub(super) fn uuid(pipeline: &Pipeline, index: usize) -> String {
    ids::uuid(&format!("step/{}/{index}", pipeline.uuid))
}

/// The place in its run of the step that the call's path names, and how far it is.
pub(super) fn find(call: &Call<'_>, pipeline: &Pipeline, now: Duration) -> Result<(usize, StepMoment), Reply> {
    let id = call.param("step_uuid");
    if !ids::is_uuid(id) {
        return Err(error_body::invalid_uuid(id));
    }
    let steps = pipeline.plan.at(now).steps;
    steps
        .into_iter()
        .enumerate()
        .find(|(index, _)| uuid(pipeline, *index) == id)
        .ok_or_else(|| error_body::not_found(&format!("Step {id} does not exist.")))
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = pipelines::find(call, repository)?;
        let steps: Vec<(usize, StepMoment)> = pipeline.plan.at(now).steps.into_iter().enumerate().collect();
        page::reply(call, world, &steps, |(index, step)| to_json(world, pipeline, *index, step, now))
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = pipelines::find(call, repository)?;
        let (index, step) = find(call, pipeline, now)?;
        Ok(Reply::json(200, to_json(world, pipeline, index, &step, now)))
    })
}

fn to_json(world: &World, pipeline: &Pipeline, index: usize, step: &StepMoment, now: Duration) -> Value {
    let command = |command: &&str| json!({"commandType": "user", "name": command, "command": command});
    let trigger = if pipeline.plan.is_manual(index) { "manual" } else { "automatic" };
    let mut body = json!({
        "type": "pipeline_step",
        "uuid": uuid(pipeline, index),
        "name": name(index),
        "run_number": 1,
        "pipeline": {"type": "pipeline", "uuid": pipeline.uuid},
        "state": state(pipeline, step.phase),
        "trigger": {"type": format!("pipeline_step_trigger_{trigger}")},
        "image": {"name": "rust:1.89"},
        "maxTime": 120,
        "build_seconds_used": 0,
        "setup_commands": [command(&"umask 000")],
        "script_commands": script(index).iter().map(command).collect::<Vec<_>>(),
        "teardown_commands": [{
            "commandType": "system",
            "action": "PROCESS_TEST_REPORTS",
            "name": "Process Test Reports",
            "command": "echo \"Processing test reports\"",
        }],
    });
    if let Some(started) = step.started {
        let seconds = step.completed.unwrap_or(now).saturating_sub(started).as_secs();
        body["started_on"] = json!(world.clock.nanos_utc(started));
        body["duration_in_seconds"] = json!(seconds);
        body["build_seconds_used"] = json!(seconds);
    }
    if let Some(completed) = step.completed {
        body["completed_on"] = json!(world.clock.nanos_utc(completed));
    }
    body
}

pub(super) fn state(pipeline: &Pipeline, phase: Phase) -> Value {
    let pending = |stage: &str| {
        let kind = format!("pipeline_step_state_pending_{}", stage.to_lowercase());
        json!({"name": "PENDING", "type": "pipeline_step_state_pending", "stage": {"name": stage, "type": kind}})
    };
    match phase {
        Phase::Pending => json!({"name": "PENDING", "type": "pipeline_step_state_pending"}),
        Phase::Running => json!({"name": "IN_PROGRESS", "type": "pipeline_step_state_in_progress"}),
        Phase::Paused => pending("PAUSED"),
        Phase::Halted => pending("HALTED"),
        Phase::Completed(outcome) => {
            let mut result = pipelines::result("pipeline_step_state_completed", outcome);
            if outcome == Outcome::Error {
                result["error"] = pipelines::error(pipeline, "pipeline_step_error");
            }
            json!({"name": "COMPLETED", "type": "pipeline_step_state_completed", "result": result})
        }
    }
}
