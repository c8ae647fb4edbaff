//! Ranges of a log, in the headers `Range` and `Content-Range`. `LogRange` can only express what a header can.

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap};

/// A range of bytes of a log.
///
/// ```
/// use bitbucket_cloud::ext::logs::LogRange;
///
/// assert_eq!(LogRange::between(100, 200).header().as_deref(), Some("bytes=100-199"));
/// assert_eq!(LogRange::last(4096).header().as_deref(), Some("bytes=-4096"));
/// assert_eq!(LogRange::all().header(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogRange(pub(super) Bounds);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bounds {
    From(u64),
    Last(u64),
    Between(u64, u64),
}

impl LogRange {
    /// The whole log.
    ///
    /// ```
    /// let range = bitbucket_cloud::ext::logs::LogRange::all();
    /// ```
    #[must_use]
    #[inline]
    pub const fn all() -> Self {
        Self(Bounds::From(0))
    }

    /// Everything from this byte on, 0-based.
    ///
    /// ```
    /// let range = bitbucket_cloud::ext::logs::LogRange::from(1024);
    /// ```
    #[must_use]
    #[inline]
    pub const fn from(byte: u64) -> Self {
        Self(Bounds::From(byte))
    }

    /// The first bytes, this many at most.
    ///
    /// ```
    /// let range = bitbucket_cloud::ext::logs::LogRange::first(1024);
    /// ```
    #[must_use]
    #[inline]
    pub const fn first(bytes: u64) -> Self {
        Self(Bounds::Between(0, bytes))
    }

    /// The last bytes, this many at most.
    ///
    /// ```
    /// let range = bitbucket_cloud::ext::logs::LogRange::last(4096);
    /// ```
    #[must_use]
    #[inline]
    pub const fn last(bytes: u64) -> Self {
        Self(Bounds::Last(bytes))
    }

    /// The bytes from `start` up to, but not including, `end`.
    ///
    /// ```
    /// let range = bitbucket_cloud::ext::logs::LogRange::between(100, 200);
    /// ```
    #[must_use]
    #[inline]
    pub const fn between(start: u64, end: u64) -> Self {
        Self(Bounds::Between(start, end))
    }

    /// The value of the header `Range`; `None` for the whole log and for an empty range.
    ///
    /// ```
    /// use bitbucket_cloud::ext::logs::LogRange;
    ///
    /// assert_eq!(LogRange::from(10).header().as_deref(), Some("bytes=10-"));
    /// ```
    #[must_use]
    #[inline]
    pub fn header(self) -> Option<String> {
        match self.0 {
            Bounds::From(0) => None,
            Bounds::From(start) => Some(format!("bytes={start}-")),
            _ if self.is_empty() => None,
            Bounds::Last(bytes) => Some(format!("bytes=-{bytes}")),
            Bounds::Between(start, end) => Some(format!("bytes={start}-{}", end - 1)),
        }
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        match self.0 {
            Bounds::From(_) => false,
            Bounds::Last(bytes) => bytes == 0,
            Bounds::Between(start, end) => start >= end,
        }
    }

    /// Whether a response may have this part after this range was asked for. It may be shorter, but not at its
    /// beginning; the last bytes end with the log.
    #[inline]
    pub(super) fn admits(self, part: ContentRange) -> bool {
        match self.0 {
            Bounds::From(start) => part.start == start,
            Bounds::Between(start, end) => part.start == start && part.end <= end,
            Bounds::Last(bytes) => match part.total {
                Some(total) => part.end == total && part.start == total.saturating_sub(bytes),
                None => part.end - part.start <= bytes,
            },
        }
    }
}

/// The part of the log that a partial response has, from `Content-Range: bytes 0-9/20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) start: u64,
    /// Position after the last byte.
    pub(super) end: u64,
    /// Length of the whole log; `None` for `*`.
    pub(super) total: Option<u64>,
}

impl ContentRange {
    /// `None` if there is no such header, or if it is not the range of a log.
    #[inline]
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let (range, total) = header_text(headers, CONTENT_RANGE.as_str())?.strip_prefix("bytes ")?.split_once('/')?;
        let (start, last) = range.split_once('-')?;
        let start = start.trim().parse().ok()?;
        let end = last.trim().parse::<u64>().ok()?.checked_add(1)?;
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        let fits = start < end && total.is_none_or(|total| end <= total);
        fits.then_some(Self { start, end, total })
    }
}

/// Length of the log, for a response that has all of it.
#[inline]
pub(super) fn whole_length(headers: &HeaderMap) -> Option<u64> {
    header_text(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

#[inline]
pub(super) fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open() {
        let cases = [
            (LogRange::all(), None),
            (LogRange::from(0), None),
            (LogRange::from(7), Some("bytes=7-")),
            (LogRange::first(7), Some("bytes=0-6")),
            (LogRange::last(7), Some("bytes=-7")),
            (LogRange::between(2, 5), Some("bytes=2-4")),
            (LogRange::between(5, 5), None),
            (LogRange::between(6, 5), None),
            (LogRange::first(0), None),
            (LogRange::last(0), None),
        ];
        for (range, header) in cases {
            assert_eq!(range.header().as_deref(), header, "{range:?}");
        }
    }

    fn content_range(value: &'static str) -> Option<ContentRange> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_RANGE, reqwest::header::HeaderValue::from_static(value));
        ContentRange::read(&headers)
    }

    #[test]
    fn content_range_is_parsed() {
        assert_eq!(content_range("bytes 5-9/20"), Some(ContentRange { start: 5, end: 10, total: Some(20) }));
        assert_eq!(content_range("bytes 5-9/*"), Some(ContentRange { start: 5, end: 10, total: None }));
        let wrong = [
            "bytes */20",
            "lines 5-9/20",
            "bytes 5-9",
            "bytes 9-5/20",
            "bytes 9-8/20",
            "bytes 5-20/20",
            "bytes 5-9/x",
            "bytes 18446744073709551610-18446744073709551615/*",
            "bytes 5-99999999999999999999/*",
            "",
        ];
        for value in wrong {
            assert_eq!(content_range(value), None, "{value}");
        }
    }

    #[test]
    fn a_part_is_held_to_what_was_asked_for() {
        let cases = [
            (LogRange::all(), "bytes 0-9/20", true),
            (LogRange::from(5), "bytes 5-19/20", true),
            (LogRange::from(5), "bytes 5-9/*", true),
            (LogRange::from(5), "bytes 4-19/20", false),
            (LogRange::from(5), "bytes 6-19/20", false),
            (LogRange::between(5, 10), "bytes 5-9/20", true),
            (LogRange::between(5, 10), "bytes 5-8/9", true),
            (LogRange::between(5, 10), "bytes 5-10/20", false),
            (LogRange::between(5, 10), "bytes 0-4/20", false),
            (LogRange::last(5), "bytes 15-19/20", true),
            (LogRange::last(50), "bytes 0-19/20", true),
            (LogRange::last(5), "bytes 15-18/20", false),
            (LogRange::last(5), "bytes 0-19/20", false),
            (LogRange::last(5), "bytes 15-19/*", true),
            (LogRange::last(5), "bytes 0-19/*", false),
            (LogRange::last(u64::MAX), "bytes 0-19/20", true),
        ];
        for (range, value, admitted) in cases {
            assert_eq!(content_range(value).map(|part| range.admits(part)), Some(admitted), "{range:?}: {value}");
        }
    }
}
