//! Waiting: every way to end is told apart, and nothing is waited for that does not come.

use std::time::{Duration, Instant};

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::ext::waiting::Outcome;
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, ErrorKind, types};
use bitbucket_tests::{FakeBitbucket, Method, Reply};
use serde_json::json;

use crate::client;

const MIN: Duration = Duration::from_millis(3);
const MAX: Duration = Duration::from_millis(12);
const PIPELINE: &str = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}";

async fn fake() -> FakeBitbucket {
    FakeBitbucket::builder().step_duration(Duration::from_millis(30)).start().await.expect("a free port")
}

async fn start(client: &Client, name: &str) -> bitbucket_cloud::Response<types::Pipeline> {
    let run = client.repository("acme", "rocket").pipelines().run(Target::branch("main").custom(name));
    run.send().await.expect("a run")
}

async fn outcome(client: &Client, name: &str) -> Outcome {
    let started = start(client, name).await;
    let waiting = client.repository("acme", "rocket").pipelines().wait(&started).poll_every(MIN, MAX);
    let done = waiting.timeout(Duration::from_secs(10)).await.expect("an outcome");
    assert_eq!(done.last.uuid, started.uuid);
    done.outcome
}

#[tokio::test]
async fn every_outcome_is_told_apart() {
    let fake = fake().await;
    let client = client(&fake);
    assert_eq!(outcome(&client, "pass").await, Outcome::Successful);
    assert_eq!(outcome(&client, "fail").await, Outcome::Failed);
    assert_eq!(outcome(&client, "pause").await, Outcome::Paused);
    assert_eq!(outcome(&client, "halt").await, Outcome::Halted);
    let error = outcome(&client, "error").await;
    let Outcome::Error { key, message } = &error else { panic!("{error:?}") };
    assert_eq!(key.as_deref(), Some("plan-service.image.not-found"));
    assert!(message.as_deref().is_some_and(|message| message.contains("image")));
    assert_eq!(error.to_string(), "error: The image of the step could not be pulled.");

    let started = start(&client, "pause").await;
    let uuid = started.uuid.as_ref().expect("a UUID").to_string();
    client.pipelines().stop("acme", "rocket", &uuid).send().await.expect("a stop");
    let done = client.repository("acme", "rocket").pipelines().wait(&started).await.expect("an outcome");
    assert_eq!(done.outcome.to_string(), "stopped by Sample Account");
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn states_of_other_shapes_are_understood() {
    let fake = fake().await;
    let client = client(&fake);
    let cases = [
        (
            json!({"type": "pipeline_state_completed", "result": {"type": "pipeline_state_completed_expired"}}),
            Outcome::Expired,
        ),
        (json!({"name": "COMPLETED", "result": {"name": "SOMETHING_NEW"}}), Outcome::Unknown("SOMETHING_NEW".into())),
        (json!({"name": "COMPLETED"}), Outcome::Unknown(String::new())),
        // Variants that are new, with names that are not.
        (json!({"name": "COMPLETED", "result": {"type": "pipeline_new", "name": "FAILED"}}), Outcome::Failed),
        (json!({"type": "pipeline_new", "name": "COMPLETED", "result": {"name": "SUCCESSFUL"}}), Outcome::Successful),
        (json!({"type": "pipeline_new", "name": "IN_PROGRESS", "stage": {"name": "PAUSED"}}), Outcome::Paused),
        (json!({"name": "IN_PROGRESS", "stage": {"type": "pipeline_state_in_progress_halted"}}), Outcome::Halted),
        (json!({"name": "COMPLETED", "result": {"name": "STOPPED"}}), Outcome::Stopped { by: None }),
    ];
    for (state, wanted) in cases {
        fake.on(Method::GET, PIPELINE, Reply::json(200, json!({"uuid": "{x}", "state": state})));
        let done = client.repository("acme", "rocket").pipelines().wait(7_u64).await.expect("an outcome");
        assert_eq!(done.outcome, wanted);
    }
}

#[tokio::test]
async fn updates_are_given_and_pauses_grow() {
    let fake = fake().await;
    let client = client(&fake);
    let state = |name: &str| Reply::json(200, json!({"uuid": "{x}", "build_number": 7, "state": {"name": name}}));
    fake.on(Method::GET, PIPELINE, state("COMPLETED"));
    fake.on(Method::GET, PIPELINE, state("IN_PROGRESS").times(4));
    let mut seen = Vec::new();
    let begun = Instant::now();
    let (minimum, maximum) = (Duration::from_millis(20), Duration::from_millis(60));
    let waiting = client.repository("acme", "rocket").pipelines().wait("{x}").poll_every(minimum, maximum);
    waiting.on_update(|pipeline| seen.push(pipeline.build_number)).await.expect("an outcome");
    assert_eq!(seen, [Some(7); 5]);
    // 20 + 30 + 45 + 60 ms, a fifth more or less, and the machine's own pace on top.
    assert!(begun.elapsed() >= Duration::from_millis(120), "{:?}", begun.elapsed());
    assert_eq!(fake.journal().len(), 5);
}

#[tokio::test]
async fn waiting_has_an_end() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_secs(3600)).start().await.expect("a free port");
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let waiting = || client.repository("acme", "rocket").pipelines().wait(&started).poll_every(MIN, MAX);
    let begun = Instant::now();
    let error = waiting().timeout(Duration::from_millis(80)).await.expect_err("no end");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("its last state is PENDING"), "{error}");
    assert!(begun.elapsed() >= Duration::from_millis(80) && begun.elapsed() < Duration::from_secs(3));
    // So is a delay that has no end.
    let endless = waiting().poll_every(Duration::MAX, Duration::MAX).timeout(Duration::from_millis(80));
    assert_eq!(endless.await.expect_err("no end").kind(), ErrorKind::Timeout);
    // A look that hangs is given up as well.
    fake.on(Method::GET, PIPELINE, Reply::json(200, json!({})).delay(Duration::from_secs(60)));
    assert_eq!(waiting().timeout(Duration::from_millis(80)).await.expect_err("no end").kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn dropped_waiting_asks_no_more() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_secs(3600)).start().await.expect("a free port");
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let waiting = client.repository("acme", "rocket").pipelines().wait(&started).poll_every(MIN, MAX);
    let cut = tokio::time::timeout(Duration::from_millis(60), waiting.into_future()).await;
    assert!(cut.is_err());
    // What was on its way when the waiting was dropped arrives all the same.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let asked = fake.journal().len();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(fake.journal().len(), asked);
}

