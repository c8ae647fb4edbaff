//! Unusual headers of rate limits, and the delays of the throttle: by resource, and for how long.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
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
    assert_eq!(read(&[("x-ratelimit-nearlimit", "False")]).near_limit, Some(false));
    assert_eq!(read(&[("x-ratelimit-nearlimit", "maybe")]).near_limit, None);
    assert_eq!(read(&[("x-ratelimit-reset", "12")]).reset, Some(seconds(12)));
    assert_eq!(read(&[]), RateLimit::default());
}

/// A throttler, and what calls of one operation or path make of it.
struct Calls(Throttler);

#[allow(clippy::needless_pass_by_value, reason = "the limits are made where they are passed")]
impl Calls {
    fn new(max_wait: u64) -> Self {
        Self(Throttler::new(Some(Throttle::new().max_wait(seconds(max_wait)).probe_interval(seconds(300)))))
    }

    /// An answer to a call that was sent just now.
    fn answered(&self, path: &str, status: u16, rate: RateLimit, now: Instant) {
        self.answered_late(path, status, rate, now, now);
    }

    fn answered_late(&self, path: &str, status: u16, rate: RateLimit, sent: Instant, now: Instant) {
        let refused = rate.reset.filter(|_| status == 429);
        let status = StatusCode::from_u16(status).unwrap();
        self.0.observe(&at(path), &Observed { rate: &rate, status, refused, sent }, now);
    }

    fn reserve(&self, path: &str, now: Instant) -> Result<u64, u64> {
        self.0.reserve(&at(path), now).map(|wait| wait.as_secs()).map_err(|wait| wait.as_secs())
    }
}

fn at(path: &str) -> Endpoint {
    Endpoint::custom(reqwest::Method::GET, path)
}

fn none() -> RateLimit {
    RateLimit::default()
}

/// The limit of this resource is used up for that many seconds.
fn spent(resource: &str, reset: u64) -> RateLimit {
    RateLimit { remaining: Some(0), reset: Some(seconds(reset)), ..of(resource) }
}

fn of(resource: &str) -> RateLimit {
    RateLimit { resource: Some(resource.to_owned()).filter(|name| !name.is_empty()), ..none() }
}

#[test]
fn calls_do_not_wait_without_a_throttle_or_far_from_the_limit() {
    let now = Instant::now();
    let near = RateLimit { near_limit: Some(true), ..none() };
    let (calls, unthrottled) = (Calls::new(300), Calls(Throttler::new(None)));
    unthrottled.answered("/a", 429, spent("x", 9), now);
    unthrottled.answered("/a", 200, near.clone(), now);
    assert_eq!((unthrottled.reserve("/a", now), unthrottled.0.last()), (Ok(0), Some(near.clone())));
    // An answer that says nothing leaves what is known.
    unthrottled.answered("/a", 200, none(), now);
    assert_eq!(unthrottled.0.last(), Some(near));
    calls.answered("/a", 200, RateLimit { limit: Some(1000), remaining: Some(900), ..none() }, now);
    for _ in 0..100 {
        assert_eq!(calls.reserve("/a", now), Ok(0));
    }
}

#[test]
fn near_the_limit_calls_are_spread() {
    let (now, calls) = (Instant::now(), Calls::new(10));
    let reserve = || calls.0.reserve(&at("/a"), now);
    calls.answered("/a", 200, RateLimit { limit: Some(1200), near_limit: Some(true), ..none() }, now);
    assert_eq!([0; 3].map(|_| reserve()), [Ok(seconds(0)), Ok(seconds(3)), Ok(seconds(6))]);
    let (remaining, reset) = (Some(100), Some(seconds(50)));
    calls.answered("/a", 200, RateLimit { limit: Some(1000), remaining, reset, ..none() }, now);
    assert_eq!(reserve(), Ok(seconds(9)));
    assert_eq!(reserve(), Ok(Duration::from_millis(9500)));
    // Another resource is not near its limit.
    calls.answered("/b", 200, RateLimit { remaining: Some(900), ..of("b") }, now);
    assert_eq!(calls.reserve("/b", now), Ok(0));
    // The limit is no longer near.
    calls.answered("/a", 200, RateLimit { near_limit: Some(false), ..none() }, now);
    assert_eq!(reserve(), Ok(seconds(0)));
}

