//! A log as a stream of chunks of any size. No more than one of them is in memory.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

use super::body::LogBody;
use super::range::LogRange;
use crate::boxed::BoxStream;
use crate::errors::Error;
use crate::transport::Request;

/// The bytes of a log, from [`StepLog::stream`](super::StepLog::stream). An error ends the stream.
#[must_use = "a stream does nothing until it is polled"]
pub struct LogStream(BoxStream<Result<Bytes, Error>>);

impl LogStream {
    #[inline]
    pub(super) fn new(request: Request) -> Self {
        let opened = stream::once(async move {
            let asked = (!request.has_range()).then(LogRange::all);
            let response = request.clone().sending_stream().await?;
            Ok(LogBody::new(&request, asked, response)?.into_chunks())
        });
        Self(Box::pin(opened.try_flatten()))
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// The call failed, the connection broke, or the response is not what was asked for
    /// ([`ErrorKind::Decode`](crate::ErrorKind::Decode)): another part, more than its `Content-Range` says, or an
    /// encoding.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::LogStream;
    /// # async fn run(mut log: LogStream) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(bytes) = log.next().await {
    ///     println!("{} bytes", bytes?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl Stream for LogStream {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for LogStream {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogStream").finish_non_exhaustive()
    }
}
