//! The API's side of a log: 404 until the step starts, the bytes themselves while it runs, a redirect to the storage
//! once it is over. A `logs/{log_uuid}` is the log of the step's build container, whose UUID is the step's.

use axum::http::Method;

use super::{log_text, pipelines, steps, storage};
use crate::journal::Recorded;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::World;
use crate::{error_body, range};

pub(super) fn routes() -> Vec<Route> {
    let step = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/{step_uuid}";
    vec![
        Route::new(Method::GET, &format!("{step}/log"), log),
        Route::new(Method::GET, &format!("{step}/logs/{{log_uuid}}"), container_log),
    ]
}

fn container_log(call: &Call<'_>, world: &World) -> Answer {
    if call.param("log_uuid") == call.param("step_uuid") {
        log(call, world)
    } else {
        Err(absent(call.param("log_uuid")))
    }
}

fn log(call: &Call<'_>, world: &World) -> Answer {
    if !accepts_bytes(call.request) {
        return Err(error_body::standard(406, "Not acceptable: the log is application/octet-stream"));
    }
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = pipelines::find(call, repository)?;
        let (index, step) = steps::find(call, pipeline, now)?;
        if !step.has_log() {
            return Err(absent(call.param("step_uuid")));
        }
        if step.completed.is_some() {
            let step_uuid = steps::uuid(pipeline, index);
            let path = storage::path(call.param("workspace"), call.param("repo_slug"), &pipeline.uuid, &step_uuid);
            return Ok(Reply::status(307).header("location", &storage::signed_url(world, &path)));
        }
        let (text, etag) = log_text::visible(pipeline, index, &step, world.settings.log_lines, now);
        let unsatisfiable = error_body::standard(416, "Range not satisfiable");
        Ok(range::serve(call.request, &text, &etag, unsatisfiable))
    })
}

fn absent(uuid: &str) -> Reply {
    error_body::not_found(&format!("Log in step {uuid} does not exist."))
}

/// A client that asks for JSON or text alone gets no log.
fn accepts_bytes(request: &Recorded) -> bool {
    let accepted = ["*/*", "application/*", "application/octet-stream"];
    let Some(accept) = request.header("accept") else { return true };
    accept.split(',').any(|range| accepted.contains(&range.split(';').next().unwrap_or_default().trim()))
}
