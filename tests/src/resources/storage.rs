//! The long-term storage of finished logs: another host with signed addresses and XML errors. It refuses a request
//! that brings an Authorization header besides the signature. It must not answer anything that the API serves.

use axum::http::Method;

use super::{log_text, pipelines, steps};
use crate::route::{Answer, Call, Route};
use crate::state::World;
use crate::{error_body, ids, range};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/logs/{workspace}/{repo_slug}/{pipeline_uuid}/{step_uuid}", log)]
}

pub(super) fn path(workspace: &str, repo_slug: &str, pipeline_uuid: &str, step_uuid: &str) -> String {
    let segments = [workspace, repo_slug, pipeline_uuid, step_uuid].map(ids::encode_segment);
    format!("/logs/{}", segments.join("/"))
}

pub(super) fn signed_url(world: &World, path: &str) -> String {
    let date = "20260101T000000Z";
    let signature = signature(path);
    format!(
        "{}{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date={date}&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}",
        world.urls.storage
    )
}

fn signature(path: &str) -> String {
    ids::hex(&format!("signature{path}"), 64)
}

fn log(call: &Call<'_>, world: &World) -> Answer {
    if call.request.header("authorization").is_some() {
        let message = "Only one auth mechanism allowed: a signature in the query or the Authorization header.";
        return Err(error_body::storage(400, "InvalidArgument", message));
    }
    if call.request.query_value("X-Amz-Signature") != Some(&signature(&call.request.path)) {
        return Err(error_body::storage(403, "SignatureDoesNotMatch", "The signature does not match."));
    }
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = pipelines::find(call, repository)?;
        let (index, step) = steps::find(call, pipeline, now)?;
        let (text, etag) = log_text::visible(pipeline, index, &step, world.settings.log_lines, now);
        let unsatisfiable = error_body::storage(416, "InvalidRange", "The requested range is not satisfiable.");
        Ok(range::serve(call.request, &text, &etag, unsatisfiable))
    })
}
