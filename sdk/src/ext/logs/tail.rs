//! Reads a log in several requests, each from the position that was reached, without losing or repeating a byte.
//!
//! Keeps the length and a checksum of the bytes that were returned. If the log comes from its beginning again, because
//! ranges were ignored or because it moved to object storage with another ETag, these tell whether it is the same log
//! or was replaced.

use bytes::{Buf, Bytes};
use reqwest::StatusCode;
use reqwest::header::ETAG;

use super::range::{ContentPosition, header_text};
use crate::errors::{Error, ErrorKind};
use crate::transport::{ByteStream, Request};

#[derive(Debug)]
pub(super) struct Tail {
    pub(super) request: Request,
    /// Position where reading began.
    origin: u64,
    /// Position of the next byte to return.
    pub(super) position: u64,
    sum: Checksum,
    pub(super) etag: Option<String>,
    pub(super) total: Option<u64>,
    open: Option<OpenBody>,
}

#[derive(Debug)]
struct OpenBody {
    body: ByteStream,
    /// Position of the next byte of the body.
    at: u64,
    /// Checksum of the bytes that are received again.
    again: Checksum,
    /// Whether all bytes that were returned are in this body, so that the checksums can be compared.
    comparable: bool,
}

/// Result of [`Tail::open`].
#[derive(Debug)]
pub(super) enum Opening {
    /// A body, which may or may not have new bytes.
    Body,
    /// Nothing new: 304 or 416.
    Nothing,
    /// 404: no log.
    Absent(Error),
}

impl Tail {
    #[inline]
    pub(super) fn new(request: Request, origin: u64) -> Self {
        let (sum, etag, total, open) = (Checksum::default(), None, None, None);
        Self { request: request.without_retries(), origin, position: origin, sum, etag, total, open }
    }

    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Drops the current body; the position is kept.
    #[inline]
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// Requests the bytes after the position.
    ///
    /// With `if_changed`, the ETag is sent as `If-None-Match`, for a log that grows. With `if_same`, it is sent as
    /// `If-Range`, for a log that is complete.
    #[inline]
    pub(super) async fn open(&mut self, if_changed: bool, if_same: bool) -> Result<Opening, Error> {
        let mut request = self.request.clone();
        if self.position > 0 {
            request = request.with_header("range", format!("bytes={}-", self.position));
        }
        // A weak ETag does not identify bytes.
        let strong = self.etag.as_ref().filter(|etag| !etag.starts_with("W/"));
        let request = match (&self.etag, strong) {
            (Some(etag), _) if if_changed => request.with_header("if-none-match", etag),
            (_, Some(etag)) if if_same && self.position > 0 => request.with_header("if-range", etag),
            _ => request,
        };
        let response = match request.send_streamed().await {
            Ok(response) => response,
            Err(error) => return self.opening_of_error(error),
        };
        if response.is_not_modified() {
            return Ok(Opening::Nothing);
        }
        let headers = response.headers();
        let etag = header_text(headers, ETAG.as_str()).map(str::to_owned);
        let partial = response.status() == StatusCode::PARTIAL_CONTENT;
        let position = if partial { ContentPosition::part(headers) } else { Some(ContentPosition::whole(headers)) };
        let Some(position) = position else {
            return Err(self.error(ErrorKind::Decode, "the response has no valid `Content-Range`"));
        };
        if position.start > self.position {
            return Err(self.error(ErrorKind::Changed, "the response begins after the requested position"));
        }
        if if_same && partial && self.etag.is_some() && etag != self.etag {
            // `If-Range` was ignored. The whole log is read to find out whether it was replaced.
            return self.open_whole().await;
        }
        (self.etag, self.total) = (etag, position.total);
        self.start(response.into_inner(), position.start);
        Ok(Opening::Body)
    }

    #[inline]
    async fn open_whole(&mut self) -> Result<Opening, Error> {
        let response = self.request.clone().send_streamed().await?;
        self.etag = header_text(response.headers(), ETAG.as_str()).map(str::to_owned);
        self.total = ContentPosition::whole(response.headers()).total;
        self.start(response.into_inner(), 0);
        Ok(Opening::Body)
    }

    #[inline]
    fn start(&mut self, body: ByteStream, at: u64) {
        let comparable = at <= self.origin;
        self.open = Some(OpenBody { body, at, again: Checksum::default(), comparable });
    }

    #[inline]
    fn opening_of_error(&self, error: Error) -> Result<Opening, Error> {
        match error.status() {
            Some(StatusCode::RANGE_NOT_SATISFIABLE) => match error.range_total() {
                Some(total) if total < self.position => Err(self.shorter_error()),
                _ => Ok(Opening::Nothing),
            },
            Some(StatusCode::NOT_FOUND) => Ok(Opening::Absent(error)),
            _ => Err(error),
        }
    }

    /// The next new bytes; `None` at the end of the body, or if there is no body.
    #[inline]
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let Some(open) = &mut self.open else { return Ok(None) };
            let chunk = match open.body.chunk().await {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.open = None;
                    return Err(error);
                }
            };
            let Some(mut chunk) = chunk else {
                let at = open.at;
                self.open = None;
                return if at < self.position { Err(self.shorter_error()) } else { Ok(None) };
            };
            let was = open.at;
            open.at += chunk.len() as u64;
            if was < self.position {
                // Bytes that were returned before.
                let again = usize::try_from(self.position - was).unwrap_or(usize::MAX).min(chunk.len());
                let before = usize::try_from(self.origin.saturating_sub(was)).unwrap_or(usize::MAX).min(again);
                open.again.add(chunk.get(before..again).unwrap_or_default());
                let same = !open.comparable || open.at < self.position || open.again == self.sum;
                chunk.advance(again);
                if !same {
                    self.open = None;
                    let text = "the log was replaced by another one; read it from the beginning";
                    return Err(self.error(ErrorKind::Changed, text));
                }
            }
            if !chunk.is_empty() {
                self.position += chunk.len() as u64;
                self.sum.add(&chunk);
                return Ok(Some(chunk));
            }
        }
    }

    #[inline]
    fn shorter_error(&self) -> Error {
        self.error(ErrorKind::Changed, "the log is shorter than before; read it from the beginning")
    }

    #[inline]
    fn error(&self, kind: ErrorKind, text: &str) -> Error {
        self.request.error(kind, text)
    }
}

/// FNV-1a. It need not be cryptographic: whoever can change the log can also change the bytes not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Checksum(u64);

impl Default for Checksum {
    #[inline]
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    #[inline]
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
