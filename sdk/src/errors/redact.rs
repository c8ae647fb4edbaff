//! Redacts the client's own secrets in texts from outside. A server can echo them: S3 repeats the `Authorization`
//! header in the body of errors. Applied before such a text is parsed, kept or shown.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::serialization::percent_encoded;

const MARK: &str = "[redacted]";

/// Secrets that must not appear in a text.
#[derive(Default)]
pub(crate) struct Redactor {
    needles: Vec<SecretString>,
}

impl Redactor {
    /// For a token, as it is and as it was sent in the header.
    pub(crate) fn new(token: Option<&SecretString>, header: Option<&HeaderValue>) -> Self {
        let header = header.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let header = header.map(|value| value.split_once(' ').map_or(value, |(_scheme, value)| value));
        let needles = token.map(ExposeSecret::expose_secret).into_iter().chain(header);
        Self { needles: needles.filter(|needle| !needle.is_empty()).map(SecretString::from).collect() }
    }

    /// For values of a request, as they are, as in a URL and as in JSON.
    pub(crate) fn of(secrets: &[SecretString]) -> Self {
        let mut needles = Vec::new();
        for secret in secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty()) {
            let json = serde_json::to_string(secret).unwrap_or_default();
            let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned();
            needles.extend([secret.to_owned(), percent_encoded(secret), json].map(SecretString::from));
        }
        // If one is a part of another, the longer one is replaced first.
        needles.sort_unstable_by_key(|needle| std::cmp::Reverse(needle.expose_secret().len()));
        needles.retain(|needle| !needle.expose_secret().is_empty());
        Self { needles }
    }

    /// The text without the secrets.
    pub(crate) fn apply(&self, mut text: String) -> String {
        for needle in self.needles.iter().map(ExposeSecret::expose_secret) {
            if text.contains(needle) {
                text = text.replace(needle, MARK);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_secret_are_removed() {
        let header = HeaderValue::from_static("Basic bWU6czNjcmV0");
        let redactor = Redactor::new(Some(&"s3cret".into()), Some(&header));
        let text = "<ArgumentValue>Basic bWU6czNjcmV0</ArgumentValue> s3cret".to_owned();
        assert_eq!(redactor.apply(text), "<ArgumentValue>Basic [redacted]</ArgumentValue> [redacted]");
    }
}
