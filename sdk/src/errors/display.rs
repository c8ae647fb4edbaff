//! Prints errors: one bounded line with the operation, the status and the reason of the service, but not the body.

use std::fmt;

use super::Error;
use super::clean::on_one_line;
use crate::serialization::{bounded, joined};

/// Maximum length of a message or detail in `Display`, in bytes.
const MAX_SHOWN: usize = 400;

impl fmt::Display for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut line = String::new();
        if let Some(status) = inner.status {
            line.push_str(": ");
            line.push_str(status.as_str());
            // 555 and the like have no reason phrase.
            if let Some(name) = status.canonical_reason() {
                line.push(' ');
                line.push_str(name);
            }
        }
        if !inner.text.is_empty() {
            line.push_str(": ");
            push_words(&mut line, &inner.text);
        }
        let reason = &inner.reason;
        if let Some(text) = reason.message.as_deref().or(reason.key.as_deref()) {
            line.push_str(": ");
            push_line(&mut line, text);
        }
        if let Some(detail) = &reason.detail {
            line.push_str(" (");
            push_line(&mut line, detail);
            line.push(')');
        }
        for (field, texts) in reason.fields.iter().take(5) {
            line.push_str("; ");
            push_line(&mut line, &format!("{field}: {}", joined(texts.iter().map(String::as_str), ", ")));
        }
        for (name, scopes) in [("required", &reason.required_scopes), ("granted", &reason.granted_scopes)] {
            if !scopes.is_empty() {
                line.push_str("; ");
                push_line(&mut line, &format!("{name} scopes: {}", joined(scopes.iter().map(String::as_str), ", ")));
            }
        }
        if let Some(hint) = &inner.hint {
            line.push_str("; ");
            push_line(&mut line, hint);
        }
        if self.is_ambiguous() {
            line.push_str("; it may have been carried out, so check before calling again");
        }
        if let Some(wait) = inner.retry_after {
            line.push_str(&format!("; retry after {} s", wait.as_secs()));
        }
        if inner.attempts > 1 {
            line.push_str(&format!("; after {} attempts", inner.attempts));
        }
        let line = match &inner.endpoint {
            Some(endpoint) => format!("{endpoint}{line}"),
            None => line.trim_start_matches(": ").to_owned(),
        };
        f.write_str(&on_one_line(&line))
    }
}

impl fmt::Debug for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Error");
        f.field("kind", &self.0.kind).field("text", &format_args!("{self}"));
        if let Some(request_id) = &self.0.request_id {
            f.field("request_id", request_id);
        }
        if let Some(source) = &self.0.source {
            f.field("source", source);
        }
        f.finish()
    }
}

/// Appends a text of the service, bounded and on one line.
#[inline]
pub(super) fn push_line(out: &mut String, text: &str) {
    push_words(out, bounded(text, MAX_SHOWN));
    if text.len() > MAX_SHOWN {
        out.push('…');
    }
}

#[inline]
fn push_words(out: &mut String, text: &str) {
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}
