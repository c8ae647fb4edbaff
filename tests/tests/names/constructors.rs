//! Constructors ask for what the service insists on, and write that and nothing else.

use bitbucket_cloud::Method;
use bitbucket_cloud::types::{PullRequest, PullRequestComment};
use bitbucket_tests::Reply;
use serde::Serialize;
use serde_json::{Value, json};

use crate::fake;

/// What is sent.
fn written(model: &impl Serialize) -> Value {
    serde_json::to_value(model).expect("a model can be written")
}

#[test]
fn a_pull_request_needs_a_title_and_a_branch() {
    let fix = PullRequest::new("Fix", "topic");
    let least = json!({"title": "Fix", "source": {"branch": {"name": "topic"}}});
    assert_eq!(written(&fix), least);
    let more = written(&fix.with_description("It leaked.").with_close_source_branch(true));
    assert_eq!((&more["description"], &more["close_source_branch"]), (&json!("It leaked."), &json!(true)));
    assert_eq!((&more["title"], &more["source"]), (&least["title"], &least["source"]));
}

#[test]
fn a_comment_needs_a_text() {
    assert_eq!(written(&PullRequestComment::new("LGTM")), json!({"content": {"raw": "LGTM"}}));
}

#[tokio::test]
async fn what_is_needed_is_an_argument_and_arrives() {
    let (fake, client) = fake().await;
    fake.on(Method::POST, "/{*rest}", Reply::json(201, json!({"id": 7})));
    fake.on(Method::PUT, "/{*rest}", Reply::json(200, json!({"id": 7})));
    let (fix, comment) = (PullRequest::new("Fix", "topic"), PullRequestComment::new("LGTM"));
    let repository = client.repository("acme", "rocket");
    assert_eq!(repository.pull_requests().create(&fix).send().await.expect("a pull request").id, Some(7));
    let mended = PullRequest::default().with_title("Mend");
    client.pull_requests().update("acme", "rocket", 7, &mended).send().await.expect("a pull request");
    client.pull_requests().create_comment("acme", "rocket", 7, &comment).send().await.expect("a comment");
    // A repository needs nothing but its path, and a merge has usual values for everything.
    client.repositories().create("acme", "engine").send().await.expect("a repository");
    repository.pull_requests().merge(7).send().await.expect("a merge");

    let journal = fake.journal();
    let bodies: Vec<_> = journal.iter().map(|entry| (entry.path.as_str(), entry.json().ok())).collect();
    let pull_requests = "/2.0/repositories/acme/rocket/pullrequests";
    assert_eq!(bodies[0], (pull_requests, Some(written(&fix))));
    assert_eq!(bodies[1], (format!("{pull_requests}/7").as_str(), Some(json!({"title": "Mend"}))));
    assert_eq!(bodies[2], (format!("{pull_requests}/7/comments").as_str(), Some(written(&comment))));
    assert_eq!(bodies[3], ("/2.0/repositories/acme/engine", None));
    assert_eq!(bodies[4], (format!("{pull_requests}/7/merge").as_str(), None));
}