#[test]
fn calls_that_are_spread_are_at_most_ten_seconds_apart() {
    let (now, calls) = (Instant::now(), Calls::new(3600));
    // One each minute would be even.
    let near = RateLimit { limit: Some(1000), remaining: Some(10), reset: Some(seconds(600)), ..none() };
    calls.answered("/a", 200, RateLimit { near_limit: Some(true), ..near }, now);
    assert_eq!([0; 4].map(|_| calls.reserve("/a", now)), [Ok(0), Ok(10), Ok(20), Ok(30)]);
}

#[test]
fn a_refusal_without_a_delay_closes_nothing() {
    let (now, calls) = (Instant::now(), Calls::new(10));
    calls.answered("/a", 200, of("data"), now);
    calls.answered("/a", 429, of("data"), now);
    calls.answered("/a", 429, RateLimit { remaining: Some(0), ..of("data") }, now);
    assert_eq!(calls.reserve("/a", now), Ok(0));
}

#[test]
fn calls_wait_for_the_reset_up_to_max_wait() {
    let (now, calls) = (Instant::now(), Calls::new(10));
    calls.answered("/a", 200, spent("", 5), now);
    assert_eq!(calls.reserve("/a", now), Ok(5));
    calls.answered("/a", 429, RateLimit { reset: Some(seconds(1800)), ..none() }, now);
    assert_eq!(calls.reserve("/a", now), Err(1800));
    assert_eq!(calls.reserve("/a", now + seconds(1801)), Ok(0));
}

#[test]
fn a_limit_that_is_used_up_closes_what_belongs_to_it() {
    let (now, calls) = (Instant::now(), Calls::new(10));
    calls.answered("/repositories", 200, of("data"), now);
    calls.answered("/src", 200, RateLimit { remaining: Some(7), ..of("raw") }, now);
    calls.answered("/user", 200, RateLimit { remaining: Some(7), ..none() }, now);
    calls.answered("/pulls", 200, spent("data", 1800), now);
    let paths = ["/repositories", "/pulls", "/src", "/user", "/unknown"];
    assert_eq!(paths.map(|path| calls.reserve(path, now)), [Err(1800), Err(1800), Ok(0), Ok(0), Ok(0)]);
    // A refusal without a name is one of the resource that the operation is known to belong to.
    calls.answered("/src", 429, RateLimit { reset: Some(seconds(60)), ..none() }, now);
    assert_eq!(paths.map(|path| calls.reserve(path, now)), [Err(1800), Err(1800), Err(60), Ok(0), Ok(0)]);
    // The path decides, whatever the method.
    assert!(calls.0.reserve(&Endpoint::custom(reqwest::Method::PUT, "/src"), now).is_err());
}

#[test]
fn a_far_reset_is_an_hour_and_is_looked_at_again() {
    let (begin, calls) = (Instant::now(), Calls::new(10));
    let after = |time: u64| begin + seconds(time);
    calls.answered("/a", 200, spent("", 86_400), begin);
    assert_eq!(calls.reserve("/a", begin), Err(3600));
    assert_eq!(calls.reserve("/a", after(299)), Err(3301));
    // A single call looks again, and one more after the next interval.
    assert_eq!([0; 3].map(|_| calls.reserve("/a", after(300))), [Ok(0), Err(3300), Err(3300)]);
    assert_eq!([0; 3].map(|_| calls.reserve("/a", after(601))), [Ok(0), Err(2999), Err(2999)]);
    // It is still used up, and still for a day.
    calls.answered("/a", 429, spent("", 86_400), after(602));
    assert_eq!(calls.reserve("/a", after(700)), Err(3502));
    assert_eq!(calls.reserve("/a", after(902)), Ok(0));
    // A failure says nothing, and the answer to an earlier call neither.
    calls.answered("/a", 503, none(), after(903));
    calls.answered_late("/a", 200, RateLimit { remaining: Some(3), ..none() }, begin, after(904));
    assert_eq!(calls.reserve("/a", after(904)), Err(3298));
    // It is used up, and nobody says for how long.
    calls.answered("/a", 200, RateLimit { remaining: Some(0), ..none() }, after(904));
    assert_eq!(calls.reserve("/a", after(904)), Err(3298));
    // It is no longer used up.
    for open in [none(), RateLimit { remaining: Some(3), ..none() }] {
        calls.answered("/a", 200, spent("", 1800), after(905));
        assert_eq!(calls.reserve("/a", after(905)), Err(1800));
        calls.answered("/a", 200, open, after(906));
        assert_eq!([0; 3].map(|_| calls.reserve("/a", after(906))), [Ok(0); 3]);
    }
    // By itself after an hour, whatever comes.
    calls.answered("/a", 429, spent("", 86_400), after(1000));
    assert_eq!(calls.reserve("/a", after(4600)), Ok(0));
}

