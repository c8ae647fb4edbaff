//! Lines out of chunks. A line that never ends is cut, for a log may be anything, and memory is not.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::error::Error;

/// Longest line, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The lines of a log without their line ends, from [`StepLog::lines`](super::StepLog::lines) or
/// [`Follow::lines`](super::Follow::lines). Bytes that are not UTF-8 become replacement characters, and a line of more
/// than 1 MiB comes in pieces.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct Lines<S> {
    stream: S,
    buffer: BytesMut,
    /// Bytes of the buffer that hold no line end.
    searched: usize,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Lines<S> {
    #[inline]
    pub(super) fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::new(), searched: 0, ended: false }
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the log. The beginning of an unfinished line is lost then.
    ///
    /// ```no_run
    /// # async fn run(mut lines: bitbucket_cloud::ext::log::Lines<bitbucket_cloud::ext::log::LogStream>) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(line) = lines.next().await {
    ///     println!("{}", line?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<String, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    #[inline]
    fn take_line(&mut self) -> Option<String> {
        let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
        let end = match unsearched.iter().position(|byte| *byte == b'\n') {
            Some(at) => self.searched + at + 1,
            None if self.buffer.len() >= LONGEST || (self.ended && !self.buffer.is_empty()) => {
                self.buffer.len().min(LONGEST)
            }
            None => {
                self.searched = self.buffer.len();
                return None;
            }
        };
        self.searched = 0;
        let line = self.buffer.split_to(end.min(LONGEST));
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Lines<S> {
    type Item = Result<String, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(line) = self.take_line() {
                return Poll::Ready(Some(Ok(line)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            match Pin::new(&mut self.stream).poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => self.buffer.extend_from_slice(&bytes),
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    self.buffer.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
