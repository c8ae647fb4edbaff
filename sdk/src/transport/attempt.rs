//! One attempt: credentials, hooks, the exchange with its redirects, and the body of the response.

use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE};
use reqwest::{Method, StatusCode, Url};
use tokio::time::{Instant, timeout_at};

use super::body::Activity;
use super::call::{Call, Payload, ReceivedAnswer};
use super::hook::{Attempt, AttemptOutcome};
use super::limits::Expected;
use super::rate_limit::RateLimit;
use super::response::ResponseHead;
use super::span::Span;
use super::stream::{ByteStream, Pieces};
use super::throttle::Observed;
use super::{origin, redirect};
use crate::auth::{CredentialSource, Renewal};
#[cfg(feature = "tracing")]
use crate::errors::MAX_ID;
use crate::errors::{Error, ErrorKind, MAX_READ, retry_after};
use crate::operation::Endpoint;
use crate::trace;

/// How long the body of an error is waited for; the status matters more.
const FAILURE_BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The body of a redirect is read up to this length, so that the connection can be reused.
const MAX_REDIRECT_BODY: usize = 4096;
/// Asks for a difference (RFC 3229), which is answered by 226.
const A_IM: HeaderName = HeaderName::from_static("a-im");
const EXPOSED: &str = "the header `Authorization` is not sent over plain `http`, where the network can read it: use `https`, \
                       or `allow_plain_http`";

impl Call {
    pub(super) async fn attempt(&self, number: u32) -> Result<ReceivedAnswer, Error> {
        let hooks = &self.transport.settings().hooks;
        let attempt = Attempt { endpoint: &self.endpoint, number };
        let begin = Instant::now();
        let mut headers = self.headers.clone();
        if !hooks.is_empty() {
            // No hook sees the caller's header or that of another hook. The last one counts.
            let mut own = headers.remove(AUTHORIZATION);
            for hook in hooks {
                hook.on_request(&attempt, &mut headers);
                own = headers.remove(AUTHORIZATION).or(own);
            }
            if let Some(own) = own {
                headers.insert(AUTHORIZATION, own);
            }
            self.more_headers.lock().unwrap_or_else(PoisonError::into_inner).push(headers.clone());
        }
        let result = self.exchange(&mut headers).await.map_err(|error| self.finish(error));
        if !hooks.is_empty() {
            let (status, headers, error) = match &result {
                Ok(ReceivedAnswer { head, .. }) => (Some(head.status), Some(self.shown(&head.headers)), None),
                Err(error) => (error.status_of_call(), None, Some(error)),
            };
            let outcome = AttemptOutcome { status, headers: headers.as_deref(), error, elapsed: begin.elapsed() };
            for hook in hooks {
                hook.on_response(&attempt, &outcome);
            }
        }
        result
    }

