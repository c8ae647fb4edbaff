//! Logs from a server that is told each byte of its answers: parts, lengths and versions that fit, and such that do not.
#![allow(missing_docs)]
#![cfg(feature = "pipelines")]

mod support;

use std::time::{Duration, Instant};

use bitbucket_cloud::ext::logs::{DownloadProgress, FollowRequest, LogRange};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, Error, ErrorKind};
use support::{Seen, Server, answer, json};

const RUNNING: &str = r#"{"state":{"name":"IN_PROGRESS"}}"#;
const OVER: &str = r#"{"state":{"name":"COMPLETED","result":{"name":"SUCCESSFUL"}}}"#;

/// Sixteen bytes a line, each line another one.
fn text(lines: std::ops::Range<usize>) -> String {
    lines.map(|line| format!("line {line:010}\n")).collect()
}

/// The step is over, and each request for the log gets the next answer, the last one for ever.
async fn server(mut answers: impl FnMut(usize, &Seen) -> String + Send + 'static) -> Server {
    let mut count = 0;
    Server::answering(move |seen| {
        if !seen.target.ends_with("/log") {
            return json(200, OVER);
        }
        count += 1;
        answers(count, seen)
    })
    .await
}

/// The first byte that a request asks for.
fn from(seen: &Seen) -> usize {
    let range = seen.header("range").unwrap_or_default();
    range.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-')).map_or(0, |from| from.parse().unwrap())
}

/// From where a request asks to `end`, of a log of `total` bytes.
fn part(log: &str, seen: &Seen, end: usize, total: &impl ToString) -> String {
    let (from, total) = (from(seen), total.to_string());
    if from >= log.len() {
        return answer(416, &format!("content-range: bytes */{total}"), "");
    }
    let end = end.min(log.len()).max(from + 1);
    answer(206, &format!("content-range: bytes {from}-{}/{total}", end - 1), &log[from..end])
}

/// A whole log that breaks off after some bytes.
fn broken(log: &str, headers: &str, end: usize) -> String {
    answer(200, headers, log).split_once("\r\n\r\n").map(|(head, _)| format!("{head}\r\n\r\n{}", &log[..end])).unwrap()
}

fn log_of(client: &Client) -> impl StepLog + Clone {
    client.pipelines().get_step_log("w", "r", "{p}", "{s}")
}

fn follow(server: &Server) -> FollowRequest {
    let quick = (Duration::from_millis(1), Duration::from_millis(2));
    log_of(&server.client()).follow().poll_every(quick.0, quick.1).grace_period(Duration::from_millis(50))
}

async fn all(follow: FollowRequest) -> (String, Option<Error>) {
    let (mut log, mut text) = (follow.chunks(), String::new());
    loop {
        match log.next().await {
            Some(Ok(bytes)) => text.push_str(std::str::from_utf8(&bytes).unwrap()),
            Some(Err(error)) => return (text, Some(error)),
            None => return (text, None),
        }
    }
}

/// What was asked for: of the log with its range, or of the step.
fn asked(server: &Server) -> Vec<String> {
    let name = |seen: &Seen| match seen.header("range") {
        _ if !seen.target.ends_with("/log") => "step".to_owned(),
        Some(range) => range,
        None => "log".to_owned(),
    };
    server.seen().iter().map(name).collect()
}

