//! Pull requests: open, get, and the task of a merge. One that is opened a second time, with the same source and
//! destination, replaces the first without a word, as the service does. None is merged or declined here.

use axum::http::Method;
use serde_json::{Value, json};

use super::{accounts, link, repositories};
use crate::error_body;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{PullRequest, Repository, World};

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/pullrequests";
    let one = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}";
    vec![
        Route::new(Method::POST, collection, create),
        Route::new(Method::GET, one, get),
        Route::new(Method::GET, &format!("{one}/merge/task-status/{{task_id}}"), merge_status),
    ]
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let index = find(call, repository)?;
        Ok(Reply::json(200, to_json(world, repository, index, &repository.pull_requests[index])))
    })
}

fn create(call: &Call<'_>, world: &World) -> Answer {
    let body = call.request.json();
    let body = body.map_err(|error| error_body::bad_request(&format!("The body is not JSON: {error}")))?;
    let required = |name: &str, pointer: &str| {
        let text = body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| error_body::bad_request(&format!("{name} is required")))
    };
    let opened = PullRequest {
        title: required("title", "/title")?,
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        source: required("source", "/source/branch/name")?,
        destination: required("destination", "/destination/branch/name").unwrap_or_else(|_| "main".to_owned()),
    };
    world.repository(call, |repository| {
        let same = |known: &PullRequest| known.source == opened.source && known.destination == opened.destination;
        let index = repository.pull_requests.iter().position(same).unwrap_or(repository.pull_requests.len());
        let reply = Reply::json(201, to_json(world, repository, index, &opened));
        match repository.pull_requests.get_mut(index) {
            Some(known) => *known = opened,
            None => repository.pull_requests.push(opened),
        }
        Ok(reply)
    })
}

/// Any task is pending, for ever: nothing is merged here, and the service says so of tasks that it does not know.
fn merge_status(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        find(call, repository)?;
        let link = link(format!("{}{}", world.urls.origin, call.request.path));
        Ok(Reply::json(200, json!({"task_status": "PENDING", "links": {"self": link}})))
    })
}

fn find(call: &Call<'_>, repository: &Repository) -> Result<usize, Reply> {
    let id = call.param("pull_request_id");
    let index = id.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let found = index.filter(|index| *index < repository.pull_requests.len());
    found.ok_or_else(|| error_body::not_found(&format!("Pull request {id} does not exist.")))
}

fn to_json(world: &World, repository: &Repository, index: usize, found: &PullRequest) -> Value {
    let id = index + 1;
    let side = |branch: &str| {
        let repository = repositories::reference(world, repository);
        json!({"branch": {"name": branch}, "commit": null, "repository": repository})
    };
    json!({
        "type": "pullrequest",
        "id": id,
        "title": found.title,
        "description": found.description,
        "state": "OPEN",
        "draft": false,
        "author": accounts::account(world),
        "source": side(&found.source),
        "destination": side(&found.destination),
        "links": {"self": link(format!("{}/pullrequests/{id}", repositories::url(world, repository)))},
    })
}
