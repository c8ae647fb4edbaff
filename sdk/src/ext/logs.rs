//! Logs of steps and containers: ranges of bytes, whole logs, or what is added while a step runs.
//!
//! The service sends the log of a running step itself, and redirects to object storage on another host once the step is
//! over. That host gets the range, but not the credentials.

use tokio::io::AsyncWrite;

use crate::transport::{LogRequest, Seal};

mod body;
mod download;
mod follow;
mod lines;
mod part;
mod pipeline;
mod range;
mod stream;
mod tail;

pub use download::{DownloadProgress, DownloadRequest, Downloaded};
pub use follow::{FollowRequest, FollowedLog};
pub use lines::{Lines, LogLine, PipelineLogLines};
pub use part::{LogPart, ReadRequest};
pub use pipeline::{FollowPipeline, FollowPipelineRequest, LogChunk, PipelineLog, StepLabel};
pub use range::LogRange;
pub use stream::LogStream;

/// The log of a step or of one of its containers; for the requests of both.
///
/// While a step has no log (yet), the service answers 404. Every method but [`StepLog::follow`] returns that as an
/// error.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::ext::logs::LogRange;
/// use bitbucket_cloud::prelude::*;
///
/// let pipelines = client.pipelines();
/// let log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}");
/// let end = log.read(LogRange::last(4096)).send().await?;
/// println!("{}", String::from_utf8_lossy(&end.bytes));
/// # Ok(())
/// # }
/// ```
pub trait StepLog: LogRequest + Sized {
    /// Reads a range of the log into memory.
    #[inline]
    fn read(self, range: LogRange) -> ReadRequest {
        ReadRequest::new(self.into_log_request(Seal), range)
    }

    /// Streams the bytes of the log. Nothing is sent before the stream is polled.
    #[inline]
    fn stream(self) -> LogStream {
        LogStream::new(self.into_log_request(Seal))
    }

    /// Streams the lines of the log. Nothing is sent before the stream is polled.
    #[inline]
    fn lines(self) -> Lines<LogStream> {
        Lines::new(self.stream())
    }

    /// Follows the log from its beginning until the step is over, as chunks of bytes or as lines. Nothing is sent
    /// before the stream is polled.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let pipelines = client.pipelines();
    /// let log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}");
    /// let mut chunks = log.follow().chunks();
    /// while let Some(bytes) = chunks.next().await {
    ///     print!("{}", String::from_utf8_lossy(&bytes?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    fn follow(self) -> FollowRequest {
        FollowRequest::new(self.step_request(Seal), self.into_log_request(Seal))
    }

    /// Writes the log to a file or any other writer, and resumes where a connection broke.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let pipelines = client.pipelines();
    /// let log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}");
    /// let mut text = Vec::new();
    /// let download = log.download_to(&mut text);
    /// let download = download.on_progress(|progress| println!("{} bytes", progress.bytes));
    /// println!("{} bytes in all", download.send().await?.bytes);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    fn download_to<'w>(self, writer: impl AsyncWrite + Unpin + Send + 'w) -> DownloadRequest<'w> {
        DownloadRequest::new(self.into_log_request(Seal), writer)
    }
}

impl<R: LogRequest> StepLog for R {}
