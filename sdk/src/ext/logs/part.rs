//! A range of a log in memory. If the service ignores `Range`, the range is cut out of the body here, which is read no
//! further than needed.

use bytes::{Buf, Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::ETAG;

use super::range::{Bounds, ContentPosition, LogRange, header_text};
use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::transport::{ByteStream, Request};

/// A range of a log, from [`StepLog::read`](super::StepLog::read).
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
        self.start + self.bytes.len() as u64
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
    /// [`ErrorKind::InvalidRequest`] for an empty range; otherwise the call failed. The status 416 is no error: the log
    /// has no bytes in the range.
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
        let asked = request.clone();
        if let Some(header) = range.header() {
            request = request.with_header("range", header);
        }
        let response = match request.send_streamed().await {
            Ok(response) => response,
            Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {
                let total = error.range_total();
                let start = match range.0 {
                    Bounds::From(start) | Bounds::Between(start, _) => start,
                    Bounds::Last(_) => total.unwrap_or_default(),
                };
                return Ok(LogPart { bytes: Bytes::new(), start, total, etag: None, not_modified: false });
            }
            Err(error) => return Err(error),
        };
        let headers = response.headers();
        let etag = header_text(headers, ETAG.as_str()).map(str::to_owned);
        if response.is_not_modified() {
            return Ok(LogPart { bytes: Bytes::new(), start: 0, total: None, etag, not_modified: true });
        }
        let position = if response.status() == StatusCode::PARTIAL_CONTENT {
            ContentPosition::part(headers)
                .ok_or_else(|| asked.error(ErrorKind::Decode, "the response has no valid `Content-Range`"))?
        } else {
            ContentPosition::whole(headers)
        };
        let (start, bytes, seen_end) = cut(response.into_inner(), position.start, range).await?;
        Ok(LogPart { bytes, start, total: position.total.or(seen_end), etag, not_modified: false })
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

/// Cuts the range out of a body that begins at `at`. Returns the start of the result, its bytes, and the length of the
/// log if the body was read to its end.
#[inline]
async fn cut(mut body: ByteStream, mut at: u64, range: LogRange) -> Result<(u64, Bytes, Option<u64>), Error> {
    let (from, to, most) = match range.0 {
        Bounds::From(start) => (start, u64::MAX, u64::MAX),
        Bounds::Between(start, end) => (start, end, u64::MAX),
        Bounds::Last(bytes) => (0, u64::MAX, bytes),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut kept = BytesMut::new();
    let mut start = at.max(from);
    let mut end = None;
    while at < to {
        let Some(mut chunk) = body.chunk().await? else {
            end = Some(at);
            break;
        };
        let next = at + chunk.len() as u64;
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
        at = next;
    }
    Ok((start, kept.freeze(), end))
}
