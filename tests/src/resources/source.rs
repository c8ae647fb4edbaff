//! Files and commits at a revision. As in the service, a branch name with a slash is unknown here, however it is
//! encoded, and only hashes always work.

use axum::http::Method;
use serde_json::{Value, json};

use super::{branches, repositories};
use crate::error_body;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::World;

pub(super) fn routes() -> Vec<Route> {
    let repository = "/repositories/{workspace}/{repo_slug}";
    vec![
        Route::new(Method::GET, &format!("{repository}/src/{{commit}}/{{*path}}"), source),
        Route::new(Method::GET, &format!("{repository}/commits/{{revision}}"), commits),
        Route::new(Method::GET, &format!("{repository}/commit/{{commit}}"), commit),
    ]
}

/// The full hash, if the name leads to a commit.
fn find(name: &str) -> Result<String, Reply> {
    let known = branches::names().find(|known| *known == name && !known.contains('/')).map(branches::head);
    let by_hash = || branches::names().map(branches::head).find(|hash| name.len() >= 4 && hash.starts_with(name));
    let absent = || error_body::standard(404, &format!("Commit not found: {name}"));
    known.or_else(by_hash).ok_or_else(absent)
}

fn source(call: &Call<'_>, _: &World) -> Answer {
    let hash = find(call.param("commit"))?;
    Ok(Reply::text(200, format!("{} at {hash}\n", call.param("path"))))
}

fn commit(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let hash = find(call.param("commit"))?;
        Ok(Reply::json(200, repositories::commit(world, repository, &hash)))
    })
}

fn commits(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let hash = find(call.param("revision"))?;
        let values: Vec<Value> = vec![repositories::commit(world, repository, &hash)];
        Ok(Reply::json(200, json!({"pagelen": 30, "values": values})))
    })
}
