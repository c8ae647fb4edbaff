//! Pull requests: list, open, get, and the task of a merge. As on the service, only open ones are listed unless `state`
//! says otherwise, a filter `q` makes it ignore `state`, and one that is opened a second time, with the same source and
//! destination, replaces the first without a word. None is merged or declined here.

use axum::http::Method;
use serde_json::{Value, json};

use super::{accounts, link, repositories};
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{PullRequest, Repository, World};
use crate::{error_body, page, query_language};

const MAX_PAGELEN: usize = 50;

/// The state of a pull request that was just opened.
const OPEN: &str = "OPEN";

const PULL_REQUESTS: [(&str, &str); 6] = [
    ("Add a report", OPEN),
    ("Add a test", "MERGED"),
    ("Remove a report", "DECLINED"),
    ("Rename a report", "SUPERSEDED"),
    ("Mend a report", "MERGED"),
    ("Mend a test", OPEN),
];

pub(super) fn routes() -> Vec<Route> {
    let collection = "/repositories/{workspace}/{repo_slug}/pullrequests";
    let one = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}";
    vec![
        Route::new(Method::GET, collection, list),
        Route::new(Method::POST, collection, create),
        Route::new(Method::GET, one, get),
        Route::new(Method::GET, &format!("{one}/merge/task-status/{{task_id}}"), merge_status),
    ]
}

/// The pull requests that every repository has from the beginning.
pub(crate) fn of_the_beginning() -> Vec<PullRequest> {
    let each = PULL_REQUESTS.iter().enumerate().map(|(index, (title, state))| PullRequest {
        title: (*title).to_owned(),
        description: String::new(),
        state,
        source: format!("topic-{}", index + 1),
        destination: "main".to_owned(),
        draft: false,
        comments: Vec::new(),
    });
    each.collect()
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let all = repository.pull_requests.iter().enumerate();
        let all = all.map(|(index, found)| to_json(world, repository, index, found));
        let states = call.request.query_values("state");
        let chosen = |pull_request: &Value| {
            let Some(filter) = call.request.query_value("q").filter(|filter| !filter.trim().is_empty()) else {
                let state = pull_request["state"].as_str().unwrap_or_default();
                return Ok(if states.is_empty() { state == "OPEN" } else { states.contains(&state) });
            };
            query_language::takes(filter, pull_request)
                .ok_or_else(|| error_body::standard(400, &format!("Invalid query {filter}")))
        };
        let mut found = Vec::new();
        for pull_request in all {
            if chosen(&pull_request)? {
                found.push(pull_request);
            }
        }
        page::reply_of_at_most(MAX_PAGELEN, call, world, &found, Value::clone)
    })
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
    let mut opened = PullRequest {
        title: required("title", "/title")?,
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        state: OPEN,
        source: required("source", "/source/branch/name")?,
        destination: required("destination", "/destination/branch/name").unwrap_or_else(|_| "main".to_owned()),
        draft: body["draft"] == true,
        comments: Vec::new(),
    };
    world.repository(call, |repository| {
        let key = |known: &PullRequest| (known.state, known.source.clone(), known.destination.clone());
        let same = |known: &PullRequest| key(known) == key(&opened);
        let index = repository.pull_requests.iter().position(same).unwrap_or(repository.pull_requests.len());
        let reply = Reply::json(201, to_json(world, repository, index, &opened));
        match repository.pull_requests.get_mut(index) {
            Some(known) => {
                opened.comments = std::mem::take(&mut known.comments);
                *known = opened;
            }
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

pub(super) fn find(call: &Call<'_>, repository: &Repository) -> Result<usize, Reply> {
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
        "state": found.state,
        "draft": found.draft,
        "author": accounts::account(world),
        "source": side(&found.source),
        "destination": side(&found.destination),
        "links": {"self": link(format!("{}/pullrequests/{id}", repositories::url(world, repository)))},
    })
}
