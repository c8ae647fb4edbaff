//! The life of a run, starting and stopping it, and the list.

use std::time::Duration;

use bitbucket_tests::FakeBitbucket;
use serde_json::{Value, json};

use crate::{
    STEP, branch, client, custom, encode, get, get_json, header, json_of, post, repository, slow_fake, start, steps,
};

/// Name of the state with its stage or result.
fn word(value: &Value) -> String {
    let state = &value["state"];
    let detail = [&state["stage"]["name"], &state["result"]["name"]].into_iter().find_map(Value::as_str);
    let name = state["name"].as_str().expect("a name");
    detail.map_or_else(|| name.to_owned(), |detail| format!("{name}/{detail}"))
}

async fn words(run: &str) -> (String, Vec<String>) {
    let steps = steps(run).await;
    (word(&get_json(run).await), steps.iter().map(|(_, step)| word(step)).collect())
}

#[tokio::test]
async fn a_run_goes_from_pending_to_successful() {
    let fake = slow_fake().await;
    let (run, created) = start(&fake, &branch("main")).await;
    assert_eq!(word(&created), "PENDING");
    assert_eq!(created["completed_on"], Value::Null);
    assert_eq!(words(&run).await, ("PENDING".into(), vec!["PENDING".into(); 3]));

    fake.advance(STEP);
    let (state, steps) = words(&run).await;
    assert_eq!(state, "IN_PROGRESS/RUNNING");
    assert_eq!(steps, ["IN_PROGRESS", "PENDING", "PENDING"]);

    fake.advance(4 * STEP);
    let (state, steps) = words(&run).await;
    assert_eq!(state, "COMPLETED/SUCCESSFUL");
    assert_eq!(steps, vec!["COMPLETED/SUCCESSFUL"; 3]);
    let done = get_json(&run).await;
    assert!(done["completed_on"].as_str().expect("a date").ends_with('Z'));
    assert_eq!(done["build_seconds_used"], 3 * 3600);
    assert_eq!(done["state"]["result"]["type"], "pipeline_state_completed_successful");
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn real_time_moves_a_run_too() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_millis(20)).start().await.expect("a free port");
    let (run, _) = start(&fake, &branch("main")).await;
    for _ in 0..200 {
        if word(&get_json(&run).await) == "COMPLETED/SUCCESSFUL" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the run is not over after two seconds");
}

#[tokio::test]
async fn the_pattern_of_a_custom_selector_chooses_the_course() {
    let fake = slow_fake().await;
    let expected = [
        ("fail", "COMPLETED/FAILED", ["COMPLETED/SUCCESSFUL", "COMPLETED/FAILED", "COMPLETED/NOT_RUN"]),
        ("pause", "IN_PROGRESS/PAUSED", ["COMPLETED/SUCCESSFUL", "COMPLETED/SUCCESSFUL", "PENDING/PAUSED"]),
        ("halt", "IN_PROGRESS/HALTED", ["COMPLETED/SUCCESSFUL", "PENDING/HALTED", "PENDING"]),
        ("error", "COMPLETED/ERROR", ["COMPLETED/ERROR", "COMPLETED/NOT_RUN", "COMPLETED/NOT_RUN"]),
    ];
    for (pattern, state, steps) in expected {
        let (run, _) = start(&fake, &custom(pattern)).await;
        fake.advance(9 * STEP);
        assert_eq!(words(&run).await, (state.to_owned(), steps.map(str::to_owned).to_vec()), "{pattern}");
    }
    let run = get_json(&format!("{}/pipelines/4", repository(&fake))).await;
    assert!(run["state"]["result"]["error"]["key"].is_string());
    let paused = steps(&format!("{}/pipelines/2", repository(&fake))).await;
    assert_eq!(paused[2].1["trigger"]["type"], "pipeline_step_trigger_manual");
}

#[tokio::test]
async fn a_run_is_stopped_once() {
    let fake = slow_fake().await;
    let (run, _) = start(&fake, &branch("main")).await;
    fake.advance(STEP);
    let stop = || async { client().post(format!("{run}/stopPipeline")).send().await.expect("an answer") };
    let response = stop().await;
    assert_eq!(response.status(), 204);
    assert_eq!(response.text().await.expect("a body"), "");

    let (state, steps) = words(&run).await;
    assert_eq!(state, "COMPLETED/STOPPED");
    assert_eq!(steps, ["COMPLETED/STOPPED", "COMPLETED/NOT_RUN", "COMPLETED/NOT_RUN"]);
    assert_eq!(get_json(&run).await["state"]["result"]["terminator"]["type"], "user");

    let error = json_of(stop().await, 400).await;
    assert!(error["error"]["detail"].as_str().expect("a detail").contains("already completed"));
}

