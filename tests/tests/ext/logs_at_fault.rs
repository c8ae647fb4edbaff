//! Logs that come late, go, are replaced, or whose parts are not what was asked for: an error, never a splice.

use std::time::{Duration, Instant};

use bitbucket_cloud::ext::logs::{FollowRequest, LogRange};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, Error, ErrorKind};
use bitbucket_tests::{FakeBitbucket, Method, Reply, ScriptedLog};
use serde_json::json;

use crate::{client, fake};

const STEP: &str = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/{step_uuid}";
const MIN: Duration = Duration::from_millis(4);
const MAX: Duration = Duration::from_millis(10);

async fn scripted() -> (FakeBitbucket, ScriptedLog, Client) {
    let fake = fake().await;
    let log = fake.scripted_log(STEP);
    let client = client(&fake);
    (fake, log, client)
}

fn log_of(client: &Client) -> impl StepLog + Clone {
    client.pipelines().get_step_log("acme", "rocket", "{p}", "{s}")
}

fn follow(client: &Client) -> FollowRequest {
    log_of(client).follow().poll_every(MIN, MAX).grace_period(Duration::from_millis(200))
}

async fn all(log: FollowRequest) -> Result<Vec<u8>, Error> {
    let mut log = log.chunks();
    let mut text = Vec::new();
    while let Some(bytes) = log.next().await {
        text.extend_from_slice(&bytes?);
    }
    Ok(text)
}

/// Sixteen bytes a line, each line another one.
fn text(lines: std::ops::Range<usize>) -> String {
    lines.map(|line| format!("line {line:010}\n")).collect()
}

fn asked(fake: &FakeBitbucket) -> usize {
    fake.journal().iter().filter(|entry| entry.path.ends_with("/log")).count()
}

#[tokio::test]
async fn a_log_that_is_late_is_waited_for() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..100)).complete().absent_for(6);
    assert_eq!(all(follow(&client)).await.expect("the log"), text(0..100).as_bytes());
}

#[tokio::test]
async fn a_log_that_does_not_come_is_an_error_that_says_so() {
    for result in ["SUCCESSFUL", "FAILED", "SOMETHING_NEW"] {
        let (_fake, log, client) = scripted().await;
        log.complete().result(result);
        let begun = Instant::now();
        let error = all(follow(&client)).await.expect_err("no log");
        assert!(error.is_not_found(), "{error}");
        assert!(error.to_string().contains("the step is over, and its log is missing"), "{error}");
        assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_log_that_goes_while_it_is_followed_is_an_error() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..10));
    let mut reader = follow(&client).chunks();
    while reader.position() < 160 {
        reader.next().await.expect("bytes").expect("bytes");
    }
    log.complete().absent_for(usize::MAX);
    let error = reader.next().await.expect("an error").expect_err("the log is gone");
    assert!(error.is_not_found() && error.to_string().contains("missing"), "{error}");
    assert_eq!(reader.position(), 160);
}

#[tokio::test]
async fn a_step_that_did_not_run_has_no_log() {
    for (result, waits) in [("NOT_RUN", false), ("EXPIRED", false), ("ERROR", true), ("STOPPED", true)] {
        let (_fake, log, client) = scripted().await;
        log.complete().result(result);
        let begun = Instant::now();
        assert!(all(follow(&client)).await.expect("nothing").is_empty(), "{result}");
        assert_eq!(begun.elapsed() >= Duration::from_millis(200), waits, "{result}");
        log.append("image not found\n");
        assert_eq!(all(follow(&client)).await.expect("a log"), b"image not found\n", "{result}");
    }
}

#[tokio::test]
async fn what_was_just_created_may_not_be_found_at_first() {
    let (fake, log, client) = scripted().await;
    log.append(text(0..10)).complete();
    let missing = || Reply::json(404, json!({"error": {"message": "Not found"}})).times(2);
    fake.on(Method::GET, STEP, missing());
    fake.on(Method::GET, &format!("{STEP}/log"), missing());
    assert_eq!(all(follow(&client)).await.expect("the log"), text(0..10).as_bytes());
}

