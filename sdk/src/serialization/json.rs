//! Decodes JSON bodies, and describes errors by JSON path and a short excerpt. The path is found by scanning the body
//! up to the position that serde_json reports. Tracking the path with a wrapped deserializer would compile every model
//! a second time in every crate that uses it.

use std::ops::Range;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use super::bounded;

mod scan;

/// Bytes shown before and after the position.
const BEFORE: usize = 60;
const AFTER: usize = 30;
/// Maximum length of a reason, in bytes; serde's messages repeat the unexpected value.
const MAX_TEXT: usize = 300;

/// A body as a value, `None` if it is not JSON. The only place that parses into values, and by `FromStr`, which serde_json
/// has compiled already: its generic functions would be compiled once more with this crate.
pub(crate) fn parse(body: &[u8]) -> Option<Value> {
    std::str::from_utf8(body).ok()?.parse().ok()
}

/// Decodes a body. An empty one is decoded as `{}`, otherwise as `null`, otherwise as `[]`.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let body = without_bom(body);
    // Checked for UTF-8 once instead of for each string. Always `str`, because another input type would compile every
    // model a second time.
    let body = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        serde_json::Error::custom(format_args!("the body is not UTF-8 from byte {at}"))
    })?;
    if !body.trim_ascii().is_empty() {
        return serde_json::from_str(body);
    }
    ["{}", "null", "[]"].into_iter().find_map(|text| serde_json::from_str(text).ok()).map_or_else(
        // The error of the body itself: it ended too early.
        || serde_json::from_str(body),
        Ok,
    )
}

/// Why and where a body could not be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodeFailure {
    pub(crate) reason: String,
    pub(crate) path: String,
    pub(crate) excerpt: String,
}

/// Describes a decoding error in at most a few hundred characters. Values of fields whose names sound like secrets are
/// hidden.
pub(crate) fn describe(body: &[u8], error: &serde_json::Error) -> DecodeFailure {
    let body = without_bom(body);
    let mut at = offset(body, error.line(), error.column());
    let mut walk = scan::walk(body, at, &window(body, at));
    let mut reason = error.to_string();
    if let Some(end) = reason.match_indices(" at line ").last().map(|(at, _)| at) {
        reason.truncate(end);
    }
    if let Some((outer, inner)) = reason.split_once(INSIDE) {
        let path = joined(&walk.container, inner.trim_end_matches('`'));
        reason = outer.to_owned();
        at = scan::place_of(body, &path).unwrap_or(at);
        walk = scan::walk(body, at, &window(body, at));
        walk.path = path;
    }
    if walk.secret {
        reason = "the value has another type than expected".to_owned();
    }
    let excerpt = excerpt(body, window(body, at), &walk.hidden);
    DecodeFailure {
        reason: bounded(&reason, MAX_TEXT).to_owned(),
        path: bounded(&walk.path, MAX_TEXT).to_owned(),
        excerpt,
    }
}

/// Separates the reason and the path of an error in a buffered member, whose position is relative to that member. The
/// zero-width space cannot come from the body, because serde escapes it.
const INSIDE: &str = " in \u{200b}`";

/// An error in a text that is part of the body.
#[inline]
pub(super) fn inside_of(text: &str, error: &serde_json::Error) -> serde_json::Error {
    let failure = describe(text.as_bytes(), error);
    inside(&failure.path, &failure.reason)
}

/// An error at a path within the object that is being read.
#[inline]
pub(super) fn inside(path: &str, reason: &str) -> serde_json::Error {
    serde_json::Error::custom(format_args!("{reason}{INSIDE}{path}`"))
}

fn joined(outer: &str, inner: &str) -> String {
    let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') { "" } else { "." };
    format!("{outer}{dot}{inner}")
}

fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        let rest = body.get(start..).unwrap_or_default();
        start += rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
    }
    start.saturating_add(column).min(body.len())
}

/// What is shown of a body.
fn window(body: &[u8], at: usize) -> Range<usize> {
    at.saturating_sub(BEFORE)..at.saturating_add(AFTER).min(body.len())
}

fn excerpt(body: &[u8], window: Range<usize>, hidden: &[Range<usize>]) -> String {
    let Range { start: mut from, end: to } = window;
    let mut shown = String::new();
    for range in hidden {
        show(&mut shown, body, from..range.start.max(from));
        shown.push_str("***");
        from = range.end.min(to);
    }
    show(&mut shown, body, from..to);
    shown
}

fn show(out: &mut String, body: &[u8], range: Range<usize>) {
    let text = String::from_utf8_lossy(body.get(range).unwrap_or_default());
    // Replacement characters come from characters that were cut at the ends.
    let kept = text.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER);
    out.extend(kept.map(|c| if c.is_control() { ' ' } else { c }));
}

#[cfg(test)]
mod tests;
