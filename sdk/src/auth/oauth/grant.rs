//! Requests to the token endpoint, with retries: a used refresh token stays valid for some minutes, so a lost response
//! does not end the session.

use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::{Grant, OAuth};
use crate::auth::{Authorization, Tokens};
use crate::backoff::Backoff;
use crate::errors::{CredentialError, Redactor, reason_of};
use crate::serialization::{any_number, parse};

const ATTEMPTS: u32 = 3;
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(1), 2.0);
const TIME: Duration = Duration::from_secs(20);
/// Maximum length of a response in bytes; tokens have some thousand characters.
const MAX_ANSWER: usize = 64 * 1024;
/// Maximum length of the reason of a refusal, in bytes.
const MAX_REASON: usize = 400;

/// Fetches tokens. `refresh_token` is the newest one, if there is one.
#[inline]
pub(super) async fn fetch(
    http: &reqwest::Client,
    oauth: &OAuth,
    refresh_token: Option<&SecretString>,
) -> Result<Tokens, CredentialError> {
    let mut attempt = 1;
    loop {
        let error = match timeout(TIME, exchange(http, oauth, refresh_token)).await {
            Ok(Ok(tokens)) => return Ok(tokens),
            Ok(Err(error)) => error,
            Err(_) => TokenFailure::transient("the token endpoint did not answer in time"),
        };
        if !error.transient || attempt == ATTEMPTS {
            return Err(error.error);
        }
        sleep(BACKOFF.full_jitter(attempt - 1)).await;
        attempt += 1;
    }
}

struct TokenFailure {
    error: CredentialError,
    /// Whether another attempt may help.
    transient: bool,
}

impl TokenFailure {
    #[inline]
    fn transient(text: &str) -> Self {
        Self { error: CredentialError::new(text), transient: true }
    }

    #[inline]
    fn permanent(error: impl Into<String>) -> Self {
        Self { error: CredentialError::permanent(error), transient: false }
    }
}

#[inline]
async fn exchange(
    http: &reqwest::Client,
    oauth: &OAuth,
    refresh_token: Option<&SecretString>,
) -> Result<Tokens, TokenFailure> {
    let url = Url::parse(&oauth.token_url).map_err(|error| TokenFailure::permanent(error.to_string()))?;
    let (authorization, form, secrets) = match &oauth.grant {
        Grant::ClientCredentials { key, secret } => {
            (basic(key, secret)?, vec![("grant_type", "client_credentials")], vec![secret.clone()])
        }
        Grant::RefreshToken { key, secret, first } => {
            let token = refresh_token.unwrap_or(first);
            let form = vec![("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())];
            (basic(key, secret)?, form, vec![secret.clone(), token.clone()])
        }
        Grant::Jwt { assertion } => {
            let token = assertion().map_err(|error| TokenFailure { error, transient: false })?;
            let mut header = HeaderValue::from_str(&format!("JWT {}", token.expose_secret()))
                .map_err(|_| TokenFailure::permanent("the assertion cannot be written in a header"))?;
            header.set_sensitive(true);
            (header, vec![("grant_type", "urn:bitbucket:oauth2:jwt")], vec![token])
        }
    };
    // The header is base64 of them, or is one of them.
    let redactor = Redactor::new(&mut secrets.iter().map(ExposeSecret::expose_secret));
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = reqwest::Request::new(Method::POST, url);
    request.headers_mut().insert(AUTHORIZATION, authorization);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    *request.body_mut() = Some(form.into());
    let mut response = http.execute(request).await.map_err(|error| {
        TokenFailure::transient(if error.is_connect() {
            "could not connect to the token endpoint"
        } else {
            "the connection to the token endpoint broke"
        })
    })?;
    let mut answer = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|_| TokenFailure::transient("the connection to the token endpoint broke"))?
    {
        answer.extend_from_slice(&chunk);
        if answer.len() > MAX_ANSWER {
            return Err(TokenFailure::permanent("the response of the token endpoint is too long"));
        }
    }
    let status = response.status();
    if status.is_success() {
        return tokens(&answer)
            .ok_or_else(|| TokenFailure::permanent("the response of the token endpoint has no token"));
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let reason = reason_of(content_type, &text).map(|reason| redactor.clean(&reason, MAX_REASON));
    let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
    let transient = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let text = format!("the token endpoint answered {}{reason}", status.as_u16());
    Err(TokenFailure { error: CredentialError::answered(text, status), transient })
}

#[inline]
fn basic(key: &str, secret: &SecretString) -> Result<HeaderValue, TokenFailure> {
    Authorization::basic(key, secret.clone()).map(Authorization::into_header).map_err(TokenFailure::permanent)
}

#[inline]
fn tokens(answer: &[u8]) -> Option<Tokens> {
    let value = parse(answer)?;
    let field = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut tokens = Tokens::new(field("access_token")?);
    tokens.refresh_token = field("refresh_token").map(SecretString::from);
    // None for a token that does not expire, which some endpoints write as 0.
    let seconds = value.get("expires_in").and_then(any_number).filter(|seconds| *seconds > 0);
    let left = seconds.map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
    tokens.expires_at = left.and_then(|left| SystemTime::now().checked_add(left));
    Some(tokens)
}