#[tokio::test]
async fn stopping_a_paused_run_does_nothing() {
    let fake = slow_fake().await;
    let (run, _) = start(&fake, &custom("pause")).await;
    fake.advance(9 * STEP);
    let response = client().post(format!("{run}/stopPipeline")).send().await.expect("an answer");
    assert_eq!(response.status(), 204);
    fake.advance(9 * STEP);
    assert_eq!(words(&run).await.0, "IN_PROGRESS/PAUSED");
}

#[tokio::test]
async fn what_is_started_is_sent_back_in_the_real_shape() {
    let fake = slow_fake().await;
    let mut request = branch("feature/with-slash");
    request["variables"] = json!([
        {"key": "PLAIN", "value": "1"},
        {"key": "TOKEN", "value": "not-to-be-seen", "secured": true},
    ]);
    let (run, created) = start(&fake, &request).await;
    assert_eq!(run, format!("{}/pipelines/{}", repository(&fake), encode(&created["uuid"])));
    assert_eq!(created["build_number"], 1);
    assert_eq!(created["links"]["self"]["href"], run);
    assert_eq!(created["target"]["ref_name"], "feature/with-slash");
    assert_eq!(created["target"]["selector"], json!({"type": "default"}));
    assert_eq!(created["target"]["commit"]["hash"].as_str().map(str::len), Some(40));
    // Variables do not come back, not even their names.
    assert_eq!((created.get("variables"), &created["has_variables"]), (None, &json!(false)));
    assert!(!get(&run).await.text().await.expect("a body").contains("not-to-be-seen"));
}

#[tokio::test]
async fn all_three_kinds_of_target_start_a_run() {
    let fake = slow_fake().await;
    let selector = json!({"type": "custom", "pattern": "pass"});
    let commit = json!({"target": {"type": "pipeline_commit_target", "commit": {"hash": "abc"}, "selector": selector}});
    let (_, created) = start(&fake, &commit).await;
    assert_eq!(created["target"]["commit"]["hash"], "abc");

    let pull_request = json!({"target": {
        "type": "pipeline_pullrequest_target",
        "source": "feature/with-slash",
        "destination": "main",
        "commit": {"type": "commit", "hash": "abc"},
        "destination_commit": {"hash": "def"},
        "pullrequest": {"id": "7"},
    }});
    let (run, created) = start(&fake, &pull_request).await;
    assert_eq!(created["target"]["pullrequest"]["id"], 7);
    assert_eq!(created["target"]["selector"]["type"], "pull-requests");
    assert_eq!(steps(&run).await.len(), 2);

    let mut incomplete = pull_request.clone();
    incomplete["target"].as_object_mut().expect("an object").remove("destination_commit");
    let error = json_of(post(&format!("{}/pipelines", repository(&fake)), &incomplete).await, 400).await;
    assert_eq!(error["error"]["detail"], "request body contains invalid properties");
}

#[tokio::test]
async fn a_bad_start_is_refused_with_a_reason() {
    let fake = slow_fake().await;
    let url = format!("{}/pipelines/", repository(&fake));
    let mut empty_commit = branch("main");
    empty_commit["target"]["commit"] = json!({});
    let cases = [
        (json!({}), 400, "target is required"),
        (json!({"target": {"ref_name": "main"}}), 400, "type is required"),
        (json!({"target": {"type": "pipeline_target"}}), 400, "unknown type pipeline_target"),
        (branch("missing-branch"), 400, "does not exist"),
        (empty_commit, 404, "Could not find the revision"),
        (json!({"target": {"type": "pipeline_commit_target", "commit": {"hash": "abc"}}}), 400, "selector is required"),
    ];
    for (request, status, reason) in cases {
        let error = json_of(post(&url, &request).await, status).await;
        assert!(error["error"]["detail"].as_str().expect("a detail").contains(reason), "{error}");
        assert_eq!(error.get("type"), None);
    }
    assert_eq!(get_json(&url).await["size"], 0);
}

#[tokio::test]
async fn yaml_comes_with_a_dotted_query() {
    let fake = slow_fake().await;
    let query = "target.type=pipeline_ref_target&target.ref_type=branch&target.ref_name=feature%2Fwith-slash\
                 &variables[0].key=A&variables%5B0%5D.value=1&variables[1].key=B&variables[1].value=s\
                 &variables[1].secured=true";
    let url = format!("{}/pipelines/?{query}", repository(&fake));
    let send = |body: &'static str| {
        let request = client().post(&url).header("content-type", "application/yaml").body(body);
        async { request.send().await.expect("an answer") }
    };
    let created = json_of(send("pipelines:\n  default:\n    - step:\n        script: [ls]\n").await, 201).await;
    assert_eq!(created["target"]["ref_name"], "feature/with-slash");
    assert_eq!((created.get("variables"), &created["has_variables"]), (None, &json!(false)));
    let unnamed = url.replace("variables[0].key=A", "variables[0].key=");
    let request = client().post(unnamed).header("content-type", "application/yaml").body("pipelines:\n");
    assert_eq!(request.send().await.expect("an answer").status(), 400);

    // Any other text is accepted and fails as a run.
    let response = send("something: else\n").await;
    let run = header(&response, "location").to_owned();
    assert_eq!(response.status(), 201);
    fake.advance(9 * STEP);
    assert_eq!(words(&run).await.0, "COMPLETED/ERROR");
    assert_eq!(send("  \n").await.status(), 400);
}

