//! The error type of the crate: what failed, for which operation and address, and what the service answered. Texts are
//! bounded and hold no secret and no value of a query parameter.

use std::any::Any;
use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;

use crate::operation::{Endpoint, Operation};

mod classify;
mod clean;
mod constructors;
mod credential;
mod display;
mod error_in_success;
mod hint;
mod reason;
mod redact;
mod retry_after;
#[cfg(test)]
mod tests;

pub(crate) use clean::MAX_ID;
pub(crate) use constructors::request_id;
pub use credential::CredentialError;
pub(crate) use error_in_success::{error_in_success, message_in_page};
pub(crate) use hint::AuthScheme;
use reason::Reason;
pub(crate) use reason::{MAX_READ, reason_of};
pub(crate) use redact::Redactor;
pub(crate) use retry_after::{rate_limit_reset, retry_after};

/// The error of a call, or of the settings of a client.
///
/// `Display` gives one line: the operation, the address that was called, the status and the service's reason. Control
/// characters are escaped in it.
///
/// # Secrets
///
/// A service can send back what it was sent. Whatever an error shows or keeps of its answer, what spans, warnings and
/// hooks are given included, is searched for the secrets of the call, which are replaced by `[redacted]`: credentials
/// and cookies, as well as the values of members of JSON, fields of forms, parameters and headers whose names end in
/// `password`, `passphrase`, `secret`, `token`, `credential`, `private_key`, `api_key` and the like, of members that
/// the document calls secret, and of every `value` with a `secured` beside it that is not `false`. They are found as
/// they are, with the escapes of JSON, URLs and HTML in any mixture, escaped up to three times, and in base64; where a
/// text ends, a beginning of six characters is enough.
///
/// Exceptions: a secret with fewer than six characters is replaced only where it stands alone, that is as a whole text,
/// string in quotes, header, or value of a form; it would be found in any text by chance. Files and streams of bodies are
/// not searched for secrets. A long text that would take too long to search, for a secret of thousands of lines, is
/// replaced as a whole. [`Response`](crate::Response) gives headers and values as they were received.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::{ErrorKind, Method};
///
/// let request = client.request(Method::GET, "/repositories/acme/rocket");
/// match request.send_as::<serde_json::Value>().await {
///     Ok(repository) => println!("{}", repository["full_name"]),
///     Err(error) if error.is_not_found() => println!("not found, or not visible"),
///     Err(error) if error.kind() == ErrorKind::Connect => println!("no connection"),
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
    /// What failed, in the words of this crate; the message of the service is in `reason`.
    text: String,
    reason: Reason,
    excerpt: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    /// Length of the whole resource, from a 416.
    range_total: Option<u64>,
    /// Number of attempts.
    attempts: u32,
    hint: Option<String>,
    /// Whether another attempt would fail in the same way.
    permanent: bool,
    /// Whether the service may have seen the request.
    sent: bool,
    /// Whether the service said that it has carried out the request; what failed came after that.
    done: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// Where to go on, if the part of the crate that failed knows it.
    place: Option<Box<dyn Any + Send + Sync>>,
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
    /// The settings of the client are invalid.
    Config,
    /// The request is invalid. Nothing was sent.
    InvalidRequest,
    /// No connection could be made. Nothing was sent, unless the call had been redirected before: a write that was answered
    /// by its place (303) has been carried out, and [`is_ambiguous`](Error::is_ambiguous) is true.
    Connect,
    /// A time limit of the client was exceeded.
    Timeout,
    /// The connection broke, or the response was not valid HTTP.
    Transport,
    /// The service sent a redirect that is not followed: after ten others, from https to http, of a write to another host,
    /// one that would turn a write into a read (301 and 302 of a POST or PATCH), one that would need a body that can be sent
    /// only once, or one without a valid target.
    Redirect,
    /// No credentials could be obtained, for example because the token endpoint refused them. The call was not sent, or was
    /// answered by a 401, after which no others could be obtained: nothing was done.
    Credentials,
    /// The rate limit is used up, so the throttle of the client refused the call; see [`Throttle`](crate::Throttle).
    /// Nothing was sent.
    RateLimit,
    /// The service answered with a status outside 200–299, or with an error in a body with status 200.
    Api,
    /// The service reported success, but its body could not be decoded, or is only a part of what was requested (206
    /// without a `Range` in the request).
    Decode,
    /// The body of a response is larger than what is read into memory; see
    /// [`max_body_size`](crate::ClientBuilder::max_body_size).
    TooLarge,
    /// A list cannot be continued: its next page is on another host, was already returned, or is not available; or it
    /// ended before all of its items came, is still being made (202), or has more than may be collected.
    Pagination,
    /// A log that was read in several requests was replaced by another one meanwhile.
    Changed,
    /// Something failed on this machine, such as writing a download.
    Local,
}

