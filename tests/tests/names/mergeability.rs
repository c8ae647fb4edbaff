//! The checks before a merge: an operation that the vendored document does not have.

use bitbucket_cloud::types::{MergeabilityCheck, MergeabilityChecks};
use bitbucket_cloud::{Effect, Method};
use bitbucket_tests::{FakeBitbucket, Reply};
use serde_json::{Value, json};

use crate::{fake, read};

const CHECKS: &str = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/mergeability/checks";

/// What the operation gives for a body, and the server that was asked.
async fn answered(body: Value) -> (FakeBitbucket, MergeabilityChecks) {
    let (fake, client) = fake().await;
    fake.on(Method::GET, CHECKS, Reply::json(200, body));
    let checks = client.pull_requests().get_mergeability_checks("acme", "rocket", 42).send().await.expect("the checks");
    fake.assert_no_unmatched();
    (fake, checks.into_inner())
}

/// One check of each type that the service knows.
fn each() -> [Value; 7] {
    let configured = json!({"type": "merge_check", "kind": "minimum_approvals", "id": 7, "name": "Two approvals"});
    [
        json!({"type": "pullrequest_state_check", "status": "PASSED", "required": true, "state": "OPEN"}),
        json!({"type": "current_user_permission_check", "status": "PASSED", "required": true, "blocking": false}),
        json!({"status": "FAILED", "reason": "conflicts", "type": "git_mergeability_check", "blocking": true}),
        json!({"type": "standard_merge_check", "status": "FAILED", "blocking": false, "check": configured,
            "requirement": {"count": 2}, "observed": {"count": 1}, "message": "One approval of two."}),
        json!({"type": "custom_pre_merge_check", "status": "PENDING", "uuid": "{1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11}"}),
        json!({"type": "custom_on_merge_check", "status": "SKIPPED", "uuid": "{5e2b9d04-31aa-4f0c-8d7e-2f6b1c9a4e22}"}),
        json!({"type": "merge_queue_check", "status": "PASSED", "queued": true, "merge_queue": {"state": "BRAND_NEW"}}),
    ]
}

#[tokio::test]
async fn the_checks_are_told_apart_and_written_again_as_they_were() {
    let body = json!({"size": 7, "values": each()});
    let (_fake, checks) = answered(body.clone()).await;
    assert_eq!(checks.size, Some(7));
    let [state, user, git, standard, before, on, queue] = checks.values.as_deref().expect("checks") else {
        panic!("seven checks: {checks:?}");
    };
    assert!(state.is_pull_request_state() && user.is_current_user_permission());
    assert!(before.is_custom_pre_merge() && on.is_custom_on_merge());
    assert!(matches!(git, MergeabilityCheck::Git(_)) && matches!(queue, MergeabilityCheck::MergeQueue(_)));
    let git = git.as_git().expect("what Git found");
    assert_eq!((git.blocking, git.required), (Some(true), None));
    assert_eq!(serde_json::to_value(&git.reason).expect("JSON"), "conflicts");
    let standard = (standard.message(), standard.as_standard().expect("a configured check"));
    assert_eq!((standard.0, standard.1.blocking), (Some("One approval of two."), Some(false)));
    let configured = standard.1.check.as_ref().expect("what is configured");
    assert_eq!(
        (configured.kind.as_deref(), configured.name.as_deref()),
        (Some("minimum_approvals"), Some("Two approvals"))
    );
    let queue = queue.as_merge_queue().expect("the queue");
    let word = queue.merge_queue.as_ref().and_then(|queue| queue.state.as_deref());
    assert_eq!((queue.queued, word), (Some(true), Some("BRAND_NEW")));
    assert_eq!(serde_json::to_value(&checks).expect("JSON"), body);
}

#[tokio::test]
async fn checks_under_their_other_name_are_read() {
    let (_fake, checks) = answered(json!({"size": 1, "checks": [each()[2]]})).await;
    assert!(checks.values.is_none());
    let checks = checks.checks.expect("checks");
    assert!(matches!(checks.as_slice(), [MergeabilityCheck::Git(_)]), "{checks:?}");
}

#[test]
fn a_check_of_a_new_type_is_kept_whole() {
    let body = json!({"type": "moon_check", "status": "FAILED", "message": "It is full.", "phase": {"day": 15}});
    let check: MergeabilityCheck = read(&body);
    assert!(check.is_unknown());
    assert_eq!((check.type_name(), check.message()), (Some("moon_check"), Some("It is full.")));
    assert_eq!(serde_json::to_value(&check).expect("JSON"), body);
}

#[tokio::test]
async fn slow_checks_are_left_out_by_a_filter() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, CHECKS, Reply::json(200, json!({"size": 0, "values": []})));
    let filter = r#"type!="git_mergeability_check" AND check.kind!="maximum_commits_behind""#;
    let requests = client.repository("acme", "rocket");
    let checks = requests.pull_requests().get_mergeability_checks(42).filter(filter).send().await.expect("the checks");
    assert_eq!(checks.values.as_ref().map(Vec::len), Some(0));
    client.pull_requests().get_mergeability_checks("acme", "rocket", 42).send().await.expect("the checks");
    let journal = fake.journal();
    assert_eq!(journal[0].path, "/2.0/repositories/acme/rocket/pullrequests/42/mergeability/checks");
    assert_eq!(journal[0].query, [("q".to_owned(), filter.to_owned())]);
    assert_eq!((journal[1].path.as_str(), journal[1].query.len()), (journal[0].path.as_str(), 0));
}

#[tokio::test]
async fn an_operation_without_an_id_upstream_has_a_name() {
    let (fake, client) = fake().await;
    let request = client.pull_requests().get_mergeability_checks("acme", "rocket", 42);
    let operation = request.operation();
    assert_eq!((operation.name(), operation.id()), ("pull_requests.get_mergeability_checks", None));
    assert_eq!((operation.group(), operation.method(), operation.effect()), ("pull_requests", "GET", Effect::Read));
    // A filter that it does not take.
    fake.on(Method::GET, CHECKS, Reply::json(400, json!({"type": "error", "error": {"message": "Bad filter"}})));
    let error = request.filter("status=\"FAILED\"").send().await.expect_err("a refusal").to_string();
    assert!(error.starts_with("pull_requests.get_mergeability_checks") && error.contains("Bad filter"), "{error}");
}
