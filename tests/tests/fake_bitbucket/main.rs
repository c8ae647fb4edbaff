//! Tests of the fake itself, through a plain HTTP client: what it answers is what the integration tests of the SDK
//! rest on. They must not use the SDK.

mod binary;
mod logs;
mod pipelines;
mod resources;
mod server;

use std::time::Duration;

use bitbucket_tests::FakeBitbucket;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

const STEP: Duration = Duration::from_secs(3600);

/// A fake whose steps take an hour, so that only `advance` moves it.
async fn slow_fake() -> FakeBitbucket {
    FakeBitbucket::builder().step_duration(STEP).start().await.expect("a free port")
}

/// Answers are seen as they are, redirects too.
fn client() -> Client {
    prepare_tls();
    Client::builder().redirect(Policy::none()).build().expect("a client")
}

fn repository(fake: &FakeBitbucket) -> String {
    format!("{}/repositories/sample/widgets", fake.base_url())
}

async fn get(url: &str) -> Response {
    client().get(url).send().await.expect("an answer")
}

async fn get_json(url: &str) -> Value {
    json_of(get(url).await, 200).await
}

/// Sends JSON.
async fn post(url: &str, body: &Value) -> Response {
    let request = client().post(url).header("content-type", "application/json").body(body.to_string());
    request.send().await.expect("an answer")
}

/// The JSON body of an answer that must have that status.
async fn json_of(response: Response, status: u16) -> Value {
    let found = response.status().as_u16();
    let text = response.text().await.expect("a body");
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).expect("a JSON body")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("visible text"))
}

fn branch(name: &str) -> Value {
    json!({"target": {"type": "pipeline_ref_target", "ref_type": "branch", "ref_name": name}})
}

fn custom(pattern: &str) -> Value {
    let mut request = branch("main");
    request["target"]["selector"] = json!({"type": "custom", "pattern": pattern});
    request
}

/// Starts a run and returns its address and JSON.
async fn start(fake: &FakeBitbucket, request: &Value) -> (String, Value) {
    let response = post(&format!("{}/pipelines/", repository(fake)), request).await;
    let location = header(&response, "location").to_owned();
    (location, json_of(response, 201).await)
}

/// The steps of a run, and the address of each.
async fn steps(run: &str) -> Vec<(String, Value)> {
    let page = get_json(&format!("{run}/steps/")).await;
    let steps = page["values"].as_array().expect("a list").clone();
    steps.into_iter().map(|step| (format!("{run}/steps/{}", encode(&step["uuid"])), step)).collect()
}

/// A UUID as a path segment.
fn encode(uuid: &Value) -> String {
    uuid.as_str().expect("a UUID").replace('{', "%7B").replace('}', "%7D")
}

/// The SDK turns on reqwest's TLS without a provider for the whole workspace; a plain client then needs one.
fn prepare_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
