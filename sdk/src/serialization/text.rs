//! Small work on texts that several parts need: cutting, percent-encoding, hiding.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every byte except RFC 3986's unreserved ones: what a value needs that is to stay one value in a path or a query.
pub(crate) const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value as it stands in a path or a query.
pub(crate) fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// At most `limit` bytes of a text, cut between two characters.
pub(crate) fn bounded(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A member of a model for `Debug`: whether it is set, but not its value if that is a secret.
pub(crate) fn hidden(value: &Option<String>, secret: bool) -> Option<&str> {
    value.as_deref().map(|value| if secret { "[redacted]" } else { value })
}
