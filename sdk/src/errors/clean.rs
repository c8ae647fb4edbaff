//! What errors keep of texts from outside: without secrets, without what a terminal would obey, and bounded. This is the
//! only place that decides it; every error of a call passes through [`Error::cleaned`] before it leaves.

use super::redact::Redactor;
use super::{CredentialError, Error};
use crate::serialization::bounded;

/// Maximum length of a text of the service, in bytes.
const MAX_TEXT: usize = 1024;
/// Maximum length of the part of a body that an error keeps, in bytes.
const MAX_EXCERPT: usize = 1024;
/// Maximum length of an id, in bytes.
pub(crate) const MAX_ID: usize = 200;
/// Maximum length of an address, in bytes. The service refuses longer ones.
const MAX_ADDRESS: usize = 8 * 1024;

impl Redactor {
    /// A text from outside as it may be shown, with at most `limit` bytes. Line ends and tabs are kept.
    pub(crate) fn clean(&self, text: &str, limit: usize) -> String {
        bounded(&without_controls(&self.apply(text)), limit).to_owned()
    }
}

/// Control characters, and those that change the direction of text, become escapes, except for line ends and tabs.
fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            c => push_escaped(&mut out, c),
        }
    }
    out
}

/// The same with line ends and tabs: a path may have them as well.
pub(super) fn on_one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(&mut out, c));
    out
}

fn push_escaped(out: &mut String, c: char) {
    if c.is_control() || is_direction(c) { out.extend(c.escape_default()) } else { out.push(c) }
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Error {
    /// The same error as it may leave the crate.
    #[cold]
    pub(crate) fn cleaned(mut self, redactor: &Redactor) -> Self {
        let inner = &mut *self.0;
        let clean = |text: &mut String, limit| *text = redactor.clean(text, limit);
        if let Some(endpoint) = &mut inner.endpoint
            && let Some(address) = endpoint.address()
        {
            *endpoint = endpoint.at(redactor.clean(address, MAX_ADDRESS));
        }
        clean(&mut inner.text, MAX_TEXT);
        let reason = &mut inner.reason;
        for text in [&mut reason.message, &mut reason.detail, &mut inner.hint].into_iter().flatten() {
            clean(text, MAX_TEXT);
        }
        for text in [&mut reason.key, &mut reason.id, &mut inner.request_id].into_iter().flatten() {
            clean(text, MAX_ID);
        }
        for scope in reason.required_scopes.iter_mut().chain(&mut reason.granted_scopes) {
            clean(scope, MAX_ID);
        }
        for (name, texts) in &mut reason.fields {
            clean(name, MAX_ID);
            texts.iter_mut().for_each(|text| clean(text, MAX_TEXT));
        }
        if let Some(excerpt) = &mut inner.excerpt {
            clean(excerpt, MAX_EXCERPT);
        }
        // The text of a provider is its own affair, except for what a terminal would obey.
        if let Some(source) = inner.source.as_deref().and_then(|source| source.downcast_ref::<CredentialError>()) {
            inner.source = Some(source.cleaned(redactor).into());
        }
        self
    }
}

impl CredentialError {
    fn cleaned(&self, redactor: &Redactor) -> Self {
        self.with_text(redactor.clean(&self.to_string(), MAX_TEXT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let text = Redactor::default().clean("a\u{1b}[31m\r\nb\t\r\u{9b}2J\u{202e}\u{7f}ä", 1000);
        assert_eq!(text, "a\\u{1b}[31m\nb\t\\r\\u{9b}2J\\u{202e}\\u{7f}ä");
    }

    #[test]
    fn a_text_is_cut_between_characters_after_it_was_redacted() {
        let redactor = Redactor::new(&mut ["s3cr3t-value"].into_iter());
        assert_eq!(redactor.clean("ää s3cr3t-value", 9), "ää [red");
        assert_eq!(redactor.clean("ää", 3), "ä");
    }
}
