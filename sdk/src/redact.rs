//! Takes the client's own secrets out of texts that come from outside. A server can send them back: S3 repeats the
//! `Authorization` header in its error body. Applied before such a text is parsed, kept or shown.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

const MARK: &str = "[redacted]";

/// Secrets that must not appear in a text.
#[derive(Default)]
pub(crate) struct Redactor {
    needles: Vec<SecretString>,
}

impl Redactor {
    /// Knows the token in its raw form and in the form of the header that was sent.
    pub(crate) fn new(token: Option<&SecretString>, header: Option<&HeaderValue>) -> Self {
        let header = header.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let header = header.map(|value| value.split_once(' ').map_or(value, |(_scheme, value)| value));
        let needles = token.map(ExposeSecret::expose_secret).into_iter().chain(header);
        Self { needles: needles.filter(|needle| !needle.is_empty()).map(SecretString::from).collect() }
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

/// A member of a model for `Debug`: whether it is set, but not its value if that is a secret.
#[allow(dead_code, reason = "not every group has secrets in its models")]
pub(crate) fn hidden(value: &Option<String>, secret: bool) -> Option<&str> {
    value.as_deref().map(|value| if secret { MARK } else { value })
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
