//! Helpers for strings: truncation, what is percent-encoded, hiding of secrets.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// Every byte except RFC 3986's unreserved ones, so that a value stays one value in a path or a query.
pub(crate) const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// At most `limit` bytes of a text, cut between two characters.
pub(crate) fn bounded(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A member of a model for `Debug`: a placeholder instead of a value that is secret.
pub(crate) fn hidden(value: &Option<String>, secret: bool) -> Option<&str> {
    value.as_deref().map(|value| if secret { "[redacted]" } else { value })
}

/// Words or texts in a row. `join` of a list is ten times as much code to compile.
pub(crate) fn joined<'t>(texts: impl Iterator<Item = &'t str>, between: &str) -> String {
    let mut all = String::new();
    for text in texts {
        if !all.is_empty() {
            all.push_str(between);
        }
        all.push_str(text);
    }
    all
}
