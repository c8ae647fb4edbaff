//! A fixed set of branches, one of them with a slash in its name. The name may come encoded or as further segments.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use super::{accounts, link, repositories};
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::World;
use crate::{error_body, ids};

const BRANCHES: [&str; 3] = ["main", "develop", "feature/with-slash"];

const TAGS: [&str; 2] = ["v1.0", "release/2.0"];

pub(super) fn routes() -> Vec<Route> {
    let refs = "/repositories/{workspace}/{repo_slug}/refs";
    vec![
        Route::new(Method::GET, &format!("{refs}/branches/{{*name}}"), get),
        Route::new(Method::GET, &format!("{refs}/tags/{{*name}}"), get_tag),
    ]
}

/// All branches and tags.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BRANCHES.into_iter().chain(TAGS)
}

fn get_tag(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let name = call.param("name");
        if !TAGS.contains(&name) {
            return Err(error_body::standard(404, &format!("Tag \"{name}\" not found")));
        }
        let target = repositories::commit(world, repository, &head(name));
        // A lightweight tag: nobody made it, and at no time.
        let body =
            json!({"type": "tag", "name": name, "target": target, "message": null, "tagger": null, "date": null});
        Ok(Reply::json(200, body))
    })
}

/// The hash of the commit a branch or tag points to.
pub(super) fn head(name: &str) -> String {
    ids::commit_hash(&format!("ref/{name}"))
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let name = call.param("name");
        if !BRANCHES.contains(&name) {
            return Err(error_body::standard(404, &format!("Branch \"{name}\" not found")));
        }
        let mut target = repositories::commit(world, repository, &head(name));
        target["date"] = json!(world.clock.micros_offset(Duration::ZERO));
        target["message"] = json!("Add a sample\n");
        target["parents"] = json!([repositories::commit(world, repository, &ids::commit_hash("parent"))]);
        target["author"] = json!({
            "type": "author",
            "raw": "Sample Account <sample@example.com>",
            "user": accounts::account(world),
        });
        target["repository"] = repositories::reference(world, repository);
        let url = repositories::url(world, repository);
        let segment = ids::encode_segment(name);
        Ok(Reply::json(
            200,
            json!({
                "type": "branch",
                "name": name,
                "target": target,
                "links": {
                    "self": link(format!("{url}/refs/branches/{segment}")),
                    "commits": link(format!("{url}/commits/{segment}")),
                    "html": link(format!("https://bitbucket.org/{}/branch/{segment}", repository.full_name())),
                },
                "merge_strategies": ["merge_commit", "squash", "fast_forward"],
                "default_merge_strategy": "merge_commit",
                "sync_strategies": ["merge_commit", "rebase"],
            }),
        ))
    })
}
