//! Logs by parts, as they come and while they grow: not a byte lost or twice, and no credential at the storage.

use std::time::Duration;

use bitbucket_cloud::ext::logs::{FollowRequest, LogRange};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, ErrorKind};
use bitbucket_tests::{FakeBitbucket, Method, Reply, ScriptedLog};
use serde_json::json;

use crate::{TOKEN, client, fake};

const STEP: &str = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/{step_uuid}";

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
    let grace_period = Duration::from_millis(200);
    log_of(client).follow().poll_every(Duration::from_millis(4), Duration::from_millis(10)).grace_period(grace_period)
}

/// Reads to the end.
async fn all(log: FollowRequest) -> Result<Vec<u8>, bitbucket_cloud::Error> {
    let mut log = log.chunks();
    let mut text = Vec::new();
    while let Some(bytes) = log.next().await {
        text.extend_from_slice(&bytes?);
    }
    Ok(text)
}

/// Waits until the fake was asked that often for the log.
async fn asked(fake: &FakeBitbucket, times: usize) {
    let count = || fake.journal().iter().filter(|entry| !entry.path.ends_with("%7Bs%7D")).count();
    while count() < times {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Sixteen bytes a line, each line another one.
fn text(lines: std::ops::Range<usize>) -> String {
    lines.map(|line| format!("line {line:010}\n")).collect()
}

fn check_storage(fake: &FakeBitbucket) {
    fake.assert_no_credential_at_storage();
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn parts_are_read_in_every_way_from_both_hosts() {
    let whole = text(0..1000);
    let length = whole.len() as u64;
    let cases = [
        (LogRange::all(), 0..length),
        (LogRange::from(100), 100..length),
        (LogRange::first(100), 0..100),
        (LogRange::last(100), length - 100..length),
        (LogRange::between(100, 200), 100..200),
        (LogRange::between(15_900, 99_999), 15_900..length),
        (LogRange::last(99_999), 0..length),
        (LogRange::from(length), length..length),
    ];
    for ranges_are_ignored in [false, true] {
        for moved in [false, true] {
            let (fake, log, client) = scripted().await;
            log.append(&whole);
            if ranges_are_ignored {
                log.ignore_ranges();
            }
            if moved {
                log.move_to_storage();
            }
            for (range, wanted) in &cases {
                let part = log_of(&client).read(*range).await.expect("a part");
                let (start, end) = (wanted.start as usize, wanted.end as usize);
                assert_eq!(part.bytes, whole.as_bytes()[start..end], "{range:?}, moved {moved}");
                assert_eq!((part.start, part.end()), (wanted.start, wanted.end), "{range:?}");
                assert_eq!(part.total, Some(length), "{range:?}");
                assert_eq!(part.etag.is_some(), ranges_are_ignored || start < end, "{range:?}");
            }
            check_storage(&fake);
            let journal = fake.journal();
            assert!(journal.iter().all(|entry| entry.header("accept") == Some("*/*")));
            let at_storage = journal.iter().filter(|entry| entry.header("authorization").is_none()).count();
            assert_eq!(at_storage, if moved { cases.len() } else { 0 });
            // The range survives the redirect.
            let ranges: Vec<_> = journal.iter().filter_map(|entry| entry.header("range")).collect();
            assert_eq!(ranges.len(), if moved { 14 } else { 7 }, "{ranges:?}");
        }
    }
}

#[tokio::test]
async fn an_empty_range_and_an_absent_log_are_errors() {
    let (fake, _log, client) = scripted().await;
    for range in [LogRange::first(0), LogRange::last(0), LogRange::between(9, 9)] {
        let error = log_of(&client).read(range).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert!(fake.journal().is_empty());
    assert!(log_of(&client).read(LogRange::all()).await.expect_err("no log").is_not_found());
    assert!(log_of(&client).stream().next().await.expect("an item").expect_err("no log").is_not_found());
}

#[tokio::test]
async fn the_end_of_a_large_log_is_all_that_is_transferred() {
    let (fake, log, client) = scripted().await;
    log.append(text(0..200_000)).move_to_storage();
    let part = log_of(&client).read(LogRange::last(4096)).await.expect("a part");
    assert_eq!((part.bytes.len(), part.total), (4096, Some(3_200_000)));
    assert_eq!(fake.journal()[1].header("range"), Some("bytes=-4096"));
}

#[tokio::test]
async fn a_log_is_streamed_by_bytes_and_by_lines() {
    let (fake, log, client) = scripted().await;
    log.append("one\r\ntwo\n\n\u{1b}[32mthr").append(b"\xff\nfour").move_to_storage();
    let mut stream = log_of(&client).stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.expect("a chunk"));
    }
    assert_eq!(bytes, b"one\r\ntwo\n\n\x1b[32mthr\xff\nfour");
    let mut lines = log_of(&client).lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next().await {
        found.push(line.expect("a line"));
    }
    assert_eq!(found, ["one", "two", "", "\u{1b}[32mthr\u{fffd}", "four"]);
    check_storage(&fake);
}

#[tokio::test]
async fn a_line_without_an_end_comes_in_pieces() {
    let (_fake, log, client) = scripted().await;
    let long = vec![b'x'; 2_500_000];
    log.append(&long);
    let mut lines = log_of(&client).lines();
    let mut lengths = Vec::new();
    while let Some(line) = lines.next().await {
        lengths.push(line.expect("a line").len());
    }
    assert_eq!(lengths, [1_048_576, 1_048_576, 402_848]);
}

#[tokio::test]
async fn a_growing_log_is_followed_through_its_move_to_the_storage() {
    for ranges_are_ignored in [false, true] {
        for etag in [true, false] {
            let (fake, log, client) = scripted().await;
            if ranges_are_ignored {
                log.ignore_ranges();
            }
            if !etag {
                log.without_etag();
            }
            let reader = tokio::spawn(all(follow(&client)));
            // There is no log yet, then it grows, then nothing is new for a while, then it moves with more in it.
            asked(&fake, 2).await;
            for part in 0..5 {
                log.append(text(part * 100..part * 100 + 100));
                asked(&fake, fake.journal().len() / 2 + 3).await;
            }
            asked(&fake, fake.journal().len() / 2 + 5).await;
            log.append(text(500..600)).complete().move_to_storage();
            let found = reader.await.expect("a task").expect("the log");
            assert_eq!(String::from_utf8(found).expect("text"), text(0..600), "{ranges_are_ignored} {etag}");
            check_storage(&fake);
            let journal = fake.journal();
            let statuses = journal.iter().filter(|entry| entry.header("range") == Some("bytes=3904-")).count();
            assert!(statuses > 0, "the known bytes were not left out");
            let first = journal.iter().find(|entry| entry.path.ends_with("/log")).expect("a request");
            assert_eq!(first.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        }
    }
}

#[tokio::test]
async fn a_finished_step_is_followed_without_a_pause() {
    let (fake, log, client) = scripted().await;
    log.append(text(0..100)).complete().move_to_storage();
    let begun = std::time::Instant::now();
    // The default pauses would take a second.
    assert_eq!(all(log_of(&client).follow()).await.expect("the log").len(), 1600);
    assert!(begun.elapsed() < Duration::from_millis(700));
    check_storage(&fake);
}

#[tokio::test]
async fn a_step_without_a_log_ends_the_stream_and_an_unknown_step_is_an_error() {
    let (fake, log, client) = scripted().await;
    log.complete().result("NOT_RUN");
    assert!(all(follow(&client)).await.expect("nothing").is_empty());
    fake.on(Method::GET, STEP, Reply::json(404, json!({"error": {"message": "Not found"}})));
    fake.on(Method::GET, &format!("{STEP}/log"), Reply::json(404, json!({"error": {"message": "Not found"}})));
    assert!(all(follow(&client)).await.expect_err("no step").is_not_found());
}

#[tokio::test]
async fn a_broken_connection_loses_nothing() {
    for moved in [false, true] {
        let (fake, log, client) = scripted().await;
        log.append(text(0..1000)).complete().cut_after(5000, 3);
        if moved {
            log.move_to_storage();
        }
        let found = all(follow(&client)).await.expect("the log");
        assert_eq!(String::from_utf8(found).expect("text"), text(0..1000));
        check_storage(&fake);
    }
}

#[tokio::test]
async fn failures_that_do_not_pass_end_the_stream_with_its_place() {
    let (fake, log, client) = scripted().await;
    log.append(text(0..10));
    let mut reader = follow(&client).chunks();
    let mut read = 0;
    while read < 160 {
        read += reader.next().await.expect("bytes").expect("bytes").len();
    }
    fake.on(Method::GET, &format!("{STEP}/log"), Reply::json(503, json!({"error": {"message": "later"}})));
    fake.clear_journal();
    let error = reader.next().await.expect("an error").expect_err("an error");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    let asked = fake.journal().iter().filter(|request| request.path.ends_with("/log")).count();
    assert_eq!(asked, 6, "an attempt is one request, and five failures are waited out");
    assert_eq!(reader.position(), 160);
    assert!(reader.next().await.is_none());
}

#[tokio::test]
async fn a_replaced_log_is_noticed_while_it_is_followed() {
    // Shorter, and as long with other text where the service sends all of it.
    for (other, ignore) in [(text(0..3), false), (text(0..3), true), (text(100..120), true)] {
        let (_fake, log, client) = scripted().await;
        log.append(text(0..10));
        if ignore {
            log.ignore_ranges();
        }
        let mut reader = follow(&client).chunks();
        let mut read = 0;
        while read < 160 {
            read += reader.next().await.expect("bytes").expect("bytes").len();
        }
        log.replace(other);
        let error = reader.next().await.expect("an error").expect_err("another log");
        assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
    }
}

#[tokio::test]
async fn a_follower_may_begin_in_the_middle() {
    for ignore in [false, true] {
        let (_fake, log, client) = scripted().await;
        log.append(text(0..100)).complete();
        if ignore {
            log.ignore_ranges();
        }
        let found = all(follow(&client).from(160)).await.expect("the rest");
        assert_eq!(String::from_utf8(found).expect("text"), text(10..100));
    }
}

#[tokio::test]
async fn a_download_goes_on_where_the_connection_broke() {
    for (moved, etag) in [(false, true), (false, false), (true, true)] {
        let (fake, log, client) = scripted().await;
        log.append(text(0..1000)).cut_after(5000, 2);
        if moved {
            log.move_to_storage();
        }
        if !etag {
            log.without_etag();
        }
        let (mut text_of_log, mut seen) = (Vec::new(), Vec::new());
        let download = log_of(&client).download_to(&mut text_of_log);
        let done = download.on_progress(|progress| seen.push((progress.bytes, progress.total))).await.expect("the log");
        assert_eq!((done.bytes, done.resumed), (16_000, 2));
        assert_eq!(seen.last(), Some(&(16_000, Some(16_000))));
        assert!(seen.is_sorted());
        assert_eq!(String::from_utf8(text_of_log).expect("text"), text(0..1000));
        let ranges: Vec<_> = fake.journal().iter().filter_map(|e| e.header("range").map(str::to_owned)).collect();
        assert_eq!(ranges.len(), if moved { 4 } else { 2 }, "{ranges:?}");
        let conditions = fake.journal().iter().filter(|entry| entry.header("if-range").is_some()).count();
        assert_eq!(conditions, if etag { ranges.len() } else { 0 });
        check_storage(&fake);
    }
}

#[tokio::test]
async fn a_log_that_moves_in_the_middle_of_a_download_is_read_on() {
    let (fake, log, client) = scripted().await;
    log.append(text(0..1000)).cut_after(5000, 1);
    let mover = log.clone();
    let mut found = Vec::new();
    let download = log_of(&client).download_to(&mut found).on_progress(move |_| {
        mover.move_to_storage();
    });
    assert_eq!(download.await.expect("the log").resumed, 1);
    assert_eq!(String::from_utf8(found).expect("text"), text(0..1000));
    check_storage(&fake);
}

#[tokio::test]
async fn a_log_that_changes_in_the_middle_of_a_download_is_noticed() {
    for ignore in [false, true] {
        let (_fake, log, client) = scripted().await;
        log.append(text(0..1000)).cut_after(5000, 1);
        if ignore {
            log.ignore_ranges();
        }
        let other = log.clone();
        let mut found = Vec::new();
        let download = log_of(&client).download_to(&mut found).on_progress(move |_| {
            other.replace(text(1..1001));
        });
        let error = download.await.expect_err("another log");
        assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
    }
}

#[tokio::test]
async fn a_writer_that_fails_is_a_local_error() {
    let (_fake, log, client) = scripted().await;
    log.append(text(0..1000));
    let mut room = [0; 100];
    let error = log_of(&client).download_to(std::io::Cursor::new(&mut room[..])).await.expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::Local, "{error}");
}

#[tokio::test]
async fn a_whole_pipeline_is_followed_step_by_step() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_millis(60)).start().await.expect("a free port");
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    for (pattern, steps) in [("pass", vec![0, 1, 2]), ("pause", vec![0, 1]), ("fail", vec![0, 1])] {
        let body = json!({"target": {"type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "main",
            "selector": {"type": "custom", "pattern": pattern}}});
        let request = client.request(Method::POST, "/repositories/acme/rocket/pipelines").json(&body);
        let started = request.send_as::<serde_json::Value>().await.expect("a run");
        let uuid = started["uuid"].as_str().expect("a UUID");
        let pipelines = repository.pipelines();
        let mut log = pipelines.follow(uuid).poll_every(Duration::from_millis(5), Duration::from_millis(20)).chunks();
        let mut found: Vec<(usize, String)> = Vec::new();
        while let Some(chunk) = log.next().await {
            let chunk = chunk.expect("a chunk");
            let text = String::from_utf8(chunk.bytes.to_vec()).expect("text");
            match found.last_mut() {
                Some((step, all)) if *step == chunk.step.index => all.push_str(&text),
                _ => found.push((chunk.step.index, text)),
            }
        }
        assert_eq!(found.iter().map(|(step, _)| *step).collect::<Vec<_>>(), steps, "{pattern}");
        for (_, text) in &found {
            assert!(text.starts_with("+ umask") && text.lines().count() == 24, "{text}");
        }
    }
    check_storage(&fake);
}

