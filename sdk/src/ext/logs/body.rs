//! The body of a response that has a log or a part of it, held to what its headers say: no encoding that was not
//! requested, the range that was asked for, and not a byte more or less than that.

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, ETAG, HeaderMap};

use super::range::{ContentRange, LogRange, header_text, whole_length};
use crate::errors::{Error, ErrorKind};
use crate::transport::{ByteStream, Request, Response};

#[derive(Debug)]
pub(super) struct LogBody {
    request: Request,
    stream: ByteStream,
    /// Position of the next byte in the log.
    pub(super) at: u64,
    /// Position after the last byte of a partial body; `None` for a whole one, whose length HTTP takes care of.
    end: Option<u64>,
    /// Length of the log, if the response tells it.
    pub(super) total: Option<u64>,
    pub(super) etag: Option<String>,
}

impl LogBody {
    /// Checks the headers of a response. `asked` is the range that was asked for, if it is known.
    #[inline]
    pub(super) fn new(
        request: &Request,
        asked: Option<LogRange>,
        response: Response<ByteStream>,
    ) -> Result<Self, Error> {
        let headers = response.headers();
        if !is_identity(headers) {
            return Err(request.error(ErrorKind::Decode, "the log has an encoding that was not requested"));
        }
        let etag = header_text(headers, ETAG.as_str()).map(str::to_owned);
        let (at, end, total) = if response.status() == StatusCode::PARTIAL_CONTENT {
            let Some(part) = ContentRange::read(headers) else {
                return Err(request.error(ErrorKind::Decode, "the response has no valid `Content-Range`"));
            };
            if asked.is_some_and(|asked| !asked.admits(part)) {
                let text = "the `Content-Range` of the response is not the range that was asked for";
                return Err(request.error(ErrorKind::Decode, text));
            }
            (part.start, Some(part.end), part.total)
        } else {
            (0, None, whole_length(headers))
        };
        Ok(Self { request: request.clone(), stream: response.into_inner(), at, end, total, etag })
    }

    /// Whether the response has a part of the log only.
    #[inline]
    pub(super) fn is_partial(&self) -> bool {
        self.end.is_some()
    }

    /// Refuses to keep so many bytes in memory if they are more than `max_body_size`.
    #[inline]
    pub(super) fn check_size(&mut self, kept: usize) -> Result<(), Error> {
        self.stream.check_size(kept)
    }

    /// The next bytes; `None` at the end.
    #[inline]
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(chunk) = self.stream.chunk().await? else {
            return match self.end {
                Some(end) if self.at < end => {
                    Err(self.request.error(ErrorKind::Transport, "the body is shorter than its `Content-Range`"))
                }
                _ => Ok(None),
            };
        };
        let next = self.at.checked_add(chunk.len() as u64);
        let Some(next) = next.filter(|next| self.end.is_none_or(|end| *next <= end)) else {
            return Err(self.request.error(ErrorKind::Decode, "the body is longer than its `Content-Range`"));
        };
        self.at = next;
        Ok(Some(chunk))
    }

    #[inline]
    pub(super) fn into_chunks(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        stream::try_unfold(self, |mut body| async move { Ok(body.chunk().await?.map(|chunk| (chunk, body))) })
    }
}

#[inline]
fn is_identity(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().all(|value| {
        let mut codings = value.to_str().unwrap_or("?").split(',').map(str::trim);
        codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
    })
}
