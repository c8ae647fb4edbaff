//! A log as it comes, in chunks of any size. It holds no more than one of them.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::Chunk;
use crate::error::Error;
use crate::request::Request;
use crate::send::Sending;
use crate::stream::ByteStream;

/// The bytes of a log, from [`StepLog::stream`](super::StepLog::stream). After an error it has ended.
#[must_use = "a stream does nothing until it is polled"]
pub struct LogStream(State);

enum State {
    Start(Option<Box<Request>>),
    Opening(Sending<ByteStream>),
    Open(ByteStream),
    Ended,
}

impl LogStream {
    #[inline]
    pub(super) fn new(request: Request) -> Self {
        Self(State::Start(Some(Box::new(request))))
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// The log cannot be had, or the connection broke.
    ///
    /// ```no_run
    /// # async fn run(mut log: bitbucket_cloud::ext::log::LogStream) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(bytes) = log.next().await {
    ///     println!("{} bytes", bytes?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|context| self.poll_chunk(context)).await
    }

    #[inline]
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Chunk> {
        loop {
            let state = match &mut self.0 {
                State::Start(request) => match request.take() {
                    Some(request) => State::Opening(request.sending_stream()),
                    None => State::Ended,
                },
                State::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(response) => State::Open(response.into_inner()),
                    Err(error) => {
                        self.0 = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                State::Open(stream) => return Pin::new(stream).poll_next(context),
                State::Ended => return Poll::Ready(None),
            };
            self.0 = state;
        }
    }
}

impl Stream for LogStream {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Chunk> {
        self.poll_chunk(context)
    }
}

impl fmt::Debug for LogStream {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogStream").finish_non_exhaustive()
    }
}