#[tokio::test]
async fn a_part_is_held_to_its_length_and_tells_the_total() {
    let log = text(0..10);
    for (sent, range, expected) in [
        ("bytes 16-47/160", LogRange::from(16), Some((16, Some(160)))),
        ("bytes 16-47/*", LogRange::from(16), Some((16, None))),
        ("bytes 16-47/*", LogRange::between(16, 48), Some((16, None))),
        ("bytes 16-47/48", LogRange::last(32), Some((16, Some(48)))),
        ("bytes 16-47/*", LogRange::last(32), Some((16, None))),
        ("bytes 16-47/*", LogRange::last(31), None),
        ("bytes 16-47/49", LogRange::last(32), None),
        ("bytes 16-48/160", LogRange::from(16), None),
        ("bytes 16-46/160", LogRange::from(16), None),
        ("bytes 16-47/160", LogRange::between(16, 47), None),
        ("bytes 16-47/160", LogRange::from(15), None),
    ] {
        let body = log[16..48].to_owned();
        let server = server(move |_, _| answer(206, &format!("content-range: {sent}"), &body)).await;
        let read = log_of(&server.client()).read(range).await;
        let found = read.as_ref().ok().map(|part| (part.start, part.total));
        assert_eq!(found, expected, "{sent} {range:?} {read:?}");
        assert!(read.is_err() || read.is_ok_and(|part| part.end() == 48 && part.bytes == log[16..48]));
    }
    // Shorter than it says is a broken connection, longer is nonsense.
    for (sent, kind) in [("bytes 16-48/160", ErrorKind::Transport), ("bytes 16-46/160", ErrorKind::Decode)] {
        let body = log[16..48].to_owned();
        let server = server(move |_, _| answer(206, &format!("content-range: {sent}"), &body)).await;
        assert_eq!(log_of(&server.client()).read(LogRange::from(16)).await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn a_range_is_cut_out_of_a_whole_log() {
    let log = text(0..10);
    let endless = format!("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n{log}");
    for (body, total) in [(answer(200, "etag: \"a\"", &log), Some(160)), (endless, None)] {
        for (range, start, end) in [
            (LogRange::all(), 0, 160),
            (LogRange::from(100), 100, 160),
            (LogRange::between(3, 20), 3, 20),
            (LogRange::between(150, 500), 150, 160),
            (LogRange::between(3, 160), 3, 160),
            (LogRange::last(7), 153, 160),
            (LogRange::last(160), 0, 160),
            (LogRange::last(161), 0, 160),
        ] {
            let body = body.clone();
            let server = server(move |_, _| body.clone()).await;
            let part = log_of(&server.client()).read(range).await.unwrap();
            assert_eq!((part.start, part.end()), (start, end), "{range:?}");
            assert_eq!(part.bytes, log[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()], "{range:?}");
            // Where no length was told, the end tells it.
            let is_left_early = [LogRange::between(3, 20), LogRange::between(3, 160)].contains(&range);
            let seen = total.or((!is_left_early).then_some(160));
            assert_eq!((part.total, part.etag.is_some()), (seen, total.is_some()), "{range:?}");
        }
    }
}

#[tokio::test]
async fn a_download_of_parts_goes_on_at_once() {
    let log = text(0..4000);
    let sent = log.clone();
    // Half a kilobyte more with each.
    let server = server(move |_, seen| part(&sent, seen, from(seen) + 4608, &sent.len())).await;
    let (mut found, mut told) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    let client = server.client();
    let download = log_of(&client).download_to(&mut found).on_progress(|progress| told.push(progress));
    assert!(format!("{download:?}").starts_with("DownloadRequest("));
    let done = download.await.unwrap();
    assert_eq!((done.bytes, done.resumed, done.etag), (64_000, 0, None));
    assert!(server.seen().len() > 100 && begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    assert_eq!(
        told.last().map(|progress: &DownloadProgress| (progress.bytes, progress.total)),
        Some((64_000, Some(64_000)))
    );
    assert!(found == log.as_bytes());
}

#[tokio::test]
async fn a_download_that_comes_to_nothing_is_an_error() {
    let log = text(0..500);
    // The second half never comes.
    let sent = log.clone();
    let stuck = server(move |_, seen| part(&sent, seen, 4800, &sent.len())).await;
    let mut found = Vec::new();
    let error = log_of(&stuck.client()).download_to(&mut found).await.unwrap_err();
    assert!(error.to_string().contains("the log ends before its length"), "{error}");
    assert_eq!((found, stuck.seen().len()), (log.as_bytes()[..4800].to_vec(), 7));
    // It comes late.
    let sent = log.clone();
    let late = server(move |count, seen| part(&sent, seen, if count < 3 { 4800 } else { 8000 }, &sent.len())).await;
    let mut found = Vec::new();
    assert_eq!(log_of(&late.client()).download_to(&mut found).await.unwrap().bytes, 8000);
    assert_eq!(late.seen().len(), 3);
    // What does not pass is not tried again, and a 404 only passes once the log has begun.
    let sent = log.clone();
    let statuses = [(vec![404], 1), (vec![200, 403], 2), (vec![200, 404, 200], 3)];
    for (statuses, requests) in statuses {
        let (sent, last) = (sent.clone(), *statuses.last().unwrap());
        let server = server(move |count, seen| match statuses.get(count - 1) {
            Some(200) if count == 1 => broken(&sent, "", 5000),
            Some(200) => part(&sent, seen, 8000, &8000),
            status => answer(status.copied().unwrap_or(500), "", "{}"),
        })
        .await;
        let mut found = Vec::new();
        let done = log_of(&server.client()).download_to(&mut found).await;
        assert_eq!((done.is_ok(), server.seen().len()), (last == 200, requests));
        if let Ok(done) = done {
            assert_eq!((done.bytes, done.resumed, found == log.as_bytes()), (8000, 2, true));
        }
    }
}

#[tokio::test]
async fn a_resumed_download_asks_for_the_same_version() {
    let log = text(0..500);
    for (etag, sent) in [("\"a\"", Some("\"a\"")), ("W/\"a\"", None)] {
        let (log, header) = (log.clone(), format!("etag: {etag}"));
        let server = server(move |count, seen| match count {
            1 => broken(&log, &header, 5000),
            _ => part(&log, seen, 8000, &8000).replacen("content-length", &format!("{header}\r\ncontent-length"), 1),
        })
        .await;
        let mut found = Vec::new();
        let done = log_of(&server.client()).download_to(&mut found).await.unwrap();
        assert_eq!((done.bytes, done.etag.as_deref()), (8000, Some(etag)));
        assert_eq!(asked(&server), ["log", "bytes=904-"]);
        assert_eq!(server.last().header("if-range").as_deref(), sent);
        assert!(server.seen()[0].header("if-range").is_none() && server.last().header("if-none-match").is_none());
    }
    // `If-Range` was ignored, so the whole log is read and compared.
    for (other, is_same) in [(text(0..501), true), (format!("LINE{}", &text(0..501)[4..]), false)] {
        let log = log.clone();
        let server = server(move |count, seen| match count {
            1 => broken(&log, "etag: \"a\"", 5000),
            2 => part(&other, seen, 8016, &8016).replacen("content-length", "etag: \"b\"\r\ncontent-length", 1),
            _ => answer(200, "etag: \"b\"", &other),
        })
        .await;
        let mut found = Vec::new();
        let done = log_of(&server.client()).download_to(&mut found).await;
        assert_eq!(asked(&server), ["log", "bytes=904-", "log"]);
        match done {
            Ok(done) => assert!(is_same && done.bytes == 8016 && found == text(0..501).as_bytes()),
            Err(error) => assert!(!is_same && error.kind() == ErrorKind::Changed, "{error}"),
        }
    }
}

#[tokio::test]
async fn what_was_read_is_compared_with_what_comes_again() {
    let log = text(0..500);
    let with = |at: usize| format!("{}#{}", &log[..at], &log[at + 1..]);
    // Byte that differs, whether the whole log comes again, and whether that is noticed.
    for (at, whole, noticed) in [
        (4999, false, true),
        (904, false, true),
        (903, false, false),
        (0, false, false),
        (5000, false, false),
        (0, true, true),
        (903, true, true),
        (4999, true, true),
        (5000, true, false),
    ] {
        let (first, other) = (log.clone(), with(at));
        let server = server(move |count, seen| match count {
            1 => broken(&first, "", 5000),
            _ if whole => answer(200, "", &other),
            _ => part(&other, seen, 8000, &8000),
        })
        .await;
        let mut found = Vec::new();
        let done = log_of(&server.client()).download_to(&mut found).await;
        let changed = done.as_ref().is_err_and(|error| error.kind() == ErrorKind::Changed);
        assert_eq!((changed, done.is_err()), (noticed, noticed), "{at} {whole} {done:?}");
        assert_eq!(found.len(), if noticed { 5000 } else { 8000 });
    }
    // Who begins in the middle compares from there.
    for (at, noticed) in [(50, false), (100, true), (700, true)] {
        let (first, other) = (log.clone(), with(at));
        let server = server(move |count, seen| match count {
            1 => part(&first, seen, 6000, &8000),
            _ => answer(200, "", &other),
        })
        .await;
        let (found, error) = all(follow(&server).from(100)).await;
        assert_eq!(
            (found.len(), error.is_some()),
            if noticed { (5900, true) } else { (7900, false) },
            "{at} {error:?}"
        );
    }
}

#[tokio::test]
async fn a_log_that_shrinks_is_another_one() {
    let log = text(0..500);
    let shorter = "the log is shorter than before";
    // What is answered after 5000 bytes, and how it ends.
    for (status, headers, body, says) in [
        (416, "content-range: bytes */3000", "", shorter),
        (416, "content-range: bytes */4999", "", shorter),
        (416, "", "", shorter),
        (416, "content-range: bytes */5001", "", "416"),
        (200, "", &log[..3000], shorter),
        (206, "content-range: bytes 904-3999/8000", &log[904..4000], "the response ends before the position"),
        (206, "content-range: bytes 904-3999/4999", &log[904..4000], shorter),
    ] {
        let (first, next) = (log.clone(), answer(status, headers, body));
        let server = server(move |count, _| if count == 1 { broken(&first, "", 5000) } else { next.clone() }).await;
        let (found, error) = all(follow(&server)).await;
        let error = error.unwrap_or_else(|| panic!("{status} {headers}"));
        assert!(found == log[..5000] && error.to_string().contains(says), "{headers}: {error}");
        assert_eq!(error.kind() == ErrorKind::Changed, says == shorter, "{error}");
    }
    let first = log.clone();
    let server = server(move |count, seen| {
        if count == 1 { part(&first, seen, 5000, &"*") } else { answer(416, "content-range: bytes */5000", "") }
    })
    .await;
    assert!(all(follow(&server)).await.1.is_none(), "nothing was added");
    // Who begins beyond the end has read nothing.
    for headers in ["content-range: bytes */10", ""] {
        let server = self::server(move |_, _| answer(416, headers, "")).await;
        let (found, error) = all(follow(&server).from(50)).await;
        assert_eq!((found.as_str(), error.is_some()), ("", !headers.is_empty()), "{error:?}");
    }
}

#[tokio::test]
async fn much_is_read_on_at_once_and_little_asks_for_the_step() {
    for (size, expected) in [
        // Sixteen kilobytes are much; the last 4 of them come again.
        (16_384, vec!["log", "bytes=12288-", "bytes=28672-", "step", "bytes=28672-"]),
        (16_368, vec!["log", "step", "bytes=12272-", "bytes=28640-"]),
    ] {
        let log = text(0..size / 8);
        let server = server(move |count, seen| {
            let end = if count == 1 { size } else { from(seen) + 4096 + size };
            part(&log, seen, end, &"*")
        })
        .await;
        let (found, error) = all(follow(&server)).await;
        assert!(error.is_none() && found == text(0..size / 8), "{error:?} {}", found.len());
        assert_eq!(asked(&server)[..expected.len()], expected[..], "{:?}", asked(&server));
    }
}

#[tokio::test]
async fn a_followed_log_that_ends_before_its_length_is_an_error() {
    let log = text(0..500);
    let server = server(move |_, seen| part(&log, seen, 4800, &8000)).await;
    let mut chunks = follow(&server).from(16).chunks();
    let mut came = 0;
    let error = loop {
        match chunks.next().await.expect("an error") {
            Ok(bytes) => came += bytes.len(),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("the log ends before its length"), "{error}");
    assert_eq!((came, chunks.position()), (4784, 4800));
    assert_eq!(format!("{chunks:?}"), "FollowedLog { position: 4800, .. }");
    assert!(!asked(&server).contains(&"step".to_owned()), "{:?}", asked(&server));
}

#[tokio::test]
async fn an_unchanged_log_is_read_once_more_after_the_step() {
    let (mut steps, mut logs) = (0, 0);
    let server = Server::answering(move |seen| {
        let log = text(0..2);
        if !seen.target.ends_with("/log") {
            steps += 1;
            return json(200, if steps == 1 { RUNNING } else { OVER });
        }
        logs += 1;
        match logs {
            1 => answer(200, "etag: \"a\"", &log[..16]),
            2 => answer(304, "etag: \"a\"", ""),
            _ => answer(200, "etag: \"a\"", &log),
        }
    })
    .await;
    let mut lines = follow(&server).lines();
    for expected in ["line 0000000000", "line 0000000001"] {
        assert_eq!(lines.next().await.unwrap().unwrap(), expected);
    }
    assert!(lines.next().await.is_none());
    assert_eq!(asked(&server)[..5], ["log", "step", "log", "step", "log"]);
    let conditions: Vec<_> = server.seen().iter().map(|seen| seen.header("if-none-match")).collect();
    assert_eq!(conditions[..5], [None, None, Some("\"a\"".to_owned()), None, None]);
}

#[tokio::test]
async fn a_broken_connection_is_waited_for_unless_much_had_come() {
    // How much came first, and the pause between two requests.
    for (size, pause, waits) in [(16_368, 300, true), (16_384, 5000, false)] {
        let log = text(0..2000);
        let server = server(move |count, seen| match count {
            1 => broken(&log, "", size),
            _ => part(&log, seen, 32_000, &32_000),
        })
        .await;
        let (begin, pause) = (Instant::now(), Duration::from_millis(pause));
        let (found, error) = all(follow(&server).poll_every(pause, pause)).await;
        assert!(error.is_none() && found == text(0..2000), "{error:?}");
        assert_eq!(begin.elapsed() > pause * 3 / 4, waits, "{size}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_step_that_cannot_be_read_ends_the_log() {
    let server = Server::answering(|seen| match seen.target.ends_with("/log") {
        true => answer(200, "", "a line\n"),
        false => answer(403, "", "{}"),
    })
    .await;
    let (found, error) = all(follow(&server)).await;
    assert_eq!(
        (found.as_str(), error.and_then(|error| error.status()).map(|status| status.as_u16())),
        ("a line\n", Some(403))
    );
    assert_eq!(asked(&server), ["log", "step"]);
}

#[tokio::test]
async fn lines_end_with_an_error_and_not_with_half_a_line() {
    let server = server(|_, _| broken(&text(0..2), "", 20)).await;
    let mut lines = log_of(&server.client()).lines();
    assert_eq!(lines.next().await.unwrap().unwrap(), "line 0000000000");
    assert!(lines.next().await.unwrap().is_err());
    assert!(lines.next().await.is_none());
    assert_eq!(format!("{:?}", log_of(&server.client()).stream()), "LogStream { .. }");
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_log() {
    let log = text(0..64);
    let partial = answer(206, "content-range: bytes 0-31/1024", &log[..32]);
    let server = server(move |_, _| partial.clone()).await;
    let mut stream = log_of(&server.client()).stream();
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert!(stream.next().await.is_none());
    let log = server.client().pipelines().get_step_log("w", "r", "{p}", "{s}");
    assert_eq!(log.clone().send().await.unwrap_err().kind(), ErrorKind::Decode);
    // Whoever asks for it gets it.
    let mut stream = log.header("Range", "bytes=0-31").stream();
    assert_eq!(stream.next().await.unwrap().unwrap().len(), 32);
}

#[tokio::test]
async fn a_part_in_memory_has_the_size_and_the_rate_of_a_body_in_memory() {
    let log = text(0..64);
    let unannounced = format!("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n{log}");
    let partial = answer(206, "content-range: bytes 0-31/1024", &log[..32]);
    for (sent, range, is_read) in [
        (answer(200, "", &log), LogRange::all(), false),
        (unannounced.clone(), LogRange::all(), false),
        (unannounced.clone(), LogRange::last(17), false),
        (partial, LogRange::all(), false),
        // What is cut away is not kept.
        (unannounced.clone(), LogRange::last(16), true),
        (unannounced, LogRange::between(100, 116), true),
    ] {
        let sent = sent.clone();
        let server = server(move |_, _| sent.clone()).await;
        let client = Client::builder().base_url(&server.base).max_body_size(16).build().unwrap();
        match log_of(&client).read(range).await {
            Ok(part) => assert!(is_read && part.bytes.len() == 16, "{range:?} {part:?}"),
            Err(error) => assert!(!is_read && error.kind() == ErrorKind::TooLarge, "{range:?} {error}"),
        }
    }

    // A length that nobody announced is no reason to wait for ever.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await.unwrap();
        let head = b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\nabc";
        tokio::io::AsyncWriteExt::write_all(&mut socket, head).await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
    let least = bitbucket_cloud::MinThroughput::new().grace(Duration::from_millis(200));
    let client = Client::builder().base_url(&base).min_throughput(least).build().unwrap();
    let reading = tokio::time::timeout(Duration::from_secs(20), log_of(&client).read(LogRange::all()).send());
    let error = reading.await.expect("an end").unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout && error.to_string().contains("min_throughput"), "{error}");
}
