//! Splits chunks into lines. A very long line is cut, so that memory is bounded whatever the log contains.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::pipeline::{LogChunk, PipelineLog, StepLabel};
use crate::errors::Error;

/// Longest line, in bytes.
const MAX_LINE: usize = 1024 * 1024;

/// Bytes that have been received and not yet returned as a line.
#[derive(Debug, Default)]
struct LineBuffer {
    buffer: BytesMut,
    /// How many bytes at the start of the buffer have no line end.
    searched: usize,
}

impl LineBuffer {
    /// The next line. At the end of the log, the rest is a line too.
    #[inline]
    fn take_line(&mut self, ended: bool) -> Option<String> {
        let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
        let end = unsearched.iter().position(|byte| *byte == b'\n').map(|at| self.searched + at);
        if end.unwrap_or(self.buffer.len()) > MAX_LINE {
            self.searched = 0;
            let piece = self.buffer.split_to(self.cut());
            return Some(String::from_utf8_lossy(&piece).into_owned());
        }
        let end = match end {
            Some(at) => at + 1,
            None if ended && !self.buffer.is_empty() => self.buffer.len(),
            None => {
                self.searched = self.buffer.len();
                return None;
            }
        };
        self.searched = 0;
        let line = self.buffer.split_to(end);
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some(String::from_utf8_lossy(line).into_owned())
    }

    /// Where a line that is too long is cut: not within a character.
    #[inline]
    fn cut(&self) -> usize {
        let continues = |at: &usize| self.buffer.get(*at).is_some_and(|byte| (0x80..0xc0).contains(byte));
        (MAX_LINE - 3..=MAX_LINE).rev().find(|at| !continues(at)).unwrap_or(MAX_LINE)
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    #[inline]
    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The lines of a log without their line ends, from [`StepLog::lines`](super::StepLog::lines) or
/// [`FollowRequest::lines`](super::FollowRequest::lines). Bytes that are not UTF-8 become replacement characters, and a
/// line of more than 1 MiB comes in pieces.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct Lines<S> {
    stream: S,
    lines: LineBuffer,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Lines<S> {
    #[inline]
    pub(super) fn new(stream: S) -> Self {
        Self { stream, lines: LineBuffer::default(), ended: false }
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    ///
    /// Errors of the log. The beginning of an unfinished line is then lost.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::{Lines, LogStream};
    /// # async fn run(mut lines: Lines<LogStream>) -> Result<(), bitbucket_cloud::Error> {
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
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Lines<S> {
    type Item = Result<String, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let ended = self.ended;
            if let Some(line) = self.lines.take_line(ended) {
                return Poll::Ready(Some(Ok(line)));
            }
            if ended {
                return Poll::Ready(None);
            }
            match Pin::new(&mut self.stream).poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => self.lines.push(&bytes),
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    self.lines.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// A line of the log of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// The step.
    pub step: Arc<StepLabel>,
    /// The line without its line end.
    pub text: String,
}

/// The lines of the logs of a pipeline, each with its step, from
/// [`FollowPipelineRequest::lines`](super::FollowPipelineRequest::lines). Long lines and bytes that are not UTF-8 are
/// treated as by [`Lines`]; an unfinished line is returned at the end of the log of its step.
#[must_use = "a stream does nothing until it is polled"]
pub struct PipelineLogLines {
    log: PipelineLog,
    lines: LineBuffer,
    step: Option<Arc<StepLabel>>,
    /// The first chunk of the next step, while lines of the step before are left.
    next: Option<LogChunk>,
    ended: bool,
}

impl PipelineLogLines {
    #[inline]
    pub(super) fn new(log: PipelineLog) -> Self {
        Self { log, lines: LineBuffer::default(), step: None, next: None, ended: false }
    }

    /// The next line; `None` once the pipeline has ended, is paused or is halted.
    ///
    /// # Errors
    ///
    /// Errors of the logs. The beginning of an unfinished line is then lost.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let mut lines = repository.pipelines().follow(42).lines();
    /// while let Some(line) = lines.next().await {
    ///     let line = line?;
    ///     println!("{}: {}", line.step.name, line.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<LogLine, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for PipelineLogLines {
    type Item = Result<LogLine, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let step_ended = self.ended || self.next.is_some();
            if let (Some(text), Some(step)) = (self.lines.take_line(step_ended), &self.step) {
                return Poll::Ready(Some(Ok(LogLine { step: Arc::clone(step), text })));
            }
            if let Some(chunk) = self.next.take() {
                self.lines.push(&chunk.bytes);
                self.step = Some(chunk.step);
                continue;
            }
            if self.ended {
                return Poll::Ready(None);
            }
            match Pin::new(&mut self.log).poll_next(context) {
                Poll::Ready(Some(Ok(chunk))) if self.step.as_ref().is_some_and(|step| *step == chunk.step) => {
                    self.lines.push(&chunk.bytes);
                }
                Poll::Ready(Some(Ok(chunk))) => self.next = Some(chunk),
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    self.lines.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl fmt::Debug for PipelineLogLines {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineLogLines").field("step", &self.step).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_a_mebibyte_and_ends_where_it_ends() {
        let mut lines = LineBuffer::default();
        lines.push(&vec![b'x'; 1_048_576 + 5]);
        assert_eq!(lines.take_line(false).map(|line| line.len()), Some(1_048_576));
        assert_eq!(lines.take_line(false), None);
        lines.push(b"\r\n\na");
        assert_eq!(lines.take_line(false).as_deref(), Some("xxxxx"));
        assert_eq!(lines.take_line(false).as_deref(), Some(""));
        assert_eq!((lines.take_line(false), lines.take_line(true).as_deref()), (None, Some("a")));
        assert_eq!(lines.take_line(true), None);
        lines.push(&vec![b'x'; 1_048_575]);
        assert_eq!(lines.take_line(false), None);
        // That is still a line, whose end may follow.
        lines.push(b"x");
        assert_eq!(lines.take_line(false), None);
        lines.push(b"\nb\n");
        assert_eq!(lines.take_line(false).map(|line| line.len()), Some(1_048_576));
        assert_eq!(lines.take_line(false).as_deref(), Some("b"));
    }

    #[test]
    fn a_cut_loses_nothing() {
        for character in ["\u{e4}", "\u{20ac}", "\u{1f680}", "\r"] {
            for before in 0..6 {
                let line = "x".repeat(1_048_576 - before) + &character.repeat(8);
                let (mut lines, mut joined) = (LineBuffer::default(), String::new());
                lines.push(line.as_bytes());
                lines.push(b"x\n");
                while let Some(piece) = lines.take_line(true) {
                    assert!((1..=1_048_576).contains(&piece.len()));
                    joined.push_str(&piece);
                }
                assert_eq!(joined, line + "x", "{character:?} {before}");
            }
        }
        // What is no UTF-8 anyway is cut as well.
        let mut lines = LineBuffer::default();
        lines.push(&[0xbf; 1_048_580]);
        assert!(lines.take_line(false).is_some() && lines.buffer.len() < 10);
    }
}
