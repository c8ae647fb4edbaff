//! Handles have the methods of their own group themselves, and those of the other groups less what they know.

use bitbucket_cloud::{Method, RepositoryHandle, WorkspaceHandle};
use bitbucket_tests::Reply;
use serde_json::json;

use crate::fake;

#[tokio::test]
async fn a_repository_is_its_own_group() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", Reply::json(200, json!({"full_name": "acme/rocket"})));
    fake.on(Method::POST, "/{*rest}", Reply::json(201, json!({"full_name": "robin/rocket"})));
    let repository: RepositoryHandle = client.repository("acme", "rocket");
    assert_eq!((repository.workspace(), repository.slug()), ("acme", "rocket"));
    assert!(fake.journal().is_empty(), "a handle sends nothing by itself");

    let found = repository.get().send().await.expect("a repository");
    assert_eq!(found.full_name.as_deref(), Some("acme/rocket"));
    let same = client.repositories().get("acme", "rocket").send().await.expect("a repository");
    assert_eq!(same.full_name, found.full_name);
    repository.list_watchers().send().await.expect("the watchers");
    let fork = repository.fork().send().await.expect("a fork");
    assert_eq!(fork.full_name.as_deref(), Some("robin/rocket"));
    repository.pull_requests().list().send().await.expect("the pull requests");

    let asked: Vec<_> = fake.journal().iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect();
    let wanted = [
        "GET /2.0/repositories/acme/rocket",
        "GET /2.0/repositories/acme/rocket",
        "GET /2.0/repositories/acme/rocket/watchers",
        "POST /2.0/repositories/acme/rocket/forks",
        "GET /2.0/repositories/acme/rocket/pullrequests",
    ];
    assert_eq!(asked, wanted);
}

#[tokio::test]
async fn a_workspace_is_its_own_group() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", Reply::json(200, json!({"slug": "acme", "values": []})));
    let workspace: WorkspaceHandle = client.workspace("acme");
    assert_eq!(workspace.slug(), "acme");

    assert_eq!(workspace.get().send().await.expect("a workspace").slug.as_deref(), Some("acme"));
    assert!(workspace.list_members().send().await.expect("the members").values.is_empty());
    workspace.repositories().list().send().await.expect("the repositories");
    workspace.projects().list().send().await.expect("the projects");
    let repository = workspace.repository("rocket");
    assert_eq!((repository.workspace(), repository.slug()), ("acme", "rocket"));
    repository.get().send().await.expect("a repository");

    let asked: Vec<_> = fake.journal().iter().map(|entry| entry.path.clone()).collect();
    let wanted = [
        "/2.0/workspaces/acme",
        "/2.0/workspaces/acme/members",
        "/2.0/repositories/acme",
        "/2.0/workspaces/acme/projects",
        "/2.0/repositories/acme/rocket",
    ];
    assert_eq!(asked, wanted);
}

#[tokio::test]
async fn operations_are_called_by_group_and_name() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", Reply::json(404, json!({"error": {"message": "No"}})));
    let repository = client.repository("acme", "rocket");
    let error = repository.get().send().await.expect_err("nothing");
    let operation = error.operation().expect("an operation");
    assert_eq!((operation.name(), operation.group()), ("repositories.get", "repositories"));
    let address = format!("{}/repositories/acme/rocket", client.base_url());
    assert!(error.to_string().starts_with(&format!("repositories.get (GET {address}): 404")), "{error}");
    assert_eq!(error.address(), Some(address.as_str()));
    // Upstream's id stays where there is one.
    let request = client.pipelines().list("acme", "rocket");
    assert_eq!(request.operation().name(), "pipelines.list");
    assert_eq!(request.operation().id(), Some("getPipelinesForRepository"));
    assert_eq!(request.operation().to_string(), "pipelines.list (GET /repositories/{workspace}/{repo_slug}/pipelines)");
}
