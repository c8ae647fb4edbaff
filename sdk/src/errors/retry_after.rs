//! How long the service asks to wait, from its headers. A header that cannot be parsed is ignored: it must not make a
//! call fail. The time is passed in, so that wrong clocks can be tested.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::backoff::LONGEST;

/// More than a day until a reset is something else, such as a Unix time: all limits of the service are per hour.
const MAX_RESET: Duration = Duration::from_secs(24 * 60 * 60);
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// `Retry-After` as seconds or as a date; for a 429 without it, `X-RateLimit-Reset` as remaining seconds. Other
/// responses have that header too, and do not ask to wait with it.
///
/// However long it is, it is a reason not to call again soon; what is longer than [`LONGEST`] counts as that.
///
/// A date is compared with the `Date` of the same response, so that a wrong local clock does no harm; `now` is used
/// only without it.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = text(headers, &RETRY_AFTER).and_then(|text| seconds(text).or_else(|| until(text, headers, now)));
    said.or_else(|| rate_limit_reset(headers).filter(|_| status == StatusCode::TOO_MANY_REQUESTS))
}

/// `X-RateLimit-Reset`: remaining seconds, not a Unix time.
pub(crate) fn rate_limit_reset(headers: &HeaderMap) -> Option<Duration> {
    text(headers, &RESET).and_then(seconds).filter(|wait| *wait <= MAX_RESET)
}

fn until(text: &str, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let date = date(text)?;
    let now = self::text(headers, &DATE).and_then(self::date).unwrap_or(now);
    // A date in the past means now.
    Some(date.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// A date in the format of HTTP; the service also writes `UTC` instead of `GMT`.
fn date(text: &str) -> Option<SystemTime> {
    let text = text.trim();
    match text.strip_suffix("UTC") {
        Some(start) => httpdate::parse_http_date(&format!("{start}GMT")).ok(),
        None => httpdate::parse_http_date(text).ok(),
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    // `parse` alone would accept a sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What does not fit is longer than everything.
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)).min(LONGEST))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    const YEAR: u64 = 365 * 24 * 60 * 60;
    const NOW: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

    fn wait(status: u16, pairs: &[(&'static str, &str)]) -> Option<u64> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        let status = StatusCode::from_u16(status).unwrap();
        retry_after(status, &headers.collect(), date(NOW).unwrap()).map(|wait| wait.as_secs())
    }

    #[test]
    fn both_forms_and_the_reset_are_read() {
        type Case = (&'static [(&'static str, &'static str)], Option<u64>);
        let cases: &[Case] = &[
            (&[("retry-after", "7")], Some(7)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "86400")], Some(86400)),
            (&[("retry-after", "86401")], Some(86401)),
            (&[("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT")], Some(90)),
            (&[("retry-after", "Sun, 22 Nov 2026 10:01:30 UTC")], Some(90)),
            (&[("retry-after", "Sunday, 22-Nov-26 10:01:30 GMT")], Some(90)),
            (&[("retry-after", "Sun Nov 22 10:01:30 2026")], Some(90)),
            // In the past.
            (&[("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT")], Some(0)),
            // The server's own clock counts.
            (&[("retry-after", "Sun, 22 Nov 2026 15:00:30 GMT"), ("date", "Sun, 22 Nov 2026 15:00:00 GMT")], Some(30)),
            (&[("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT"), ("date", "yesterday")], Some(30)),
            (&[("x-ratelimit-reset", "1800")], Some(1800)),
            (&[("retry-after", "7"), ("x-ratelimit-reset", "1800")], Some(7)),
            (&[("retry-after", "soon"), ("x-ratelimit-reset", "1800")], Some(1800)),
            // An epoch, a sign, a fraction, bytes.
            (&[("x-ratelimit-reset", "1795341600")], None),
            (&[("retry-after", "+7")], None),
            (&[("retry-after", "-7")], None),
            (&[("retry-after", "7.5")], None),
            (&[("retry-after", "\u{fc}")], None),
            (&[("retry-after", "")], None),
            // Absurd, but not a reason to come back soon.
            (&[("retry-after", "99999999999999999999999")], Some(YEAR)),
            (&[("retry-after", "18446744073709551615")], Some(YEAR)),
            (&[("retry-after", "Thu, 22 Nov 2046 10:00:00 GMT")], Some(YEAR)),
            (&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], Some(YEAR)),
            (&[("retry-after", "31536001"), ("x-ratelimit-reset", "1")], Some(YEAR)),
            (&[], None),
        ];
        for (headers, expected) in cases {
            assert_eq!(wait(429, headers), *expected, "{headers:?}");
            let said = headers.iter().any(|(name, _)| *name == "retry-after");
            assert!(said || wait(503, headers).is_none(), "{headers:?}");
        }
    }
}
