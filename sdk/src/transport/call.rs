//! A call: its attempts, the delays between them, and its time limits. It is not generic, so that it is compiled once.
//! An attempt is in `attempt.rs`, redirects are in `redirect.rs`. The error and the policy decide what is retried, not
//! this module.

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, StatusCode, Url};
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};

use super::body::Body;
use super::filters;
use super::limits::{BodyLimits, BodySettings, Expected};
use super::request::{Request, is_conditional};
use super::response::ResponseHead;
use super::retry::RetryPolicy;
use super::secrets::SecretSearch;
use super::shared::Transport;
use super::span::Span;
use super::stream::ByteStream;
use super::url;
use crate::auth::Renewal;
use crate::backoff::LONGEST;
use crate::errors::{AuthScheme, Error, ErrorKind, MAX_ID, Redactor};
use crate::operation::Endpoint;
use crate::trace;

/// A call in progress.
pub(super) struct Call {
    pub(super) transport: Transport,
    pub(super) endpoint: Endpoint,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    pub(super) expected: Expected,
    pub(super) http: reqwest::Client,
    pub(super) read_timeout: Option<Duration>,
    bodies: BodySettings,
    pub(super) takes_parts: bool,
    deadline: Option<Instant>,
    retry: RetryPolicy,
    begin: Instant,
    pub(super) span: Span,
    /// Number of the current attempt.
    pub(super) number: AtomicU32,
    /// Whether the current attempt may have reached the service.
    pub(super) sent: AtomicBool,
    /// Whether a write was answered by a redirect to its result (303), so that it has been carried out even if the call
    /// fails later.
    pub(super) done: AtomicBool,
    /// Values other than credentials that must be redacted.
    secrets: Vec<SecretString>,
    /// The credentials of the current attempt.
    pub(super) authorization: Mutex<Option<HeaderValue>>,
    /// Whether they are the client's, and not the caller's or a hook's.
    pub(super) is_given: AtomicBool,
    /// Credentials for the next attempt, in the place of refused ones.
    pub(super) renewed: Mutex<Option<HeaderValue>>,
    /// Headers with further secrets: credentials that were refused, and what hooks have added.
    pub(super) more_headers: Mutex<Vec<HeaderMap>>,
}

/// The body of a success.
pub(super) enum Payload {
    Whole(Bytes),
    Stream(Box<ByteStream>),
}

/// A successful response.
pub(super) struct ReceivedAnswer {
    pub(super) head: ResponseHead,
    pub(super) payload: Payload,
}

impl Call {
    /// Checks a request and creates its call. Nothing is sent.
    pub(super) fn prepare(request: Request, expected: Expected) -> Result<Self, Error> {
        let Request { transport, endpoint, method, address, query, mut headers, body, invalid, settings, secrets } =
            request;
        let shared = transport.settings();
        let url = match invalid {
            Some(reason) => Err(reason),
            None => url::join(&shared.base, &address, &filters::within_q(query, &endpoint)),
        };
        let url = url.map_err(|reason| Error::invalid(&endpoint, reason))?;
        let mut default = |name, value: &dyn Fn() -> HeaderValue| {
            if !headers.contains_key(&name) {
                headers.insert(name, value());
            }
        };
        default(ACCEPT, &|| expected.accept());
        default(USER_AGENT, &|| shared.user_agent.clone());
        if let Some(body) = &body {
            default(CONTENT_TYPE, &|| body.content_type.clone());
        } else if matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            // Approving and similar operations answer 400 to an empty body with the content type JSON.
            headers.remove(CONTENT_TYPE);
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let http =
            shared.connections.with(settings.connect_timeout).map_err(|reason| Error::invalid(&endpoint, reason))?;
        let (begin, span) = (Instant::now(), Span::open(&endpoint, &shared.base));
        span.sends(body.as_ref().and_then(Body::length));
        let total = settings.timeout.or(shared.timeout);
        Ok(Self {
            endpoint,
            method,
            url,
            headers,
            body,
            expected,
            http,
            read_timeout: settings.read_timeout.unwrap_or(shared.read_timeout).map(|limit| limit.min(LONGEST)),
            bodies: settings.bodies,
            takes_parts: settings.takes_parts,
            deadline: total.map(|total| begin + total.min(LONGEST)),
            retry: settings.retry.unwrap_or(shared.retry),
            begin,
            span,
            number: AtomicU32::new(0),
            sent: AtomicBool::new(false),
            done: AtomicBool::new(false),
            secrets,
            authorization: Mutex::default(),
            is_given: AtomicBool::new(false),
            renewed: Mutex::default(),
            more_headers: Mutex::default(),
            transport,
        })
    }

