//! A log into a file. A broken connection is no reason to begin again; a log that was replaced meanwhile is an error,
//! for what was written before belongs to the old one.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::tail::{Opening, Tail};
use crate::error::Error;
use crate::ext::pace::Pace;
use crate::request::Request;

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes written.
    pub bytes: u64,
    /// Length of the log, if the service tells it.
    pub total: Option<u64>,
}

/// What a download has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Bytes written.
    pub bytes: u64,
    /// How often the connection broke and reading went on.
    pub resumed: u32,
    /// Names this state of the log.
    pub etag: Option<String>,
}

/// A download that does nothing until it is awaited, from [`StepLog::download_to`](super::StepLog::download_to).
///
/// Five failures in a row are waited out if they may pass by themselves; each attempt is one request, whatever the
/// [`RetryPolicy`](crate::RetryPolicy) of the client, unless the request itself has one.
#[must_use = "a download does nothing until it is awaited"]
pub struct Download<'w> {
    tail: Tail,
    writer: Box<dyn AsyncWrite + Unpin + Send + 'w>,
    progress: Option<Box<dyn FnMut(Progress) + Send + 'w>>,
}

impl<'w> Download<'w> {
    #[inline]
    pub(super) fn new(request: Request, writer: impl AsyncWrite + Unpin + Send + 'w) -> Self {
        Self { tail: Tail::new(request, 0), writer: Box::new(writer), progress: None }
    }

    /// Calls a function after each chunk that was written.
    ///
    /// ```no_run
    /// # async fn run(download: bitbucket_cloud::ext::log::Download<'_>) -> Result<(), bitbucket_cloud::Error> {
    /// let download = download
    ///     .on_progress(|progress| eprintln!("{} of {:?}", progress.bytes, progress.total));
    /// download.await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn on_progress(mut self, progress: impl FnMut(Progress) + Send + 'w) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    #[inline]
    async fn run(mut self) -> Result<Downloaded, Error> {
        let mut pace = Pace::new(Duration::from_millis(200), Duration::from_secs(10));
        let mut resumed = 0;
        loop {
            let result = match self.tail.is_open() {
                false => match self.tail.open(false, true).await {
                    Ok(Opening::Body) => continue,
                    Ok(Opening::Nothing) => break,
                    Ok(Opening::Absent(error)) => return Err(error),
                    Err(error) => Err(error),
                },
                true => self.tail.chunk().await,
            };
            match result {
                Ok(Some(chunk)) => {
                    pace.answered();
                    pace.reset();
                    let failed = |error: std::io::Error| Error::local(&self.tail.request.endpoint, error);
                    self.writer.write_all(&chunk).await.map_err(failed)?;
                    if let Some(progress) = &mut self.progress {
                        progress(Progress { bytes: self.tail.position, total: self.tail.total });
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    let passing = error.is_retryable();
                    let pause = pace.endure(error, passing)?;
                    resumed += u32::from(self.tail.position > 0);
                    tokio::time::sleep(pause).await;
                }
            }
        }
        self.writer.flush().await.map_err(|error| Error::local(&self.tail.request.endpoint, error))?;
        Ok(Downloaded { bytes: self.tail.position, resumed, etag: self.tail.etag })
    }
}

impl<'w> IntoFuture for Download<'w> {
    type Output = Result<Downloaded, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'w>>;

    /// Reads the log to its end.
    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Download<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.tail.request).finish()
    }
}
