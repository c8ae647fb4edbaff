//! Runs: list, get, start, stop, and how a run is written in JSON. What a start request may hold is read in
//! `trigger`; how a run proceeds is decided in `timeline`, not here.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{accounts, link, repositories, trigger};
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Pipeline, Repository, World};
use crate::timeline::{Outcome, Phase};
use crate::{error_body, ids, page};

/// Query parameter and where its value is found in a run's `target`.
const TARGET_FILTERS: [(&str, &str); 6] = [
    ("target.branch", "/ref_name"),
    ("target.ref_name", "/ref_name"),
    ("target.ref_type", "/ref_type"),
    ("target.commit.hash", "/commit/hash"),
    ("target.selector.type", "/selector/type"),
    ("target.selector.pattern", "/selector/pattern"),
];

/// Filters whose words are not those of a target: a word of the filter, and what a target says. Any other word finds
/// nothing.
const WORDS: [(&str, &str, &str); 8] = [
    ("target.ref_type", "BRANCH", "branch"),
    ("target.ref_type", "TAG", "tag"),
    ("target.ref_type", "ANNOTATED_TAG", "annotated_tag"),
    ("target.selector.type", "BRANCH", "branches"),
    ("target.selector.type", "TAG", "tags"),
    ("target.selector.type", "CUSTOM", "custom"),
    ("target.selector.type", "PULLREQUESTS", "pull-requests"),
    ("target.selector.type", "DEFAULT", "default"),
];

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/pipelines/";
    let one = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}";
    vec![
        Route::new(Method::GET, collection, list),
        Route::new(Method::POST, collection, start),
        Route::new(Method::GET, one, get),
        Route::new(Method::POST, &format!("{one}/stopPipeline"), stop),
    ]
}

/// The run that the call's path names, by UUID or by build number.
pub(super) fn find<'r>(call: &Call<'_>, repository: &'r mut Repository) -> Result<&'r mut Pipeline, Reply> {
    let id = call.param("pipeline_uuid");
    let build_number = id.parse::<usize>().ok();
    if build_number.is_none() && !ids::is_uuid(id) {
        return Err(error_body::invalid_uuid(id));
    }
    repository
        .pipelines
        .iter_mut()
        .find(|pipeline| pipeline.uuid == id || Some(pipeline.build_number) == build_number)
        .ok_or_else(|| error_body::not_found(&format!("Pipeline {id} does not exist.")))
}

/// The address of a run.
pub(super) fn url(world: &World, repository: &Repository, pipeline: &Pipeline) -> String {
    format!("{}/pipelines/{}", repositories::url(world, repository), ids::encode_segment(&pipeline.uuid))
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    let now = world.clock.now();
    // Words that no run has, `SUCCESSFUL` among them, find nothing.
    let status = call.request.query_values("status");
    let sort = call.request.query_value("sort").unwrap_or("created_on");
    if !["created_on", "run_creation_date", "creator.uuid"].contains(&sort.trim_start_matches('-')) {
        return Err(error_body::standard(400, "Invalid sort attribute"));
    }
    world.repository(call, |repository| {
        let repository = &*repository;
        let mut found: Vec<&Pipeline> = repository
            .pipelines
            .iter()
            .filter(|pipeline| status.is_empty() || status.contains(&status_word(pipeline.plan.at(now).phase)))
            .filter(|pipeline| target_agrees(call, &pipeline.target))
            .filter(|_| call.request.query_value("trigger_type").is_none_or(|word| word == "MANUAL"))
            .collect();
        if sort.starts_with('-') {
            found.reverse();
        }
        page::reply(call, world, &found, |pipeline| to_json(world, repository, pipeline, now))
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let found = find(call, repository)?.build_number;
        let pipeline = &repository.pipelines[found - 1];
        Ok(Reply::json(200, to_json(world, repository, pipeline, world.clock.now())))
    })
}

fn start(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = trigger::read(call, world, repository, now)?;
        let location = url(world, repository, &pipeline);
        let body = to_json(world, repository, &pipeline, now);
        repository.pipelines.push(pipeline);
        Ok(Reply::json(201, body).header("location", &location))
    })
}

fn stop(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let now = world.clock.now();
        let pipeline = find(call, repository)?;
        match pipeline.plan.at(now).phase {
            Phase::Completed(_) => return Err(error_body::bad_request("The pipeline is already completed.")),
            // The service says yes and does nothing.
            Phase::Paused => {}
            _ => pipeline.plan.stopped = Some(now),
        }
        Ok(Reply::status(204))
    })
}

