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
}

/// Where the body of a response begins in the log, and how long the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContentPosition {
    pub(super) start: u64,
    pub(super) total: Option<u64>,
}

impl ContentPosition {
    /// For a body that is the whole log.
    #[inline]
    pub(super) fn whole(headers: &HeaderMap) -> Self {
        Self { start: 0, total: header_text(headers, CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok()) }
    }

    /// For a partial body, from `Content-Range: bytes 0-9/20`; `*` stands for an unknown length.
    #[inline]
    pub(super) fn part(headers: &HeaderMap) -> Option<Self> {
        let (range, total) = header_text(headers, CONTENT_RANGE.as_str())?.strip_prefix("bytes ")?.split_once('/')?;
        let (start, _) = range.split_once('-')?;
        Some(Self { start: start.trim().parse().ok()?, total: total.trim().parse().ok() })
    }
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

    #[test]
    fn content_range_is_parsed() {
        let position = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, reqwest::header::HeaderValue::from_static(value));
            ContentPosition::part(&headers)
        };
        assert_eq!(position("bytes 5-9/20"), Some(ContentPosition { start: 5, total: Some(20) }));
        assert_eq!(position("bytes 5-9/*"), Some(ContentPosition { start: 5, total: None }));
        for value in ["bytes */20", "lines 5-9/20", "bytes 5-9", ""] {
            assert_eq!(position(value), None, "{value}");
        }
    }
}
