//! Decides which operations a rule of `facts.toml` applies to.

use crate::read::decisions::facts::{ResponseFilter, Selector};

/// The properties of an operation that a selector can ask for.
#[derive(Debug, Clone, Copy)]
pub struct SelectorSubject<'a> {
    /// HTTP method in capitals.
    pub method: &'a str,
    /// Path template.
    pub path: &'a str,
    /// Whether it answers with a page.
    pub page: bool,
    /// Whether it answers with JSON.
    pub json: bool,
    /// Whether it answers with bytes.
    pub bytes: bool,
    /// Names of the parameters that the document declares.
    pub declared: &'a [String],
}

/// Whether every condition of the selector holds.
#[must_use]
pub fn matches(selector: &Selector, subject: &SelectorSubject<'_>) -> bool {
    let answers = selector.answers.is_none_or(|answers| match answers {
        ResponseFilter::Page => subject.page,
        ResponseFilter::Json => subject.json,
        ResponseFilter::Bytes => subject.bytes,
    });
    let ends = &selector.path_ends;
    answers
        && selector.method.as_deref().is_none_or(|method| method == subject.method)
        && (ends.is_empty() || ends.iter().any(|end| subject.path.ends_with(end.as_str())))
        && (selector.declares.as_deref())
            .is_none_or(|beginning| subject.declared.iter().any(|name| name.starts_with(beginning)))
}
