//! Sends bodies in chunks: from memory, from files and from streams. Large bodies are sent this way too, so that a slow
//! upload is not mistaken for silence. A body with a stream can be sent once.

use std::collections::VecDeque;
use std::fs::File as StdFile;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

/// Size of a chunk, in bytes.
const PIECE: usize = 64 * 1024;

/// A stream of bytes from the caller.
pub(crate) type UserStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;
/// Called with the number of bytes sent, and the length of the body if it is known.
pub(crate) type OnProgress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// A part of a body.
#[derive(Clone)]
pub(crate) enum Segment {
    Bytes(Bytes),
    /// A file, which is opened again for each attempt, and its length.
    File(Arc<Path>, u64),
    /// A stream, which can be read once, and its length if it is known.
    Stream(Arc<Mutex<Option<UserStream>>>, Option<u64>),
}

impl Segment {
    /// A file. It is also opened here, so that a missing file is found before anything is sent.
    #[inline]
    pub(crate) fn file(path: &Path) -> Result<Self, String> {
        let opened = StdFile::open(path).and_then(|file| file.metadata());
        let data = opened.map_err(|error| format!("the file to send cannot be read: {error}"))?;
        if data.is_file() {
            Ok(Self::File(path.into(), data.len()))
        } else {
            Err("the path to send is not a file".into())
        }
    }

    #[inline]
    pub(crate) fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: Option<u64>) -> Self {
        Self::Stream(Arc::new(Mutex::new(Some(Box::pin(stream)))), length)
    }

    #[inline]
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::File(_, length) => Some(*length),
            Self::Stream(_, length) => *length,
        }
    }
}

/// Length of all segments in bytes, if it is known.
#[inline]
pub(super) fn total(segments: &[Segment]) -> Option<u64> {
    segments.iter().try_fold(0_u64, |total, segment| total.checked_add(segment.length()?))
}

/// When the service took a chunk last, in milliseconds since the beginning.
#[derive(Debug)]
pub(crate) struct Activity {
    begin: Instant,
    last: AtomicU64,
    /// Whether it would take more, and the caller's stream has nothing.
    starved: AtomicBool,
}

impl Activity {
    #[inline]
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { begin: Instant::now(), last: AtomicU64::new(0), starved: AtomicBool::new(false) })
    }

    #[inline]
    fn touch(&self) {
        let age = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(age, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn last(&self) -> Instant {
        if self.starved.load(Ordering::Relaxed) {
            return Instant::now();
        }
        let last = self.begin.checked_add(Duration::from_millis(self.last.load(Ordering::Relaxed)));
        last.unwrap_or(self.begin)
    }
}

/// A body that is being sent.
pub(crate) struct UploadBody {
    // A mutex that is not locked: reqwest requires bodies to be `Sync`, and streams need not be.
    state: Mutex<UploadState>,
    activity: Arc<Activity>,
    progress: Option<OnProgress>,
    sent: u64,
    total: Option<u64>,
}

struct UploadState {
    left: VecDeque<Segment>,
    current: Option<CurrentSegment>,
}

enum CurrentSegment {
    File(tokio::fs::File, u64),
    Stream(UserStream, Option<u64>),
}

impl UploadBody {
    #[inline]
    pub(crate) fn new(segments: &[Segment], progress: Option<OnProgress>, activity: Arc<Activity>) -> Self {
        let total = total(segments);
        let state = Mutex::new(UploadState { left: segments.iter().cloned().collect(), current: None });
        Self { state, activity, progress, sent: 0, total }
    }
}

impl UploadState {
    #[inline]
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match &mut self.current {
                Some(CurrentSegment::File(_, 0)) => self.current = None,
                Some(CurrentSegment::File(file, left)) => {
                    let mut piece = BytesMut::zeroed(usize::try_from(*left).unwrap_or(PIECE).min(PIECE));
                    let mut buffer = ReadBuf::new(&mut piece);
                    if let Err(error) = ready!(Pin::new(file).poll_read(context, &mut buffer)) {
                        return Poll::Ready(Some(Err(error)));
                    }
                    let read = buffer.filled().len();
                    if read == 0 {
                        return Poll::Ready(Some(Err(short())));
                    }
                    *left -= read as u64;
                    piece.truncate(read);
                    return Poll::Ready(Some(Ok(piece.freeze())));
                }
                Some(CurrentSegment::Stream(stream, left)) => match ready!(stream.as_mut().poll_next(context)) {
                    None if left.is_some_and(|left| left > 0) => return Poll::Ready(Some(Err(short()))),
                    None => self.current = None,
                    Some(Ok(piece)) if piece.is_empty() => {}
                    Some(Ok(piece)) => {
                        if let Some(left) = left {
                            let Some(rest) = left.checked_sub(piece.len() as u64) else {
                                return Poll::Ready(Some(Err(io::Error::other("the stream is longer than announced"))));
                            };
                            *left = rest;
                        }
                        return Poll::Ready(Some(Ok(piece)));
                    }
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                },
                None => match self.left.pop_front() {
                    None => return Poll::Ready(None),
                    Some(Segment::Bytes(mut bytes)) => {
                        let piece = bytes.split_to(bytes.len().min(PIECE));
                        if !bytes.is_empty() {
                            self.left.push_front(Segment::Bytes(bytes));
                        }
                        if !piece.is_empty() {
                            return Poll::Ready(Some(Ok(piece)));
                        }
                    }
                    Some(Segment::File(path, length)) => match open(&path) {
                        Ok((file, now)) if now == length => {
                            self.current = Some(CurrentSegment::File(file.into(), length));
                        }
                        Ok(_) => return Poll::Ready(Some(Err(io::Error::other("the length of the file has changed")))),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    },
                    Some(Segment::Stream(stream, length)) => {
                        let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                        let Some(stream) = stream else {
                            return Poll::Ready(Some(Err(io::Error::other("the stream has already been read"))));
                        };
                        self.current = Some(CurrentSegment::Stream(stream, length));
                    }
                },
            }
        }
    }
}

/// A file and its length in bytes.
#[inline]
fn open(path: &Path) -> io::Result<(StdFile, u64)> {
    let file = StdFile::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

#[inline]
fn short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the body is shorter than announced")
}

impl http_body::Body for UploadBody {
    type Data = Bytes;
    type Error = io::Error;

    #[inline]
    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.activity.touch();
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let piece = state.poll_next(context);
        self.activity.starved.store(piece.is_pending(), Ordering::Relaxed);
        let piece = match ready!(piece) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            Some(Ok(piece)) => piece,
        };
        self.sent = self.sent.saturating_add(piece.len() as u64);
        if let Some(progress) = &self.progress {
            progress(self.sent, self.total);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        self.total.map(|total| total.saturating_sub(self.sent)).map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
