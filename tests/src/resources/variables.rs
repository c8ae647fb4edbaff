//! A repository's Pipelines variables: create, read, update, delete in memory. A secured value is kept but never sent.

use axum::http::Method;
use serde_json::{Value, json};

use super::repositories;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Repository, Variable, World};
use crate::{error_body, ids, page};

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/pipelines_config/variables/";
    let one = "/repositories/{workspace}/{repo_slug}/pipelines_config/variables/{variable_uuid}";
    vec![
        Route::new(Method::GET, collection, list),
        Route::new(Method::POST, collection, create),
        Route::new(Method::GET, one, get),
        Route::new(Method::PUT, one, update),
        Route::new(Method::DELETE, one, delete),
    ]
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| page::reply(call, world, &repository.variables, to_json))
}

fn create(call: &Call<'_>, world: &World) -> Answer {
    let asked = body(call)?;
    let Some(key) = asked["key"].as_str() else { return Err(error_body::bad_request("Property key is required.")) };
    world.repository(call, |repository| {
        check_key(repository, key, None)?;
        repository.variables_created += 1;
        let name = format!("variable/{}/{}", repository.full_name(), repository.variables_created);
        let mut variable =
            Variable { uuid: ids::uuid(&name), key: key.to_owned(), value: String::new(), secured: false };
        assign(&mut variable, &asked);
        let url = repositories::url(world, repository);
        let location = format!("{url}/pipelines_config/variables/{}", ids::encode_segment(&variable.uuid));
        let reply = Reply::json(201, to_json(&variable)).header("location", &location);
        repository.variables.push(variable);
        Ok(reply)
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let index = find(call, repository)?;
        Ok(Reply::json(200, to_json(&repository.variables[index])))
    })
}

fn update(call: &Call<'_>, world: &World) -> Answer {
    let asked = body(call)?;
    world.repository(call, |repository| {
        let index = find(call, repository)?;
        if let Some(key) = asked["key"].as_str() {
            check_key(repository, key, Some(index))?;
        }
        let variable = &mut repository.variables[index];
        assign(variable, &asked);
        Ok(Reply::json(200, to_json(variable)))
    })
}

fn delete(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let index = find(call, repository)?;
        repository.variables.remove(index);
        Ok(Reply::status(204))
    })
}

fn body(call: &Call<'_>) -> Result<Value, Reply> {
    match call.request.json() {
        Ok(body @ Value::Object(_)) => Ok(body),
        _ => Err(error_body::bad_request("The body is not a JSON object.")),
    }
}

fn find(call: &Call<'_>, repository: &Repository) -> Result<usize, Reply> {
    let id = call.param("variable_uuid");
    if !ids::is_uuid(id) {
        return Err(error_body::invalid_uuid(id));
    }
    let index = repository.variables.iter().position(|variable| variable.uuid == id);
    index.ok_or_else(|| error_body::not_found(&format!("Variable {id} does not exist.")))
}

/// Refuses odd names, and names that another variable than the one at `own` bears.
fn check_key(repository: &Repository, key: &str, own: Option<usize>) -> Result<(), Reply> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.is_empty() || key.starts_with(|c: char| c.is_ascii_digit()) || !key.chars().all(letters) {
        return Err(error_body::bad_request(&format!("\"{key}\" is no name for a variable.")));
    }
    let taken = repository.variables.iter().position(|variable| variable.key == key);
    if taken.is_some() && taken != own {
        let detail = format!("A variable with the key {key} exists already.");
        return Err(error_body::detailed(409, "Conflict", &detail));
    }
    Ok(())
}

/// Only what the request names is changed.
fn assign(variable: &mut Variable, asked: &Value) {
    if let Some(key) = asked["key"].as_str() {
        key.clone_into(&mut variable.key);
    }
    if let Some(value) = asked["value"].as_str() {
        value.clone_into(&mut variable.value);
    }
    if let Some(secured) = asked["secured"].as_bool() {
        variable.secured = secured;
    }
}

fn to_json(variable: &Variable) -> Value {
    let mut body = json!({
        "type": "pipeline_variable",
        "uuid": variable.uuid,
        "key": variable.key,
        "secured": variable.secured,
    });
    if !variable.secured {
        body["value"] = json!(variable.value);
    }
    body
}
