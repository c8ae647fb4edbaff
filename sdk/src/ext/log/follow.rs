//! The log of a step that runs. The service has no long polling, so it is asked again and again: for the bytes behind
//! those that are known, and, when there are none, for the state of the step, which alone tells the end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::Method;
use reqwest::header::{ACCEPT, IF_NONE_MATCH, IF_RANGE, RANGE};

use super::Chunk;
use super::lines::Lines;
use super::tail::{Opening, Tail};
use crate::error::{Error, ErrorKind};
use crate::ext::drive::{Drive, Source};
use crate::ext::pace::Pace;
use crate::ext::state;
use crate::path::Address;
use crate::request::Request;

const PACE: Pace = Pace::new(Duration::from_secs(1), Duration::from_secs(10));

/// The bytes of a log until its step is over, from [`StepLog::follow`](super::StepLog::follow).
///
/// It waits while there is no log yet and while nothing is new, asks again where the connection broke, and follows the
/// log to the storage. Five failures in a row are waited out if they may pass by themselves; each attempt is one request,
/// whatever the [`RetryPolicy`](crate::RetryPolicy) of the client, unless the request itself has one. A step that was not
/// run has no log, and the stream ends without an item. After an error it has ended, and [`Follow::position`] tells where
/// to go on.
#[must_use = "a stream does nothing until it is polled"]
pub struct Follow {
    drive: Drive<Following>,
    position: u64,
}

pub(super) struct Following {
    tail: Tail,
    pace: Pace,
    /// Whether the step was over before the last request for the log.
    over: bool,
    /// Whether the current body had something new.
    fresh: bool,
}

impl Follow {
    #[inline]
    pub(super) fn new(request: Request) -> Self {
        let tail = Tail::new(request, 0);
        let following = Following { tail, pace: PACE, over: false, fresh: false };
        Self { drive: Drive::new(following), position: 0 }
    }

    /// Begins at that byte, counted from 0, instead of at the beginning.
    ///
    /// ```
    /// # fn run(log: bitbucket_cloud::ext::log::Follow, known: u64) {
    /// let rest = log.from(known);
    /// # }
    /// ```
    #[inline]
    pub fn from(mut self, byte: u64) -> Self {
        if let Some(following) = self.drive.idle() {
            following.tail = Tail::new(following.tail.request.clone(), byte);
            self.position = byte;
        }
        self
    }

    /// Shortest and longest pause between two requests while nothing is new; default 1 and 10 seconds. Each call counts
    /// against the hourly limit of the service.
    ///
    /// ```
    /// # fn run(log: bitbucket_cloud::ext::log::Follow) {
    /// use std::time::Duration;
    ///
    /// let patient = log.poll_every(Duration::from_secs(5), Duration::from_secs(30));
    /// # }
    /// ```
    #[inline]
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        if let Some(following) = self.drive.idle() {
            following.pace = Pace::new(least, most);
        }
        self
    }

    /// Place behind the last byte that was given.
    ///
    /// ```
    /// # fn run(log: bitbucket_cloud::ext::log::Follow) {
    /// println!("{} bytes so far", log.position());
    /// # }
    /// ```
    #[inline]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The same by lines; an unfinished line is given when the log ends.
    ///
    /// ```
    /// # fn run(log: bitbucket_cloud::ext::log::Follow) {
    /// let lines = log.lines();
    /// # }
    /// ```
    #[inline]
    pub fn lines(self) -> Lines<Self> {
        Lines::new(self)
    }

    /// The next bytes; `None` once the step is over and all of its log was given.
    ///
    /// # Errors
    ///
    /// The step does not exist, the calls fail for longer than a moment, or the log is not the same any more
    /// ([`ErrorKind::Changed`]).
    ///
    /// ```no_run
    /// # async fn run(mut log: bitbucket_cloud::ext::log::Follow) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(bytes) = log.next().await {
    ///     print!("{}", String::from_utf8_lossy(&bytes?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let item = self.drive.next(Result::is_err).await;
        self.note(&item);
        item
    }

    #[inline]
    fn note(&mut self, item: &Chunk) {
        if let Some(Ok(bytes)) = item {
            self.position += bytes.len() as u64;
        }
    }
}

impl Stream for Follow {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Chunk> {
        let item = ready!(self.drive.poll(context, Result::is_err));
        self.note(&item);
        Poll::Ready(item)
    }
}

impl fmt::Debug for Follow {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow").field("position", &self.position).finish_non_exhaustive()
    }
}

impl Source for Following {
    type Item = Result<Bytes, Error>;

    #[inline]
    fn turn(mut self: Box<Self>) -> Pin<Box<dyn Future<Output = (Box<Self>, Chunk)> + Send>> {
        Box::pin(async move {
            let item = self.advance().await.transpose();
            (self, item)
        })
    }
}

impl Following {
    #[inline]
    async fn advance(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if !self.tail.is_open() {
                self.fresh = false;
                // Once the step is over, only the bytes count: nothing may be lost to a tag that did not change.
                match self.tail.open(!self.over, false).await {
                    // It is not written yet, or never will be, or is being moved.
                    Ok(Opening::Absent(error)) if self.over && self.tail.position > 0 => {
                        self.failed(error).await?;
                        continue;
                    }
                    Ok(Opening::Body | Opening::Nothing | Opening::Absent(_)) => {}
                    Err(error) => {
                        self.failed(error).await?;
                        continue;
                    }
                }
            }
            match self.tail.chunk().await {
                Ok(Some(bytes)) => {
                    self.fresh = true;
                    self.pace.answered();
                    return Ok(Some(bytes));
                }
                Ok(None) if self.fresh => self.pace.reset(),
                Ok(None) if self.over => return Ok(None),
                Ok(None) => {}
                Err(error) => {
                    self.failed(error).await?;
                    continue;
                }
            }
            if self.over {
                continue;
            }
            match state::ask(self.step()?).await {
                Ok(state) if state.is_completed() => self.over = true,
                Ok(_) => {
                    self.pace.answered();
                    tokio::time::sleep(self.pace.next()).await;
                }
                Err(error) => self.failed(error).await?,
            }
        }
    }

    /// Waits after a failure that may pass by itself.
    #[inline]
    async fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.tail.close();
        let passing = error.is_retryable() || error.is_not_found() && self.tail.position > 0;
        tokio::time::sleep(self.pace.endure(error, passing)?).await;
        Ok(())
    }

    /// The request for the step that the log belongs to.
    #[inline]
    fn step(&self) -> Result<Request, Error> {
        let log = &self.tail.request;
        let path = log.address.path.as_str();
        let step = path.strip_suffix("/log").or_else(|| path.rsplit_once("/logs/").map(|(step, _)| step));
        let Some(step) = step else {
            return Err(Error::other(ErrorKind::InvalidRequest, &log.endpoint, "the path is not that of a log"));
        };
        let address = Address { path: step.to_owned(), query: None };
        let mut request = Request::custom(&log.client, Method::GET, step, Ok(address));
        // Whoever reads the log asks for the step, and with the same patience.
        (request.headers, request.settings) = (log.headers.clone(), log.settings);
        for name in [RANGE, IF_RANGE, IF_NONE_MATCH, ACCEPT] {
            request.headers.remove(name);
        }
        Ok(request)
    }
}
