//! Delays and decisions of the retry policy.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use super::*;
use crate::errors::AuthScheme;
use crate::operation::{Effect, Endpoint};

const NOW: Duration = Duration::ZERO;

fn failure(effect: Effect, status: u16, retry_after: Option<&'static str>) -> Error {
    let mut endpoint = Endpoint::custom(reqwest::Method::GET, "/x");
    endpoint.set_effect(effect);
    let after = retry_after.map(|text| (RETRY_AFTER, HeaderValue::from_static(text)));
    let headers: HeaderMap = after.into_iter().collect();
    Error::api(&endpoint, StatusCode::from_u16(status).unwrap(), &headers, "", AuthScheme::None)
}

#[test]
fn delays_are_random_below_a_bound_that_doubles() {
    let policy = RetryPolicy::new().attempts(10).max_delay(Duration::from_secs(3));
    let error = failure(Effect::Read, 503, None);
    for (attempt, bound) in [(1, 500), (2, 1000), (3, 2000), (4, 3000), (9, 3000)] {
        let waits: Vec<_> = (0..200).filter_map(|_| policy.wait(&error, attempt, NOW)).collect();
        assert_eq!(waits.len(), 200);
        assert!(waits.iter().all(|wait| wait.as_millis() <= bound), "{attempt}");
        assert!(waits.iter().any(|wait| wait.as_millis() > bound / 2), "{attempt}");
        assert!(waits.iter().any(|wait| wait.as_millis() < bound / 2), "{attempt}");
    }
    assert_eq!(policy.wait(&error, 10, NOW), None);
    assert_eq!(RetryPolicy::none().wait(&error, 1, NOW), None);
    assert!(policy.attempts(u32::MAX).wait(&error, u32::MAX - 1, NOW).is_some());
}

#[test]
fn retry_after_is_honoured_up_to_max_wait() {
    let policy = RetryPolicy::new();
    let wait = policy.wait(&failure(Effect::NonIdempotentWrite, 429, Some("7")), 1, NOW).unwrap();
    assert!((7.0..=7.5).contains(&wait.as_secs_f64()), "{wait:?}");
    assert_eq!(policy.wait(&failure(Effect::Read, 429, Some("61")), 1, NOW), None);
    assert_eq!(policy.wait(&failure(Effect::Read, 503, Some("61")), 1, NOW), None);
    assert!(policy.wait(&failure(Effect::Read, 503, Some("60")), 1, NOW).is_some());
    // A delay of more than a day is no reason to come back soon, and none that is too long to be counted.
    for asked in ["86401", "18446744073709551615", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for status in [429, 503] {
            let error = failure(Effect::Read, status, Some(asked));
            assert_eq!(policy.wait(&error, 1, NOW), None, "{asked}");
            let endless = policy.max_wait(Duration::MAX).max_elapsed(Duration::MAX).base_delay(Duration::MAX);
            assert!(endless.wait(&error, 1, NOW).is_some_and(|wait| wait >= Duration::from_secs(86401)), "{asked}");
        }
    }
    // Without `Retry-After`, the delay is longer than usual.
    let wait = policy.wait(&failure(Effect::Read, 429, None), 1, NOW).unwrap();
    assert!((1.0..=2.0).contains(&wait.as_secs_f64()), "{wait:?}");
}

#[test]
fn no_attempt_begins_after_max_elapsed() {
    let policy = RetryPolicy::new().max_elapsed(Duration::from_secs(10));
    let error = failure(Effect::Read, 429, Some("5"));
    assert!(policy.wait(&error, 1, Duration::from_secs(4)).is_some());
    assert_eq!(policy.wait(&error, 1, Duration::from_secs(6)), None);
}

#[test]
fn what_may_have_run_is_not_repeated() {
    for status in [408, 500, 502, 503, 504, 555] {
        assert_eq!(
            RetryPolicy::new().wait(&failure(Effect::NonIdempotentWrite, status, Some("1")), 1, NOW),
            None,
            "{status}"
        );
        assert!(RetryPolicy::new().wait(&failure(Effect::IdempotentWrite, status, None), 1, NOW).is_some());
    }
}

#[test]
fn the_longest_delays_do_not_overflow() {
    let long = Duration::MAX;
    let policy =
        RetryPolicy::new().attempts(u32::MAX).max_elapsed(long).base_delay(long).max_delay(long).max_wait(long);
    for error in [
        failure(Effect::Read, 503, None),
        failure(Effect::Read, 429, None),
        failure(Effect::Read, 503, Some("86400")),
        failure(Effect::Read, 429, Some("86400")),
    ] {
        for elapsed in [Duration::ZERO, Duration::from_secs(1), long] {
            for attempt in [1, 2, 1000, u32::MAX - 1] {
                let wait = policy.wait(&error, attempt, elapsed);
                assert!(wait.is_some_and(|wait| wait <= LONGEST), "{wait:?}");
            }
        }
    }
}
