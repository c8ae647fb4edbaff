//! Classifies errors: what failed, and what callers can do next. This is the only place that decides which calls may be
//! retried.

use reqwest::StatusCode;

use super::{Error, ErrorKind};

impl Error {
    fn has(&self, code: u16) -> bool {
        // A decoding error has the status of a success.
        self.status_of_call().is_some_and(|status| status.as_u16() == code)
    }

    /// Status that the call itself was answered with, and not the request for its credentials.
    pub(crate) fn status_of_call(&self) -> Option<StatusCode> {
        self.0.status.filter(|_| self.0.kind != ErrorKind::Credentials)
    }

    /// 404: it does not exist, or is not visible with these credentials.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_not_found() {
    ///     println!("no such repository, or not for these credentials");
    /// }
    /// # }
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.has(404)
    }

    /// 401: the credentials are missing, invalid, expired, or of the wrong type.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_unauthorized() {
    ///     println!("the token is missing, wrong or expired");
    /// }
    /// # }
    /// ```
    pub fn is_unauthorized(&self) -> bool {
        self.has(401)
    }

    /// 403: the credentials are valid but lack a permission or scope.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_forbidden() {
    ///     println!("needs {:?}, has {:?}", error.required_scopes(), error.granted_scopes());
    /// }
    /// # }
    /// ```
    pub fn is_forbidden(&self) -> bool {
        self.has(403)
    }

    /// 409: it exists already, or was changed concurrently.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_conflict() {
    ///     println!("exists already, or was changed meanwhile");
    /// }
    /// # }
    /// ```
    pub fn is_conflict(&self) -> bool {
        self.has(409)
    }

    /// 410: the service has removed the operation.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_gone() {
    ///     println!("removed: {}", error.hint().unwrap_or("no successor known"));
    /// }
    /// # }
    /// ```
    pub fn is_gone(&self) -> bool {
        self.has(410)
    }

    /// The rate limit is used up: 429, or the throttle of the client refused the call.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_rate_limited() {
    ///     println!("try again after {:?}", error.retry_after());
    /// }
    /// # }
    /// ```
    pub fn is_rate_limited(&self) -> bool {
        self.has(429) || self.0.kind == ErrorKind::RateLimit
    }

    /// No response in time: a time limit of the client or of the service (408, 504, 555) was exceeded.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_timeout() {
    ///     println!("no answer in time, after {} attempts", error.attempts());
    /// }
    /// # }
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || [408, 504, 555].into_iter().any(|code| self.has(code))
    }

    /// Whether the same call may succeed later, and repeating it is safe.
    ///
    /// True for a call that was certainly not carried out (no connection, no token, 429), unless the cause is known not to
    /// pass. If the [`Effect`] of the operation allows repeating it, also true for broken connections, time limits, and
    /// 408, 500, 502, 503, 504 and 555.
    ///
    /// [`Effect`]: crate::Effect
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_retryable() {
    ///     println!("worth another try after {:?}", error.retry_after());
    /// }
    /// # }
    /// ```
    pub fn is_retryable(&self) -> bool {
        let repeatable = || self.0.endpoint.as_ref().is_some_and(|endpoint| endpoint.effect().is_repeatable());
        match self.0.kind {
            ErrorKind::Config
            | ErrorKind::InvalidRequest
            | ErrorKind::Redirect
            | ErrorKind::Decode
            | ErrorKind::TooLarge
            | ErrorKind::Pagination
            | ErrorKind::Changed
            | ErrorKind::Local => false,
            _ if self.0.permanent => false,
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => !self.0.sent || repeatable(),
            ErrorKind::RateLimit => true,
            ErrorKind::Credentials => {
                self.0.status.is_none_or(|status| is_transient(status) || status == StatusCode::TOO_MANY_REQUESTS)
            }
            ErrorKind::Api if self.is_rate_limited() => true,
            ErrorKind::Api => self.0.status.is_some_and(is_transient) && repeatable(),
        }
    }

    /// Whether the call may have been carried out although it failed, and repeating it might do it twice.
    ///
    /// True for operations of [`Effect::NonIdempotentWrite`] that failed after the request was sent, unless the status
    /// says that nothing was done: 307, 308, 400 to 499 except 408, 501 and 505. So it is true as well where the answer
    /// was lost, where a success has a body that cannot be read, and where a redirect was not followed. Check the state
    /// before calling again.
    ///
    /// [`Effect::NonIdempotentWrite`]: crate::Effect::NonIdempotentWrite
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_ambiguous() {
    ///     println!("may have been done: check before calling again");
    /// }
    /// # }
    /// ```
    pub fn is_ambiguous(&self) -> bool {
        let once = || self.0.endpoint.as_ref().is_some_and(|endpoint| !endpoint.effect().is_repeatable());
        let nothing_was_done = || !self.0.done && self.0.status.is_some_and(nothing_was_done);
        self.0.sent && once() && !nothing_was_done()
    }
}

/// Statuses with which a server refuses a request without carrying it out.
fn nothing_was_done(status: StatusCode) -> bool {
    let code = status.as_u16();
    (status.is_client_error() && code != 408) || matches!(code, 307 | 308 | 501 | 505)
}

/// Statuses that say nothing about the request itself; 555 is the service's own status for a timeout.
fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504 | 555)
}
