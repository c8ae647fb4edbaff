//! Conditional and partial answers for a body of bytes: ETag, If-None-Match, If-Range and Range of RFC 9110. Shared
//! by the API's log endpoint and the storage behind it. It must not know what the bytes are.

use std::ops::Range;

use bytes::Bytes;

use crate::journal::Recorded;
use crate::reply::Reply;

/// Answers 200, 206, 304 or 416. `unsatisfiable` is the body of a 416; its `Content-Range` is added here.
pub(crate) fn serve(request: &Recorded, body: &Bytes, etag: &str, unsatisfiable: Reply) -> Reply {
    if request.header("if-none-match").is_some_and(|value| lists(value, etag)) {
        return Reply::status(304).header("etag", etag);
    }
    let total = body.len();
    // If-Range compares strongly; a date never equals our tag, so the whole body is sent.
    let fresh = request.header("if-range").is_none_or(|value| value == etag);
    let wanted = request.header("range").filter(|_| fresh).and_then(|value| parse(value, total));
    let whole = |status| Reply::bytes(status, "application/octet-stream", Bytes::new()).header("etag", etag);
    let reply = match wanted {
        None => Reply { body: body.clone(), ..whole(200) },
        Some(Wanted::Part(part)) => {
            let content_range = format!("bytes {}-{}/{total}", part.start, part.end - 1);
            Reply { body: body.slice(part), ..whole(206).header("content-range", &content_range) }
        }
        Some(Wanted::Unsatisfiable) => unsatisfiable.header("content-range", &format!("bytes */{total}")),
    };
    reply.header("accept-ranges", "bytes")
}

#[derive(Debug, PartialEq)]
enum Wanted {
    Part(Range<usize>),
    Unsatisfiable,
}

/// `None` for what a server must or may ignore: other units, bad syntax, several ranges.
fn parse(header: &str, total: usize) -> Option<Wanted> {
    let (first, last) = header.strip_prefix("bytes=")?.trim().split_once('-')?;
    let part = match (first, last) {
        ("", suffix) => total.saturating_sub(number(suffix)?)..total,
        (first, "") => number(first)?..total,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            first..total.min(last.saturating_add(1))
        }
    };
    Some(if part.is_empty() { Wanted::Unsatisfiable } else { Wanted::Part(part) })
}

/// Digits only; what does not fit into the type lies past every end.
fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}

fn lists(header: &str, etag: &str) -> bool {
    header.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_of_a_range() {
        assert_eq!(parse("bytes=2-4", 10), Some(Wanted::Part(2..5)));
        assert_eq!(parse("bytes=2-400", 10), Some(Wanted::Part(2..10)));
        assert_eq!(parse("bytes=7-", 10), Some(Wanted::Part(7..10)));
        assert_eq!(parse("bytes=-3", 10), Some(Wanted::Part(7..10)));
        assert_eq!(parse("bytes=-30", 10), Some(Wanted::Part(0..10)));
    }

    #[test]
    fn nothing_to_send_is_unsatisfiable() {
        for header in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(parse(header, 10), Some(Wanted::Unsatisfiable), "{header}");
        }
        assert_eq!(parse("bytes=0-", 0), Some(Wanted::Unsatisfiable));
    }

    #[test]
    fn what_is_no_single_byte_range_is_ignored() {
        for header in ["bytes=4-2", "bytes=-", "bytes=a-b", "bytes=+1-2", "lines=1-2", "bytes=0-1,3-4", "5-6"] {
            assert_eq!(parse(header, 10), None, "{header}");
        }
    }
}
