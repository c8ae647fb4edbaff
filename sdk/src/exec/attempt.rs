//! One attempt: credentials, hooks, the exchange with all its redirects, and the body of the answer.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode, Url};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Answer, Call, Payload, redirect};
use crate::body::Activity;
use crate::error::Error;
use crate::hook::{Attempt, AttemptOutcome};
use crate::origin;
use crate::rate_limit::RateLimit;
use crate::response::Head;
use crate::retry::retry_after;
use crate::stream::ByteStream;

/// What is read of the body of a failure, in bytes.
pub(crate) const LONGEST_FAILURE: usize = 64 * 1024;
/// How long the end of such a body is waited for: the status says more.
const FAILURE_TIME: Duration = Duration::from_secs(10);
/// A redirect's body up to this length is read, so that the connection can be used again.
const REDIRECT_BODY: u64 = 4096;

impl Call {
    pub(super) async fn attempt(&self, number: u32) -> Result<Answer, Error> {
        let hooks = &self.client.inner().hooks;
        let attempt = Attempt { endpoint: &self.endpoint, number };
        let begin = Instant::now();
        let mut headers = self.headers.clone();
        for hook in hooks {
            hook.on_request(&attempt, &mut headers);
        }
        let result = self.exchange(headers).await;
        if !hooks.is_empty() {
            let (status, headers, error) = match &result {
                Ok(Answer { head, .. }) => (Some(head.status), Some(&head.headers), None),
                Err(error) => (error.status(), None, Some(error)),
            };
            let outcome = AttemptOutcome { status, headers, error, elapsed: begin.elapsed() };
            for hook in hooks {
                hook.on_response(&attempt, &outcome);
            }
        }
        result
    }

    async fn exchange(&self, mut headers: HeaderMap) -> Result<Answer, Error> {
        if !headers.contains_key(AUTHORIZATION)
            && let Some(value) = self
                .client
                .inner()
                .auth
                .header(self.client.inner().http.main())
                .await
                .map_err(|error| Error::credentials(&self.endpoint, error))?
        {
            headers.insert(AUTHORIZATION, value);
        }
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = headers.get(AUTHORIZATION).cloned();
        let (response, rate) = self.follow(headers).await?;
        if !response.status().is_success() {
            return Err(self.failure(response).await);
        }
        let (head, response) = Head::split(response, rate);
        let stream = ByteStream::new(response, self.endpoint.clone(), self.read_timeout, self.span.clone());
        let payload = if self.streamed { Payload::Stream(stream) } else { Payload::Whole(stream.bytes().await?) };
        Ok(Answer { head, payload })
    }

    /// Sends the request, and again to where it is redirected. Gives the limit of calls as the API told it.
    async fn follow(&self, mut headers: HeaderMap) -> Result<(reqwest::Response, RateLimit), Error> {
        let (mut url, mut method) = (self.url.clone(), self.method.clone());
        let (mut rate, mut with_body, mut last) = (RateLimit::default(), true, StatusCode::default());
        for _ in 0..=redirect::MOST {
            let response = self.send(&method, &url, &headers, with_body).await?;
            if origin::same(&url, &self.url) {
                rate = self.observe(&response);
            }
            if *response.url() != url {
                self.client.inner().notices.followed();
                self.done.fetch_or(!method.is_safe(), Ordering::Relaxed);
            }
            let status = response.status();
            if !redirect::is_redirect(status) {
                return Ok((response, rate));
            }
            let hop = redirect::next(&self.url, &url, &method, status, response.headers());
            let hop = hop.map_err(|reason| Error::redirect(&self.endpoint, status, response.headers(), reason))?;
            if method != hop.method {
                self.done.store(true, Ordering::Relaxed);
                with_body = false;
                headers.remove(CONTENT_TYPE);
                headers.remove(CONTENT_LENGTH);
            }
            // Not even the body of a read is anybody else's business.
            with_body &= !hop.leaves;
            if with_body && !self.is_replayable() {
                let reason = "a redirect of a body that can be read only once was not followed";
                return Err(Error::redirect(&self.endpoint, status, response.headers(), reason));
            }
            if hop.leaves {
                redirect::strip(&mut headers);
            }
            last = status;
            tracing::debug!(status = status.as_u16(), leaves_host = hop.leaves, "redirect");
            if response.content_length().is_some_and(|length| length <= REDIRECT_BODY) {
                // Only to be able to use the connection again: whatever comes of it is fine.
                let _ = timeout(Duration::from_secs(1), response.bytes()).await;
            }
            (url, method) = (hop.url, hop.method);
        }
        Err(Error::redirect(&self.endpoint, last, &HeaderMap::new(), "the redirects did not end"))
    }

    /// One request, up to the head of its answer. The time limit begins anew with each part of the body that is sent.
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        with_body: bool,
    ) -> Result<reqwest::Response, Error> {
        let activity = Activity::new();
        let mut request = reqwest::Request::new(method.clone(), url.clone());
        *request.headers_mut() = headers.clone();
        if let Some(body) = self.body.as_ref().filter(|_| with_body) {
            *request.body_mut() = Some(body.open(&activity));
        }
        self.sent.store(true, Ordering::Relaxed);
        let mut sending = std::pin::pin!(self.http.execute(request));
        let result = loop {
            let Some(limit) = self.read_timeout else { break sending.await };
            match timeout_at(activity.last() + limit, &mut sending).await {
                Ok(result) => break result,
                Err(_) if activity.last() + limit > Instant::now() => {}
                Err(_) => return Err(Error::timeout(&self.endpoint, "no answer came in time", true)),
            }
        };
        result.map_err(|error| Error::transport(&self.endpoint, error))
    }

    /// Takes note of what the API says beside its answer.
    fn observe(&self, response: &reqwest::Response) -> RateLimit {
        let (inner, headers) = (self.client.inner(), response.headers());
        let rate = RateLimit::read(headers);
        let refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
        let refused = if refused { retry_after(response.status(), headers, SystemTime::now()) } else { None };
        inner.pace.observe(&rate, refused, Instant::now());
        inner.notices.check(&self.endpoint, headers);
        rate
    }

    /// Asks the credentials for others after a 401; whether there are any.
    pub(super) async fn renew(&self) -> bool {
        match self.authorization() {
            Some(used) if !self.headers.contains_key(AUTHORIZATION) => self.client.inner().auth.refused(&used).await,
            _ => false,
        }
    }

    /// Reads the reason for a status that is not one of success.
    async fn failure(&self, mut response: reqwest::Response) -> Error {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        let limit = Instant::now() + FAILURE_TIME.min(self.read_timeout.unwrap_or(FAILURE_TIME));
        while body.len() < LONGEST_FAILURE {
            // The status says more than the end of a body that breaks off or does not come.
            let Ok(Ok(Some(chunk))) = timeout_at(limit, response.chunk()).await else { break };
            body.extend_from_slice(&chunk);
        }
        body.truncate(LONGEST_FAILURE);
        Error::api(&self.endpoint, status, &headers, &self.redacted(&body), self.proof())
    }
}