fn target_agrees(call: &Call<'_>, target: &Value) -> bool {
    TARGET_FILTERS.iter().all(|(name, pointer)| {
        let found = target.pointer(pointer).and_then(Value::as_str);
        call.request.query_value(name).is_none_or(|wanted| {
            let mut words = WORDS.iter().filter(|(filter, ..)| filter == name).peekable();
            match words.peek() {
                None => found == Some(wanted),
                Some(_) => words.any(|(_, word, means)| *word == wanted && found == Some(means)),
            }
        })
    })
}

/// The words of the list's `status` filter, which are not those of a run's state.
fn status_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "PENDING",
        Phase::Running => "BUILDING",
        Phase::Paused => "PAUSED",
        Phase::Halted => "HALTED",
        Phase::Completed(Outcome::Successful) => "PASSED",
        Phase::Completed(Outcome::Failed) => "FAILED",
        Phase::Completed(Outcome::Error) => "ERROR",
        Phase::Completed(Outcome::Stopped) => "STOPPED",
        Phase::Completed(Outcome::NotRun) => "UNKNOWN",
    }
}

fn to_json(world: &World, repository: &Repository, pipeline: &Pipeline, now: Duration) -> Value {
    let moment = pipeline.plan.at(now);
    let url = url(world, repository, pipeline);
    let until = moment.completed.unwrap_or(now);
    let built: Duration =
        moment.steps.iter().filter_map(|step| step.completed.unwrap_or(now).checked_sub(step.started?)).sum();
    let mut body = json!({
        "type": "pipeline",
        "uuid": pipeline.uuid,
        "repository": repositories::reference(world, repository),
        "state": state(world, pipeline, moment.phase),
        "build_number": pipeline.build_number,
        "creator": accounts::account(world),
        "created_on": world.clock.micros_utc(pipeline.plan.created),
        "completed_on": moment.completed.map(|at| world.clock.micros_utc(at)),
        "target": pipeline.target,
        "trigger": {"name": "MANUAL", "type": "pipeline_trigger_manual"},
        "run_number": 1,
        "run_creation_date": world.clock.nanos_utc(pipeline.plan.created),
        "duration_in_seconds": until.saturating_sub(pipeline.plan.created).as_secs(),
        "build_seconds_used": built.as_secs(),
        "first_successful": false,
        "expired": false,
        "links": {"self": link(url.clone()), "steps": link(format!("{url}/steps"))},
        // As the service does, whatever was posted: variables do not come back.
        "has_variables": false,
        "labels": {},
    });
    if !pipeline.on_demand {
        let file = format!("/{}/src/main/bitbucket-pipelines.yml", repository.full_name());
        body["configuration_sources"] = json!([{"source": "STATIC_LOCAL", "uri": file}]);
    }
    body
}

fn state(world: &World, pipeline: &Pipeline, phase: Phase) -> Value {
    let in_progress = |stage: &str| {
        let kind = format!("pipeline_state_in_progress_{}", stage.to_lowercase());
        json!({
            "name": "IN_PROGRESS",
            "type": "pipeline_state_in_progress",
            "stage": {"name": stage, "type": kind},
        })
    };
    let outcome = match phase {
        Phase::Pending => return json!({"name": "PENDING", "type": "pipeline_state_pending"}),
        Phase::Running => return in_progress("RUNNING"),
        Phase::Paused => return in_progress("PAUSED"),
        Phase::Halted => return in_progress("HALTED"),
        Phase::Completed(outcome) => outcome,
    };
    let mut result = result("pipeline_state_completed", outcome);
    match outcome {
        Outcome::Stopped => result["terminator"] = accounts::account(world),
        Outcome::Error => result["error"] = error(pipeline, "pipeline_error"),
        _ => {}
    }
    json!({"name": "COMPLETED", "type": "pipeline_state_completed", "result": result})
}

/// The result of a run or a step: its name, and a type made of the prefix and that name.
pub(super) fn result(prefix: &str, outcome: Outcome) -> Value {
    let name = match outcome {
        Outcome::Successful => "SUCCESSFUL",
        Outcome::Failed => "FAILED",
        Outcome::Error => "ERROR",
        Outcome::Stopped => "STOPPED",
        Outcome::NotRun => "NOT_RUN",
    };
    json!({"name": name, "type": format!("{prefix}_{}", name.to_lowercase())})
}

/// The `error` member of a result.
pub(super) fn error(pipeline: &Pipeline, kind: &str) -> Value {
    json!({"type": kind, "key": pipeline.error.key, "message": pipeline.error.message})
}