    /// Sends the request until an attempt succeeds or must not be retried.
    pub(super) async fn run(&self) -> Result<ReceivedAnswer, Error> {
        // Boxed, so that it is compiled once.
        let attempts: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(self.attempts());
        let attempts = self.span.around(attempts);
        let result = match self.deadline {
            None => attempts.await,
            Some(deadline) => timeout_at(deadline, attempts).await.unwrap_or_else(|_| {
                let text = "the time limit of the call, `timeout`, was exceeded";
                Err(self.finish(Error::timeout(&self.endpoint, text, self.was_sent())))
            }),
        };
        let number = self.number.load(Ordering::Relaxed);
        match &result {
            Ok(ReceivedAnswer { head, .. }) => {
                let id = head.request_id().filter(|_| self.span.is_enabled());
                let id = id.map(|id| self.redactor().clean(id, MAX_ID));
                self.span.ended(number, Some(head.status.as_u16()), id.as_deref(), None);
            }
            Err(error) => {
                let status = error.status_of_call().map(|status| status.as_u16());
                self.span.ended(number, status, error.request_id(), Some(error));
            }
        }
        result
    }

    pub(super) async fn attempts(&self) -> Result<ReceivedAnswer, Error> {
        self.transport.budget().earn();
        let (mut renewed, mut last) = (false, None);
        loop {
            self.sent.store(false, Ordering::Relaxed);
            let wait = self.throttle()?;
            // Whatever has taken the time: delays, new credentials, the throttle.
            let in_time = self.retry.may_begin(self.begin.elapsed().saturating_add(wait));
            if let Some(error) = last.take_if(|_| !in_time) {
                return Err(error);
            }
            if !wait.is_zero() {
                sleep(wait).await;
            }
            let number = self.number.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            let error = match self.attempt(number).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if self.done.load(Ordering::Relaxed) {
                return Err(error.after_write());
            }
            // After a 401 nothing was done, so any operation may be repeated. What cannot be sent again has the refused
            // credentials replaced all the same: the next call would be refused as well.
            let refused = error.kind() == ErrorKind::Api && error.is_unauthorized();
            if refused {
                // Also where the time limit of the call ends it before others are obtained.
                self.sent.store(false, Ordering::Relaxed);
            }
            let renewal = match refused && !std::mem::replace(&mut renewed, true) {
                true => self.drop_refused().await,
                false => Renewal::Nothing,
            };
            if !self.is_replayable() {
                return Err(error);
            }
            // The first call that had a token refused pays for its repetition, those that had the same one refused do not.
            let is_paid = match renewal {
                Renewal::Nothing => false,
                Renewal::Known => true,
                Renewal::New => self.transport.budget().spend(),
            };
            if is_paid && self.renew().await.map_err(|error| self.finish(error))? {
                trace::event!("the credentials were refused and replaced");
                last = Some(error);
                continue;
            }
            let Some(wait) = self.retry.wait(&error, number, self.begin.elapsed()) else { return Err(error) };
            let end = Instant::now().checked_add(wait);
            let in_time = self.deadline.is_none_or(|deadline| end.is_some_and(|end| end < deadline));
            if !in_time || !self.transport.budget().spend() {
                return Err(error);
            }
            trace::event!(
                attempt = number,
                status = error.status().map(|status| status.as_u16()),
                error = ?error.kind(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "retry"
            );
            sleep(wait).await;
            last = Some(error);
        }
    }

    /// How long to wait for the next attempt.
    fn throttle(&self) -> Result<Duration, Error> {
        let wait = self.transport.throttler().reserve(&self.endpoint, Instant::now());
        let wait = wait.map_err(|wait| self.finish(Error::throttled(&self.endpoint, wait)))?;
        if !wait.is_zero() {
            trace::event!(wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), "throttle");
        }
        Ok(wait)
    }

    /// Whether the status is not an error: 200–299, or 304 if the request was conditional.
    pub(super) fn is_answer(&self, status: StatusCode) -> bool {
        status.is_success() || (status == StatusCode::NOT_MODIFIED && is_conditional(&self.headers))
    }

    /// The limits of a body whose length was announced, or not.
    pub(super) fn body_limits(&self, announced: bool) -> BodyLimits {
        self.bodies.limits(self.transport.settings().bodies, self.expected, self.read_timeout, announced)
    }

    pub(super) fn is_replayable(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_replayable)
    }

    fn was_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// The header `Authorization` of the current attempt.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The authentication scheme of the current attempt.
    pub(super) fn auth_scheme(&self) -> AuthScheme {
        AuthScheme::of(self.authorization().as_ref())
    }

    /// An error as it leaves the call: with the address and the number of attempts, and without secrets.
    #[cold]
    pub(super) fn finish(&self, error: Error) -> Error {
        let error = error.at_attempt(self.number.load(Ordering::Relaxed), self.auth_scheme());
        error.at(|| self.address()).cleaned(&self.redactor())
    }

    /// The address that is called, without its query.
    pub(super) fn address(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.into()
    }

    /// For the secrets of this call, those of earlier attempts included.
    #[cold]
    pub(super) fn redactor(&self) -> Redactor {
        let credential = self.transport.credentials().secret();
        let mut search = SecretSearch::new(&self.endpoint, credential, &self.secrets);
        search.headers(&self.headers);
        for headers in &*self.more_headers.lock().unwrap_or_else(PoisonError::into_inner) {
            search.headers(headers);
        }
        if let Some(value) = self.authorization() {
            search.header(&AUTHORIZATION, &value);
        }
        search.query(self.url.query().unwrap_or_default());
        if let Some(body) = &self.body {
            search.body(body);
        }
        search.redactor()
    }
}
