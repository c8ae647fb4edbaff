//! A range of a log in memory. If the service ignores `Range`, the range is cut out of the body here, which is read no
//! further than needed.

use bytes::{Buf, Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::ETAG;

use super::body::LogBody;
use super::range::{Bounds, LogRange, header_text};
use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::transport::Request;

/// A range of a log, from [`StepLog::read`](super::StepLog::read).
///
/// It may be shorter than the range that was asked for: the log may end before, or the service may send less.
/// [`LogPart::end`] tells where to go on. Nothing is compared between two ranges; whether the log was replaced between
/// them, only the caller can tell, by a range that has some of the known bytes again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPart {
    /// The bytes; empty if the log has none in the range. They need not be UTF-8.
    pub bytes: Bytes,
    /// Position of the first byte in the log, 0-based.
    pub start: u64,
    /// Length of the whole log in bytes, as far as it is written; `None` if the service does not tell it.
    pub total: Option<u64>,
    /// ETag of this version of the log.
    pub etag: Option<String>,
    /// Whether the log has not changed since the ETag in `if_none_match` of the request. There are no bytes then.
    pub not_modified: bool,
}

impl LogPart {
    /// Position after the last byte, where the next range begins.
    ///
    /// ```
    /// # fn run(part: bitbucket_cloud::ext::logs::LogPart) {
    /// let rest = bitbucket_cloud::ext::logs::LogRange::from(part.end());
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }
}

/// Reads a range of a log, from [`StepLog::read`](super::StepLog::read). Nothing is sent before `send` or `.await`.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct ReadRequest {
    request: Request,
    range: LogRange,
}

impl ReadRequest {
    #[inline]
    pub(super) fn new(request: Request, range: LogRange) -> Self {
        Self { request, range }
    }

    /// Reads the range. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for an empty range, [`ErrorKind::Decode`] for a response that is not what was
    /// asked for: other bytes, more than its `Content-Range` says, or an encoding; [`ErrorKind::TooLarge`] if the range
    /// has more bytes than [`max_body_size`](Request::max_body_size) allows, and [`ErrorKind::Timeout`] if they come more
    /// slowly than [`min_throughput`](Request::min_throughput). Otherwise the call failed. The status 416 is no error:
    /// the log has no bytes in the range.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::{ext::logs::LogRange, prelude::*};
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let log = repository.pipelines().get_step_log(42, "{step}");
    /// let part = log.read(LogRange::last(4096)).send().await?;
    /// println!("{} of {:?} bytes", part.bytes.len(), part.total);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> BoxFuture<'static, Result<LogPart, Error>> {
        Box::pin(self.run())
    }

    #[inline]
    async fn run(self) -> Result<LogPart, Error> {
        let Self { mut request, range } = self;
        if range.is_empty() {
            return Err(request.error(ErrorKind::InvalidRequest, "the range is empty"));
        }
        request = request.without_range().read_into_memory();
        let asked = request.clone();
        if let Some(header) = range.header() {
            request = request.with_header("range", header);
        }
        let response = match request.sending_stream().await {
            Ok(response) => response,
            Err(error)
                if error.status_of_call() == Some(StatusCode::RANGE_NOT_SATISFIABLE) && range.header().is_some() =>
            {
                let total = error.range_total();
                let start = match range.0 {
                    Bounds::From(start) | Bounds::Between(start, _) => start,
                    Bounds::Last(_) => total.unwrap_or_default(),
                };
                return Ok(LogPart { bytes: Bytes::new(), start, total, etag: None, not_modified: false });
            }
            Err(error) => return Err(error),
        };
        if response.is_not_modified() {
            let etag = header_text(response.headers(), ETAG.as_str()).map(str::to_owned);
            return Ok(LogPart { bytes: Bytes::new(), start: 0, total: None, etag, not_modified: true });
        }
        let body = LogBody::new(&asked, Some(range), response)?;
        let (total, etag) = (body.total, body.etag.clone());
        let (start, bytes, seen_end) = cut(body, range).await?;
        Ok(LogPart { bytes, start, total: total.or(seen_end), etag, not_modified: false })
    }
}

impl IntoFuture for ReadRequest {
    type Output = Result<LogPart, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// Cuts the range out of a body. Returns the start of the result, its bytes, and the length of the log if all of it was
/// read.
#[inline]
async fn cut(mut body: LogBody, range: LogRange) -> Result<(u64, Bytes, Option<u64>), Error> {
    let (from, to, most) = match range.0 {
        Bounds::From(start) => (start, u64::MAX, u64::MAX),
        Bounds::Between(start, end) => (start, end, u64::MAX),
        Bounds::Last(bytes) => (0, u64::MAX, bytes),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut kept = BytesMut::new();
    let mut start = body.at.max(from);
    // A part is read to its end, so that it is held to its length.
    while body.at < to || body.is_partial() {
        let at = body.at;
        let Some(mut chunk) = body.chunk().await? else {
            let seen_end = if body.is_partial() { None } else { Some(at) };
            return Ok((start, kept.freeze(), seen_end));
        };
        let early = from.saturating_sub(at).min(chunk.len() as u64);
        chunk.advance(usize::try_from(early).unwrap_or_default());
        let room = to - (at + early).min(to);
        chunk.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        kept.extend_from_slice(&chunk);
        if kept.len() > most {
            let excess = kept.len() - most;
            kept.advance(excess);
            start += excess as u64;
        }
        body.check_size(kept.len())?;
    }
    Ok((start, kept.freeze(), None))
}
