//! Decodes JSON bodies, and describes errors by JSON path and a short excerpt. The path is found by scanning the body
//! up to the position that serde_json reports. Tracking the path with a wrapped deserializer would compile every model
//! a second time in every crate that uses it.

use std::ops::Range;

use serde::de::{DeserializeOwned, Error as _};

use super::bounded;

/// Bytes shown before and after the position.
const BEFORE: usize = 60;
const AFTER: usize = 30;
/// Maximum length of a reason, in bytes; serde's messages repeat the unexpected value.
const MAX_TEXT: usize = 300;

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
    let mut walk = walk(body, at);
    let mut reason = error.to_string();
    if let Some(end) = reason.rfind(" at line ") {
        reason.truncate(end);
    }
    if let Some((outer, inner)) = reason.split_once(INSIDE) {
        let path = joined(&walk.container, inner.trim_end_matches('`'));
        reason = outer.to_owned();
        at = place_of(body, &path).unwrap_or(at);
        walk = self::walk(body, at);
        walk.path = path;
    }
    if walk.secret {
        reason = "the value has another type than expected".to_owned();
    }
    let excerpt = excerpt(body, at, &walk.hidden);
    DecodeFailure {
        reason: bounded(&reason, MAX_TEXT).to_owned(),
        path: bounded(&walk.path, MAX_TEXT).to_owned(),
        excerpt,
    }
}

/// Separates the reason and the path of an error in a buffered member, whose position is relative to that member. The
/// zero-width space cannot come from the body, because serde escapes it.
const INSIDE: &str = " in \u{200b}`";

/// The message of an error in the value of a buffered member.
#[allow(dead_code, reason = "not every group has objects of several kinds")]
pub(crate) fn inside(name: &str, text: &str, error: &serde_json::Error) -> String {
    let failure = describe(text.as_bytes(), error);
    format!("{}{INSIDE}{}`", failure.reason, joined(name, &failure.path))
}

fn joined(outer: &str, inner: &str) -> String {
    let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') { "" } else { "." };
    format!("{outer}{dot}{inner}")
}

fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let ends = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = std::iter::once(0).chain(ends).nth(line.saturating_sub(1)).unwrap_or_default();
    (start + column).min(body.len())
}

fn excerpt(body: &[u8], at: usize, hidden: &[Range<usize>]) -> String {
    let (mut from, to) = (at.saturating_sub(BEFORE), (at + AFTER).min(body.len()));
    let mut shown = String::new();
    let window = from..to;
    for range in hidden.iter().filter(|range| range.end > window.start && range.start < window.end) {
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

enum Frame {
    Array(usize),
    /// The last key, and whether the next string is a key.
    Object(String, bool),
}

#[derive(Default)]
struct Walk {
    path: String,
    /// Path of the object or list around the position.
    container: String,
    secret: bool,
    hidden: Vec<Range<usize>>,
}

/// Scans the tokens of a body that may be malformed or truncated.
///
/// The result is the value that ends at `at` (serde_json has just read it), otherwise the one that begins there (its
/// type was refused), otherwise the innermost one around it.
fn walk(body: &[u8], at: usize) -> Walk {
    let mut walk = Walk::default();
    let mut stack: Vec<Frame> = Vec::new();
    let mut found = false;
    let mut place = |walk: &mut Walk, stack: &[Frame], hit: bool, closed: bool| {
        if hit && !found {
            found = true;
            (walk.path, walk.secret) = (path(stack), is_secret(stack));
            walk.container = if closed { walk.path.clone() } else { path(around(stack)) };
        }
    };
    let mut i = 0;
    while let Some(&byte) = body.get(i) {
        if i > at {
            place(&mut walk, &stack, true, false);
        }
        if i > at + AFTER {
            break;
        }
        let start = i;
        match byte {
            b'{' | b'[' => place(&mut walk, &stack, start == at, false),
            b'}' | b']' => {
                i = step(body, i, &mut stack);
                place(&mut walk, &stack, i == at, true);
                continue;
            }
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            _ if matches!(stack.last(), Some(Frame::Object(_, true))) => {}
            _ => {
                let end = token_end(body, start);
                // A value around the position counts too: a malformed string is refused in its middle.
                place(&mut walk, &stack, start <= at && at <= end, false);
                if is_secret(&stack) {
                    walk.hidden.push(start..end);
                }
            }
        }
        i = step(body, i, &mut stack);
    }
    place(&mut walk, &stack, true, false);
    walk
}

/// Scans one token and updates the stack.
fn step(body: &[u8], at: usize, stack: &mut Vec<Frame>) -> usize {
    match body.get(at) {
        Some(b'{') => stack.push(Frame::Object(String::new(), true)),
        Some(b'[') => stack.push(Frame::Array(0)),
        Some(b'}' | b']') => drop(stack.pop()),
        Some(b',') => match stack.last_mut() {
            Some(Frame::Array(index)) => *index += 1,
            Some(Frame::Object(_, is_key)) => *is_key = true,
            None => {}
        },
        Some(b':' | b' ' | b'\n' | b'\r' | b'\t') | None => {}
        Some(_) => {
            let end = token_end(body, at);
            if let Some(Frame::Object(key, is_key @ true)) = stack.last_mut() {
                *key = serde_json::from_slice(body.get(at..end).unwrap_or_default()).unwrap_or_default();
                *is_key = false;
            }
            return end;
        }
    }
    at + 1
}

/// All frames except the innermost.
fn around(stack: &[Frame]) -> &[Frame] {
    stack.split_last().map_or(&[], |(_, outer)| outer)
}

/// Offset of the value with this path.
fn place_of(body: &[u8], wanted: &str) -> Option<usize> {
    let mut stack: Vec<Frame> = Vec::new();
    let mut i = 0;
    while let Some(&byte) = body.get(i) {
        let is_key = matches!(stack.last(), Some(Frame::Object(_, true)));
        let is_value = !is_key && !matches!(byte, b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t');
        if is_value && path(&stack) == wanted {
            return Some(i);
        }
        i = step(body, i, &mut stack);
    }
    None
}

fn token_end(body: &[u8], start: usize) -> usize {
    let rest = body.get(start + 1..).unwrap_or_default();
    if body.get(start) != Some(&b'"') {
        let end = rest.iter().position(|byte| {
            matches!(byte, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
        });
        return start + 1 + end.unwrap_or(rest.len());
    }
    let mut escaped = false;
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return start + at + 2,
            _ => {}
        }
    }
    body.len()
}

fn path(stack: &[Frame]) -> String {
    let mut path = String::new();
    for frame in stack {
        match frame {
            Frame::Array(index) => path.push_str(&format!("[{index}]")),
            Frame::Object(key, _) if path.is_empty() => path.push_str(key),
            Frame::Object(key, _) => path.push_str(&format!(".{key}")),
        }
    }
    path
}

fn is_secret(stack: &[Frame]) -> bool {
    const SIGNS: [&str; 5] = ["password", "passphrase", "secret", "token", "private"];
    stack.iter().any(|frame| match frame {
        Frame::Array(_) => false,
        Frame::Object(key, _) => {
            let key = key.to_ascii_lowercase();
            // `is_private` and the like are flags, not secrets.
            !key.starts_with("is_") && SIGNS.iter().any(|sign| key.contains(sign))
        }
    })
}

#[cfg(test)]
mod tests;
