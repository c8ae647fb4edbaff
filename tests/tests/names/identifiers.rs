//! What identifies a thing is taken in every form that people hold: the object that came back, its UUID, its number, text.

use bitbucket_cloud::types::{Account, Commit, Pipeline, PullRequest};
use bitbucket_cloud::{ErrorKind, Method, Uuid};
use bitbucket_tests::Reply;
use serde_json::json;

use crate::{fake, read};

const UUID: &str = "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}";

#[tokio::test]
async fn the_object_its_uuid_its_number_and_text_lead_to_the_same_place() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", Reply::json(200, json!({"uuid": UUID, "build_number": 17})));
    let repository = client.repository("acme", "rocket");
    let pipelines = repository.pipelines();
    let answer = pipelines.get(17).send().await.expect("a pipeline");
    let uuid: Uuid = UUID.parse().expect("a UUID");
    pipelines.get(&answer).send().await.expect("by what came back");
    let pipeline: Pipeline = answer.into_inner();
    pipelines.get(&pipeline).send().await.expect("by the object");
    pipelines.get(&uuid).send().await.expect("by a reference to its UUID");
    pipelines.get(uuid).send().await.expect("by its UUID");
    pipelines.get(UUID).send().await.expect("by text");
    pipelines.get(UUID.to_owned()).send().await.expect("by text of one's own");
    pipelines.get_step(&pipeline, UUID).send().await.expect("each argument in its own form");
    client.pipelines().get("acme", "rocket", &pipeline).send().await.expect("without a handle");

    let encoded = "%7B3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90%7D";
    let by_uuid = format!("/2.0/repositories/acme/rocket/pipelines/{encoded}");
    let asked: Vec<String> = fake.journal().into_iter().map(|entry| entry.path).collect();
    assert_eq!(asked[0], "/2.0/repositories/acme/rocket/pipelines/17");
    let step = format!("{by_uuid}/steps/{encoded}");
    let expected = [&by_uuid, &by_uuid, &by_uuid, &by_uuid, &by_uuid, &by_uuid, &step, &by_uuid];
    assert_eq!(asked[1..].iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn members_of_every_kind_of_value() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", Reply::json(200, json!({})));
    let repository = client.repository("acme", "rocket");
    let pull_request: PullRequest = read(&json!({"id": 42}));
    repository.pull_requests().get(&pull_request).send().await.expect("by a number");
    let commit: Commit = read(&json!({"hash": "1a372fc"}));
    repository.commits().get(&commit).send().await.expect("by text");
    let account: Account = read(&json!({"type": "user", "uuid": UUID}));
    repository.pull_requests().get_default_reviewer(&account).send().await.expect("by a member that all variants have");
    let asked: Vec<String> = fake.journal().into_iter().map(|entry| entry.path).collect();
    let ends = ["/pullrequests/42", "/commit/1a372fc", "/default-reviewers/%7B3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90%7D"];
    for (path, end) in asked.iter().zip(ends) {
        assert!(path.ends_with(end), "{path}");
    }
    assert_eq!(asked.len(), ends.len());
}

#[tokio::test]
async fn an_object_without_the_member_is_refused_before_anything_is_sent() {
    let (fake, client) = fake().await;
    let repository = client.repository("acme", "rocket");
    let error = repository.pipelines().get(&Pipeline::default()).send().await.map(|_| ()).expect_err("no uuid");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("the `Pipeline` has no `uuid`"), "{error}");
    for wrong in ["", ".", ".."] {
        let error = repository.pipelines().get(wrong).send().await.map(|_| ()).expect_err("no value for a path");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{wrong:?}");
    }
    assert!(fake.journal().is_empty());
}
