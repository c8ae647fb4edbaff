//! What people add to every call: headers of their own, counts, records. Hooks are called around each attempt and know
//! operations, not addresses; credentials are added after them and taken out before them.

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
    /// The operation; `None` for paths written by hand.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// let group = attempt.operation().map(|operation| operation.group());
    /// # }
    /// ```
    pub fn operation(&self) -> Option<&'static Operation> {
        self.endpoint.operation()
    }

    /// Name of the operation, such as `pipelines.list`; empty for paths written by hand.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.operation_name());
    /// # }
    /// ```
    pub fn operation_name(&self) -> &str {
        self.endpoint.name()
    }

    /// HTTP method in capitals.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.method());
    /// # }
    /// ```
    pub fn method(&self) -> &str {
        self.endpoint.method()
    }

    /// Template of the path, or the path written by hand without its query.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// println!("{}", attempt.path());
    /// # }
    /// ```
    pub fn path(&self) -> &str {
        self.endpoint.path()
    }

    /// 1 for the first attempt.
    ///
    /// ```
    /// # fn run(attempt: &bitbucket_cloud::Attempt<'_>) {
    /// let retried = attempt.number() > 1;
    /// # }
    /// ```
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
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AttemptOutcome<'a> {
    /// Status of the answer, if there was one.
    pub status: Option<StatusCode>,
    /// Headers of a success. They may hold cookies.
    pub headers: Option<&'a HeaderMap>,
    /// The failure, whether or not it will be retried.
    pub error: Option<&'a Error>,
    /// From the beginning of the attempt; a streamed body is not part of it.
    pub elapsed: Duration,
}

/// Called around each attempt of each call of a client. Both methods do nothing unless written.
///
/// Hooks run in the order in which they were added, within the task of the call; they must not block. They work with a
/// `reqwest::Client` of the caller's too.
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
    /// Before an attempt is sent. What is added to the headers goes to the API and to no other host.
    fn on_request(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) {
        let _ = (attempt, headers);
    }

    /// After an attempt has ended, well or not. Not called for a call that is dropped.
    fn on_response(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) {
        let _ = (attempt, outcome);
    }
}