#[tokio::test]
async fn a_run_is_found_by_its_encoded_uuid_or_build_number() {
    let fake = slow_fake().await;
    let (run, created) = start(&fake, &branch("main")).await;
    let all = format!("{}/pipelines", repository(&fake));
    assert_eq!(get_json(&run).await["uuid"], created["uuid"]);
    assert_eq!(get_json(&format!("{all}/1")).await["uuid"], created["uuid"]);

    let bare = created["uuid"].as_str().expect("a UUID").trim_matches(['{', '}']);
    let error = json_of(get(&format!("{all}/{bare}")).await, 404).await;
    let expected = json!({"error": {"message": "Not found", "detail": format!("\"{bare}\" is not a valid uuid.")}});
    assert_eq!(error, expected);

    let twice = encode(&created["uuid"]).replace('%', "%25");
    assert_eq!(get(&format!("{all}/{twice}")).await.status(), 404);
    assert_eq!(get(&format!("{all}/2")).await.status(), 404);
    assert_eq!(get(&format!("{}/repositories/sample/missing-one/pipelines/", fake.base_url())).await.status(), 404);
}

#[tokio::test]
async fn the_list_has_pages_order_and_filters() {
    let fake = slow_fake().await;
    start(&fake, &branch("develop")).await;
    start(&fake, &custom("fail")).await;
    fake.advance(9 * STEP);
    for _ in 0..3 {
        start(&fake, &branch("main")).await;
    }
    let all = format!("{}/pipelines", repository(&fake));
    let numbers = |page: &Value| -> Vec<u64> {
        let runs = page["values"].as_array().expect("a list");
        runs.iter().filter_map(|run| run["build_number"].as_u64()).collect()
    };
    let list = |query: &'static str| {
        let url = format!("{all}/?{query}");
        async move { numbers(&get_json(&url).await) }
    };
    assert_eq!(list("").await, [1, 2, 3, 4, 5]);
    assert_eq!(list("sort=-created_on&pagelen=2").await, [5, 4]);
    assert_eq!(list("status=PASSED&status=FAILED").await, [1, 2]);
    assert_eq!(list("status=PENDING").await, [3, 4, 5]);
    assert_eq!(list("target.branch=develop").await, [1]);
    assert_eq!(list("target.selector.pattern=fail").await, [2]);
    assert_eq!(list("target.ref_type=BRANCH").await, [1, 2, 3, 4, 5]);
    assert_eq!(list("target.selector.type=CUSTOM").await, [2]);
    // The words of runs and targets find nothing, and neither does the beginning of a hash.
    let hash = get_json(&format!("{all}/1")).await["target"]["commit"]["hash"].as_str().expect("a hash").to_owned();
    let by_hash = |hash: &str| format!("{all}?target.commit.hash={hash}");
    assert_eq!(numbers(&get_json(&by_hash(&hash)).await), [1]);
    assert_eq!(numbers(&get_json(&by_hash(&hash[..12])).await), Vec::<u64>::new());
    for words in ["status=SUCCESSFUL", "target.ref_type=branch", "target.selector.type=custom"] {
        assert_eq!(list(words).await, Vec::<u64>::new(), "{words}");
    }
    assert_eq!(list("page=9").await, Vec::<u64>::new());

    let first = get_json(&format!("{all}?pagelen=2&sort=created_on")).await;
    assert_eq!((&first["page"], &first["pagelen"], &first["size"]), (&json!(1), &json!(2), &json!(5)));
    let second = get_json(first["next"].as_str().expect("a next page")).await;
    assert_eq!(numbers(&second), [3, 4]);
    let third = get_json(second["next"].as_str().expect("a next page")).await;
    assert_eq!(numbers(&third), [5]);
    assert_eq!(third.get("next"), None);

    for query in ["pagelen=101", "pagelen=0", "page=0", "page=x"] {
        let error = json_of(get(&format!("{all}?{query}")).await, 400).await;
        assert!(error["error"]["message"].as_str().expect("a message").starts_with("Invalid page"), "{query}");
    }
}

#[tokio::test]
async fn next_can_be_left_out() {
    let fake = FakeBitbucket::builder().without_next(true).start().await.expect("a free port");
    start(&fake, &branch("main")).await;
    start(&fake, &branch("main")).await;
    let page = get_json(&format!("{}/pipelines/?pagelen=1", repository(&fake))).await;
    assert_eq!(page["size"], 2);
    assert_eq!(page.get("next"), None);
}
