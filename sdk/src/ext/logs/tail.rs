//! Reads a log in several requests, each from the position that was reached, without losing or repeating a byte.
//!
//! A log may be replaced by another one between two requests, and an ETag does not tell: it changes as well where a log
//! grows or moves to object storage. So the last bytes that were returned are kept and asked for again, and what
//! follows them is only returned if they are still the same. If the whole log is sent, because ranges were ignored or
//! it is another version by its ETag, a checksum of all that was returned is compared.

use bytes::{Buf, Bytes};
use reqwest::StatusCode;

use super::body::LogBody;
use super::range::LogRange;
use crate::errors::{Error, ErrorKind};
use crate::transport::Request;

/// How many of the last bytes are kept and asked for again.
const OVERLAP: usize = 4096;

#[derive(Debug)]
pub(super) struct Tail {
    pub(super) request: Request,
    /// Position where reading began.
    origin: u64,
    /// Position of the next byte to return.
    pub(super) position: u64,
    /// Checksum of all bytes that were returned.
    sum: Checksum,
    /// The last bytes that were returned.
    kept: Vec<u8>,
    pub(super) etag: Option<String>,
    /// Whether all bytes of the version with that ETag were returned.
    complete: bool,
    pub(super) total: Option<u64>,
    open: Option<OpenBody>,
}

#[derive(Debug)]
struct OpenBody {
    body: LogBody,
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
    /// Ranges and conditions of the request are dropped.
    #[inline]
    pub(super) fn new(request: Request, origin: u64) -> Self {
        Self {
            request: request.without_retries().unconditional(),
            origin,
            position: origin,
            sum: Checksum::default(),
            kept: Vec::new(),
            etag: None,
            complete: false,
            total: None,
            open: None,
        }
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

    /// Whether a byte was returned.
    #[inline]
    pub(super) fn has_begun(&self) -> bool {
        self.position > self.origin
    }

    /// Whether the log has more bytes by what the last body said of it.
    #[inline]
    pub(super) fn has_more(&self) -> bool {
        self.total.is_some_and(|total| total > self.position)
    }

    /// Requests the bytes after the position, and before them those that were kept.
    ///
    /// With `if_changed`, the ETag is sent as `If-None-Match`, for a log that grows. With `if_same`, it is sent as
    /// `If-Range`, for a log that is complete.
    #[inline]
    pub(super) async fn open(&mut self, if_changed: bool, if_same: bool) -> Result<Opening, Error> {
        let range = LogRange::from(self.position.saturating_sub(self.kept.len() as u64));
        let mut request = self.request.clone();
        // A weak ETag does not identify bytes.
        let strong = self.etag.as_ref().filter(|etag| !etag.starts_with("W/"));
        if let Some(header) = range.header() {
            request = request.with_header("range", header);
            if let Some(etag) = strong.filter(|_| if_same) {
                request = request.with_header("if-range", etag);
            }
        }
        if let Some(etag) = self.etag.as_ref().filter(|_| if_changed && self.complete) {
            request = request.with_header("if-none-match", etag);
        }
        let response = match request.sending_stream().await {
            Ok(response) => response,
            Err(error) => return self.opening_of_error(error, range),
        };
        if response.is_not_modified() {
            return Ok(Opening::Nothing);
        }
        let body = LogBody::new(&self.request, Some(range), response)?;
        if if_same && body.is_partial() && self.etag.is_some() && body.etag != self.etag {
            // `If-Range` was ignored. The whole log is read to find out whether it was replaced.
            let response = self.request.clone().sending_stream().await?;
            self.start(LogBody::new(&self.request, Some(LogRange::all()), response)?);
        } else {
            self.start(body);
        }
        Ok(Opening::Body)
    }

    #[inline]
    fn start(&mut self, body: LogBody) {
        self.etag.clone_from(&body.etag);
        (self.total, self.complete) = (body.total, false);
        let comparable = body.at <= self.origin;
        self.open = Some(OpenBody { body, again: Checksum::default(), comparable });
    }

    #[inline]
    fn opening_of_error(&self, error: Error, asked: LogRange) -> Result<Opening, Error> {
        match error.status_of_call() {
            Some(StatusCode::RANGE_NOT_SATISFIABLE) if asked.header().is_some() => match error.range_total() {
                Some(total) if total == self.position => Ok(Opening::Nothing),
                Some(total) if total > self.position => Err(error),
                // Bytes that were returned, or that the caller knows of, are no longer there.
                Some(_) => Err(self.shorter_error()),
                None if self.has_begun() => Err(self.shorter_error()),
                None => Ok(Opening::Nothing),
            },
            Some(StatusCode::NOT_FOUND) => Ok(Opening::Absent(error)),
            _ => Err(error),
        }
    }

    /// The next new bytes; `None` at the end of the body, or if there is no body.
    #[inline]
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let result = self.next_chunk().await;
        if !matches!(result, Ok(Some(_))) {
            self.open = None;
        }
        result
    }

