//! What a person can do about a failure, where that is known. Told from the status, the service's words, the kind of
//! credentials that were sent and the document's facts about the operation; never from guesses about the caller.

use reqwest::header::HeaderValue;

use super::Inner;
use crate::operation::{Endpoint, Operation, Withdrawn};

/// The authentication scheme that a call was sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthScheme {
    None,
    Basic,
    Bearer,
    Other,
}

impl AuthScheme {
    pub(crate) fn of(header: Option<&HeaderValue>) -> Self {
        match header.map(HeaderValue::as_bytes) {
            None => Self::None,
            Some(value) if value.starts_with(b"Basic ") => Self::Basic,
            Some(value) if value.starts_with(b"Bearer ") => Self::Bearer,
            Some(_) => Self::Other,
        }
    }
}

/// The hint for an answer of failure.
pub(super) fn hint(inner: &Inner, auth_scheme: AuthScheme) -> Option<String> {
    let operation = inner.endpoint.as_ref().and_then(Endpoint::operation);
    let said = |words: &str| {
        let texts = [inner.reason.message.as_deref(), inner.reason.detail.as_deref()];
        texts.into_iter().flatten().any(|text| text.to_ascii_lowercase().contains(words))
    };
    let text = match inner.status?.as_u16() {
        400 if said("pagelen") => "this list takes a smaller `pagelen`",
        400 | 404 if said("not a valid uuid") => "give UUIDs with their braces",
        401 | 403 if said("does not support authentication") => {
            "the operation refuses this kind of credentials; use those of an account, or a token of another kind"
        }
        401 | 403 if !inner.reason.required_scopes.is_empty() => return missing_scopes(inner),
        401 => return Some(unauthorized(auth_scheme).to_owned()),
        402 => "the workspace's plan does not include it",
        403 => return document_scopes(operation?),
        404 if auth_scheme == AuthScheme::None => "it may be private: no credentials were sent",
        404 if inner.attempts > 1 && method(inner) == "DELETE" => "an earlier attempt may have deleted it",
        410 => match operation {
            Some(operation) => return operation.deprecated().map(|text| lower(text.trim_end_matches('.'))),
            None => return inner.endpoint.as_ref()?.withdrawn().map(successor),
        },
        _ => return None,
    };
    Some(text.to_owned())
}

fn method(inner: &Inner) -> &str {
    inner.endpoint.as_ref().map_or("", |endpoint| endpoint.method())
}

/// What to use in place of an operation that the service has withdrawn.
fn successor(withdrawn: &Withdrawn) -> String {
    format!("withdrawn since {}; instead: {}", withdrawn.since, withdrawn.instead)
}

fn missing_scopes(inner: &Inner) -> Option<String> {
    let granted = &inner.reason.granted_scopes;
    let missing: Vec<_> = inner.reason.required_scopes.iter().filter(|scope| !granted.contains(scope)).collect();
    let names = missing.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ");
    (!missing.is_empty()).then(|| format!("the credentials lack {names}"))
}

fn document_scopes(operation: &Operation) -> Option<String> {
    let names = operation.scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("the operation needs the OAuth scope {names}, and access to what it is about"))
}

fn unauthorized(auth_scheme: AuthScheme) -> &'static str {
    match auth_scheme {
        AuthScheme::None => "no credentials were sent",
        AuthScheme::Basic => {
            "an API token needs the e-mail address of its own account, at least one scope, and must not be expired; \
             app passwords are gone, and access tokens go through `Credentials::access_token`"
        }
        AuthScheme::Bearer => {
            "the token is wrong, revoked or expired; an API token (`ATATT…`) goes through `Credentials::api_token`"
        }
        AuthScheme::Other => "the service takes Basic and Bearer",
    }
}

/// With a small first letter, to go on within a line.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