#[tokio::test]
async fn progress_is_read_on_at_once() {
    // The pauses of the default would take a minute.
    let (fake, log, client) = scripted().await;
    log.append(text(0..1000));
    let mut reader = log_of(&client).follow().chunks();
    let mut read = 0;
    while read < 16_000 {
        read += reader.next().await.expect("bytes").expect("bytes").len();
    }
    log.append(text(1000..75_000)).parts_of(20_000);
    let begun = Instant::now();
    while read < 1_200_000 {
        read += reader.next().await.expect("bytes").expect("bytes").len();
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert!(asked(&fake) > 60);
}

#[tokio::test]
async fn broken_connections_do_not_slow_down_what_makes_progress() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..75_000)).complete().cut_after(40_000, 30);
    let begun = Instant::now();
    assert_eq!(all(log_of(&client).follow()).await.expect("the log").len(), 1_200_000);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_part_that_was_cut_is_asked_for_again_although_the_log_has_not_changed() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..100)).cut_after(1000, 1);
    let mut reader = follow(&client).chunks();
    let mut read = 0;
    while read < 1600 {
        let next = tokio::time::timeout(Duration::from_secs(5), reader.next()).await.expect("the rest");
        read += next.expect("bytes").expect("bytes").len();
    }
}

/// Replacements of a log of 1000 lines: longer, as long, one line more in front, the same end.
fn replacements() -> Vec<String> {
    let mut same_end = text(5000..6000);
    same_end.push_str(&text(990..1000));
    vec![text(5000..7000), text(5000..6000), format!("{}{}", text(9..10), text(0..1000)), same_end]
}

#[tokio::test]
async fn a_replaced_log_is_not_spliced_while_it_is_followed() {
    for other in replacements() {
        for etag in [true, false] {
            for moved in [true, false] {
                let (_fake, log, client) = scripted().await;
                log.append(text(0..1000));
                if !etag {
                    log.without_etag();
                }
                let mut reader = follow(&client).chunks();
                let mut found = Vec::new();
                while found.len() < 16_000 {
                    found.extend_from_slice(&reader.next().await.expect("bytes").expect("bytes"));
                }
                log.replace(other.clone()).complete();
                if moved {
                    log.move_to_storage();
                }
                let error = reader.next().await.expect("an error").expect_err("another log");
                assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
                assert!(reader.next().await.is_none());
            }
        }
    }
}

#[tokio::test]
async fn a_replaced_log_is_not_spliced_into_a_download() {
    for other in replacements() {
        for etag in [true, false] {
            let (_fake, log, client) = scripted().await;
            log.append(text(0..1000)).cut_after(9000, 1);
            if !etag {
                log.without_etag();
            }
            let (replaced, other) = (log.clone(), other.clone());
            let mut found = Vec::new();
            let download = log_of(&client).download_to(&mut found).on_progress(move |_| {
                replaced.replace(other.clone());
            });
            let error = download.await.expect_err("another log");
            assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
            assert!(text(0..1000).as_bytes().starts_with(&found));
        }
    }
}

#[tokio::test]
async fn a_download_goes_on_where_a_part_is_shorter_than_the_log() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..1000)).cut_after(5000, 1).parts_of(6000);
    let mut found = Vec::new();
    let done = log_of(&client).download_to(&mut found).await.expect("the log");
    assert_eq!(done.bytes, 16_000);
    assert_eq!(found, text(0..1000).as_bytes());
}

#[tokio::test]
async fn parts_that_are_not_what_was_asked_for_are_refused() {
    let wrong = [
        "bytes 0-9/16000",
        "bytes 9000-15999/16000",
        "bytes 18446744073709551610-18446744073709551615/*",
        "bytes 18446744073709551610-18446744073709551614/18446744073709551615",
        "bytes 10000-9999/16000",
        "bytes 10000-16000/16000",
        "bytes 10000-18446744073709551615/*",
        "bytes 10000-x/16000",
        "bytes */16000",
        "chunks 1-2/3",
    ];
    for value in wrong {
        let (_fake, log, client) = scripted().await;
        log.append(text(0..1000)).content_range(value);
        let ranges = [LogRange::from(10_000), LogRange::between(10_000, 16_000), LogRange::last(6000)];
        for range in ranges {
            let error = log_of(&client).read(range).await.expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Decode, "{value}, {range:?}: {error}");
        }
        let error = all(follow(&client).from(10_000)).await.expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Decode, "{value}: {error}");
        log.cut_after(14_096, 1);
        let mut found = Vec::new();
        let error = log_of(&client).download_to(&mut found).await.expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Decode, "{value}: {error}");
        assert!(text(0..1000).as_bytes().starts_with(&found), "{value}");
    }
}

