//! Hooks, for headers, metrics and logs of the caller's. They are called around each attempt and see operations, not
//! addresses. Credentials are added after `on_request` and removed before `on_response`.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::errors::Error;
use crate::operation::{Endpoint, Operation};

/// One attempt of a call, as hooks see it.
///
/// ```
/// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
/// println!("{} {}, attempt {}", attempt.method(), attempt.path(), attempt.number());
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) number: u32,
}

impl Attempt<'_> {
    /// The operation; `None` for custom paths.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// let group = attempt.operation().map(|operation| operation.group());
    /// # }
    /// ```
    #[inline]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.endpoint.operation()
    }

    /// Name of the operation, such as `pipelines.list`; empty for custom paths.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.operation_name());
    /// # }
    /// ```
    #[inline]
    pub fn operation_name(&self) -> &str {
        self.endpoint.name()
    }

    /// HTTP method in upper case.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.method());
    /// # }
    /// ```
    #[inline]
    pub fn method(&self) -> &str {
        self.endpoint.method()
    }

    /// Template of the path, or the custom path without its query.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.path());
    /// # }
    /// ```
    #[inline]
    pub fn path(&self) -> &str {
        self.endpoint.path()
    }

    /// Number of the attempt, 1-based.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// let retried = attempt.number() > 1;
    /// # }
    /// ```
    #[inline]
    pub fn number(&self) -> u32 {
        self.number
    }
}

/// How an attempt ended, as hooks see it.
///
/// ```
/// # fn run(outcome: &bitbucket_cloud::AttemptOutcome<'_>) {
/// println!("{:?} in {:?}", outcome.status, outcome.elapsed);
/// # }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct AttemptOutcome<'a> {
    /// Status of the response, if there was one; not that of a token endpoint.
    pub status: Option<StatusCode>,
    /// Headers of a successful response, with the [secrets](Error#secrets) of the call redacted. They may contain
    /// cookies; `Debug` shows their names only.
    pub headers: Option<&'a HeaderMap>,
    /// The error, whether or not it will be retried.
    pub error: Option<&'a Error>,
    /// Time since the beginning of the attempt, without a streamed body.
    pub elapsed: Duration,
}

impl fmt::Debug for AttemptOutcome<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |headers: &HeaderMap| headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
        f.debug_struct("AttemptOutcome")
            .field("status", &self.status)
            .field("headers", &self.headers.map(names))
            .field("error", &self.error)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}

/// Called around each attempt of each call of a client. Both methods do nothing by default.
///
/// Hooks run in the order in which they were added, within the task of the call; they must not block. They are also
/// called with a `reqwest::Client` of your own.
///
/// ```no_run
/// use bitbucket_cloud::{Attempt, AttemptOutcome, Client, HeaderMap, Hook};
///
/// struct Audit;
///
/// impl Hook for Audit {
///     fn on_request(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
///         headers.insert("x-audit", "release-bot".parse().expect("a header"));
///     }
///
///     fn on_response(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) {
///         println!("{}: {:?}", attempt.operation_name(), outcome.status);
///     }
/// }
///
/// let client = Client::builder().hook(Audit).build()?;
/// # Ok::<(), bitbucket_cloud::Error>(())
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Called before an attempt is sent. `Authorization` is never among the headers, whoever has set it; one that a hook
    /// sets is sent in the place of all others, and the last hook's counts. Headers that are added go to the API; after a
    /// redirect to another host, only `Accept`, `Accept-Encoding`, `User-Agent`, `Range`, `If-Range`, `If-None-Match` and
    /// `If-Modified-Since` go there.
    #[inline]
    fn on_request(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) {
        let _ = (attempt, headers);
    }

    /// Called after an attempt has succeeded or failed, but not for one that is under way when the call is dropped or
    /// exceeds its [`timeout`](crate::ClientBuilder::timeout).
    #[inline]
    fn on_response(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) {
        let _ = (attempt, outcome);
    }
}