#[tokio::test]
async fn failures_that_pass_are_waited_out_and_others_are_not() {
    let fake = fake().await;
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let waiting = || client.repository("acme", "rocket").pipelines().wait(&started).poll_every(MIN, MAX);
    fake.on(Method::GET, PIPELINE, Reply::json(503, json!({"error": {"message": "later"}})).times(3));
    assert!(waiting().await.expect("an outcome").outcome.is_successful());
    fake.on(Method::GET, PIPELINE, Reply::json(503, json!({"error": {"message": "later"}})));
    fake.clear_journal();
    assert_eq!(waiting().await.expect_err("a failure").status().map(|status| status.as_u16()), Some(503));
    assert_eq!(fake.journal().len(), 6, "a look is one request, and five failures are waited out");
    fake.on(Method::GET, PIPELINE, Reply::json(404, json!({"error": {"message": "Not found"}})));
    assert!(waiting().grace_period(MAX).await.expect_err("a failure").is_not_found());
    // A pipeline without a UUID is nothing to wait for.
    let unnamed = types::Pipeline::default();
    let error = client.repository("acme", "rocket").pipelines().wait(&unnamed).await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn steps_are_waited_for() {
    let fake = fake().await;
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    for (name, wanted) in [
        ("pass", [Outcome::Successful, Outcome::Successful, Outcome::Successful]),
        ("fail", [Outcome::Successful, Outcome::Failed, Outcome::NotRun]),
        ("pause", [Outcome::Successful, Outcome::Successful, Outcome::Paused]),
    ] {
        let started = start(&client, name).await;
        let uuid = started.uuid.as_ref().expect("a UUID").to_string();
        let steps = client.pipelines().list_steps("acme", "rocket", &uuid).collect_all().await;
        for (step, wanted) in steps.expect("the steps").iter().zip(wanted) {
            let step = step.uuid.as_ref().expect("a UUID").to_string();
            let waiting = repository.pipelines().wait_for_step(&started, step).poll_every(MIN, MAX);
            assert_eq!(waiting.await.expect("an outcome").outcome, wanted, "{name}");
        }
    }
}

#[tokio::test]
async fn deployments_are_waited_for() {
    let fake = fake().await;
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    let cases = [("pass", Outcome::Successful), ("fail", Outcome::Stopped { by: None }), ("pause", Outcome::Paused)];
    for (number, (name, wanted)) in cases.into_iter().enumerate() {
        start(&client, name).await;
        let deployments = repository.deployments();
        let all = deployments.list().collect_all().await.expect("the deployments");
        let waiting = deployments.wait(&all[number]).poll_every(MIN, MAX);
        assert_eq!(waiting.await.expect("an outcome").outcome, wanted, "{name}");
        let waiting =
            client.repository("acme", "rocket").deployments().wait(all[number].uuid.as_ref().expect("a UUID"));
        assert_eq!(waiting.await.expect("an outcome").last.uuid, all[number].uuid);
    }
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn what_another_repository_has_is_not_found_at_the_address_that_was_called() {
    let fake = fake().await;
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let uuid = started.uuid.as_ref().expect("a UUID").to_string();
    let other = client.repository("acme", "elsewhere");
    let path = format!("/repositories/acme/elsewhere/pipelines/{}", uuid.replace('{', "%7B").replace('}', "%7D"));
    let address = format!("{}{path}", client.base_url());
    let mut errors = Vec::new();
    errors.push(other.pipelines().wait(&started).grace_period(MAX).send().await.expect_err("another repository"));
    let mut log = other.pipelines().follow(&started).grace_period(MAX).chunks();
    errors.push(log.next().await.expect("an error").expect_err("another repository"));
    assert!(log.next().await.is_none(), "the stream has ended");
    for error in errors {
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.address(), Some(address.as_str()));
        assert!(error.to_string().contains(&address), "{error}");
    }
    let log = other.pipelines().get_step_log(&started, "{s}").follow().grace_period(MAX).poll_every(MIN, MAX);
    let error = log.chunks().next().await.expect("an error").expect_err("another repository");
    assert!(error.is_not_found() && error.address().is_some_and(|called| called.starts_with(&address)), "{error}");
    let deployment = other.deployments().wait("{d}").grace_period(MAX).send().await.expect_err("another repository");
    assert!(
        deployment.is_not_found() && deployment.to_string().contains("/acme/elsewhere/deployments/"),
        "{deployment}"
    );
}

#[tokio::test]
async fn what_was_just_created_may_not_be_found_at_first() {
    let fake = fake().await;
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let pipelines = client.repository("acme", "rocket");
    let missing = |times| Reply::json(404, json!({"error": {"message": "Not found"}})).times(times);
    fake.on(Method::GET, PIPELINE, missing(3));
    let done = pipelines.pipelines().wait(&started).poll_every(MIN, MAX).await.expect("an outcome");
    assert!(done.outcome.is_successful());
    // The logs of a pipeline begin in the same way.
    fake.on(Method::GET, PIPELINE, missing(3));
    fake.on(Method::GET, &format!("{PIPELINE}/steps"), missing(2));
    let mut log = pipelines.pipelines().follow(&started).poll_every(MIN, MAX).chunks();
    while let Some(chunk) = log.next().await {
        chunk.expect("a chunk");
    }
    // Each 404 in a row counts, not each one of the whole time.
    fake.on(Method::GET, PIPELINE, missing(usize::MAX));
    fake.clear_journal();
    let grace = Duration::from_millis(100);
    let begun = Instant::now();
    let waiting = pipelines.pipelines().wait(&started).poll_every(MIN, MAX).grace_period(grace);
    assert!(waiting.await.expect_err("nothing there").is_not_found());
    assert!(begun.elapsed() >= grace && fake.journal().len() > 3, "{:?}", begun.elapsed());
    fake.clear_journal();
    let waiting = pipelines.pipelines().wait(&started).grace_period(Duration::ZERO);
    assert!(waiting.await.expect_err("nothing there").is_not_found());
    assert_eq!(fake.journal().len(), 1);
}

#[tokio::test]
async fn waiting_has_a_limit_unless_it_is_taken_away() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_secs(3600)).start().await.expect("a free port");
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let repository = client.repository("acme", "rocket");
    assert!(format!("{:?}", repository.pipelines().wait(&started)).contains("timeout: Some(86400s)"));
    assert!(format!("{:?}", repository.pipelines().wait_for_step(&started, "{s}")).contains("timeout: Some(86400s)"));
    assert!(format!("{:?}", repository.deployments().wait("{d}")).contains("timeout: Some(86400s)"));
    assert!(format!("{:?}", repository.pipelines().wait(&started).timeout(None)).contains("timeout: None"));
    // The error says that it can be gone on with, and it can.
    let short = Duration::from_millis(20);
    let error = repository.pipelines().wait(&started).poll_every(MIN, MAX).timeout(short).await.expect_err("no end");
    assert!(error.is_retryable() && error.to_string().contains("waiting can begin again"), "{error}");
    fake.advance(Duration::from_secs(4 * 3600));
    let done = repository.pipelines().wait(&started).timeout(None).await.expect("an outcome");
    assert!(done.outcome.is_successful());
}

