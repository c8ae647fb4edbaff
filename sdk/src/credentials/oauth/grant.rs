//! One exchange with the token endpoint. It is repeated when it may help: a used refresh token stays valid for some
//! minutes, so that an answer that was lost does not end the session.

use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{Grant, OAuth};
use crate::body::{Activity, Body};
use crate::credentials::{Authorization, CredentialError, Tokens};
use crate::error::reason_of;
use crate::redact::Redactor;
use crate::retry::jitter;

const ATTEMPTS: u32 = 3;
const TIME: Duration = Duration::from_secs(20);
/// An answer is a few kilobytes; tokens have some thousand characters.
const LONGEST: usize = 64 * 1024;

/// Fetches tokens. `refresh_token` is the newest one, if there is one.
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
            Err(_) => Failure::passing("the token endpoint did not answer in time"),
        };
        if !error.passing || attempt == ATTEMPTS {
            return Err(error.error);
        }
        sleep(jitter(Duration::from_millis(500) * attempt)).await;
        attempt += 1;
    }
}

struct Failure {
    error: CredentialError,
    /// Whether another attempt may help.
    passing: bool,
}

impl Failure {
    fn passing(text: &str) -> Self {
        Self { error: CredentialError::new(text), passing: true }
    }

    fn lasting(error: impl Into<String>) -> Self {
        Self { error: CredentialError::new(error), passing: false }
    }
}

async fn exchange(
    http: &reqwest::Client,
    oauth: &OAuth,
    refresh_token: Option<&SecretString>,
) -> Result<Tokens, Failure> {
    let url = Url::parse(&oauth.token_url).map_err(|error| Failure::lasting(error.to_string()))?;
    let (authorization, form, secrets) = match &oauth.grant {
        Grant::ClientCredentials { key, secret } => {
            (basic(key, secret)?, json!({"grant_type": "client_credentials"}), vec![secret.clone()])
        }
        Grant::RefreshToken { key, secret, first } => {
            let token = refresh_token.unwrap_or(first);
            let form = json!({"grant_type": "refresh_token", "refresh_token": token.expose_secret()});
            (basic(key, secret)?, form, vec![secret.clone(), token.clone()])
        }
        Grant::Jwt { assertion } => {
            let token = assertion().map_err(|error| Failure { error, passing: false })?;
            let mut header = HeaderValue::from_str(&format!("JWT {}", token.expose_secret()))
                .map_err(|_| Failure::lasting("the assertion cannot be written in a header"))?;
            header.set_sensitive(true);
            (header, json!({"grant_type": "urn:bitbucket:oauth2:jwt"}), vec![token])
        }
    };
    let redactors: Vec<_> = secrets.iter().map(|secret| Redactor::new(Some(secret), Some(&authorization))).collect();
    let body = Body::form(&form).map_err(Failure::lasting)?;
    let mut request = reqwest::Request::new(Method::POST, url);
    request.headers_mut().insert(AUTHORIZATION, authorization);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(CONTENT_TYPE, body.content_type.clone());
    *request.body_mut() = Some(body.open(&Activity::new()));
    let mut response = http.execute(request).await.map_err(|error| {
        Failure::passing(if error.is_connect() {
            "no connection to the token endpoint"
        } else {
            "the token endpoint broke off"
        })
    })?;
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::passing("the token endpoint broke off"))? {
        answer.extend_from_slice(&chunk);
        if answer.len() > LONGEST {
            return Err(Failure::lasting("the answer of the token endpoint is too long"));
        }
    }
    let status = response.status();
    if status.is_success() {
        return tokens(&answer).ok_or_else(|| Failure::lasting("the token endpoint's answer has no token"));
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    let text = redactors.iter().fold(text, |text, redactor| redactor.apply(text));
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let reason = reason_of(content_type, &text).map_or(String::new(), |reason| format!(": {reason}"));
    let passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let text = format!("the token endpoint answered {}{reason}", status.as_u16());
    Err(Failure { error: CredentialError::answered(text, status), passing })
}

fn basic(key: &str, secret: &SecretString) -> Result<HeaderValue, Failure> {
    Authorization::basic(key, secret.clone()).map(Authorization::into_header).map_err(Failure::lasting)
}

fn tokens(answer: &[u8]) -> Option<Tokens> {
    let value: Value = serde_json::from_slice(answer).ok()?;
    let field = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut tokens = Tokens::new(field("access_token")?);
    tokens.refresh_token = field("refresh_token").map(SecretString::from);
    let seconds = value.get("expires_in").and_then(Value::as_u64);
    tokens.expires_at = seconds.and_then(|seconds| SystemTime::now().checked_add(Duration::from_secs(seconds)));
    Some(tokens)
}
