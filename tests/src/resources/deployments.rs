//! Deployments: each run of three steps deploys to the staging environment in its last one. Their state follows that
//! step, and is written with `status` where runs have `result`.

use axum::http::Method;
use serde_json::{Value, json};

use super::steps;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Pipeline, World};
use crate::timeline::{Outcome, Phase};
use crate::{error_body, ids, page};

/// The step that deploys.
const STEP: usize = 2;

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/deployments/";
    vec![Route::new(Method::GET, collection, list), Route::new(Method::GET, &format!("{collection}{{uuid}}"), get)]
}

fn uuid(pipeline: &Pipeline) -> String {
    ids::uuid(&format!("deployment/{}", pipeline.uuid))
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let found: Vec<&Pipeline> = repository.pipelines.iter().filter(|pipeline| pipeline.plan.steps > STEP).collect();
        page::reply(call, world, &found, |pipeline| to_json(world, pipeline))
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let id = call.param("uuid");
        if !ids::is_uuid(id) {
            return Err(error_body::invalid_uuid(id));
        }
        let found = repository.pipelines.iter().find(|run| run.plan.steps > STEP && uuid(run) == id);
        let found = found.ok_or_else(|| error_body::not_found(&format!("Deployment {id} does not exist.")))?;
        Ok(Reply::json(200, to_json(world, found)))
    })
}

fn to_json(world: &World, pipeline: &Pipeline) -> Value {
    let moment = pipeline.plan.at(world.clock.now());
    let phase = moment.steps.get(STEP).map_or(Phase::Pending, |step| step.phase);
    let state = match phase {
        Phase::Pending | Phase::Paused | Phase::Halted => {
            json!({"type": "deployment_state_undeployed", "name": "UNDEPLOYED"})
        }
        Phase::Running => json!({"type": "deployment_state_in_progress", "name": "IN_PROGRESS"}),
        Phase::Completed(outcome) => {
            let status = match outcome {
                Outcome::Successful => "SUCCESSFUL",
                Outcome::Failed | Outcome::Error => "FAILED",
                Outcome::Stopped | Outcome::NotRun => "STOPPED",
            };
            let kind = format!("deployment_state_completed_status_{}", status.to_lowercase());
            json!({
                "type": "deployment_state_completed",
                "name": "COMPLETED",
                "status": {"type": kind, "name": status},
            })
        }
    };
    json!({
        "type": "deployment",
        "uuid": uuid(pipeline),
        "state": state,
        "step": {"type": "pipeline_step", "uuid": steps::uuid(pipeline, STEP), "state": steps::state(pipeline, phase)},
        "environment": {"type": "deployment_environment", "uuid": ids::uuid("environment/staging"), "name": "Staging"},
        "release": {
            "type": "deployment_release",
            "uuid": ids::uuid(&format!("release/{}", pipeline.uuid)),
            "name": format!("#{}", pipeline.build_number),
            "pipeline": {"type": "pipeline", "uuid": pipeline.uuid},
        },
    })
}