#[tokio::test]
async fn a_paused_run_is_not_stopped_although_the_service_says_so() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_secs(3600)).start().await.expect("a free port");
    let client = client(&fake);
    let started = start(&client, "pause").await;
    let pipelines = client.repository("acme", "rocket");
    fake.advance(Duration::from_secs(9 * 3600));
    pipelines.pipelines().stop(&started).await.expect("a promise");
    let done = pipelines.pipelines().wait(&started).await.expect("an outcome");
    assert_eq!(done.outcome, Outcome::Paused);
    // What was posted with a run does not come back.
    let run = pipelines.pipelines().run(Target::branch("main").custom("pass")).variable("REGION", "north");
    let run = run.await.expect("a run");
    assert_eq!((run.variables.as_ref().map(Vec::len).unwrap_or_default(), run.has_variables), (0, Some(false)));
}

#[tokio::test]
async fn a_delay_that_the_service_asks_for_is_waited_out_or_is_too_long_at_once() {
    let fake = fake().await;
    let client = client(&fake);
    let started = start(&client, "pass").await;
    let pipelines = client.repository("acme", "rocket");
    let waiting = || pipelines.pipelines().wait(&started).poll_every(MIN, MAX);
    let limited = |seconds: &str| Reply::json(429, json!({})).header("retry-after", seconds).times(1);
    // No error: it is waited for.
    fake.on(Method::GET, PIPELINE, limited("61"));
    let cut = tokio::time::timeout(Duration::from_millis(300), waiting().into_future()).await;
    assert!(cut.is_err(), "{cut:?}");
    fake.on(Method::GET, PIPELINE, limited("1"));
    let begun = Instant::now();
    assert!(waiting().await.expect("an outcome").outcome.is_successful());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // The limit of the waiting does not allow it.
    fake.on(Method::GET, PIPELINE, limited("61"));
    let begun = Instant::now();
    let error = waiting().timeout(Duration::from_secs(60)).await.expect_err("a delay that is too long");
    assert!(error.is_rate_limited() && error.retry_after() == Some(Duration::from_secs(61)), "{error}");
    assert!(error.to_string().contains("longer delay than may be waited out, 59 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    // Nobody waits for days.
    for limit in [None, Some(Duration::MAX)] {
        fake.on(Method::GET, PIPELINE, limited("86401"));
        let error = waiting().timeout(limit).await.expect_err("a delay that is too long");
        assert!(error.is_rate_limited() && error.to_string().contains("may be waited out, 86400 s"), "{error}");
    }
    // Following has no limit of its own.
    let mut follow = pipelines.pipelines().follow(&started).poll_every(MIN, MAX).chunks();
    fake.on(Method::GET, PIPELINE, limited("61"));
    let cut = tokio::time::timeout(Duration::from_millis(300), follow.next()).await;
    assert!(cut.is_err(), "{cut:?}");
}
