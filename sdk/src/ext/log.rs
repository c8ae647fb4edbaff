//! Logs of steps and containers: parts of them, all of them, or what comes while a step runs.
//!
//! The service gives a running step's log itself and redirects to a storage of another host once the step is over. The
//! credentials stay behind then, the range does not.

use bytes::Bytes;
use tokio::io::AsyncWrite;

use crate::request::Request;

mod download;
mod follow;
mod lines;
mod part;
mod pipeline;
mod range;
mod stream;
mod tail;

pub use download::{Download, Downloaded, Progress};
pub use follow::Follow;
pub use lines::Lines;
pub use part::{LogPart, Reading};
pub use pipeline::{FollowPipeline, LogChunk, PipelineLog, StepLabel};
pub use range::LogRange;
pub use stream::LogStream;

/// The log of a step or of one of its containers. Implemented by the request builders of both.
///
/// Whether a log exists is known only by asking: the service answers 404 to a step without one (yet), which is an error
/// of every method but [`StepLog::follow`].
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::ext::log::LogRange;
/// use bitbucket_cloud::prelude::*;
///
/// let pipelines = client.pipelines();
/// let log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}");
/// let end = log.read(LogRange::last(4096)).await?;
/// println!("{}", String::from_utf8_lossy(&end.bytes));
/// # Ok(())
/// # }
/// ```
pub trait StepLog: Sized {
    /// The request for the log.
    #[doc(hidden)]
    fn into_log_request(self) -> Request;

    /// A part of the log, in memory, with its place.
    #[inline]
    fn read(self, range: LogRange) -> Reading {
        part::read(self.into_log_request(), range)
    }

    /// The bytes of the log as they come. Nothing is sent before the stream is polled.
    #[inline]
    fn stream(self) -> LogStream {
        LogStream::new(self.into_log_request())
    }

    /// The lines of the log as they come. Nothing is sent before the stream is polled.
    #[inline]
    fn lines(self) -> Lines<LogStream> {
        Lines::new(self.stream())
    }

    /// The bytes of the log from its beginning until the step is over, as the step writes them. Nothing is sent before
    /// the stream is polled.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let pipelines = client.pipelines();
    /// let mut log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}").follow();
    /// while let Some(bytes) = log.next().await {
    ///     print!("{}", String::from_utf8_lossy(&bytes?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    fn follow(self) -> Follow {
        Follow::new(self.into_log_request())
    }

    /// Writes the log to a file or anything else, and goes on where the connection broke.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let pipelines = client.pipelines();
    /// let log = pipelines.get_step_log("acme", "rocket", "{pipeline}", "{step}");
    /// let mut text = Vec::new();
    /// let download = log.download_to(&mut text);
    /// let done = download.on_progress(|progress| println!("{} bytes", progress.bytes)).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    fn download_to<'w>(self, writer: impl AsyncWrite + Unpin + Send + 'w) -> Download<'w> {
        Download::new(self.into_log_request(), writer)
    }
}

/// A chunk, the end, or what went wrong.
type Chunk = Option<Result<Bytes, crate::Error>>;

/// `step_log!(Builder);`
macro_rules! step_log {
    ($builder:ident) => {
        impl $crate::ext::log::StepLog for $builder {
            #[inline]
            fn into_log_request(self) -> $crate::Request {
                self.0
            }
        }
    };
}
pub(crate) use step_log;
