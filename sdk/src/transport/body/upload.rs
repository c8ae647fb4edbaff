//! Sends bodies in chunks: from memory, from files and from streams. Large bodies are sent this way too, so that a slow
//! upload is not mistaken for silence. A body with a stream can be sent once.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};
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
    /// A file or stream. Only programs that send one compile how it is read.
    Source(Arc<dyn Source>),
}

/// What is read while it is sent.
pub(crate) trait Source: Send + Sync {
    /// Length in bytes, if it is known. The stream must have it.
    fn length(&self) -> Option<u64>;

    /// Whether it can be read again.
    fn is_replayable(&self) -> bool;

    fn open(&self) -> io::Result<UserStream>;
}

impl Segment {
    /// A file. It is also opened here, so that a missing file is found before anything is sent.
    #[inline]
    pub(crate) fn file(path: &Path) -> Result<Self, String> {
        let opened = open_file(path).map_err(|error| format!("the file to send cannot be read: {error}"));
        opened.map(|(_, length)| Self::Source(Arc::new(FileSource { path: path.into(), length })))
    }

    #[inline]
    pub(crate) fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static, length: Option<u64>) -> Self {
        Self::Source(Arc::new(StreamSource { stream: Mutex::new(Some(Box::pin(stream))), length }))
    }

    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Source(source) => source.length(),
        }
    }

    pub(crate) fn is_replayable(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::Source(source) => source.is_replayable(),
        }
    }
}

/// Opens a file and tells its length. What is no file is not opened, because a pipe would be waited for.
#[inline]
fn open_file(path: &Path) -> io::Result<(File, u64)> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("the path is not that of a file"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

/// A file, which is opened again for each attempt.
struct FileSource {
    path: Box<Path>,
    length: u64,
}

impl Source for FileSource {
    #[inline]
    fn length(&self) -> Option<u64> {
        Some(self.length)
    }

    #[inline]
    fn is_replayable(&self) -> bool {
        true
    }

    #[inline]
    fn open(&self) -> io::Result<UserStream> {
        let (file, length) = open_file(&self.path)?;
        if length != self.length {
            return Err(io::Error::other("the length of the file has changed"));
        }
        Ok(Box::pin(FileStream { file: Some(file), reading: None, left: self.length }))
    }
}

/// A piece, and the file behind it.
type Piece = (File, Vec<u8>);

struct FileStream {
    /// `None` while a piece is read, and at the end.
    file: Option<File>,
    reading: Option<JoinHandle<io::Result<Piece>>>,
    left: u64,
}

impl Stream for FileStream {
    type Item = io::Result<Bytes>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(file) = self.file.take() {
            // One byte more than should be there, so that a file that has grown is noticed as well.
            let most = self.left.saturating_add(1).min(PIECE as u64);
            self.reading = Some(spawn_blocking(move || read_piece(file, most)));
        }
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(context));
        self.reading = None;
        let (file, piece) = read??;
        if piece.is_empty() {
            return Poll::Ready(None);
        }
        self.left = self.left.saturating_sub(piece.len() as u64);
        self.file = Some(file);
        Poll::Ready(Some(Ok(piece.into())))
    }
}

#[inline]
fn read_piece(file: File, most: u64) -> io::Result<Piece> {
    let mut piece = Vec::new();
    let mut part = file.take(most);
    part.read_to_end(&mut piece)?;
    Ok((part.into_inner(), piece))
}

/// A stream of the caller's, which can be read once.
struct StreamSource {
    stream: Mutex<Option<UserStream>>,
    length: Option<u64>,
}

impl Source for StreamSource {
    #[inline]
    fn length(&self) -> Option<u64> {
        self.length
    }

    #[inline]
    fn is_replayable(&self) -> bool {
        false
    }

    #[inline]
    fn open(&self) -> io::Result<UserStream> {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream.ok_or_else(|| io::Error::other("the stream has already been read"))
    }
}

/// Length of all segments in bytes, if it is known.
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
    segments: Arc<[Segment]>,
    /// Index of the segment after the open one.
    next: usize,
    open: OpenSegment,
}

/// What is left of a segment that is being sent.
enum OpenSegment {
    Bytes(Bytes),
    /// And how many bytes are still to come, if that is known.
    Source(UserStream, Option<u64>),
}

impl UploadBody {
    #[inline]
    pub(crate) fn new(segments: Arc<[Segment]>, progress: Option<OnProgress>, activity: Arc<Activity>) -> Self {
        let total = total(&segments);
        let state = UploadState { segments, next: 0, open: OpenSegment::Bytes(Bytes::new()) };
        Self { state: Mutex::new(state), activity, progress, sent: 0, total }
    }
}

impl UploadState {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            let (stream, left) = match &mut self.open {
                OpenSegment::Bytes(bytes) if bytes.is_empty() => {
                    let Some(segment) = self.segments.get(self.next) else { return Poll::Ready(None) };
                    self.next += 1;
                    self.open = match segment {
                        Segment::Bytes(bytes) => OpenSegment::Bytes(bytes.clone()),
                        Segment::Source(source) => OpenSegment::Source(source.open()?, source.length()),
                    };
                    continue;
                }
                OpenSegment::Bytes(bytes) => {
                    return Poll::Ready(Some(Ok(bytes.split_to(bytes.len().min(PIECE)))));
                }
                OpenSegment::Source(stream, left) => (stream, left),
            };
            match ready!(stream.as_mut().poll_next(context)?) {
                None if left.is_some_and(|left| left > 0) => {
                    let text = "the body is shorter than announced";
                    return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, text))));
                }
                None => self.open = OpenSegment::Bytes(Bytes::new()),
                Some(piece) if piece.is_empty() => {}
                Some(piece) => {
                    if let Some(left) = left {
                        let Some(rest) = left.checked_sub(piece.len() as u64) else {
                            return Poll::Ready(Some(Err(io::Error::other("the body is longer than announced"))));
                        };
                        *left = rest;
                    }
                    return Poll::Ready(Some(Ok(piece)));
                }
            }
        }
    }
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
