//! Reading a request that starts a run: JSON, or YAML in the body with everything else in a dotted query. Both become
//! one JSON value and go through the same checks. A custom selector's pattern chooses how the run goes.

use std::time::Duration;

use serde_json::{Value, json};

use super::{branches, dotted_query, link, repositories};
use crate::reply::Reply;
use crate::route::Call;
use crate::state::{Pipeline, PipelineError, Repository, World};
use crate::timeline::{Plan, Scenario};
use crate::{error_body, ids};

const REF_TYPES: [&str; 5] = ["branch", "tag", "annotated_tag", "named_branch", "bookmark"];

/// The run that the request asks for, not yet added to the repository.
pub(super) fn read(call: &Call<'_>, world: &World, repository: &Repository, now: Duration) -> Result<Pipeline, Reply> {
    let content_type = call.request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let (request, yaml) = match media_type {
        "application/json" => {
            let body = call.request.json();
            (body.map_err(|error| error_body::bad_request(&format!("The body is not JSON: {error}")))?, None)
        }
        "application/yaml" => {
            (dotted_query::to_json(&call.request.query), Some(String::from_utf8_lossy(&call.request.body)))
        }
        other => return Err(error_body::standard(415, &format!("Unsupported media type \"{other}\""))),
    };
    let target = target(world, repository, &request["target"])?;
    check_variables(&request["variables"])?;
    let mut error =
        PipelineError { key: "plan-service.image.not-found", message: "The image of the step could not be pulled." };
    let mut scenario = scenario(&target);
    if let Some(yaml) = &yaml {
        if yaml.trim().is_empty() {
            return Err(error_body::bad_request("The body holds no pipeline definition."));
        }
        // The service accepts nearly any text and lets the run fail.
        if !yaml.lines().any(|line| line.starts_with("pipelines:")) {
            scenario = Scenario::Error;
            error = PipelineError {
                key: "plan-service.parse.no-definition",
                message: "No matching pipeline definition was found.",
            };
        }
    }
    let build_number = repository.pipelines.len() + 1;
    // A pull request's run does not deploy.
    let steps = if target["type"] == "pipeline_pullrequest_target" { 2 } else { 3 };
    let plan = Plan { created: now, step: world.settings.step_duration, steps, scenario, stopped: None };
    let uuid = ids::uuid(&format!("pipeline/{}/{build_number}", repository.full_name()));
    Ok(Pipeline { uuid, build_number, target, on_demand: yaml.is_some(), error, plan })
}

fn scenario(target: &Value) -> Scenario {
    if target["selector"]["type"] != "custom" {
        return Scenario::Pass;
    }
    match target["selector"]["pattern"].as_str() {
        Some("fail") => Scenario::Fail,
        Some("pause") => Scenario::Pause,
        Some("halt") => Scenario::Halt,
        Some("error") => Scenario::Error,
        _ => Scenario::Pass,
    }
}

/// The target as the service sends it back.
fn target(world: &World, repository: &Repository, asked: &Value) -> Result<Value, Reply> {
    if !asked.is_object() {
        return Err(error_body::bad_request("target is required"));
    }
    let commit = hash(asked)?;
    let mut target = match text(asked, "type")? {
        "pipeline_ref_target" => {
            let (ref_type, ref_name) = reference(asked)?;
            let head = commit.map_or_else(|| branches::head(ref_name), str::to_owned);
            let commit = repositories::commit(world, repository, &head);
            json!({"type": "pipeline_ref_target", "ref_type": ref_type, "ref_name": ref_name, "commit": commit})
        }
        "pipeline_commit_target" => {
            let hash = commit.ok_or_else(|| error_body::bad_request("target: commit is required"))?;
            json!({"type": "pipeline_commit_target", "commit": repositories::commit(world, repository, hash)})
        }
        "pipeline_pullrequest_target" => pull_request_target(world, repository, asked, commit)
            .ok_or_else(|| error_body::bad_request("request body contains invalid properties"))?,
        other => return Err(error_body::bad_request(&format!("target: unknown type {other}"))),
    };
    target["selector"] = selector(asked, &target)?;
    Ok(target)
}

/// Type and name of the branch, tag or bookmark.
fn reference(asked: &Value) -> Result<(&str, &str), Reply> {
    let (ref_type, ref_name) = (text(asked, "ref_type")?, text(asked, "ref_name")?);
    if !REF_TYPES.contains(&ref_type) {
        return Err(error_body::bad_request(&format!("target: unknown ref_type {ref_type}")));
    }
    if ref_name.starts_with("missing") {
        let detail = format!("The {ref_type} {ref_name} does not exist.");
        return Err(error_body::keyed(400, "Bad request", &detail, "result-service.pipeline.reference-not-found"));
    }
    Ok((ref_type, ref_name))
}

/// None if one of the five members is missing.
fn pull_request_target(world: &World, repository: &Repository, asked: &Value, commit: Option<&str>) -> Option<Value> {
    let id = &asked["pullrequest"]["id"];
    // A number, or a number in a string.
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
    Some(json!({
        "type": "pipeline_pullrequest_target",
        "source": asked["source"].as_str()?,
        "destination": asked["destination"].as_str()?,
        "commit": repositories::commit(world, repository, commit?),
        "destination_commit": repositories::commit(world, repository, asked["destination_commit"]["hash"].as_str()?),
        "pullrequest": {
            "type": "pullrequest",
            "id": id,
            "title": format!("Sample change {id}"),
            "draft": false,
            "links": {
                "self": link(format!("{}/pullrequests/{id}", repositories::url(world, repository))),
                "html": link(format!("https://bitbucket.org/{}/pull-requests/{id}", repository.full_name())),
            },
        },
    }))
}

fn selector(asked: &Value, target: &Value) -> Result<Value, Reply> {
    match &asked["selector"] {
        Value::Null if target["type"] == "pipeline_pullrequest_target" => {
            Ok(json!({"type": "pull-requests", "pattern": "**"}))
        }
        Value::Null if target["type"] == "pipeline_commit_target" => {
            Err(error_body::bad_request("target: selector is required"))
        }
        Value::Null => Ok(json!({"type": "default"})),
        Value::Object(selector) if selector.get("type").is_some_and(Value::is_string) => {
            if selector["type"] == "custom" && !selector.get("pattern").is_some_and(Value::is_string) {
                return Err(error_body::bad_request("target: selector: pattern is required"));
            }
            Ok(Value::Object(selector.clone()))
        }
        _ => Err(error_body::bad_request("target: selector: type is required")),
    }
}

/// The hash of the commit; none if the member is absent. An empty object is not the same as absent.
fn hash(asked: &Value) -> Result<Option<&str>, Reply> {
    if asked["commit"].is_null() {
        return Ok(None);
    }
    let hash = asked["commit"]["hash"].as_str().filter(|hash| !hash.is_empty());
    hash.map(Some).ok_or_else(|| error_body::not_found("Could not find the revision"))
}

fn text<'v>(asked: &'v Value, name: &str) -> Result<&'v str, Reply> {
    let text = asked[name].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| error_body::bad_request(&format!("target: {name} is required")))
}

/// Variables are checked and forgotten: no answer of the service has them.
fn check_variables(asked: &Value) -> Result<(), Reply> {
    let list = match asked {
        Value::Null => return Ok(()),
        Value::Array(list) => list,
        _ => return Err(error_body::bad_request("variables must be a list")),
    };
    let named = |variable: &Value| variable["key"].as_str().is_some_and(|key| !key.is_empty());
    if list.iter().all(named) { Ok(()) } else { Err(error_body::bad_request("variables: key is required")) }
}
