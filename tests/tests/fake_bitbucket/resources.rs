//! What is not a run: variables, the repository, its branches, the user.

use serde_json::{Value, json};

use crate::{client, encode, get, get_json, header, json_of, post, repository, slow_fake};

#[tokio::test]
async fn variables_are_created_read_changed_and_deleted() {
    let fake = slow_fake().await;
    let all = format!("{}/pipelines_config/variables", repository(&fake));
    let response = post(&format!("{all}/"), &json!({"key": "REGION", "value": "north"})).await;
    let one = header(&response, "location").to_owned();
    let created = json_of(response, 201).await;
    assert_eq!(one, format!("{all}/{}", encode(&created["uuid"])));
    assert_eq!((&created["value"], &created["secured"]), (&json!("north"), &json!(false)));

    let put = |body: Value| {
        let request = client().put(&one).header("content-type", "application/json").body(body.to_string());
        async { request.send().await.expect("an answer") }
    };
    let changed = json_of(put(json!({"value": "south", "secured": true})).await, 200).await;
    assert_eq!((&changed["key"], changed.get("value")), (&json!("REGION"), None));
    assert_eq!(get_json(&one).await, changed);
    assert_eq!(get_json(&all).await["values"], json!([changed]));

    assert_eq!(client().delete(&one).send().await.expect("an answer").status(), 204);
    assert_eq!(get(&one).await.status(), 404);
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn two_variables_cannot_share_a_key() {
    let fake = slow_fake().await;
    let all = format!("{}/pipelines_config/variables", repository(&fake));
    assert_eq!(post(&all, &json!({"key": "A", "value": "1"})).await.status(), 201);
    let error = json_of(post(&all, &json!({"key": "A", "value": "2"})).await, 409).await;
    assert_eq!(error["error"]["message"], "Conflict");
    let second = json_of(post(&all, &json!({"key": "B"})).await, 201).await;
    let url = format!("{all}/{}", encode(&second["uuid"]));
    let rename = |key: &str| {
        let body = json!({"key": key}).to_string();
        client().put(&url).header("content-type", "application/json").body(body).send()
    };
    assert_eq!(rename("A").await.expect("an answer").status(), 409);
    assert_eq!(rename("B").await.expect("an answer").status(), 200);
    assert_eq!(post(&all, &json!({"key": "NOT A KEY"})).await.status(), 400);
}

#[tokio::test]
async fn a_repository_exists_unless_its_slug_says_otherwise() {
    let fake = slow_fake().await;
    let body = get_json(&repository(&fake)).await;
    assert_eq!((&body["full_name"], &body["slug"]), (&json!("sample/widgets"), &json!("widgets")));
    assert_eq!(body["links"]["self"]["href"], repository(&fake));
    assert!(body["created_on"].as_str().expect("a date").ends_with("+00:00"));

    let error = json_of(get(&format!("{}/repositories/sample/missing-one", fake.base_url())).await, 404).await;
    assert_eq!(error, json!({"error": {"message": "Repository sample/missing-one not found."}}));
}

#[tokio::test]
async fn a_branch_may_have_a_slash() {
    let fake = slow_fake().await;
    let branches = format!("{}/refs/branches", repository(&fake));
    for name in ["main", "develop", "feature%2Fwith-slash", "feature/with-slash"] {
        let body = get_json(&format!("{branches}/{name}")).await;
        assert_eq!(body["name"], name.replace("%2F", "/"));
        assert_eq!(body["target"]["hash"].as_str().map(str::len), Some(40));
    }
    assert_eq!(get(&format!("{branches}/other")).await.status(), 404);
}

#[tokio::test]
async fn the_user_is_the_sample_account() {
    let fake = slow_fake().await;
    let user = get_json(&format!("{}/user", fake.base_url())).await;
    assert_eq!((&user["type"], &user["nickname"]), (&json!("user"), &json!("sample")));
}

#[tokio::test]
async fn a_pull_request_opened_again_overwrites_the_first() {
    let fake = slow_fake().await;
    let all = format!("{}/pullrequests", repository(&fake));
    let pull = |title: &str, source: &str| json!({"title": title, "source": {"branch": {"name": source}}});
    let first = json_of(post(&all, &pull("First", "topic")).await, 201).await;
    assert_eq!((&first["id"], &first["destination"]["branch"]["name"]), (&json!(7), &json!("main")));
    let other = json_of(post(&all, &pull("Other", "another-topic")).await, 201).await;
    assert_eq!(other["id"], 8);
    let again = json_of(post(&all, &pull("Second", "topic")).await, 201).await;
    assert_eq!((&again["id"], &again["title"]), (&json!(7), &json!("Second")));
    assert_eq!(get_json(&format!("{all}/7")).await["title"], "Second");
    assert_eq!(get(&format!("{all}/9")).await.status(), 404);
    assert_eq!(post(&all, &json!({"title": "No source"})).await.status(), 400);
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn an_unknown_merge_task_is_pending_for_ever() {
    let fake = slow_fake().await;
    let all = format!("{}/pullrequests", repository(&fake));
    let pull = json!({"title": "One", "source": {"branch": {"name": "topic"}}});
    assert_eq!(post(&all, &pull).await.status(), 201);
    for _ in 0..3 {
        let status = get_json(&format!("{all}/1/merge/task-status/no-such-task")).await;
        assert_eq!(status["task_status"], "PENDING");
        fake.advance(100 * crate::STEP);
    }
}

#[tokio::test]
async fn pull_requests_are_filtered_by_state_or_by_a_query() {
    let fake = slow_fake().await;
    let list = async |query: &str| -> Vec<u64> {
        let page = get_json(&format!("{}/pullrequests?{query}", repository(&fake))).await;
        page["values"].as_array().expect("a list").iter().filter_map(|found| found["id"].as_u64()).collect()
    };
    assert_eq!(list("").await, [1, 6]);
    assert_eq!(list("state=MERGED&state=DECLINED").await, [2, 3, 5]);
    // Beside a query, the state is ignored.
    assert_eq!(list("q=title%20~%20%22report%22&state=MERGED").await, [1, 3, 4, 5]);
    assert_eq!(list("q=title%20~%20%22report%22%20AND%20state%20%3D%20%22MERGED%22").await, [5]);
    assert_eq!(get(&format!("{}/pullrequests?q=title", repository(&fake))).await.status(), 400);
    assert_eq!(get(&format!("{}/pullrequests?pagelen=51", repository(&fake))).await.status(), 400);
}
