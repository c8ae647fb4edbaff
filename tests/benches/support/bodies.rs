//! Bodies as the service sends them, with its order of members: `type` comes late in states, creators and triggers, and
//! first in targets.

use serde_json::{Value, json};

const HASH: &str = "4f2d9a7c1e8b3056d7a9c0e1f2b3a4d5c6e7f809";

fn link(path: &str) -> Value {
    json!({ "href": format!("https://api.bitbucket.org/2.0/{path}") })
}

fn html(path: &str) -> Value {
    json!({ "href": format!("https://bitbucket.org/{path}") })
}

fn text(raw: &str) -> Value {
    json!({ "type": "rendered", "raw": raw, "markup": "markdown", "html": format!("<p>{raw}</p>") })
}

fn user() -> Value {
    json!({
        "display_name": "Robin Example",
        "links": {
            "self": link("users/%7B1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11%7D"),
            "avatar": { "href": "https://avatar-management.example.org/712020:7f3c/3d/128" },
            "html": html("%7B1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11%7D/"),
        },
        "type": "user",
        "uuid": "{1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11}",
        "account_id": "712020:7f3c9a52-7b1d-4c1e-9c55-0d0f6f2f7a11",
        "nickname": "robin",
    })
}

fn repository() -> Value {
    json!({
        "type": "repository", "full_name": "acme/rocket", "name": "rocket",
        "links": {
            "self": link("repositories/acme/rocket"),
            "html": html("acme/rocket"),
            "avatar": { "href": "https://bytebucket.org/ravatar/%7B5e2b9d04%7D?ts=rust" },
        },
        "uuid": "{5e2b9d04-31aa-4f0c-8d7e-2f6b1c9a4e22}",
    })
}

fn short_commit() -> Value {
    let links = json!({ "self": link(&format!("repositories/acme/rocket/commit/{HASH}")), "html": html("acme/rocket/commits/4f2d9a7c1e8b") });
    json!({ "type": "commit", "hash": HASH, "links": links })
}

/// The least that a call answers.
pub(crate) fn small_pipeline() -> Value {
    json!({ "type": "pipeline", "uuid": "{9a7d3c60-84fe-4b2a-a1b3-6c5d4e3f0001}", "build_number": 7 })
}

/// The items of a page of the list of pipelines.
pub(crate) fn pipelines(count: usize) -> Value {
    let pipeline = |number| {
        let (result, kind) = match number % 3 {
            0 => ("FAILED", "pipeline_state_completed_failed"),
            _ => ("SUCCESSFUL", "pipeline_state_completed_successful"),
        };
        json!({
            "type": "pipeline",
            "uuid": format!("{{9a7d3c60-84fe-4b2a-a1b3-6c5d4e3f{number:04}}}"),
            "repository": repository(),
            "state": { "name": "COMPLETED", "type": "pipeline_state_completed", "result": { "name": result, "type": kind } },
            "build_number": 1000 + number,
            "creator": user(),
            "created_on": "2026-03-02T08:15:30.123456Z",
            "completed_on": "2026-03-02T08:19:12.022330137Z",
            "target": {
                "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "main",
                "selector": { "type": "branches", "pattern": "main" },
                "commit": short_commit(),
            },
            "trigger": { "name": "PUSH", "type": "pipeline_trigger_push" },
            "duration_in_seconds": 222,
            "build_seconds_used": 187,
            "first_successful": false,
            "expired": false,
            "has_variables": false,
            "links": {
                "self": link("repositories/acme/rocket/pipelines/%7B9a7d3c60%7D"),
                "steps": link("repositories/acme/rocket/pipelines/%7B9a7d3c60%7D/steps/"),
            },
        })
    };
    (0..count).map(pipeline).collect()
}

/// A page with these items.
pub(crate) fn page(values: &Value) -> Value {
    let next = "https://api.bitbucket.org/2.0/repositories/acme/rocket/things?page=2";
    json!({ "page": 1, "pagelen": 100, "size": 20_000, "next": next, "values": values })
}

/// The items of a page of the list of commits.
pub(crate) fn commits(count: usize) -> Value {
    let commit = |number| {
        let message = format!("rocket: let the tank be filled twice ({number})\n\nThe second filling was refused.\n");
        let path = format!("repositories/acme/rocket/commit/{HASH}");
        json!({
            "type": "commit",
            "hash": HASH,
            "date": "2026-03-02T08:15:30+00:00",
            "author": { "type": "author", "raw": "Robin Example <robin@example.org>", "user": user() },
            "message": message,
            "summary": text(&message),
            "links": {
                "self": link(&path), "html": html("acme/rocket/commits/4f2d9a7c1e8b"), "diff": link(&format!("{path}/diff")),
                "approve": link(&format!("{path}/approve")), "comments": link(&format!("{path}/comments")),
                "statuses": link(&format!("{path}/statuses")), "patch": link(&format!("{path}/patch")),
            },
            "parents": [short_commit()],
            "rendered": { "message": text(&message) },
            "repository": repository(),
        })
    };
    (0..count).map(commit).collect()
}

/// A pull request with two reviewers, one of whom has approved.
pub(crate) fn pull_request() -> Value {
    let end =
        |branch: &str| json!({ "branch": { "name": branch }, "commit": short_commit(), "repository": repository() });
    let participant = |role: &str, approved: bool| {
        json!({
            "type": "participant", "user": user(), "role": role, "approved": approved,
            "state": if approved { json!("approved") } else { json!(null) },
            "participated_on": "2026-03-02T09:00:00.654321+00:00",
        })
    };
    let description =
        "The tank could be filled once.\n\n* it is asked how full it is\n* **both** fillings are counted\n";
    let path = |end: &str| link(&format!("repositories/acme/rocket/pullrequests/42/{end}"));
    json!({
        "comment_count": 3,
        "task_count": 1,
        "type": "pullrequest",
        "id": 42,
        "title": "Fill the tank twice",
        "description": description,
        "rendered": { "title": text("Fill the tank twice"), "description": text(description), "reason": text("") },
        "state": "OPEN",
        "draft": false,
        "queued": false,
        "merge_commit": null,
        "close_source_branch": true,
        "closed_by": null,
        "author": user(),
        "reason": "",
        "created_on": "2026-03-02T08:15:30.123456+00:00",
        "updated_on": "2026-03-02T09:00:00.654321+00:00",
        "destination": end("main"),
        "source": end("feature/second-filling"),
        "reviewers": [user(), user()],
        "participants": [participant("REVIEWER", true), participant("REVIEWER", false), participant("PARTICIPANT", false)],
        "links": {
            "self": path(""), "html": html("acme/rocket/pull-requests/42"), "commits": path("commits"),
            "approve": path("approve"), "diff": path("diff"), "diffstat": path("diffstat"), "comments": path("comments"),
            "activity": path("activity"), "merge": path("merge"), "decline": path("decline"), "statuses": path("statuses"),
        },
        "summary": text(description),
    })
}
