//! Comments of pull requests: list, write, read, write over. All are by the one account that there is.

use axum::http::Method;
use serde_json::{Value, json};

use super::{accounts, link, repositories};
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Repository, World};
use crate::{error_body, page};

pub(super) fn routes() -> Vec<Route> {
    let all = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/comments";
    let one = format!("{all}/{{comment_id}}");
    vec![
        Route::new(Method::GET, all, list),
        Route::new(Method::POST, all, create),
        Route::new(Method::GET, &one, get),
        Route::new(Method::PUT, &one, update),
    ]
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let of = super::pull_requests::find(call, repository)?;
        let all: Vec<usize> = (0..repository.pull_requests[of].comments.len()).collect();
        page::reply(call, world, &all, |index| to_json(world, repository, of, *index))
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let (of, index) = find(call, repository)?;
        Ok(Reply::json(200, to_json(world, repository, of, index)))
    })
}

fn create(call: &Call<'_>, world: &World) -> Answer {
    let raw = raw(call)?;
    world.repository(call, |repository| {
        let of = super::pull_requests::find(call, repository)?;
        let comments = &mut repository.pull_requests[of].comments;
        comments.push(raw);
        let index = comments.len() - 1;
        Ok(Reply::json(201, to_json(world, repository, of, index)))
    })
}

fn update(call: &Call<'_>, world: &World) -> Answer {
    let raw = raw(call)?;
    world.repository(call, |repository| {
        let (of, index) = find(call, repository)?;
        repository.pull_requests[of].comments[index] = raw;
        Ok(Reply::json(200, to_json(world, repository, of, index)))
    })
}

fn raw(call: &Call<'_>) -> Result<String, Reply> {
    let body = call.request.json();
    let body = body.map_err(|error| error_body::bad_request(&format!("The body is not JSON: {error}")))?;
    let raw = body.pointer("/content/raw").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    raw.map(str::to_owned).ok_or_else(|| error_body::bad_request("content.raw is required"))
}

fn find(call: &Call<'_>, repository: &Repository) -> Result<(usize, usize), Reply> {
    let of = super::pull_requests::find(call, repository)?;
    let id = call.param("comment_id");
    let index = id.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let found = index.filter(|index| *index < repository.pull_requests[of].comments.len());
    found.map(|index| (of, index)).ok_or_else(|| error_body::not_found(&format!("Comment {id} does not exist.")))
}

fn to_json(world: &World, repository: &Repository, of: usize, index: usize) -> Value {
    let (number, id) = (of + 1, index + 1);
    let url = format!("{}/pullrequests/{number}", repositories::url(world, repository));
    json!({
        "type": "pullrequest_comment",
        "id": id,
        "content": {"type": "rendered", "raw": repository.pull_requests[of].comments[index], "markup": "markdown"},
        "user": accounts::account(world),
        "deleted": false,
        "pending": false,
        "pullrequest": {"type": "pullrequest", "id": number, "links": {"self": link(&url)}},
        "links": {"self": link(format!("{url}/comments/{id}"))},
    })
}
