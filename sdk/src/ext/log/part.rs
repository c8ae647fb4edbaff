//! A part of a log in memory. A service that ignores the range is asked for no more than it takes to cut it out here.

use std::pin::Pin;

use bytes::{Buf, Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::ETAG;

use super::range::{Kind, LogRange, Place, text};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::stream::ByteStream;

/// A part of a log, from [`StepLog::read`](super::StepLog::read).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPart {
    /// The bytes; empty where the log has none in the range. They need not be UTF-8.
    pub bytes: Bytes,
    /// Place of the first of them in the log, counted from 0.
    pub start: u64,
    /// Length of the whole log in bytes, as far as it is known and written.
    pub total: Option<u64>,
    /// Names this state of the log.
    pub etag: Option<String>,
}

impl LogPart {
    /// Place behind the last byte: where the next part begins.
    ///
    /// ```
    /// # fn run(part: bitbucket_cloud::ext::log::LogPart) {
    /// let rest = bitbucket_cloud::ext::log::LogRange::from(part.end());
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

/// A part on its way. It does nothing until it is awaited, and dropping it ends the request.
pub type Reading = Pin<Box<dyn Future<Output = Result<LogPart, Error>> + Send>>;

#[inline]
pub(super) fn read(request: Request, range: LogRange) -> Reading {
    Box::pin(async move {
        if range.is_empty() {
            return Err(Error::other(ErrorKind::InvalidRequest, &request.endpoint, "the range holds no byte"));
        }
        let endpoint = request.endpoint.clone();
        let mut request = request;
        if let Some(header) = range.header() {
            request = request.with_header("range", header);
        }
        let response = match request.send_streamed().await {
            Ok(response) => response,
            Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {
                let total = error.range_total();
                let start = match range.0 {
                    Kind::From(start) | Kind::Between(start, _) => start,
                    Kind::Last(_) => total.unwrap_or_default(),
                };
                return Ok(LogPart { bytes: Bytes::new(), start, total, etag: None });
            }
            Err(error) => return Err(error),
        };
        let headers = response.headers();
        let etag = text(headers, ETAG.as_str()).map(str::to_owned);
        let place = if response.status() == StatusCode::PARTIAL_CONTENT {
            Place::part(headers).ok_or_else(|| {
                Error::other(ErrorKind::Decode, &endpoint, "the answer does not say which part of the log it is")
            })?
        } else {
            Place::whole(headers)
        };
        let (start, bytes, seen_end) = cut(response.into_inner(), place.start, range).await?;
        Ok(LogPart { bytes, start, total: place.total.or(seen_end), etag })
    })
}

/// Cuts the range out of a body that begins at `at`. Gives where the result begins, and the length of the log if the
/// end came by.
#[inline]
async fn cut(mut body: ByteStream, mut at: u64, range: LogRange) -> Result<(u64, Bytes, Option<u64>), Error> {
    let (from, to, most) = match range.0 {
        Kind::From(start) => (start, u64::MAX, u64::MAX),
        Kind::Between(start, end) => (start, end, u64::MAX),
        Kind::Last(bytes) => (0, u64::MAX, bytes),
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