impl Error {
    /// The stage at which the call failed.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let answered = error.kind() == bitbucket_cloud::ErrorKind::Api;
    /// # }
    /// ```
    #[inline]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Status of the response, if there was one. Of an error of the kind [`ErrorKind::Credentials`] it is that of the token
    /// endpoint, which says nothing about what was called: [`is_not_found`](Self::is_not_found) and the like are false.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let unpaid = error.status() == Some(bitbucket_cloud::StatusCode::PAYMENT_REQUIRED);
    /// # }
    /// ```
    #[inline]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The operation that failed; `None` for settings and for custom paths.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let name = error.operation().map(|operation| operation.name());
    /// # }
    /// ```
    #[inline]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.endpoint.as_ref().and_then(Endpoint::operation)
    }

    /// Address that was called: scheme, host and path, without the query. After a redirect on the same host it is still the
    /// first one; after a redirect to another host, only that host. `None` for settings, and for a request without an
    /// address because a part of it is missing.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("{}", error.address().unwrap_or("nothing was called"));
    /// # }
    /// ```
    #[inline]
    pub fn address(&self) -> Option<&str> {
        self.0.endpoint.as_ref().and_then(Endpoint::address)
    }

    /// The service's message, whatever the shape of the body.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("{}", error.message().unwrap_or("no reason given"));
    /// # }
    /// ```
    #[inline]
    pub fn message(&self) -> Option<&str> {
        self.0.reason.message.as_deref()
    }

    /// The service's explanation.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("{}", error.detail().unwrap_or_default());
    /// # }
    /// ```
    #[inline]
    pub fn detail(&self) -> Option<&str> {
        self.0.reason.detail.as_deref()
    }

    /// The service's objections to single fields of the request.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// for (field, reasons) in error.fields() {
    ///     println!("{field}: {}", reasons.join(", "));
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn fields(&self) -> BTreeMap<&str, &[String]> {
        self.0.reason.fields.iter().map(|(field, reasons)| (field.as_str(), reasons.as_slice())).collect()
    }

    /// The service's key of the error, such as `report-service.general.bad-request`.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.key() == Some("report-service.general.bad-request") {
    ///     println!("the report is not valid");
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn key(&self) -> Option<&str> {
        self.0.reason.key.as_deref()
    }

    /// The service's id of an internal error, for its support.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("for support: {}", error.error_id().unwrap_or("no id"));
    /// # }
    /// ```
    #[inline]
    pub fn error_id(&self) -> Option<&str> {
        self.0.reason.id.as_deref()
    }

    /// Scopes that the service requires; empty unless it refused the credentials and said so.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("needs {}", error.required_scopes().join(" "));
    /// # }
    /// ```
    #[inline]
    pub fn required_scopes(&self) -> &[String] {
        &self.0.reason.required_scopes
    }

    /// Scopes that the credentials have; empty unless the service refused them and said so.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("has {}", error.granted_scopes().join(" "));
    /// # }
    /// ```
    #[inline]
    pub fn granted_scopes(&self) -> &[String] {
        &self.0.reason.granted_scopes
    }

    /// How long to wait before the next call: `Retry-After` of the response, or for a 429 without it
    /// `X-RateLimit-Reset`; for an error of the kind [`ErrorKind::RateLimit`], what the throttle would have waited. `None`
    /// if nothing says so. At most a year; a longer delay counts as that.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// let pause = error.retry_after().unwrap_or(std::time::Duration::from_secs(60));
    /// # }
    /// ```
    #[inline]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The service's id of the request, for its support.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("for support: {}", error.request_id().unwrap_or("no id"));
    /// # }
    /// ```
    #[inline]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The beginning of the body of an error (at most 1 KiB), or the text around the place that could not be decoded;
    /// `None` for a page of HTML, which can hold data of whoever is logged in.
    ///
    /// `Display` and `Debug` do not show it, except for the text around an undecodable place, at most 90 bytes; but
    /// they show [`message`](Self::message), and that is the beginning of a body of plain text. [Secrets](Self#secrets)
    /// are redacted and control characters other than line ends and tabs escaped; everything else is as it was
    /// received.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("{}", error.body_excerpt().unwrap_or_default());
    /// # }
    /// ```
    #[inline]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// Length of the whole resource, if a 416 tells it.
    #[inline]
    pub(crate) fn range_total(&self) -> Option<u64> {
        self.0.range_total
    }

    /// Where to go on, as it was attached by [`with_place`](Self::with_place).
    #[inline]
    pub(crate) fn place<T: 'static>(&self) -> Option<&T> {
        self.0.place.as_ref()?.downcast_ref()
    }

    /// What can be done about the error, if that is known: for example the missing scope, or what replaced a removed
    /// operation.
    ///
    /// It is part of `Display`.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if let Some(hint) = error.hint() {
    ///     println!("try this: {hint}");
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Number of attempts that were begun, including the first, whether or not one got as far as sending something. 0 if
    /// the call failed before: an invalid request, or the throttle. Also 0 for what is wrong with several calls together,
    /// of the kinds [`ErrorKind::Pagination`] and [`ErrorKind::Changed`], and with the parts of a log.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// println!("gave up after {} attempts", error.attempts());
    /// # }
    /// ```
    #[inline]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

impl std::error::Error for Error {
    #[inline]
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
