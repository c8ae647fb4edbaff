//! Starting pipelines: the eleven examples of Bitbucket's page on it, and what must not be sent or shown.

use bitbucket_cloud::ext::pipelines::{PullRequestTarget, RunRequest, Target};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, ErrorKind};
use bitbucket_tests::{Method, Reply};
use serde_json::{Value, json};

use crate::{TOKEN, client, fake};

const COMMIT: &str = "a3c4e02c9a3755eccdc3764e6ea13facdf30f923";
const YAML: &str =
    "\npipelines:\n  default:\n    - step:\n        script:\n          - echo This is an on-demand pipeline";
const SCAN: &str = "\npipelines:\n  custom:\n    security-scan:\n      - step:\n          script:\n            - echo RunRequest on-demand security scan\n";
const SCAN_WITH_VARIABLES: &str = "\npipelines:\n  custom:\n    security-scan:\n      - variables:\n          - name: var1key\n          - name: var2key\n      - step:\n          script:\n            - echo RunRequest on-demand security scan";
const PULL_REQUESTS: &str = "\npipelines:\n  pull-requests:\n    \"**\":\n      - step:\n          script:\n            - echo This is an on-demand pipeline";

enum Sent {
    Json(Value),
    Yaml(&'static str, Vec<(&'static str, &'static str)>),
}

fn pull_request(destination: &str) -> Target {
    let target = PullRequestTarget {
        id: 3,
        source: "pull-request-branch".into(),
        destination: destination.into(),
        commit: "1a372fc".into(),
        destination_commit: "9f848b7".into(),
    };
    Target::pull_request(target).pull_requests("**")
}

fn run(client: &Client, target: Target) -> RunRequest {
    client.repository("acme", "rocket").pipelines().run(target)
}

/// In the order of the page: six with JSON, five with YAML.
fn examples(client: &Client) -> Vec<(RunRequest, Sent)> {
    let on = |target| run(client, target);
    let head = "ce5b7431602f7cbba007062eeb55225c6e18e956";
    vec![
        (
            on(Target::branch("master")),
            Sent::Json(json!({"target": {"ref_type": "branch", "type": "pipeline_ref_target", "ref_name": "master"}})),
        ),
        (
            on(Target::branch_at_commit("master", head)),
            Sent::Json(json!({"target": {
                "commit": {"type": "commit", "hash": head},
                "ref_type": "branch", "type": "pipeline_ref_target", "ref_name": "master",
            }})),
        ),
        (
            on(Target::commit(COMMIT).custom("Deploy to production")),
            Sent::Json(json!({"target": {
                "commit": {"hash": COMMIT, "type": "commit"},
                "selector": {"type": "custom", "pattern": "Deploy to production"},
                "type": "pipeline_commit_target",
            }})),
        ),
        (
            on(Target::branch_at_commit("master", COMMIT).custom("Deploy to production")),
            Sent::Json(json!({"target": {
                "commit": {"hash": COMMIT, "type": "commit"},
                "selector": {"type": "custom", "pattern": "Deploy to production"},
                "type": "pipeline_ref_target", "ref_name": "master", "ref_type": "branch",
            }})),
        ),
        (
            on(Target::branch("master").custom("Deploy to production"))
                .secured_variable("var1key", "var1value".to_owned())
                .variable("var2key", "var2value"),
            Sent::Json(json!({
                "target": {
                    "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "master",
                    "selector": {"type": "custom", "pattern": "Deploy to production"},
                },
                "variables": [
                    {"key": "var1key", "value": "var1value", "secured": true},
                    {"key": "var2key", "value": "var2value"},
                ],
            })),
        ),
        (
            on(pull_request("master")),
            Sent::Json(json!({"target": {
                "type": "pipeline_pullrequest_target",
                "source": "pull-request-branch", "destination": "master",
                "destination_commit": {"hash": "9f848b7"}, "commit": {"hash": "1a372fc"},
                "pullrequest": {"id": "3"},
                "selector": {"type": "pull-requests", "pattern": "**"},
            }})),
        ),
        (
            on(Target::branch("master")).yaml(YAML),
            Sent::Yaml(
                YAML,
                vec![
                    ("target.type", "pipeline_ref_target"),
                    ("target.ref_type", "branch"),
                    ("target.ref_name", "master"),
                ],
            ),
        ),
        (
            on(Target::branch_at_commit("master", head)).yaml(YAML),
            Sent::Yaml(
                YAML,
                vec![
                    ("target.type", "pipeline_ref_target"),
                    ("target.ref_type", "branch"),
                    ("target.ref_name", "master"),
                    ("target.commit.hash", head),
                ],
            ),
        ),
        (
            on(Target::commit(COMMIT).custom("security-scan")).yaml(SCAN),
            Sent::Yaml(
                SCAN,
                vec![
                    ("target.type", "pipeline_commit_target"),
                    ("target.commit.hash", COMMIT),
                    ("target.selector.type", "custom"),
                    ("target.selector.pattern", "security-scan"),
                ],
            ),
        ),
        (
            on(Target::branch("master").custom("security-scan"))
                .secured_variable("var1key", "var1value".to_owned())
                .variable("var2key", "var2value")
                .yaml(SCAN_WITH_VARIABLES),
            Sent::Yaml(
                SCAN_WITH_VARIABLES,
                vec![
                    ("target.type", "pipeline_ref_target"),
                    ("target.ref_type", "branch"),
                    ("target.ref_name", "master"),
                    ("target.selector.type", "custom"),
                    ("target.selector.pattern", "security-scan"),
                    ("variables[0].key", "var1key"),
                    ("variables[0].value", "var1value"),
                    ("variables[0].secured", "true"),
                    ("variables[1].key", "var2key"),
                    ("variables[1].value", "var2value"),
                ],
            ),
        ),
        (
            on(pull_request("destination")).yaml(PULL_REQUESTS),
            Sent::Yaml(
                PULL_REQUESTS,
                vec![
                    ("target.type", "pipeline_pullrequest_target"),
                    ("target.source", "pull-request-branch"),
                    ("target.destination", "destination"),
                    ("target.destination_commit.hash", "9f848b7"),
                    ("target.commit.hash", "1a372fc"),
                    ("target.pullrequest.id", "3"),
                    ("target.selector.type", "pull-requests"),
                    ("target.selector.pattern", "**"),
                ],
            ),
        ),
    ]
}

#[tokio::test]
async fn the_examples_of_the_page_arrive_as_they_are_written() {
    let fake = fake().await;
    let client = client(&fake);
    let examples = examples(&client);
    assert_eq!(examples.len(), 11);
    for (number, (run, sent)) in examples.into_iter().enumerate() {
        fake.clear_journal();
        let started = run.send().await.unwrap_or_else(|error| panic!("example {number}: {error}"));
        assert_eq!((started.status().as_u16(), started.build_number), (201, Some(number as i64 + 1)));
        let [request] = &fake.journal()[..] else { panic!("example {number}: one request") };
        assert_eq!(request.method, Method::POST);
        assert_eq!(request.path.trim_end_matches('/'), "/2.0/repositories/acme/rocket/pipelines");
        assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert_eq!(request.header("accept"), Some("application/json"));
        match sent {
            Sent::Json(body) => {
                assert_eq!(request.header("content-type"), Some("application/json"));
                assert_eq!((request.json().expect("JSON"), request.query.len()), (body, 0), "example {number}");
            }
            Sent::Yaml(text, query) => {
                assert_eq!(request.header("content-type"), Some("application/yaml"));
                assert_eq!(request.body, text.as_bytes());
                let mut found = request.query.clone();
                let mut wanted: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                found.sort();
                wanted.sort();
                assert_eq!(found, wanted, "example {number}");
            }
        }
    }
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn values_survive_the_query() {
    let fake = fake().await;
    let value = "a&b=c d+e%2B[0].x ü\n\"";
    let target = Target::branch("feature/x y").custom("security-scan");
    let sent = run(&client(&fake), target).variable("K", value).yaml(SCAN).send().await.expect("a run");
    assert!(sent.uuid.is_some());
    let request = &fake.journal()[0];
    assert_eq!(request.query_value("variables[0].value"), Some(value));
    assert_eq!(request.query_value("target.ref_name"), Some("feature/x y"));
}

#[tokio::test]
async fn what_cannot_be_right_is_not_sent() {
    let fake = fake().await;
    let client = client(&fake);
    let on = |target| run(&client, target);
    let cases = [
        (on(Target::branch("main")).yaml("  \n"), "empty"),
        (on(Target::branch("main")).yaml("pipelines: ["), "not YAML"),
        (on(Target::branch("main").custom("deploy")).yaml(SCAN), "`deploy`"),
        (on(Target::branch("main").pull_requests("x")).yaml(PULL_REQUESTS), "`x`"),
        (on(Target::branch("")), "name"),
        (on(Target::branch_at_commit("main", "")), "commit"),
        (on(Target::commit(COMMIT)), "which pipeline"),
        (on(Target::branch("main").custom("")), "empty"),
        (on(Target::branch("main")).merge_defaults(), "merge_defaults"),
        (on(Target::branch("main")).variable("", "x"), "no name"),
    ];
    for (run, reason) in cases {
        let error = run.send().await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(error.operation().map(bitbucket_cloud::Operation::name), Some("pipelines.create"));
    }
    assert!(fake.journal().is_empty());
    let merged = on(Target::branch("main").custom("deploy")).yaml(SCAN).merge_defaults().send().await;
    assert!(merged.is_ok());
    assert_eq!(fake.journal()[0].query_value("merge_defaults"), Some("true"));
}

#[tokio::test]
async fn secured_values_show_nowhere() {
    let secret = "p@ss \"w\\rd\"&x";
    let fake = fake().await;
    let client = client(&fake);
    // A service that sends back what it was given, in all its forms.
    fake.on_fn(Method::POST, "/repositories/{workspace}/{repo_slug}/pipelines", move |call| {
        let raw = call.request.raw_query.clone().unwrap_or_default();
        let body = json!({"error": {"message": format!("bad {secret}"), "detail": raw, "fields": {"v": [secret]}}});
        Reply::json(400, body)
    });
    let make = || run(&client, Target::branch("main").custom("security-scan")).secured_variable("K", secret.to_owned());
    for run in [make().yaml(SCAN), make()] {
        assert!(!format!("{run:?}").contains("p@ss"), "{run:?}");
        let error = run.send().await.expect_err("a refusal");
        let excerpt = error.body_excerpt().expect("an excerpt");
        for text in [error.to_string(), format!("{error:?}"), excerpt.to_owned(), format!("{:?}", error.fields())] {
            assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
        }
        assert!(error.to_string().contains("bad [redacted]"), "{error}");
    }
    // The YAML is not shown either.
    let error = make().yaml(format!("token: {secret}: [")).send().await.expect_err("no YAML");
    assert!(!format!("{error:?}").contains("p@ss"), "{error:?}");
}

#[tokio::test]
async fn a_run_of_a_scope_is_the_same() {
    let fake = fake().await;
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    for target in [
        Target::tag("v1").default(),
        Target::bookmark("b"),
        Target::named_branch("n").branches("release/*"),
        Target::tag_at_commit("v1", COMMIT).tags("v*"),
    ] {
        assert!(repository.pipelines().run(target).send().await.is_ok());
    }
    let targets: Vec<Value> =
        fake.journal().iter().map(|entry| entry.json().expect("JSON")["target"].clone()).collect();
    let kinds: Vec<_> = targets.iter().map(|target| target["ref_type"].as_str().expect("a type")).collect();
    assert_eq!(kinds, ["tag", "bookmark", "named_branch", "tag"]);
    assert_eq!(targets[0]["selector"], json!({"type": "default"}));
    assert_eq!(targets[2]["selector"], json!({"type": "branches", "pattern": "release/*"}));
}

#[tokio::test]
async fn any_value_can_be_a_query() {
    let fake = fake().await;
    let client = client(&fake);
    let request = || client.request(Method::GET, "/user");
    let value = json!({"a": {"b": [1, {"c": null, "d": true}]}});
    request().query_paths(&value).send_as::<Value>().await.expect("an answer");
    let query = &fake.journal()[0].query;
    assert_eq!(query[..], [("a.b[0]".to_owned(), "1".to_owned()), ("a.b[1].d".to_owned(), "true".to_owned())]);
    fake.clear_journal();
    let error = request().query_paths(&json!({"a.b": 1})).send_as::<Value>().await.expect_err("a refusal");
    assert_eq!((error.kind(), fake.journal().len()), (ErrorKind::InvalidRequest, 0));
}
