//! Limits of calls, in all the forms in which the service speaks of them.

use std::time::{Duration, Instant};

use bitbucket_cloud::{Method, Throttle};

use crate::raw::{Act, Raw, answer, json};
use crate::table::{Row, outcome};
use crate::{both, builder, call};

const THING: &str = r#"{"name":"rocket"}"#;
const TEXT: &str = "Rate limit for this resource has been exceeded";

fn limited(headers: &str) -> Vec<Act> {
    let headers = if headers.is_empty() { String::new() } else { format!("\r\n{headers}") };
    let refusal = answer(429, &format!("content-type: text/plain{headers}"), TEXT);
    vec![Act::Send(refusal), Act::Send(json(200, THING))]
}

pub(crate) async fn limited_in_seconds() -> Row {
    let begin = Instant::now();
    let row = both("429, `Retry-After: 1`", limited("retry-after: 1"), ("success", 2), ("success", 2)).await;
    assert!(begin.elapsed() >= Duration::from_secs(2));
    row
}

pub(crate) async fn limited_until_a_date() -> Row {
    let headers = "date: Sun, 22 Nov 2026 10:00:00 GMT\r\nretry-after: Sun, 22 Nov 2026 10:00:01 GMT";
    let begin = Instant::now();
    let row = both("429, `Retry-After` as a date", limited(headers), ("success", 2), ("success", 2)).await;
    assert!(begin.elapsed() >= Duration::from_secs(2));
    row
}

pub(crate) async fn limited_with_reset() -> Row {
    let begin = Instant::now();
    let acts = limited("x-ratelimit-limit: 60, 60;w=3600\r\nx-ratelimit-reset: 1");
    let row = both("429, `X-RateLimit-Reset: 1`", acts, ("success", 2), ("success", 2)).await;
    assert!(begin.elapsed() >= Duration::from_secs(2));
    row
}

pub(crate) async fn limited_without_a_word() -> Row {
    both("429 without a delay", limited(""), ("success", 2), ("success", 2)).await
}

pub(crate) async fn limited_with_garbage() -> Row {
    let acts = limited("retry-after: soon\r\nx-ratelimit-reset: 1795341600\r\nx-ratelimit-limit: many");
    both("429 with invalid delays", acts, ("success", 2), ("success", 2)).await
}

pub(crate) async fn limited_for_an_hour() -> Row {
    let expected = ("`Api` 429, retry after 3600 s", 1);
    both("429, `Retry-After: 3600`", limited("retry-after: 3600"), expected, expected).await
}

pub(crate) async fn limited_by_a_wrong_clock() -> Row {
    // The server's clock is ten years ahead, and the wait is counted by it.
    let headers = "date: Sat, 22 Nov 2036 10:00:00 GMT\r\nretry-after: Sat, 22 Nov 2036 10:00:01 GMT";
    both("429 by a clock ten years ahead", limited(headers), ("success", 2), ("success", 2)).await
}

pub(crate) async fn unavailable_in_seconds() -> Row {
    let acts = vec![Act::Send(answer(503, "retry-after: 1", "")), Act::Send(json(200, THING))];
    both("503, `Retry-After: 1`", acts, ("success", 2), ("`Api` 503, ambiguous", 1)).await
}

pub(crate) async fn paced_when_used_up() -> Row {
    let spent = answer(200, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1800", THING);
    let raw = Raw::start(vec![Act::Send(spent)]).await;
    let client = builder(&raw.base()).throttle(Throttle::new()).build().expect("a client");
    call(&client, Method::GET).await.expect("the last call of the hour");
    assert_eq!(client.rate_limit().and_then(|rate| rate.remaining), Some(0));
    let (read, once) = (call(&client, Method::GET).await, call(&client, Method::POST).await);
    assert!(read.as_ref().unwrap_err().is_rate_limited());
    assert_eq!((outcome(&read), raw.seen().len()), ("`RateLimit`, retry after 1800 s".to_owned(), 1));
    let note = "with a throttle: nothing is sent";
    Row { fault: "rate limit used up", read: Some((outcome(&read), 0)), once: Some((outcome(&once), 0)), note }
}

pub(crate) async fn reset_far_away() -> Row {
    let spent = answer(200, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 86400\r\nx-ratelimit-resource: a", THING);
    let fine = answer(200, "x-ratelimit-remaining: 9\r\nx-ratelimit-resource: a", THING);
    let raw = Raw::start(vec![Act::Send(spent), Act::Send(json(200, THING)), Act::Send(fine)]).await;
    let throttle = Throttle::new().probe_interval(Duration::from_secs(2));
    let client = builder(&raw.base()).throttle(throttle).build().expect("a client");
    call(&client, Method::GET).await.expect("the last call of the hour");
    let read = call(&client, Method::GET).await;
    assert_eq!((outcome(&read), raw.seen().len()), ("`RateLimit`, retry after 3600 s".to_owned(), 1));
    // What has not been seen to belong to the resource is sent.
    client.request(Method::GET, "/other").send_raw().await.expect("another resource");
    // After a while one call looks again, and others follow if it is answered.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    for _ in 0..3 {
        call(&client, Method::GET).await.expect("a call");
    }
    assert_eq!(raw.seen().len(), 5);
    let note = "with a throttle: of that resource only, for an hour, and one call each five minutes looks again";
    Row { fault: "rate limit used up for a day", read: Some((outcome(&read), 0)), once: None, note }
}
