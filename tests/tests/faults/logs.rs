//! Logs and waiting: what is late, gone, replaced or not what was asked for.

use std::time::Duration;

use bitbucket_cloud::ext::logs::{FollowRequest, LogRange};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, Error};

use crate::raw::{Act, Raw, answer, json};
use crate::table::{Row, outcome};
use crate::{GUARD, SECRET, builder};

const RUNNING: &str = r#"{"state":{"name":"IN_PROGRESS"}}"#;
const OVER: &str = r#"{"state":{"name":"COMPLETED","result":{"name":"SUCCESSFUL"}}}"#;
const HOUR: Duration = Duration::from_secs(3600);

fn absent() -> Act {
    Act::Send(json(404, r#"{"error":{"message":"Not found"}}"#))
}

fn log_of(client: &Client) -> impl StepLog + Clone {
    client.pipelines().get_step_log("w", "r", "{p}", "{s}")
}

/// Runs a fault against a reader of logs, and compares outcome and number of requests.
async fn read<T>(
    fault: &'static str,
    acts: Vec<Act>,
    expected: (&str, usize),
    note: &'static str,
    read: impl AsyncFn(Client) -> Result<T, Error>,
) -> Row {
    let raw = Raw::start(acts).await;
    let result = tokio::time::timeout(GUARD, read(builder(&raw.base()).build().expect("a client"))).await;
    let result = result.expect("a reader that ends").map(|_| ());
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
        println!("    {error}");
    }
    let found = (outcome(&result), raw.seen().len());
    assert_eq!((found.0.as_str(), found.1), expected, "{fault}");
    Row { fault, read: Some(found), once: None, note }
}

async fn all(follow: FollowRequest) -> Result<Vec<u8>, Error> {
    let (mut log, mut text) = (follow.chunks(), Vec::new());
    while let Some(bytes) = log.next().await {
        text.extend_from_slice(&bytes?);
    }
    Ok(text)
}

fn quick(client: &Client) -> FollowRequest {
    log_of(client).follow().poll_every(Duration::from_millis(2), Duration::from_millis(5))
}

pub(crate) async fn late() -> Row {
    let log = Act::Send(answer(200, "", "a line\n"));
    let acts = vec![absent(), Act::Send(json(200, OVER)), absent(), absent(), log];
    read(
        "log of a finished step that is late",
        acts,
        ("success", 6),
        "read again until nothing is new",
        async |client| {
            assert_eq!(all(quick(&client)).await?, b"a line\n");
            Ok(())
        },
    )
    .await
}

pub(crate) async fn gone() -> Row {
    let acts = vec![absent(), Act::Send(json(200, OVER)), absent()];
    let note = "after the grace period; not an empty log";
    read("log of a finished step that is gone", acts, ("`Api` 404", 4), note, async |client| {
        let follow = log_of(&client).follow().poll_every(HOUR, HOUR);
        all(follow.grace_period(Duration::from_millis(100))).await
    })
    .await
}

/// The other log, from the byte on that is asked for after the first 5000 of the first one.
fn another() -> Act {
    Act::Send(answer(206, "content-range: bytes 904-9999/10000", &"b".repeat(9096)))
}

pub(crate) async fn replaced_while_followed() -> Row {
    let acts = vec![Act::Send(answer(200, "", &"a".repeat(5000))), Act::Send(json(200, RUNNING)), another()];
    read(
        "log replaced by a longer one",
        acts,
        ("`Changed`", 3),
        "nothing of the other log is returned",
        async |client| {
            let mut log = quick(&client).chunks();
            loop {
                match log.next().await.expect("an error") {
                    Ok(bytes) => assert!(bytes.iter().all(|byte| *byte == b'a')),
                    Err(error) => return Err::<(), _>(error),
                }
            }
        },
    )
    .await
}

pub(crate) async fn replaced_while_downloaded() -> Row {
    let mut broken = b"HTTP/1.1 200 X\r\ncontent-length: 8000\r\nconnection: close\r\n\r\n".to_vec();
    broken.extend_from_slice(&[b'a'; 5000]);
    let acts = vec![Act::Send(broken), another()];
    let note = "after the connection broke; without an ETag";
    read("log replaced within a download", acts, ("`Changed`", 2), note, async |client| {
        let mut text = Vec::new();
        let result = log_of(&client).download_to(&mut text).await;
        assert_eq!(text, [b'a'; 5000]);
        result
    })
    .await
}

pub(crate) async fn another_part() -> Row {
    let acts = vec![Act::Send(answer(206, "content-range: bytes 0-9/100", "0123456789"))];
    read("another part of a log than was asked for", acts, ("`Decode`", 1), "", async |client| {
        log_of(&client).read(LogRange::from(50)).await
    })
    .await
}

pub(crate) async fn part_too_long() -> Row {
    let acts = vec![Act::Send(answer(206, "content-range: bytes 50-59/100", "0123456789+"))];
    read("part of a log that is longer than its `Content-Range`", acts, ("`Decode`", 1), "", async |client| {
        log_of(&client).read(LogRange::from(50)).await
    })
    .await
}

pub(crate) async fn encoded() -> Row {
    let acts = vec![Act::Send(answer(200, "content-encoding: gzip", "\u{1f}"))];
    let note = "also where it is followed or downloaded";
    read("log with an encoding that was not requested", acts, ("`Decode`", 1), note, async |client| {
        log_of(&client).read(LogRange::all()).await
    })
    .await
}

pub(crate) async fn not_found_at_first() -> Row {
    let acts = vec![absent(), absent(), Act::Send(json(200, OVER))];
    read("404 for a pipeline that was just created", acts, ("success", 3), "while it is waited for", async |client| {
        let wait = client.repository("w", "r").pipelines().wait("{p}");
        wait.poll_every(Duration::from_millis(2), Duration::from_millis(5)).await
    })
    .await
}

pub(crate) async fn never_over() -> Row {
    let acts = vec![Act::Send(json(200, RUNNING))];
    let note = "while it is waited for: 24 hours by default";
    read("a pipeline that is never over", acts, ("`Timeout`", 1), note, async |client| {
        let wait = client.repository("w", "r").pipelines().wait("{p}").poll_every(HOUR, HOUR);
        wait.timeout(Duration::from_millis(500)).await
    })
    .await
}
