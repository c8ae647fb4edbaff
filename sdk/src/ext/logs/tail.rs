//! A log that is read in several requests: from the place that was reached, without losing or repeating a byte.
//!
//! What was given is known by its length and a checksum, so that a service that sends the log from its beginning again
//! (ranges ignored, or moved to the storage, where the tag is another one) can be told from a log that was replaced.

use bytes::{Buf, Bytes};
use reqwest::StatusCode;
use reqwest::header::ETAG;

use super::range::{ContentPosition, header_text};
use crate::errors::{Error, ErrorKind};
use crate::transport::{ByteStream, Request};

#[derive(Debug)]
pub(super) struct Tail {
    pub(super) request: Request,
    /// Where reading began.
    origin: u64,
    /// Place of the next byte to give.
    pub(super) position: u64,
    sum: Checksum,
    pub(super) etag: Option<String>,
    pub(super) total: Option<u64>,
    open: Option<OpenBody>,
}

#[derive(Debug)]
struct OpenBody {
    body: ByteStream,
    /// Place of the next byte of the body.
    at: u64,
    /// Checksum of the bytes that come again.
    again: Checksum,
    /// Whether the bytes that come again are all there, so that they can be compared.
    comparable: bool,
}

/// What an attempt to read on has brought.
#[derive(Debug)]
pub(super) enum Opening {
    /// A body, though not necessarily of new bytes.
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

    /// Breaks off what is under way; the place is kept.
    #[inline]
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// Asks for what lies behind the place that was reached.
    ///
    /// `known` is sent as `If-None-Match`, for a log that grows. `same` sends the tag of the first answer as `If-Range`,
    /// for a log that is not expected to.
    #[inline]
    pub(super) async fn open(&mut self, known: bool, same: bool) -> Result<Opening, Error> {
        let mut request = self.request.clone();
        if self.position > 0 {
            request = request.with_header("range", format!("bytes={}-", self.position));
        }
        // A weak tag says nothing about bytes.
        let strong = self.etag.as_ref().filter(|etag| !etag.starts_with("W/"));
        let request = match (&self.etag, strong) {
            (Some(etag), _) if known => request.with_header("if-none-match", etag),
            (_, Some(etag)) if same && self.position > 0 => request.with_header("if-range", etag),
            _ => request,
        };
        let response = match request.send_streamed().await {
            Ok(response) => response,
            Err(error) => return self.nothing(error),
        };
        if response.is_not_modified() {
            return Ok(Opening::Nothing);
        }
        let headers = response.headers();
        let etag = header_text(headers, ETAG.as_str()).map(str::to_owned);
        let partial = response.status() == StatusCode::PARTIAL_CONTENT;
        let position = if partial { ContentPosition::part(headers) } else { Some(ContentPosition::whole(headers)) };
        let Some(position) = position else {
            return Err(self.error(ErrorKind::Decode, "the answer does not say which part of the log it is"));
        };
        if position.start > self.position {
            return Err(self.error(ErrorKind::Changed, "the answer begins behind the place that was reached"));
        }
        if same && partial && self.etag.is_some() && etag != self.etag {
            // `If-Range` was ignored. The whole log shows whether it is another one.
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
    fn nothing(&self, error: Error) -> Result<Opening, Error> {
        match error.status() {
            Some(StatusCode::RANGE_NOT_SATISFIABLE) => match error.range_total() {
                Some(total) if total < self.position => Err(self.shorter()),
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
                return if at < self.position { Err(self.shorter()) } else { Ok(None) };
            };
            let was = open.at;
            open.at += chunk.len() as u64;
            if was < self.position {
                // Bytes that were given before.
                let again = usize::try_from(self.position - was).unwrap_or(usize::MAX).min(chunk.len());
                let before = usize::try_from(self.origin.saturating_sub(was)).unwrap_or(usize::MAX).min(again);
                open.again.add(chunk.get(before..again).unwrap_or_default());
                let same = !open.comparable || open.at < self.position || open.again == self.sum;
                chunk.advance(again);
                if !same {
                    self.open = None;
                    let text = "the log is another one than before; begin again for the new one";
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
    fn shorter(&self) -> Error {
        self.error(ErrorKind::Changed, "the log is shorter than before; begin again for the new one")
    }

    #[inline]
    fn error(&self, kind: ErrorKind, text: &str) -> Error {
        self.request.error(kind, text)
    }
}

/// FNV-1a: it need not withstand an attacker, who could change what was not read yet just as well.
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