    // What these functions take by value would be kept twice in their futures, so headers are lent.
    async fn exchange(&self, headers: &mut HeaderMap) -> Result<ReceivedAnswer, Error> {
        let is_given = !headers.contains_key(AUTHORIZATION);
        self.is_given.store(is_given, Ordering::Relaxed);
        if is_given {
            let renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner).take();
            let given = if renewed.is_some() { renewed } else { self.credentials().await? };
            if let Some(value) = given {
                headers.insert(AUTHORIZATION, value);
            }
        } else if self.transport.settings().exposed {
            return Err(Error::invalid(&self.endpoint, EXPOSED));
        }
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = headers.get(AUTHORIZATION).cloned();
        let (part, difference) = (self.takes_parts || headers.contains_key(RANGE), headers.contains_key(A_IM));
        let (response, rate) = self.follow(headers).await?;
        let (head, mut stream) = self.opened(response, rate);
        if !self.is_answer(head.status) {
            return Err(Box::pin(self.failure(head, stream)).await);
        }
        let is_whole = match head.status {
            StatusCode::PARTIAL_CONTENT => part,
            StatusCode::IM_USED => difference,
            _ => true,
        };
        if !is_whole && self.expected != Expected::Nothing {
            return Err(Error::partial(stream.endpoint(), head.status, &head.headers));
        }
        let payload = match self.expected {
            Expected::Stream => Payload::Stream(stream.of_attempt(self.number.load(Ordering::Relaxed)).into()),
            // Nothing is expected: read only for an error in it, and to reuse the connection.
            expected => Payload::Whole(stream.rest((expected == Expected::Nothing).then_some(MAX_READ)).await?),
        };
        Ok(ReceivedAnswer { head, payload })
    }

    /// The head and the body of a response.
    fn opened(&self, response: reqwest::Response, rate: RateLimit) -> (ResponseHead, ByteStream) {
        let (head, response) = ResponseHead::split(response, rate);
        let mut endpoint = self.endpoint_at(response.url());
        if !self.is_answer(head.status) {
            return (head, ByteStream::new(response, endpoint, self.body_limits(true), Span::none()));
        }
        if self.expected == Expected::Stream && endpoint.address().is_none() {
            endpoint = endpoint.at(self.redactor().apply(&self.address()));
        }
        let limits = self.body_limits(response.content_length().is_some());
        (head, ByteStream::new(response, endpoint, limits, self.span.clone()))
    }

    /// Sends the request and follows redirects. Also returns the rate limit that the API reported.
    async fn follow(&self, headers: &mut HeaderMap) -> Result<(reqwest::Response, RateLimit), Error> {
        let mut target = None;
        let (mut rate, mut last) = (RateLimit::default(), StatusCode::default());
        let (mut with_body, mut has_left, mut is_other) = (true, false, false);
        for _ in 0..=redirect::MAX_REDIRECTS {
            let sent = Instant::now();
            let (url, method) = target.as_ref().map_or((&self.url, &self.method), |(url, method)| (url, method));
            let response = match self.send(method, url, headers, with_body).await {
                // The caller's own address would have been refused before the first request.
                Err(error) if target.is_some() && error.kind() == ErrorKind::InvalidRequest => {
                    let reason = "a redirect whose `Location` cannot be requested";
                    return Err(Error::redirect(&self.endpoint, last, &HeaderMap::new(), reason));
                }
                result => result?,
            };
            if origin::same(url, &self.url) {
                rate = self.observe(&response, sent);
            }
            if response.url() != url {
                #[cfg(feature = "tracing")]
                self.transport.deprecations().redirect_followed();
                self.done.fetch_or(!method.is_safe(), Ordering::Relaxed);
            }
            let status = response.status();
            if !redirect::is_redirect(status) {
                return Ok((response, rate));
            }
            let hop = redirect::next(&self.url, url, method, status, response.headers());
            let hop = hop.map_err(|reason| Error::redirect(&self.endpoint, status, response.headers(), reason))?;
            if *method != hop.method {
                self.done.store(true, Ordering::Relaxed);
                (with_body, is_other) = (false, true);
            }
            // The body is not sent to another host, not even for a read.
            with_body &= !hop.leaves;
            if with_body && !self.is_replayable() {
                let reason = "a redirect was not followed because the body can be sent only once";
                return Err(Error::redirect(&self.endpoint, status, response.headers(), reason));
            }
            has_left |= hop.leaves;
            *headers = self.sent_headers();
            if is_other {
                headers.remove(CONTENT_TYPE);
                headers.remove(CONTENT_LENGTH);
            }
            if has_left {
                redirect::strip(headers);
            }
            last = status;
            trace::event!(status = status.as_u16(), leaves_host = hop.leaves, "redirect");
            if response.content_length().is_some_and(|length| length <= MAX_REDIRECT_BODY as u64) {
                Box::pin(self.drain(response)).await;
            }
            target = Some((hop.url, hop.method));
        }
        Err(Error::redirect(&self.endpoint, last, &HeaderMap::new(), "too many redirects"))
    }

    /// Reads the body of a redirect, only to reuse the connection; a failure does not matter.
    async fn drain(&self, response: reqwest::Response) {
        let mut body = ByteStream::new(response, self.endpoint.clone(), self.body_limits(true), Span::none());
        beginning(&mut body, MAX_REDIRECT_BODY, Instant::now() + Duration::from_secs(1)).await;
    }

    /// The headers of the current attempt. Made again for a redirect, so that other calls need no copy.
    fn sent_headers(&self) -> HeaderMap {
        let of_hooks = self.more_headers.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
        let has_hooks = !self.transport.settings().hooks.is_empty();
        let mut headers = of_hooks.filter(|_| has_hooks).unwrap_or_else(|| self.headers.clone());
        if let Some(value) = self.authorization() {
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }

    /// Sends one request and returns when the headers of the response have arrived. The time limit restarts with each
    /// part of the body that is sent.
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: &mut HeaderMap,
        with_body: bool,
    ) -> Result<reqwest::Response, Error> {
        let (begin, mut activity) = (Instant::now(), None);
        let mut sending = self.execute(method, url, std::mem::take(headers), with_body, &mut activity);
        let last = || activity.as_ref().map_or(begin, |activity| activity.last());
        let result = loop {
            let Some(limit) = self.read_timeout else { break sending.await };
            match timeout_at(last() + limit, &mut sending).await {
                Ok(result) => break result,
                Err(_) if last() + limit > Instant::now() => {}
                Err(_) => {
                    let text = format!("the service did not answer within {limit:?}, the limit of `read_timeout`");
                    return Err(Error::timeout(&self.endpoint_at(url), text, true));
                }
            }
        };
        result.map_err(|error| Error::transport(&self.endpoint_at(url), error))
    }

    fn execute(
        &self,
        method: &Method,
        url: &Url,
        headers: HeaderMap,
        with_body: bool,
        activity: &mut Option<Arc<Activity>>,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> + Send + Unpin + use<> {
        let mut request = reqwest::Request::new(method.clone(), url.clone());
        *request.headers_mut() = headers;
        if let Some(body) = self.body.as_ref().filter(|_| with_body) {
            *request.body_mut() = Some(body.open(activity.insert(Activity::new())));
        }
        self.sent.store(true, Ordering::Relaxed);
        self.http.execute(request)
    }

    /// Records the rate limit and deprecation headers of a response.
    fn observe(&self, response: &reqwest::Response, sent: Instant) -> RateLimit {
        let (status, headers) = (response.status(), response.headers());
        let rate = RateLimit::read(headers);
        let refused = status == StatusCode::TOO_MANY_REQUESTS;
        let refused = if refused { retry_after(status, headers, SystemTime::now()) } else { None };
        let observed = Observed { rate: &rate, status, refused, sent };
        self.transport.throttler().observe(&self.endpoint, &observed, Instant::now());
        #[cfg(feature = "tracing")]
        self.transport.deprecations().check(&self.endpoint, headers, &|text| self.redactor().clean(text, MAX_ID));
        rate
    }

    /// After a 401, drops the credentials that were refused, if they are the client's.
    pub(super) async fn drop_refused(&self) -> Renewal {
        match self.authorization() {
            Some(used) if self.is_given.load(Ordering::Relaxed) => {
                let mut refused = HeaderMap::new();
                refused.insert(AUTHORIZATION, used.clone());
                self.more_headers.lock().unwrap_or_else(PoisonError::into_inner).push(refused);
                match &self.transport.settings().credential_source {
                    CredentialSource::Renewable(source) => source.refused(&used).await,
                    CredentialSource::Nothing | CredentialSource::Fixed(_) => Renewal::Nothing,
                }
            }
            _ => Renewal::Nothing,
        }
    }

    /// Obtains credentials for the next attempt; returns whether they are others than those that were refused.
    pub(super) async fn renew(&self) -> Result<bool, Error> {
        let renewed = self.credentials().await?;
        let are_others = renewed != self.authorization();
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(are_others)
    }

    async fn credentials(&self) -> Result<Option<HeaderValue>, Error> {
        let shared = self.transport.settings();
        let given = match &shared.credential_source {
            CredentialSource::Nothing => return Ok(None),
            CredentialSource::Fixed(header) => return Ok(Some(header.clone())),
            CredentialSource::Renewable(source) => source.authorization(shared.connections.main()).await,
        };
        given.map(Some).map_err(|error| Error::credentials(&self.endpoint, error))
    }

    /// Creates the error for a status that is not a success.
    fn failure(&self, head: ResponseHead, mut stream: ByteStream) -> impl Future<Output = Error> + Send {
        let limit = Instant::now() + FAILURE_BODY_TIMEOUT.min(self.read_timeout.unwrap_or(FAILURE_BODY_TIMEOUT));
        async move {
            // If the body breaks off or does not arrive, the status and what was read are enough.
            let body = beginning(&mut stream, MAX_READ, limit).await;
            let text = String::from_utf8_lossy(&body);
            Error::api(stream.endpoint(), head.status, &head.headers, &text, self.auth_scheme())
        }
    }

    /// The headers of a success as hooks see them.
    fn shown<'h>(&self, headers: &'h HeaderMap) -> Cow<'h, HeaderMap> {
        let redactor = self.redactor();
        if !headers.values().any(|value| redactor.finds(value.as_bytes())) {
            return Cow::Borrowed(headers);
        }
        let mut headers = headers.clone();
        for value in headers.values_mut() {
            let text = redactor.apply(&String::from_utf8_lossy(value.as_bytes()));
            *value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("[redacted]"));
        }
        Cow::Owned(headers)
    }

    /// The endpoint with the address that was called last. For another host only the host is named, because its path
    /// may contain a signature.
    fn endpoint_at(&self, url: &Url) -> Endpoint {
        if origin::same(url, &self.url) {
            return self.endpoint.clone();
        }
        self.endpoint.at(format!("{}/…", url.origin().ascii_serialization()))
    }
}

/// What of a body arrives in time.
async fn beginning(stream: &mut ByteStream, length: usize, limit: Instant) -> Bytes {
    let mut read = Pieces::default();
    let _ = timeout_at(limit, stream.fill(&mut read, length)).await;
    let mut read = read.joined();
    read.truncate(length);
    read
}
