//! The one error of the crate: what happened, at which operation, and what the service said about it. Texts are
//! bounded, never hold a secret or the value of a query parameter, and name path templates instead of paths.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;

use crate::operation::{Endpoint, Operation};

mod disguised;
mod make;
mod reason;
mod remedy;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use disguised::{disguised, disguised_page};
pub(crate) use make::request_id;
use reason::Reason;
pub(crate) use reason::{bounded, reason_of};
pub(crate) use remedy::Proof;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong.
///
/// `Display` gives one line: the operation with its path template, the status and the service's reason.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::{ErrorKind, Method};
///
/// let request = client.request(Method::GET, "/repositories/acme/rocket");
/// match request.send_as::<serde_json::Value>().await {
///     Ok(repository) => println!("{}", repository["full_name"]),
///     Err(error) if error.is_not_found() => println!("no such repository, or not for you"),
///     Err(error) if error.kind() == ErrorKind::Connect => println!("offline?"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    endpoint: Option<Endpoint>,
    status: Option<StatusCode>,
    /// What happened on this side; the service's own words are in `reason`.
    text: String,
    reason: Reason,
    excerpt: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    /// How often the request was sent, or was tried to be.
    attempts: u32,
    remedy: Option<String>,
    /// Whether another attempt would find the same.
    lasting: bool,
    /// Whether the service may have seen the request.
    sent: bool,
    source: Option<Source>,
}

/// The stage at which a call failed.
///
/// ```
/// use bitbucket_cloud::{Client, ErrorKind};
///
/// let error = Client::builder().base_url("not a url").build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be made from its settings.
    Config,
    /// The request cannot be made from its parts. Nothing was sent.
    InvalidRequest,
    /// No connection came about. Nothing was sent.
    Connect,
    /// A time limit of the client ran out.
    Timeout,
    /// The connection broke, or what came was not HTTP.
    Transport,
    /// The service redirected to where the client does not go: in a circle, from https to http, or nowhere.
    Redirect,
    /// The credentials could not be had, for example because the token endpoint refused them. The call was not sent.
    Credentials,
    /// The client held the call back because the limit of calls is used up; see `Pacing`. Nothing was sent.
    RateLimit,
    /// The service answered with a status outside 200–299, or with an error in the body of a success.
    Api,
    /// The service reported success, but its body is not what was expected.
    Decode,
}

