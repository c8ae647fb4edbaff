//! Shortcuts of models: each kind of path of `spec/shortcuts.toml`, where it leads to something and where it ends early.

use bitbucket_cloud::types::{Branch, Pipeline, PipelineStep, PullRequest, PullRequestComment, Repository};
use serde_json::{Value, json};

use crate::read;

#[test]
fn through_fields() {
    let pull_request: PullRequest = read(&json!({
        "type": "pullrequest",
        "source": {"branch": {"name": "topic"}, "commit": {"hash": "4f2d9a7c1e8b"}},
        "destination": {"branch": {"name": "main"}},
    }));
    assert_eq!(pull_request.source_branch(), Some("topic"));
    assert_eq!(pull_request.destination_branch(), Some("main"));
    for body in
        [json!({}), json!({"source": null}), json!({"source": {"branch": null}}), json!({"source": {"branch": {}}})]
    {
        let pull_request: PullRequest = read(&body);
        assert_eq!((pull_request.source_branch(), pull_request.destination_branch()), (None, None), "{body}");
    }

    let branch: Branch = read(&json!({"name": "main", "target": {"type": "commit", "hash": "4f2d9a7c1e8b"}}));
    assert_eq!(branch.target_hash(), Some("4f2d9a7c1e8b"));
    assert_eq!(read::<Branch>(&json!({"name": "main", "target": {"type": "commit"}})).target_hash(), None);

    let comment: PullRequestComment = read(&json!({"content": {"raw": "**Done**", "html": "<p>Done</p>"}}));
    assert_eq!(comment.raw(), Some("**Done**"));
    assert_eq!(PullRequestComment::default().raw(), None);
}

#[test]
fn through_the_links_of_an_object() {
    let html = "https://bitbucket.org/acme/rocket/pull-requests/7";
    for link in [json!({"href": html}), json!([{"href": html}, {"href": "https://example.org"}])] {
        let pull_request: PullRequest = read(&json!({"links": {"self": {"href": "x"}, "html": link}}));
        assert_eq!(pull_request.html_url(), Some(html));
    }
    for links in [json!(null), json!({}), json!({"html": null}), json!({"html": []}), json!({"html": {"name": "page"}})]
    {
        assert_eq!(read::<PullRequest>(&json!({ "links": links })).html_url(), None, "{links}");
    }
}

#[test]
fn to_the_link_of_a_name() {
    let links = json!({"clone": [
        {"href": "https://bitbucket.org/acme/rocket.git", "name": "https"},
        {"href": "git@bitbucket.org:acme/rocket.git", "name": "ssh"},
    ]});
    let repository: Repository = read(&json!({"type": "repository", "links": links}));
    assert_eq!(repository.clone_url("ssh"), Some("git@bitbucket.org:acme/rocket.git"));
    assert_eq!(repository.clone_url("https"), Some("https://bitbucket.org/acme/rocket.git"));
    assert_eq!(repository.clone_url("hg"), None);
    assert_eq!(Repository::default().clone_url("ssh"), None);
}

#[test]
fn through_what_all_kinds_of_a_union_have() {
    for kind in ["user", "team", "app_user", "robot"] {
        let author = json!({"type": kind, "display_name": "Robin Example"});
        assert_eq!(read::<PullRequest>(&json!({ "author": author })).author_name(), Some("Robin Example"), "{kind}");
    }
    for author in [json!(null), json!({}), json!({"type": "user"}), json!({"type": "robot", "display_name": 7})] {
        assert_eq!(read::<PullRequest>(&json!({ "author": author })).author_name(), None, "{author}");
    }
}

fn pipeline(target: &Value) -> Pipeline {
    read(&json!({"type": "pipeline", "target": target}))
}

#[test]
fn through_one_kind_of_a_union_under_a_condition() {
    let on = |ref_type: &str| json!({"type": "pipeline_ref_target", "ref_type": ref_type, "ref_name": "main"});
    assert_eq!(pipeline(&on("branch")).branch(), Some("main"));
    for target in [
        on("tag"),
        on("brand_new"),
        json!({"type": "pipeline_ref_target", "ref_name": "main"}),
        json!({"type": "pipeline_ref_target", "ref_type": "branch"}),
        json!({"type": "pipeline_commit_target", "commit": {"hash": "4f2d9a7c1e8b"}}),
        json!({"type": "brand_new_target", "ref_type": "branch", "ref_name": "main"}),
        json!(null),
    ] {
        assert_eq!(pipeline(&target).branch(), None, "{target}");
    }
}

#[test]
fn through_the_first_of_several_paths() {
    for kind in ["pipeline_ref_target", "pipeline_commit_target", "pipeline_pullrequest_target"] {
        let target = json!({"type": kind, "commit": {"type": "commit", "hash": "4f2d9a7c1e8b"}});
        assert_eq!(pipeline(&target).commit_hash(), Some("4f2d9a7c1e8b"), "{kind}");
    }
    let destination = json!({"type": "pipeline_pullrequest_target", "destination_commit": {"hash": "9c1b7e22a04d"}});
    for target in [json!(null), json!({"type": "pipeline_ref_target", "commit": {}}), destination] {
        assert_eq!(pipeline(&target).commit_hash(), None, "{target}");
    }
}

#[test]
fn whether_a_union_is_of_one_kind() {
    let step = |state: Value| read::<PipelineStep>(&json!({ "state": state }));
    let over =
        |result: Value| step(json!({"type": "pipeline_step_state_completed", "name": "COMPLETED", "result": result}));
    for result in [json!({"type": "pipeline_step_state_completed_failed"}), json!({"name": "FAILED"})] {
        let step = over(result);
        assert!(step.is_completed() && step.is_failed(), "{step:?}");
    }
    let passed = over(json!({"type": "pipeline_step_state_completed_successful", "name": "SUCCESSFUL"}));
    assert!(passed.is_completed() && !passed.is_failed());
    for state in [json!(null), json!({"name": "IN_PROGRESS"}), json!({"type": "brand_new", "name": "BRAND_NEW"})] {
        let step = step(state);
        assert!(!step.is_completed() && !step.is_failed(), "{step:?}");
    }
}
