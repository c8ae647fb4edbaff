//! What can be done about a failure, if that is known. Hints are derived from the status, the service's message, the
//! authentication scheme of the call and what the document says about the operation.

use reqwest::header::HeaderValue;

use super::Inner;
use crate::operation::{Endpoint, Operation, Withdrawn};
use crate::serialization::joined;

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

/// The hint for an error response.
pub(super) fn hint(inner: &Inner, auth_scheme: AuthScheme) -> Option<String> {
    let operation = inner.endpoint.as_ref().and_then(Endpoint::operation);
    let said = |words: &str| {
        let texts = [inner.reason.message.as_deref(), inner.reason.detail.as_deref()];
        texts.into_iter().flatten().any(|text| text.to_ascii_lowercase().contains(words))
    };
    let text = match inner.status?.as_u16() {
        400 if said("pagelen") => "the maximum `pagelen` of this list is smaller",
        400 | 404 if said("not a valid uuid") => "give UUIDs with their braces",
        401 | 403 if said("does not support authentication") => {
            "the operation does not accept this type of credentials; use an API token of an account, or another type of token"
        }
        401 | 403 if !inner.reason.required_scopes.is_empty() => return missing_scopes(inner),
        401 => return Some(unauthorized(auth_scheme).to_owned()),
        402 => "it is not included in the plan of the workspace",
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

/// What to use instead of an operation that the service has removed.
fn successor(withdrawn: &Withdrawn) -> String {
    format!("removed in {}; use instead: {}", withdrawn.since, withdrawn.instead)
}

fn missing_scopes(inner: &Inner) -> Option<String> {
    let granted = &inner.reason.granted_scopes;
    let required = inner.reason.required_scopes.iter();
    let missing: Vec<_> = required.filter(|scope| !granted.contains(scope)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| format!("the credentials lack {}", quoted(&missing)))
}

fn document_scopes(operation: &Operation) -> Option<String> {
    let names = quoted(operation.scopes);
    (!names.is_empty()).then(|| format!("the operation needs the OAuth scope {names} and access to the resource"))
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    joined(names.iter().map(String::as_str), ", ")
}

fn unauthorized(auth_scheme: AuthScheme) -> &'static str {
    match auth_scheme {
        AuthScheme::None => "no credentials were sent",
        AuthScheme::Basic => {
            "an API token needs the e-mail address of its own account, at least one scope, and must not be expired; \
             app passwords no longer work, and access tokens need `Credentials::access_token`"
        }
        AuthScheme::Bearer => {
            "the token is wrong, revoked or expired; an API token (`ATATT…`) needs `Credentials::api_token`"
        }
        AuthScheme::Other => "the service accepts Basic and Bearer",
    }
}

/// With a lower-case first letter, to continue a line.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
