//! The list of a fixed set of pull requests. As on the service, only open ones are listed unless `state` says otherwise,
//! and a filter `q` makes it ignore `state`.

use axum::http::Method;
use serde_json::{Value, json};

use super::accounts;
use crate::route::{Answer, Call, Route};
use crate::state::World;
use crate::{error_body, page, query_language};

const MAX_PAGELEN: usize = 50;

const PULL_REQUESTS: [(&str, &str); 6] = [
    ("Add a report", "OPEN"),
    ("Add a test", "MERGED"),
    ("Remove a report", "DECLINED"),
    ("Rename a report", "SUPERSEDED"),
    ("Mend a report", "MERGED"),
    ("Mend a test", "OPEN"),
];

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/repositories/{workspace}/{repo_slug}/pullrequests", list)]
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |_| {
        let all = PULL_REQUESTS.iter().enumerate().map(|(at, (title, state))| {
            json!({"type": "pullrequest", "id": at + 1, "title": title, "state": state, "author": accounts::account(world)})
        });
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