    #[inline]
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let Some(open) = &mut self.open else { return Ok(None) };
            let was = open.body.at;
            let Some(mut chunk) = open.body.chunk().await? else {
                return match open.body.at < self.position {
                    true if self.total.is_some_and(|total| total >= self.position) => {
                        Err(self.error(ErrorKind::Transport, "the response ends before the position"))
                    }
                    true => Err(self.shorter_error()),
                    false => {
                        self.complete = !self.has_more();
                        Ok(None)
                    }
                };
            };
            if was < self.position {
                let again = usize::try_from(self.position - was).unwrap_or(usize::MAX).min(chunk.len());
                if !self.is_same(was, &chunk.split_to(again)) {
                    let text = "the log was replaced by another one; read it from the beginning";
                    return Err(self.error(ErrorKind::Changed, text));
                }
            }
            if chunk.has_remaining() {
                self.returned(&chunk);
                return Ok(Some(chunk));
            }
        }
    }

    /// Whether bytes that were received again, from position `at` on, are those that were returned.
    #[inline]
    fn is_same(&mut self, at: u64, bytes: &[u8]) -> bool {
        let Some(open) = &mut self.open else { return false };
        let from = |position: u64| {
            let skipped = usize::try_from(position.saturating_sub(at)).unwrap_or(usize::MAX);
            bytes.get(skipped..).unwrap_or_default()
        };
        open.again.add(from(self.origin));
        let kept_at = self.position - self.kept.len() as u64;
        let known = usize::try_from(at.saturating_sub(kept_at)).unwrap_or(usize::MAX);
        let is_kept = self.kept.get(known..).unwrap_or_default().starts_with(from(kept_at));
        let is_compared = open.comparable && open.body.at >= self.position;
        is_kept && (!is_compared || open.again == self.sum)
    }

    /// Takes note of bytes that are returned.
    #[inline]
    fn returned(&mut self, chunk: &[u8]) {
        self.position += chunk.len() as u64;
        self.sum.add(chunk);
        self.kept.extend_from_slice(chunk.get(chunk.len().saturating_sub(OVERLAP)..).unwrap_or_default());
        self.kept.drain(..self.kept.len().saturating_sub(OVERLAP));
    }

    #[inline]
    fn shorter_error(&self) -> Error {
        self.error(ErrorKind::Changed, "the log is shorter than before; read it from the beginning")
    }

    /// An error about the log.
    #[inline]
    pub(super) fn error(&self, kind: ErrorKind, text: &str) -> Error {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_fnv_and_does_not_depend_on_the_parts() {
        // From the reference vectors of FNV-1a with 64 bits.
        for (text, sum) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            for at in 0..=text.len() {
                let mut checksum = Checksum::default();
                checksum.add(&text.as_bytes()[..at]);
                checksum.add(&text.as_bytes()[at..]);
                assert_eq!(checksum, Checksum(sum), "{text}");
            }
        }
    }
}
