//! Streamed bodies: logs, diffs, files. A failure is an item of the stream.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::Body as _;
use tokio::time::{Instant, Sleep};

use super::span::Span;
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
    idle: Option<IdleLimit>,
    span: Span,
    read: u64,
    ended: bool,
}

/// The time limit for silence between two chunks.
struct IdleLimit {
    limit: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl ByteStream {
    #[inline]
    pub(crate) fn new(response: reqwest::Response, endpoint: Endpoint, limit: Option<Duration>, span: Span) -> Self {
        let idle = limit.map(|limit| IdleLimit { limit, sleep: Box::pin(tokio::time::sleep(limit)) });
        Self { body: response.into(), endpoint, idle, span, read: 0, ended: false }
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// The connection broke, or was silent for too long. An error ends the stream.
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

    /// Reads the rest of the body into memory.
    ///
    /// # Errors
    ///
    /// As [`ByteStream::chunk`]; the bytes read before it are dropped.
    ///
    /// ```no_run
    /// # async fn run(stream: bitbucket_cloud::ByteStream) -> Result<(), bitbucket_cloud::Error> {
    /// let bytes = stream.bytes().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
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
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    let Some(idle) = &mut self.idle else { return Poll::Pending };
                    ready!(idle.sleep.as_mut().poll(context));
                    self.end();
                    return Poll::Ready(Some(Err(Error::timeout(
                        &self.endpoint,
                        "the service stopped sending the body",
                        true,
                    ))));
                }
            };
            if let Some(IdleLimit { limit, sleep }) = &mut self.idle {
                sleep.as_mut().reset(Instant::now() + *limit);
            }
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => {
                        self.read += data.len() as u64;
                        return Poll::Ready(Some(Ok(data)));
                    }
                    // An empty frame, or trailers.
                    _ => {}
                },
                Some(Err(error)) => {
                    self.end();
                    return Poll::Ready(Some(Err(Error::transport(&self.endpoint, error))));
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
