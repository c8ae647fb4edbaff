//! What is expected of the body of a response, and how much and how slow it may be.

use std::time::Duration;

use reqwest::header::HeaderValue;

use super::throughput::MinThroughput;

/// Maximum size of JSON, in bytes. The largest lists of the service have a few megabytes.
const MAX_JSON: u64 = 64 << 20;
/// Maximum size of other bodies that are read into memory, in bytes. Whole files are larger than JSON.
const MAX_BYTES: u64 = 1 << 30;

/// What becomes of the body of a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Json,
    /// Nothing; what comes is not needed.
    Nothing,
    Bytes,
    Stream,
}

impl Expected {
    /// The header `Accept`. The operation for logs answers 406 to anything narrower than any media type, and its media
    /// types vary.
    pub(super) fn accept(self) -> HeaderValue {
        match self {
            Self::Json | Self::Nothing => HeaderValue::from_static("application/json"),
            Self::Bytes | Self::Stream => HeaderValue::from_static("*/*"),
        }
    }
}

/// The limits of the bodies of a client or a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BodySettings {
    pub(crate) max_size: Option<u64>,
    /// `Some(None)` for no limit.
    pub(crate) min_throughput: Option<Option<MinThroughput>>,
}

impl BodySettings {
    /// The limits of one body, of a request with these settings; `announced` tells whether its length is known.
    pub(super) fn limits(
        self,
        client: Self,
        expected: Expected,
        read_timeout: Option<Duration>,
        announced: bool,
    ) -> BodyLimits {
        let max_size = match expected {
            Expected::Json | Expected::Nothing => MAX_JSON,
            Expected::Bytes | Expected::Stream => MAX_BYTES,
        };
        let whole = announced || expected != Expected::Stream;
        let shared = || client.min_throughput.unwrap_or(Some(MinThroughput::new())).filter(|_| whole);
        BodyLimits {
            max_size: self.max_size.or(client.max_size).unwrap_or(max_size),
            min_throughput: self.min_throughput.unwrap_or_else(shared),
            read_timeout,
        }
    }
}

/// The limits of one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BodyLimits {
    /// Maximum size in memory, in bytes.
    pub(super) max_size: u64,
    pub(super) min_throughput: Option<MinThroughput>,
    /// Maximum silence.
    pub(super) read_timeout: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_override_clients_and_streams_may_be_slow() {
        let slow = MinThroughput::new().bytes_per_second(1);
        let none = BodySettings::default();
        let client = BodySettings { max_size: Some(7), min_throughput: Some(Some(slow)) };
        let request = BodySettings { max_size: Some(9), min_throughput: Some(None) };
        let limits = |request: BodySettings, client, expected, announced| {
            let limits = request.limits(client, expected, None, announced);
            (limits.max_size, limits.min_throughput)
        };
        let usual = Some(MinThroughput::new());
        for (expected, size) in
            [(Expected::Json, MAX_JSON), (Expected::Nothing, MAX_JSON), (Expected::Bytes, MAX_BYTES)]
        {
            assert_eq!(limits(none, none, expected, false), (size, usual));
            assert_eq!(limits(none, client, expected, false), (7, Some(slow)));
            assert_eq!(limits(request, client, expected, false), (9, None));
        }
        assert_eq!(limits(none, none, Expected::Stream, true), (MAX_BYTES, usual));
        assert_eq!(limits(none, client, Expected::Stream, false), (7, None));
        assert_eq!(limits(client, none, Expected::Stream, false), (7, Some(slow)));
    }
}
