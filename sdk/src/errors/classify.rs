//! The questions that an error answers: which kind of failure it is, and what may be done next. What may be sent again
//! is decided here and nowhere else.

use reqwest::StatusCode;

use super::{Error, ErrorKind};

impl Error {
    fn has(&self, code: u16) -> bool {
        // A status of success belongs to a decoding error.
        self.0.status.is_some_and(|status| status.as_u16() == code)
    }

    /// 404: it does not exist, or is not visible to the credentials.
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

    /// 401: the credentials are missing, invalid, expired, or of the wrong kind.
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

    /// 403: the credentials are valid but do not suffice.
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

    /// 409: it exists already, or something else changed it meanwhile.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_conflict() {
    ///     println!("exists already, or somebody else changed it");
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
    ///     println!("withdrawn: {}", error.hint().unwrap_or("no successor known"));
    /// }
    /// # }
    /// ```
    pub fn is_gone(&self) -> bool {
        self.has(410)
    }

    /// Too many calls within the hour: 429, or the client held the call back.
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

    /// No answer in time: a limit of the client ran out, or one of the service (408, 504, 555).
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

    /// Whether the same call may succeed later, and cannot do its work twice.
    ///
    /// True for a call that was not carried out for certain (no connection, no token, 429), and, where the [`Effect`] of the
    /// operation allows repeating it, for broken connections, time limits, and 408, 500, 502, 503, 504 and 555.
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

    /// Whether the call may have been carried out although it failed, and doing it again would do it twice.
    ///
    /// True for operations of [`Effect::NonIdempotentWrite`] whose answer was lost or is 408, 500, 502, 503, 504 or 555, as merging
    /// and declining may give, and of those whose redirect to the result (303) could not be followed. Look at the state
    /// of things before calling again.
    ///
    /// [`Effect::NonIdempotentWrite`]: crate::Effect::NonIdempotentWrite
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) {
    /// if error.is_ambiguous() {
    ///     println!("may have been done: look before calling again");
    /// }
    /// # }
    /// ```
    pub fn is_ambiguous(&self) -> bool {
        let once = || self.0.endpoint.as_ref().is_some_and(|endpoint| !endpoint.effect().is_repeatable());
        match self.0.kind {
            _ if self.0.permanent => self.0.sent && once(),
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