#[tokio::test]
async fn a_part_that_is_longer_than_it_says_is_refused() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..1000)).pad(7);
    for range in [LogRange::from(10_000), LogRange::between(10_000, 10_100), LogRange::last(6000)] {
        let error = log_of(&client).read(range).await.expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Decode, "{range:?}: {error}");
    }
    let error = all(follow(&client).from(10_000)).await.expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    let request = client.pipelines().get_step_log("acme", "rocket", "{p}", "{s}").range("bytes=100-199");
    let mut stream = request.stream();
    let error = loop {
        if let Err(error) = stream.next().await.expect("an error") {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test]
async fn an_encoded_log_is_refused_in_every_way() {
    for coding in ["gzip", "br", "identity, gzip", "zstd"] {
        let (fake, log, client) = scripted().await;
        log.append(text(0..100)).complete().encoded(coding);
        let mut errors = vec![
            log_of(&client).read(LogRange::all()).await.expect_err(coding),
            log_of(&client).read(LogRange::last(16)).await.expect_err(coding),
            log_of(&client).stream().next().await.expect("an item").expect_err(coding),
            log_of(&client).lines().next().await.expect("an item").expect_err(coding),
            all(follow(&client)).await.expect_err(coding),
        ];
        let mut found = Vec::new();
        errors.push(log_of(&client).download_to(&mut found).await.expect_err(coding));
        assert!(found.is_empty());
        assert_eq!(asked(&fake), errors.len(), "none of them is worth a retry");
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            assert!(error.to_string().contains("encoding"), "{error}");
        }
    }
    let (_fake, log, client) = scripted().await;
    log.append(text(0..100)).complete().encoded("Identity");
    assert_eq!(all(follow(&client)).await.expect("the log"), text(0..100).as_bytes());
}

#[tokio::test]
async fn ranges_and_conditions_of_the_request_do_not_reach_into_the_middle() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..100)).complete();
    let request = client.pipelines().get_step_log("acme", "rocket", "{p}", "{s}");
    let request = request.range("bytes=16-31").if_none_match("\"api-0-1600\"");
    let followed = request.clone().follow().poll_every(MIN, MAX);
    assert_eq!(all(followed).await.expect("the log"), text(0..100).as_bytes());
    let mut found = Vec::new();
    assert_eq!(request.download_to(&mut found).await.expect("the log").bytes, 1600);
}

#[tokio::test]
async fn a_position_at_the_end_of_all_numbers_is_no_panic() {
    for ignore in [true, false] {
        let (_fake, log, client) = scripted().await;
        log.append(text(0..100)).complete();
        if ignore {
            log.ignore_ranges();
        }
        for from in [u64::MAX, u64::MAX - 1, 1601] {
            let error = all(follow(&client).from(from)).await.expect_err("there is no such byte");
            assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
            let part = log_of(&client).read(LogRange::from(from)).await.expect("nothing");
            assert!(part.bytes.is_empty() && part.end() >= 1600, "{part:?}");
        }
        let part = log_of(&client).read(LogRange::last(u64::MAX)).await.expect("all of it");
        assert_eq!((part.bytes.len(), part.start), (1600, 0));
        assert!(all(follow(&client).from(1600)).await.expect("nothing more").is_empty());
    }
}

#[tokio::test]
async fn a_refused_range_that_nobody_asked_for_is_no_empty_log() {
    let (fake, log, client) = scripted().await;
    log.complete();
    fake.on(Method::GET, &format!("{STEP}/log"), Reply::status(416));
    let mut found = Vec::new();
    let errors = [
        log_of(&client).read(LogRange::all()).await.expect_err("a refusal"),
        log_of(&client).download_to(&mut found).await.expect_err("a refusal"),
        all(follow(&client)).await.expect_err("a refusal"),
    ];
    for error in errors {
        assert_eq!(error.status().map(|status| status.as_u16()), Some(416), "{error}");
    }
}
