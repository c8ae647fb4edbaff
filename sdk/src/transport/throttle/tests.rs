//! Unusual headers of rate limits, and the delays of the throttle.

use reqwest::header::{HeaderName, HeaderValue};

use super::*;

fn read(pairs: &[(&'static str, &str)]) -> RateLimit {
    let headers = pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap()));
    RateLimit::read(&headers.collect())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn unusual_headers_are_parsed_or_ignored() {
    let limits = [
        ("1000", Some(1000)),
        ("60, 60;w=3600", Some(60)),
        (" 60;w=3600", Some(60)),
        ("60 ", Some(60)),
        ("", None),
        ("unlimited", None),
        ("-1", None),
        ("1e3", None),
        ("99999999999999999999", None),
        ("\u{fc}", None),
    ];
    for (text, expected) in limits {
        assert_eq!(read(&[("x-ratelimit-limit", text)]).limit, expected, "{text}");
    }
    assert_eq!(read(&[("x-ratelimit-nearlimit", "TRUE")]).near_limit, Some(true));
    assert_eq!(read(&[("x-ratelimit-nearlimit", "maybe")]).near_limit, None);
    assert_eq!(read(&[("x-ratelimit-reset", "12")]).reset, Some(seconds(12)));
    assert_eq!(read(&[]), RateLimit::default());
}

#[test]
fn calls_do_not_wait_without_a_throttle_or_far_from_the_limit() {
    let now = Instant::now();
    let near = RateLimit { near_limit: Some(true), ..RateLimit::default() };
    let (throttler, unthrottlerd) = (Throttler::new(Some(Throttle::new())), Throttler::new(None));
    unthrottlerd.observe(&near, Some(seconds(9)), now);
    assert_eq!((unthrottlerd.reserve(now), unthrottlerd.last()), (Ok(seconds(0)), Some(near)));
    throttler.observe(&RateLimit { limit: Some(1000), remaining: Some(900), ..RateLimit::default() }, None, now);
    for _ in 0..100 {
        assert_eq!(throttler.reserve(now), Ok(seconds(0)));
    }
}

#[test]
fn near_the_limit_calls_are_spread() {
    let now = Instant::now();
    let throttler = Throttler::new(Some(Throttle::new().max_wait(seconds(10))));
    throttler.observe(&RateLimit { limit: Some(1200), near_limit: Some(true), ..RateLimit::default() }, None, now);
    assert_eq!([0; 3].map(|_| throttler.reserve(now)), [Ok(seconds(0)), Ok(seconds(3)), Ok(seconds(6))]);
    let (remaining, reset) = (Some(100), Some(seconds(50)));
    throttler.observe(&RateLimit { limit: Some(1000), remaining, reset, ..RateLimit::default() }, None, now);
    assert_eq!(throttler.reserve(now), Ok(seconds(9)));
    assert_eq!(throttler.reserve(now), Ok(Duration::from_millis(9500)));
    // The limit is no longer near.
    throttler.observe(&RateLimit { near_limit: Some(false), ..RateLimit::default() }, None, now);
    assert_eq!(throttler.reserve(now), Ok(seconds(0)));
}

#[test]
fn calls_wait_for_the_reset_up_to_max_wait() {
    let now = Instant::now();
    let throttler = Throttler::new(Some(Throttle::new().max_wait(seconds(10))));
    throttler.observe(&RateLimit { remaining: Some(0), reset: Some(seconds(5)), ..RateLimit::default() }, None, now);
    let wait = throttler.reserve(now).unwrap();
    assert!((5.0..=5.2).contains(&wait.as_secs_f64()), "{wait:?}");
    throttler.observe(&RateLimit::default(), Some(seconds(1800)), now);
    assert!(throttler.reserve(now).is_err());
    assert_eq!(throttler.reserve(now + seconds(1800)), Ok(seconds(0)));
}
