//! A repository: any name exists, unless its slug starts with `missing`. Read only.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{accounts, link};
use crate::ids;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::{Repository, World};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/repositories/{workspace}/{repo_slug}", get)]
}

/// The address of a repository's resources in the API.
pub(super) fn url(world: &World, repository: &Repository) -> String {
    let (workspace, slug) = (ids::encode_segment(&repository.workspace), ids::encode_segment(&repository.slug));
    format!("{}/repositories/{workspace}/{slug}", world.urls.api)
}

/// The repository as other resources embed it.
pub(super) fn reference(world: &World, repository: &Repository) -> Value {
    let full_name = repository.full_name();
    json!({
        "type": "repository",
        "full_name": full_name,
        "links": {
            "self": link(url(world, repository)),
            "html": link(format!("https://bitbucket.org/{full_name}")),
            "avatar": link("https://avatars.example.com/repository.png"),
        },
        "name": repository.slug,
        "uuid": ids::uuid(&format!("repository/{full_name}")),
    })
}

/// A commit as other resources embed it.
pub(super) fn commit(world: &World, repository: &Repository, hash: &str) -> Value {
    json!({
        "hash": hash,
        "links": {
            "self": link(format!("{}/commit/{hash}", url(world, repository))),
            "html": link(format!("https://bitbucket.org/{}/commits/{hash}", repository.full_name())),
        },
        "type": "commit",
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let mut body = reference(world, repository);
        let workspace = &repository.workspace;
        let created_on = world.clock.micros_offset(Duration::ZERO);
        let url = url(world, repository);
        for part in ["branches", "tags"] {
            body["links"][part] = link(format!("{url}/refs/{part}"));
        }
        for part in ["commits", "pullrequests", "hooks"] {
            body["links"][part] = link(format!("{url}/{part}"));
        }
        let members = json!({
            "slug": repository.slug,
            "scm": "git",
            "description": "",
            "website": null,
            "is_private": true,
            "fork_policy": "no_public_forks",
            "has_issues": false,
            "has_wiki": false,
            "language": "rust",
            "size": 73_512,
            "parent": null,
            "created_on": created_on,
            "updated_on": created_on,
            "mainbranch": {"type": "branch", "name": "main"},
            "owner": accounts::account(world),
            "workspace": {
                "type": "workspace",
                "uuid": ids::uuid(&format!("workspace/{workspace}")),
                "name": workspace,
                "slug": workspace,
                "links": {"html": link(format!("https://bitbucket.org/{workspace}/"))},
            },
            "project": {
                "type": "project",
                "key": "SAMPLE",
                "uuid": ids::uuid(&format!("project/{workspace}")),
                "name": "Sample",
                "links": {"html": link(format!("https://bitbucket.org/{workspace}/workspace/projects/SAMPLE"))},
            },
        });
        for (name, value) in members.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Ok(Reply::json(200, body))
    })
}