#[tokio::test]
async fn a_passing_failure_does_not_end_the_logs_of_a_pipeline() {
    let fake = FakeBitbucket::builder().step_duration(Duration::from_millis(40)).start().await.expect("a free port");
    let client = client(&fake);
    let target = bitbucket_cloud::ext::pipelines::Target::branch("main");
    let run = client.repository("acme", "rocket").pipelines().run(target).send().await.expect("a run");
    let later = || Reply::json(503, json!({"error": {"message": "later"}})).times(2);
    fake.on(Method::GET, "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps", later());
    fake.on(Method::GET, "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}", later());
    let log = client.repository("acme", "rocket").pipelines().follow(&run);
    let mut log = log.poll_every(Duration::from_millis(3), Duration::from_millis(10)).lines();
    let mut lines: Vec<(usize, String)> = Vec::new();
    while let Some(line) = log.next().await {
        let line = line.expect("a line");
        assert!(!line.step.name.is_empty() && !line.text.contains('\n'), "{line:?}");
        lines.push((line.step.index, line.text));
    }
    assert_eq!(lines.len(), 3 * 24);
    for (step, lines) in lines.chunks(24).enumerate() {
        assert!(lines.iter().all(|(index, _)| *index == step), "{lines:?}");
        assert!(lines[0].1.starts_with("+ umask"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_log_that_has_not_changed_is_an_answer() {
    let fake = FakeBitbucket::start().await.expect("a free port");
    let client = client(&fake);
    let path = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/{step_uuid}/log";
    fake.on(Method::GET, path, Reply::status(304));
    let known = client.pipelines().get_step_log("acme", "rocket", "{p}", "{s}").if_none_match("\"abc\"");
    let part = known.clone().read(LogRange::all()).send().await.expect("an answer");
    assert!(part.not_modified && part.bytes.is_empty(), "{part:?}");
    assert!(known.stream().next().await.is_none());
    // Nobody asked for that.
    let error = log_of(&client).read(LogRange::all()).await.expect_err("a surprise");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(304));
}
