//! Logs: absent, growing, partial, moved to the storage.

use bitbucket_tests::FakeBitbucket;
use reqwest::{Client, Response};

use crate::{STEP, branch, client, encode, get, get_json, header, json_of, slow_fake, start, steps};

async fn get_with(url: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers.iter().fold(client().get(url), |request, (name, value)| request.header(*name, *value));
    request.send().await.expect("an answer")
}

/// The address of the first step of a fresh run.
async fn first_step(fake: &FakeBitbucket) -> String {
    let (run, _) = start(fake, &branch("main")).await;
    steps(&run).await.swap_remove(0).0
}

/// The storage's address of the first step's log.
async fn finished_log(fake: &FakeBitbucket) -> String {
    let step = first_step(fake).await;
    fake.advance(9 * STEP);
    let response = get(&format!("{step}/log")).await;
    assert_eq!(response.status(), 307);
    header(&response, "location").to_owned()
}

#[tokio::test]
async fn a_log_appears_grows_and_moves() {
    let fake = slow_fake().await;
    let step = first_step(&fake).await;
    let log = format!("{step}/log");
    let error = json_of(get(&log).await, 404).await;
    assert!(error["error"]["detail"].as_str().expect("a detail").contains("does not exist"));

    fake.advance(STEP / 2);
    let response = get(&log).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "application/octet-stream"));
    let early = response.bytes().await.expect("a body");
    fake.advance(STEP / 2);
    let later = get(&log).await.bytes().await.expect("a body");
    assert!(early.ends_with(b"\n") && later.starts_with(&early) && later.len() > early.len());

    fake.advance(STEP);
    assert_eq!(get_json(&step).await["state"]["result"]["name"], "SUCCESSFUL");
    let response = get(&log).await;
    assert_eq!(response.status(), 307);
    let moved = header(&response, "location");
    assert!(moved.starts_with(fake.storage_url()) && moved.contains("X-Amz-Signature="), "{moved}");
    let whole = get(moved).await.bytes().await.expect("a body");
    assert!(whole.starts_with(&later));
    assert_eq!(whole.iter().filter(|byte| **byte == b'\n').count(), 24);
}

#[tokio::test]
async fn a_stopped_step_keeps_its_log() {
    let fake = slow_fake().await;
    let (run, _) = start(&fake, &branch("main")).await;
    let steps = steps(&run).await;
    fake.advance(STEP);
    let before = get(&format!("{}/log", steps[0].0)).await.bytes().await.expect("a body");
    client().post(format!("{run}/stopPipeline")).send().await.expect("an answer");
    fake.advance(9 * STEP);
    crate::prepare_tls();
    let follow = Client::new();
    let after = follow.get(format!("{}/log", steps[0].0)).send().await.expect("an answer");
    assert!(after.bytes().await.expect("a body").starts_with(&before));
    assert_eq!(get(&format!("{}/log", steps[1].0)).await.status(), 404);
}

#[tokio::test]
async fn ranges_of_a_running_and_of_a_finished_log() {
    let fake = slow_fake().await;
    let log = format!("{}/log", first_step(&fake).await);
    fake.advance(STEP / 2);
    check_ranges(&log).await;
    check_ranges(&finished_log(&fake).await).await;
}

/// The address must answer the bytes themselves, not a redirect.
async fn check_ranges(url: &str) {
    let body = get(url).await.bytes().await.expect("a body");
    let total = body.len();
    let cases = [
        ("bytes=0-3".to_owned(), 0..4),
        (format!("bytes=5-{}", total + 100), 5..total),
        ("bytes=7-".to_owned(), 7..total),
        ("bytes=-6".to_owned(), total - 6..total),
    ];
    for (range, expected) in cases {
        let response = get_with(url, &[("range", &range)]).await;
        assert_eq!(response.status(), 206, "{range}");
        let content_range = format!("bytes {}-{}/{total}", expected.start, expected.end - 1);
        assert_eq!(header(&response, "content-range"), content_range);
        assert_eq!(response.bytes().await.expect("a body"), body.slice(expected), "{range}");
    }
}

#[tokio::test]
async fn a_range_past_the_end_is_416_and_names_the_total() {
    let fake = slow_fake().await;
    let (run, _) = start(&fake, &branch("main")).await;
    let log = format!("{}/log", steps(&run).await.swap_remove(0).0);
    fake.advance(STEP / 2);
    let total = get(&log).await.bytes().await.expect("a body").len();
    let response = get_with(&log, &[("range", &format!("bytes={total}-"))]).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-range")), (416, &*format!("bytes */{total}")));

    let stored = finished_log(&fake).await;
    let response = get_with(&stored, &[("range", "bytes=1000000-")]).await;
    assert_eq!(response.status(), 416);
    assert!(header(&response, "content-range").starts_with("bytes */"));
}

#[tokio::test]
async fn etags_answer_304_and_guard_ranges() {
    let fake = slow_fake().await;
    let step = first_step(&fake).await;
    let log = format!("{step}/log");
    fake.advance(STEP / 2);
    let old = header(&get(&log).await, "etag").to_owned();
    let response = get_with(&log, &[("if-none-match", &old), ("range", "bytes=0-1")]).await;
    assert_eq!(response.status(), 304);
    assert_eq!(response.bytes().await.expect("a body").len(), 0);
    assert_eq!(get_with(&log, &[("if-range", &old), ("range", "bytes=0-1")]).await.status(), 206);

    fake.advance(STEP / 2);
    assert_eq!(get_with(&log, &[("if-none-match", &old)]).await.status(), 200);
    assert_eq!(get_with(&log, &[("if-range", &old), ("range", "bytes=0-1")]).await.status(), 200);

    let stored = finished_log(&fake).await;
    let tag = header(&get(&stored).await, "etag").to_owned();
    assert_eq!(get_with(&stored, &[("if-none-match", &tag)]).await.status(), 304);
}

#[tokio::test]
async fn the_storage_refuses_credentials_and_forged_addresses() {
    let fake = slow_fake().await;
    let stored = finished_log(&fake).await;
    let response = get_with(&stored, &[("authorization", "Bearer t")]).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (400, "application/xml"));
    assert!(response.text().await.expect("a body").contains("<Code>InvalidArgument</Code>"));
    let unsigned = stored.split('?').next().expect("a path");
    assert_eq!(get(unsigned).await.status(), 403);
    let sockets: Vec<_> = fake.journal().iter().rev().take(2).map(|entry| entry.socket.to_string()).collect();
    assert!(sockets.iter().all(|socket| fake.storage_url().ends_with(socket.as_str())));
}

#[tokio::test]
async fn a_log_is_not_json() {
    let fake = slow_fake().await;
    let log = format!("{}/log", first_step(&fake).await);
    fake.advance(STEP / 2);
    assert_eq!(get_with(&log, &[("accept", "application/json")]).await.status(), 406);
    for accept in ["*/*", "application/octet-stream", "application/json, */*;q=0.1"] {
        assert_eq!(get_with(&log, &[("accept", accept)]).await.status(), 200, "{accept}");
    }
}

#[tokio::test]
async fn the_build_container_has_the_uuid_of_its_step() {
    let fake = slow_fake().await;
    let step = first_step(&fake).await;
    let uuid = encode(&get_json(&step).await["uuid"]);
    fake.advance(STEP / 2);
    assert_eq!(get(&format!("{step}/logs/{uuid}")).await.status(), 200);
    let other = uuid.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(get(&format!("{step}/logs/{other}")).await.status(), 404);
}
