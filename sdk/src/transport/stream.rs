//! Streamed bodies: logs, diffs, files. A failure is an item of the stream.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::Body as _;

use super::limits::BodyLimits;
use super::span::Span;
use super::throughput::{Exceeded, Patience};
use crate::errors::Error;
use crate::operation::Endpoint;

/// A body as a stream of chunks of any size.
///
/// ```no_run
/// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
/// let log = request.send_stream().await?.into_inner().text().await?;
/// println!("{log}");
/// # Ok(())
/// # }
/// ```
pub struct ByteStream {
    body: reqwest::Body,
    endpoint: Endpoint,
    patience: Patience,
    max_size: u64,
    span: Span,
    /// Number of the attempt that the body came with.
    attempt: u32,
    read: u64,
    ended: bool,
}

impl ByteStream {
    #[inline]
    pub(super) fn new(response: reqwest::Response, endpoint: Endpoint, limits: BodyLimits, span: Span) -> Self {
        let patience = Patience::new(limits.read_timeout, limits.min_throughput);
        let (body, max_size) = (response.into(), limits.max_size);
        Self { body, endpoint, patience, max_size, span, attempt: 0, read: 0, ended: false }
    }

    /// Its errors tell that they are of this attempt.
    #[inline]
    pub(super) fn of_attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// The connection broke, or a time limit was exceeded. An error ends the stream.
    ///
    /// ```no_run
    /// # async fn run(mut stream: bitbucket_cloud::ByteStream) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(chunk) = stream.chunk().await? {
    ///     println!("{} bytes", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Reads the rest of the body into memory, up to [`max_body_size`](crate::Request::max_body_size).
    ///
    /// # Errors
    ///
    /// As [`ByteStream::chunk`], and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge); the bytes read before it are
    /// dropped.
    ///
    /// ```no_run
    /// # async fn run(stream: bitbucket_cloud::ByteStream) -> Result<(), bitbucket_cloud::Error> {
    /// let bytes = stream.bytes().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        self.rest(None).await
    }

    /// The rest of the body, or only so many bytes of its beginning.
    #[inline]
    pub(super) async fn rest(&mut self, beginning: Option<usize>) -> Result<Bytes, Error> {
        let max = usize::try_from(self.max_size).unwrap_or(usize::MAX);
        if beginning.is_none() && self.body.size_hint().lower() > self.max_size {
            return Err(self.too_large());
        }
        let mut all = Pieces::default();
        self.fill(&mut all, beginning.unwrap_or(max.saturating_add(1))).await?;
        let mut all = all.joined();
        match beginning {
            Some(limit) => all.truncate(limit),
            None if all.len() > max => return Err(self.too_large()),
            None => {}
        }
        Ok(all)
    }

    /// Reads until there are this many bytes, or the body ends.
    pub(super) async fn fill(&mut self, all: &mut Pieces, limit: usize) -> Result<(), Error> {
        while all.len() < limit {
            let Some(chunk) = self.chunk().await? else { break };
            all.push(chunk);
        }
        Ok(())
    }

    /// Reads the rest of the body as text; bytes that are not UTF-8 become replacement characters.
    ///
    /// # Errors
    ///
    /// As [`ByteStream::bytes`].
    ///
    /// ```no_run
    /// # async fn run(stream: bitbucket_cloud::ByteStream) -> Result<(), bitbucket_cloud::Error> {
    /// let text = stream.text().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn text(self) -> Result<String, Error> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl ByteStream {
    #[inline]
    fn end(&mut self) {
        self.ended = true;
        self.span.received(self.read);
    }

    /// An error if so many bytes of the body are more than may be kept in memory.
    #[inline]
    pub(crate) fn check_size(&mut self, kept: usize) -> Result<(), Error> {
        if kept as u64 > self.max_size { Err(self.too_large()) } else { Ok(()) }
    }

    #[cold]
    fn too_large(&mut self) -> Error {
        self.end();
        Error::too_large(&self.endpoint, self.max_size).after(self.attempt)
    }

    #[cold]
    fn exceeded(&mut self, limit: &Exceeded) -> Error {
        self.end();
        let text = match limit {
            Exceeded::Silence(limit) => {
                format!("the service stopped sending the body for {limit:?}, the limit of `read_timeout`")
            }
            Exceeded::Throughput(_) => "the body came more slowly than `min_throughput` allows".to_owned(),
        };
        Error::timeout(&self.endpoint, text, true).after(self.attempt)
    }
}

/// Chunks of a body in a row. A single one is not copied.
#[derive(Default)]
pub(super) struct Pieces {
    first: Bytes,
    all: BytesMut,
}

impl Pieces {
    pub(super) fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&chunk);
    }

    pub(super) fn joined(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    let limit = ready!(self.patience.poll(context));
                    return Poll::Ready(Some(Err(self.exceeded(&limit))));
                }
            };
            match frame {
                Some(Ok(frame)) => {
                    // An empty frame, or trailers, are no bytes.
                    let data = frame.into_data().unwrap_or_default();
                    self.patience.received(data.len());
                    if !data.is_empty() {
                        self.read = self.read.saturating_add(data.len() as u64);
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Some(Err(error)) => {
                    self.end();
                    return Poll::Ready(Some(Err(Error::transport(&self.endpoint, error).after(self.attempt))));
                }
                None => self.end(),
            }
        }
        Poll::Ready(None)
    }
}

impl fmt::Debug for ByteStream {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream").field("endpoint", &format_args!("{}", self.endpoint)).finish_non_exhaustive()
    }
}
