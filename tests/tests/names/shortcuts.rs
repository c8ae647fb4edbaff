//! Shortcuts of models: each kind of path of `spec/shortcuts.toml`, where it leads to something and where it ends early.

use bitbucket_cloud::types::{
    Branch, Comment, Commit, Deployment, MergeabilityCheck, MergeabilityChecks, Pipeline, PipelineStep, PullRequest,
    PullRequestComment, Repository,
};
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

    let body =
        json!({"content": {"raw": "**Done**", "html": "<p>Done</p>"}, "inline": {"path": "src/main.rs", "to": 42}});
    let comment: PullRequestComment = read(&body);
    assert_eq!((comment.raw(), comment.path(), comment.line()), (Some("**Done**"), Some("src/main.rs"), Some(42)));
    assert_eq!((PullRequestComment::default().raw(), PullRequestComment::default().line()), (None, None));
    // The same from the union, of each kind and of none that is known.
    for kind in ["pullrequest_comment", "commit_comment", "brand_new_comment"] {
        let comment: Comment = read(&json!({"type": kind, "content": {"raw": "Done"}, "inline": {"to": 42}}));
        assert_eq!((comment.raw(), comment.line(), comment.path()), (Some("Done"), Some(42), None), "{kind}");
    }

    let deployment: Deployment = read(&json!({"environment": {"uuid": "{1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11}"}}));
    let uuid = deployment.environment_uuid().map(ToString::to_string);
    assert_eq!(uuid.as_deref(), Some("{1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11}"));
    assert!(deployment.environment_name().is_none() && Deployment::default().environment_uuid().is_none());
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
    for target in [
        on("branch"),
        on("named_branch"),
        json!({"type": "pipeline_pullrequest_target", "source": "main", "destination": "release"}),
    ] {
        assert_eq!((pipeline(&target).branch(), pipeline(&target).tag()), (Some("main"), None), "{target}");
    }
    assert_eq!(pipeline(&on("tag")).tag(), Some("main"));
    for target in [
        on("tag"),
        on("bookmark"),
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
    let kinds = ["ref", "commit", "pullrequest", "merge_queue_ref"].map(|kind| format!("pipeline_{kind}_target"));
    for kind in kinds {
        let target = json!({"type": kind, "commit": {"type": "commit", "hash": "4f2d9a7c1e8b"}});
        assert_eq!(pipeline(&target).commit_hash(), Some("4f2d9a7c1e8b"), "{kind}");
    }
    let destination = json!({"type": "pipeline_pullrequest_target", "destination_commit": {"hash": "9c1b7e22a04d"}});
    for target in [json!(null), json!({"type": "pipeline_ref_target", "commit": {}}), destination] {
        assert_eq!(pipeline(&target).commit_hash(), None, "{target}");
    }
}

#[test]
fn through_what_stands_in_for_another_member() {
    let author = |author: Value| read::<Commit>(&json!({"type": "commit", "author": author}));
    let raw = "Robin Example <robin@example.org>";
    let known = author(json!({"raw": raw, "user": {"type": "user", "display_name": "Robin"}}));
    assert_eq!(known.author_name(), Some("Robin"));
    for user in [json!(null), json!({"type": "user"})] {
        assert_eq!(author(json!({"raw": raw, "user": user})).author_name(), Some(raw), "{user}");
    }
    assert_eq!(author(json!({})).author_name(), None);

    let check = json!({"type": "standard_merge_check", "check": {"name": "Two approvals"}});
    for body in [json!({"values": [check]}), json!({"checks": [check]}), json!({"values": null, "checks": [check]})] {
        let checks: MergeabilityChecks = read(&body);
        assert!(checks.all().is_some_and(|all| all.len() == 1), "{body}");
    }
    assert!(MergeabilityChecks::default().all().is_none());
}

#[test]
fn through_a_kind_of_the_union_itself() {
    for kind in ["standard_merge_check", "custom_pre_merge_check", "custom_on_merge_check"] {
        let check: MergeabilityCheck = read(&json!({"type": kind, "check": {"name": "Two approvals"}}));
        assert_eq!(check.check_name(), Some("Two approvals"), "{kind}");
    }
    for kind in ["git_mergeability_check", "brand_new_check"] {
        let check: MergeabilityCheck = read(&json!({"type": kind, "check": {"name": "Two approvals"}}));
        assert_eq!(check.check_name(), None, "{kind}");
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
