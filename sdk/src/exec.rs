//! The one executor, through which every call goes: attempts, waits and limits of time. It is not generic, so that it
//! is compiled once. One attempt is in `attempt.rs`, redirects in `redirect.rs`. What may be sent again is decided by
//! the error and the policy, never here.

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use crate::body::Body;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Proof};
use crate::operation::Endpoint;
use crate::path;
use crate::redact::Redactor;
use crate::request::Request;
use crate::response::Head;
use crate::retry::RetryPolicy;
use crate::span::Span;
use crate::stream::ByteStream;

mod attempt;
pub(crate) use attempt::LONGEST_FAILURE;
pub(crate) mod redirect;

/// A limit beyond this is none; a moment so far away may not be possible to name.
const LONGEST_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A call that is under way.
pub(crate) struct Call {
    pub(crate) client: Client,
    pub(crate) endpoint: Endpoint,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Body>,
    streamed: bool,
    http: reqwest::Client,
    read_timeout: Option<Duration>,
    deadline: Option<Instant>,
    retry: RetryPolicy,
    begin: Instant,
    span: Span,
    /// Number of the current attempt.
    number: AtomicU32,
    /// Whether the current attempt may have reached the service.
    sent: AtomicBool,
    /// Whether a write was answered by the place of its result: it was carried out, whatever becomes of the rest.
    done: AtomicBool,
    /// What else than credentials must not be shown.
    secrets: Vec<SecretString>,
    /// The credentials of the current attempt.
    authorization: Mutex<Option<HeaderValue>>,
}

/// What a success brings.
pub(crate) enum Payload {
    Whole(Bytes),
    Stream(ByteStream),
}

/// An answer of success.
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) payload: Payload,
}

impl Call {
    /// Checks a request and makes a call of it. Nothing is sent.
    pub(crate) fn prepare(request: Request, accept: HeaderValue, streamed: bool) -> Result<Self, Error> {
        let Request { client, endpoint, method, address, query, mut headers, body, invalid, settings, secrets } =
            request;
        let inner = client.inner();
        let url = match invalid {
            Some(reason) => Err(reason),
            None => path::join(&inner.base, &address, &query),
        };
        let url = url.map_err(|reason| Error::invalid(&endpoint, reason))?;
        headers.entry(ACCEPT).or_insert(accept);
        headers.entry(USER_AGENT).or_insert_with(|| inner.user_agent.clone());
        if let Some(body) = &body {
            headers.entry(CONTENT_TYPE).or_insert_with(|| body.content_type.clone());
        } else if matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            // Approving and the like answer 400 to an empty body that claims to be JSON.
            headers.remove(CONTENT_TYPE);
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let http = inner.http.with(settings.connect_timeout).map_err(|reason| Error::invalid(&endpoint, reason))?;
        let (begin, span) = (Instant::now(), Span::open(&endpoint, &inner.base));
        span.sends(body.as_ref().and_then(Body::length));
        let total = settings.timeout.or(inner.timeout);
        Ok(Self {
            endpoint,
            method,
            url,
            headers,
            body,
            streamed,
            http,
            read_timeout: settings.read_timeout.unwrap_or(inner.read_timeout).map(|limit| limit.min(LONGEST_LIMIT)),
            deadline: total.and_then(|total| begin.checked_add(total)),
            retry: settings.retry.unwrap_or(inner.retry),
            begin,
            span,
            number: AtomicU32::new(0),
            sent: AtomicBool::new(false),
            done: AtomicBool::new(false),
            secrets,
            authorization: Mutex::default(),
            client,
        })
    }

    /// Sends the request until an attempt succeeds or there is no use in another one.
    pub(crate) async fn run(&self) -> Result<Answer, Error> {
        let span = self.span.tracing();
        let result = async {
            // In a box, so that its machine code is not there twice.
            let attempts: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(self.attempts());
            match self.deadline {
                None => attempts.await,
                Some(deadline) => timeout_at(deadline, attempts).await.unwrap_or_else(|_| {
                    Err(Error::timeout(&self.endpoint, "the time limit of the call ran out", self.was_sent()))
                }),
            }
        };
        let result = result.instrument(span).await;
        let number = self.number.load(Ordering::Relaxed);
        let result = result.map_err(|error| error.at_attempt(number, self.proof()));
        match &result {
            Ok(Answer { head, .. }) => self.span.ended(number, Some(head.status.as_u16()), head.request_id(), None),
            Err(error) => {
                let status = error.status().map(|status| status.as_u16());
                self.span.ended(number, status, error.request_id(), Some(error));
            }
        }
        result
    }

    async fn attempts(&self) -> Result<Answer, Error> {
        let inner = self.client.inner();
        inner.budget.earn();
        let mut renewed = false;
        loop {
            self.sent.store(false, Ordering::Relaxed);
            self.keep_pace().await?;
            let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
            let error = match self.attempt(number).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if self.done.load(Ordering::Relaxed) {
                return Err(error.after_a_write());
            }
            if !self.is_replayable() {
                return Err(error);
            }
            // A 401 says that nothing was done, whatever the operation.
            let refused = error.kind() == ErrorKind::Api && error.is_unauthorized();
            if refused && !std::mem::replace(&mut renewed, true) && self.renew().await {
                tracing::debug!("the credentials were refused and renewed");
                continue;
            }
            let Some(wait) = self.retry.wait(&error, number, self.begin.elapsed()) else { return Err(error) };
            let in_time = self.deadline.is_none_or(|deadline| Instant::now() + wait < deadline);
            if !in_time || !inner.budget.spend() {
                return Err(error);
            }
            tracing::debug!(
                attempt = number,
                status = error.status().map(|status| status.as_u16()),
                error = ?error.kind(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "retry"
            );
            sleep(wait).await;
        }
    }

    async fn keep_pace(&self) -> Result<(), Error> {
        match self.client.inner().pace.reserve(Instant::now()) {
            Ok(Duration::ZERO) => {}
            Ok(wait) => {
                tracing::debug!(wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), "pace");
                sleep(wait).await;
            }
            Err(wait) => return Err(Error::held_back(&self.endpoint, wait)),
        }
        Ok(())
    }

    fn is_replayable(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_replayable)
    }

    fn was_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// The header that the current attempt was sent with.
    fn authorization(&self) -> Option<HeaderValue> {
        self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the current attempt proved itself.
    pub(crate) fn proof(&self) -> Proof {
        Proof::of(self.authorization().as_ref())
    }

    /// A text from outside without the client's secrets.
    pub(crate) fn redacted(&self, body: &[u8]) -> String {
        let redactor = self.client.redactor(self.authorization().as_ref());
        let text = redactor.apply(String::from_utf8_lossy(body).into_owned());
        Redactor::of(&self.secrets).apply(text)
    }
}