#[test]
fn a_later_word_shortens_the_wait_and_an_earlier_one_does_not() {
    let (begin, calls) = (Instant::now(), Calls::new(0));
    calls.answered("/a", 200, spent("", 1800), begin);
    calls.answered_late("/a", 200, spent("", 60), begin - seconds(1), begin);
    assert_eq!(calls.reserve("/a", begin), Err(1800));
    calls.answered("/a", 200, spent("", 60), begin + seconds(1));
    assert_eq!(calls.reserve("/a", begin + seconds(1)), Err(60));
}

#[test]
fn what_is_remembered_is_bounded() {
    let (now, calls) = (Instant::now(), Calls::new(0));
    let long = "x".repeat(400_000);
    assert_eq!(read(&[("x-ratelimit-resource", &long)]).resource, None);
    for number in 0..5000 {
        calls.answered(&format!("/{number}"), 200, spent(&format!("r{number}"), 60), now + seconds(number));
    }
    let (resources, paths) = calls.0.with(|state| state.resources.sizes());
    assert!(resources <= 32 && paths <= 1024, "{resources} {paths}");
    // The newest are known, and others are not closed.
    assert_eq!(calls.reserve("/4999", now + seconds(4999)), Err(60));
    assert_eq!(calls.reserve("/7", now + seconds(4999)), Ok(0));
}

#[test]
fn the_longest_durations_are_waited_for() {
    let (now, max) = (Instant::now(), Duration::MAX);
    let calls = Calls(Throttler::new(Some(Throttle::new().max_wait(max).probe_interval(max))));
    let rate =
        RateLimit { reset: Some(max), near_limit: Some(true), remaining: Some(0), limit: Some(u64::MAX), ..none() };
    for _ in 0..3 {
        calls.answered("/a", 429, rate.clone(), now);
        assert!(calls.reserve("/a", now).is_ok_and(|wait| (3600..3700).contains(&wait)));
    }
    let calls = Calls(Throttler::new(Some(Throttle::new().max_wait(Duration::ZERO).probe_interval(max))));
    calls.answered("/a", 429, rate, now);
    assert_eq!(calls.reserve("/a", now), Err(3600));
}

proptest! {
    #[test]
    fn any_history_of_limits_is_bounded(
        events in vec((0..4_usize, 0..4_usize, answers(), 0..4000_u64, 0..4000_u64), 1..60),
        max_wait in 0..5000_u64,
        interval in 0..5000_u64,
    ) {
        let throttle = Throttle::new().max_wait(seconds(max_wait)).probe_interval(seconds(interval));
        let (calls, mut now) = (Calls(Throttler::new(Some(throttle))), Instant::now() + seconds(10_000));
        for (path, other, (status, rate), late, pause) in events {
            calls.answered_late(PATHS[path], status, rate, now - seconds(late), now);
            now += seconds(pause);
            // Twice, because one of them may be the call that looks again.
            for _ in 0..2 {
                match calls.reserve(PATHS[other], now) {
                    Ok(wait) => prop_assert!(wait <= max_wait),
                    Err(wait) => prop_assert!(wait >= max_wait && wait <= 3600.max(max_wait + 10), "{wait}"),
                }
            }
            let (resources, paths) = calls.0.with(|state| state.resources.sizes());
            prop_assert!(resources <= 5 && paths <= 4);
        }
        // Nothing lasts longer than its hour and the calls that were promised a time.
        now += seconds(3601 + max_wait);
        for path in PATHS {
            now += seconds(10);
            prop_assert_eq!(calls.reserve(path, now), Ok(0));
        }
    }
}

const PATHS: [&str; 4] = ["/a", "/b", "/c", "/d"];

fn answers() -> impl Strategy<Value = (u16, RateLimit)> {
    let reset = option::of(prop_oneof![0..5000_u64, Just(86_400), Just(u64::MAX)].prop_map(seconds));
    let counts = (option::of(0..3_u64), option::of(select(&[0, 10, 1000, u64::MAX][..])), reset);
    let resource = option::of(select(&["x", "y", "z"][..]).prop_map(str::to_owned));
    let status = select(&[200, 204, 304, 404, 429, 500, 503][..]);
    (status, counts, option::of(any::<bool>()), resource).prop_map(|(status, counts, near_limit, resource)| {
        let (remaining, limit, reset) = counts;
        (status, RateLimit { limit, remaining, reset, near_limit, resource })
    })
}
