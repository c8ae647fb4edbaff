//! Downloads a log to a writer. After a broken connection the download is resumed. It is an error if the log was
//! replaced meanwhile, because the bytes already written belong to the old one.

use std::fmt;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::tail::{Opening, Tail};
use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::ext::polling::Polling;
use crate::transport::Request;

/// Progress of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// Bytes written.
    pub bytes: u64,
    /// Length of the log, if the service tells it.
    pub total: Option<u64>,
}

/// Result of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Bytes written.
    pub bytes: u64,
    /// How often the download was resumed after a broken connection.
    pub resumed: u32,
    /// ETag of this version of the log.
    pub etag: Option<String>,
}

/// Downloads a log, from [`StepLog::download_to`](super::StepLog::download_to). Nothing is sent before `send` or
/// `.await`.
///
/// Five transient failures in a row are tolerated. They are the only retries: the [`RetryPolicy`](crate::RetryPolicy)
/// of the client does not apply, but one that was set for the request does. Ranges and conditions of the request are
/// ignored. Where the download is resumed, the last 4 KiB are asked for again and compared, so that a log that was
/// replaced meanwhile is noticed unless it is the same there.
#[must_use = "a download does nothing until it is sent"]
pub struct DownloadRequest<'w> {
    tail: Tail,
    writer: Box<dyn AsyncWrite + Unpin + Send + 'w>,
    progress: Option<Box<dyn FnMut(DownloadProgress) + Send + 'w>>,
}

impl<'w> DownloadRequest<'w> {
    #[inline]
    pub(super) fn new(request: Request, writer: impl AsyncWrite + Unpin + Send + 'w) -> Self {
        Self { tail: Tail::new(request, 0), writer: Box::new(writer), progress: None }
    }

    /// Sets a function that is called after each chunk has been written.
    ///
    /// ```no_run
    /// # use bitbucket_cloud::ext::logs::DownloadRequest;
    /// # async fn run(download: DownloadRequest<'_>) -> Result<(), bitbucket_cloud::Error> {
    /// let download = download
    ///     .on_progress(|progress| eprintln!("{} of {:?}", progress.bytes, progress.total));
    /// download.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn on_progress(mut self, progress: impl FnMut(DownloadProgress) + Send + 'w) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Downloads the log. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// There is no log, it was replaced by another one ([`ErrorKind::Changed`]), it cannot be written
    /// ([`ErrorKind::Local`]), a response is not what was asked for ([`ErrorKind::Decode`]), or a call failed and is
    /// not worth retrying, failed six times in a row, or asks for a delay of more than 24 hours (shorter ones are waited
    /// out).
    #[inline]
    pub fn send(self) -> BoxFuture<'w, Result<Downloaded, Error>> {
        Box::pin(self.run())
    }

    #[inline]
    async fn run(mut self) -> Result<Downloaded, Error> {
        let mut polling = Polling::new(Duration::from_millis(200), Duration::from_secs(10));
        let mut resumed = 0;
        // Position at the beginning of the current body.
        let mut read = 0;
        loop {
            let result = match self.tail.is_open() {
                false => match self.tail.open(false, true).await {
                    Ok(Opening::Body) => continue,
                    Ok(Opening::Nothing) => break,
                    Ok(Opening::Absent(error)) | Err(error) => Err(error),
                },
                true => self.tail.chunk().await,
            };
            match result {
                Ok(Some(chunk)) => {
                    polling.succeeded();
                    polling.reset();
                    let failed = |error| self.tail.request.local_error(error);
                    self.writer.write_all(&chunk).await.map_err(failed)?;
                    if let Some(progress) = &mut self.progress {
                        progress(DownloadProgress { bytes: self.tail.position, total: self.tail.total });
                    }
                }
                // The part that was sent ends before the log.
                Ok(None) if self.tail.has_more() && self.tail.position > read => read = self.tail.position,
                Ok(None) if self.tail.has_more() => {
                    let error = self.tail.error(ErrorKind::Transport, "the log ends before its length");
                    tokio::time::sleep(polling.failed(error, true)?).await;
                }
                Ok(None) => break,
                Err(error) => {
                    // A log that was there is being moved to object storage.
                    let is_transient = error.is_retryable() || error.is_not_found() && self.tail.has_begun();
                    let delay = polling.failed(error, is_transient)?;
                    resumed += u32::from(self.tail.has_begun());
                    read = self.tail.position;
                    tokio::time::sleep(delay).await;
                }
            }
        }
        self.writer.flush().await.map_err(|error| self.tail.request.local_error(error))?;
        Ok(Downloaded { bytes: self.tail.position, resumed, etag: self.tail.etag })
    }
}

impl<'w> IntoFuture for DownloadRequest<'w> {
    type Output = Result<Downloaded, Error>;
    type IntoFuture = BoxFuture<'w, Self::Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for DownloadRequest<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DownloadRequest").field(&self.tail.request).finish()
    }
}