impl Error {
    /// The stage at which the call failed.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let answered = error.kind() == bitbucket_cloud::ErrorKind::Api;
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Status of the answer, if there was one.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let unpaid = error.status() == Some(bitbucket_cloud::StatusCode::PAYMENT_REQUIRED);
    /// # }
    /// ```
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The operation that failed; `None` for settings and for paths written by hand.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let id = error.operation().map(|operation| operation.id());
    /// # }
    /// ```
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.endpoint.as_ref().and_then(Endpoint::operation)
    }

    /// The service's message, from whatever shape its body has.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("{}", error.message().unwrap_or("no reason given")); }
    /// ```
    pub fn message(&self) -> Option<&str> {
        self.0.reason.message.as_deref()
    }

    /// The service's further explanation.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("{}", error.detail().unwrap_or_default()); }
    /// ```
    pub fn detail(&self) -> Option<&str> {
        self.0.reason.detail.as_deref()
    }

    /// What the service has against single fields of the request.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// for (field, reasons) in error.fields() {
    ///     println!("{field}: {}", reasons.join(", "));
    /// }
    /// # }
    /// ```
    pub fn fields(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0.reason.fields
    }

    /// The service's key for the reason, such as `report-service.general.bad-request`.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { let key: Option<&str> = error.key(); }
    /// ```
    pub fn key(&self) -> Option<&str> {
        self.0.reason.key.as_deref()
    }

    /// The id under which the service keeps an internal error; support asks for it.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { let id: Option<&str> = error.error_id(); }
    /// ```
    pub fn error_id(&self) -> Option<&str> {
        self.0.reason.id.as_deref()
    }

    /// Scopes that the service asks for; empty unless it refused the credentials and said so.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("needs {}", error.required_scopes().join(" ")); }
    /// ```
    pub fn required_scopes(&self) -> &[String] {
        &self.0.reason.required_scopes
    }

    /// Scopes that the credentials have; empty unless the service refused them and said so.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("has {}", error.granted_scopes().join(" ")); }
    /// ```
    pub fn granted_scopes(&self) -> &[String] {
        &self.0.reason.granted_scopes
    }

    /// How long the service asks to wait before the next call. It does not always say.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let pause = error.retry_after().unwrap_or(std::time::Duration::from_secs(60));
    /// # }
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The service's id of the request, for its support.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("{}", error.request_id().unwrap_or("unknown")); }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The beginning of the body of a failure (at most 1 KiB), or the surroundings of what could not be decoded.
    ///
    /// It is not part of `Display` or `Debug`. The client's own secrets are taken out, everything else is as it came.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("{}", error.body_excerpt().unwrap_or_default()); }
    /// ```
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// What can be done about it, where that is known: the scope that is missing, what replaced a removed operation.
    ///
    /// It is part of `Display`.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("{}", error.remedy().unwrap_or("unknown")); }
    /// ```
    pub fn remedy(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }

    /// How many attempts were made, the first one included; 0 if none was.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { println!("gave up after {} attempts", error.attempts()); }
    /// ```
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    fn has(&self, code: u16) -> bool {
        // A status of success belongs to a decoding error.
        self.0.status.is_some_and(|status| status.as_u16() == code)
    }

    /// 404: it does not exist, or is not visible to the credentials.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_not_found()); }
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.has(404)
    }

    /// 401: the credentials are missing, invalid, expired, or of the wrong kind.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_unauthorized()); }
    /// ```
    pub fn is_unauthorized(&self) -> bool {
        self.has(401)
    }

    /// 403: the credentials are valid but do not suffice.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_forbidden()); }
    /// ```
    pub fn is_forbidden(&self) -> bool {
        self.has(403)
    }

    /// 409: it exists already, or something else changed it meanwhile.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_conflict()); }
    /// ```
    pub fn is_conflict(&self) -> bool {
        self.has(409)
    }

    /// 410: the service has removed the operation.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_gone()); }
    /// ```
    pub fn is_gone(&self) -> bool {
        self.has(410)
    }

    /// Too many calls within the hour: 429, or the client held the call back.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_rate_limited()); }
    /// ```
    pub fn is_rate_limited(&self) -> bool {
        self.has(429) || self.0.kind == ErrorKind::RateLimit
    }

    /// No answer in time: a limit of the client ran out, or one of the service (408, 504, 555).
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { assert!(!error.is_timeout()); }
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || [408, 504, 555].into_iter().any(|code| self.has(code))
    }

    /// Whether the same call may succeed later, and cannot do its work twice.
    ///
    /// True for a call that was not carried out for certain (no connection, no token, 429), and, where the [`Effect`] of the
    /// operation allows repeating it, for broken connections, time limits, and 408, 500, 502, 503, 504 and 555.
    ///
    /// [`Effect`]: crate::Effect
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { if error.is_retryable() { println!("later, then"); } }
    /// ```
    pub fn is_retryable(&self) -> bool {
        let repeatable = || self.0.endpoint.as_ref().is_some_and(|endpoint| endpoint.effect().is_repeatable());
        match self.0.kind {
            ErrorKind::Config | ErrorKind::InvalidRequest | ErrorKind::Redirect | ErrorKind::Decode => false,
            _ if self.0.lasting => false,
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => !self.0.sent || repeatable(),
            ErrorKind::RateLimit => true,
            ErrorKind::Credentials => {
                self.0.status.is_none_or(|status| is_transient(status) || status == StatusCode::TOO_MANY_REQUESTS)
            }
            ErrorKind::Api if self.is_rate_limited() => true,
            ErrorKind::Api => self.0.status.is_some_and(is_transient) && repeatable(),
        }
    }

    /// Whether the call may have been carried out although it failed, and doing it again would do it twice.
    ///
    /// True for operations of [`Effect::Once`] whose answer was lost or is 408, 500, 502, 503, 504 or 555, as merging
    /// and declining may give. Look at the state of things before calling again.
    ///
    /// [`Effect::Once`]: crate::Effect::Once
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) { if error.is_ambiguous() { println!("look first"); } }
    /// ```
    pub fn is_ambiguous(&self) -> bool {
        let once = || self.0.endpoint.as_ref().is_some_and(|endpoint| !endpoint.effect().is_repeatable());
        match self.0.kind {
            ErrorKind::Timeout | ErrorKind::Transport => self.0.sent && once(),
            ErrorKind::Api => self.0.status.is_some_and(is_transient) && once(),
            _ => false,
        }
    }
}

/// Statuses that say nothing about the request itself; 555 is the service's own for a time limit of its own.
fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504 | 555)
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
