//! Removes a client's own secrets from texts from outside: a server can send them back in any form. A match is found by
//! comparing, at each place of the text, every way to read it.

use std::collections::BinaryHeap;
use std::ops::Range;

use escapes::{Readings, is_lead, readings};
use needle::{Needle, standard};

mod escapes;
#[cfg(test)]
mod fuzz;
mod needle;
#[cfg(test)]
mod tests;

const MARK: &str = "[redacted]";
/// How many characters are compared for each one of a text, and how many for any text. Beyond that, which takes a
/// secret made for it or thousands of lines and a long text, the whole text is left out.
const STEPS: usize = 16;
const MIN_STEPS: usize = 1_000_000;
/// How many secrets are compared at each place for nothing.
const FREE: usize = 128;
/// How far from a short secret its quotes or its `=` may be.
const NEAR: usize = 64;

/// Secrets that must not appear in a text: as they are, with any mixture of the escapes of JSON, URLs and HTML, escaped
/// up to three times, in base64, and cut off at the end after six characters or more.
///
/// Secrets with fewer than six characters are replaced only where they are all of a text, of a string in quotes, or of a
/// value of a form or an element: within a text they would be found by chance.
#[derive(Default)]
pub(crate) struct Redactor {
    /// Sorted by their text.
    needles: Vec<Needle>,
}

impl Redactor {
    pub(crate) fn new(secrets: &mut dyn Iterator<Item = &str>) -> Self {
        let mut found = Vec::new();
        for secret in secrets {
            Needle::of(secret, &mut found);
        }
        // By a heap, which is a tenth of the code of a sort.
        let mut needles = BinaryHeap::from(found).into_sorted_vec();
        needles.dedup_by(|one, other| one == other);
        Self { needles }
    }

    /// The text without the secrets.
    pub(crate) fn apply(&self, text: &str) -> String {
        let Some(found) = self.find(text.as_bytes()) else { return MARK.to_owned() };
        let (mut out, mut shown) = (String::with_capacity(text.len()), 0);
        for range in found {
            // Matches begin and end between characters; should one not, more is left out.
            let Range { mut start, mut end } = range;
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            out.push_str(text.get(shown..start).unwrap_or_default());
            out.push_str(MARK);
            shown = end;
        }
        out.push_str(text.get(shown..).unwrap_or_default());
        out
    }

    /// Whether a text has one of the secrets.
    pub(crate) fn finds(&self, text: &[u8]) -> bool {
        self.find(text).is_none_or(|found| !found.is_empty())
    }

    /// The places of the secrets in order, joined where they touch; `None` if finding them takes too long.
    fn find(&self, text: &[u8]) -> Option<Vec<Range<usize>>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        if self.needles.is_empty() {
            return Some(found);
        }
        let mut steps = text.len().saturating_mul(STEPS).max(MIN_STEPS);
        // What another client or the service has redacted is not touched again.
        let mut redacted = 0;
        for start in 0..text.len() {
            if text[start..].starts_with(MARK.as_bytes()) {
                redacted = start + MARK.len();
            }
            let end = self.longest(text, start, &mut steps);
            if steps == 0 {
                return None;
            }
            let Some(end) = end.filter(|end| *end > redacted) else { continue };
            match found.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => found.push(start..end),
            }
        }
        Some(found)
    }

    /// The end of the longest secret that begins here.
    fn longest(&self, text: &[u8], start: usize, steps: &mut usize) -> Option<usize> {
        let byte = *text.get(start)?;
        let mut longest = None;
        let mut look = |first: u8| {
            let needles = self.beginning_with(first);
            *steps = steps.saturating_sub(needles.len().saturating_sub(FREE));
            for needle in needles {
                let end = needle.end(text, start, steps);
                longest = longest.max(end.filter(|end| !needle.alone || stands_alone(text, start, *end)));
            }
        };
        look(byte);
        if standard(byte) != byte {
            look(standard(byte));
        }
        if is_lead(byte) {
            for unit in readings(text, start)?.units().iter().skip(1) {
                let first = unit.bytes()[0];
                look(first);
                if standard(first) != first {
                    look(standard(first));
                }
            }
        }
        longest
    }

    fn beginning_with(&self, first: u8) -> &[Needle] {
        let from = self.needles.partition_point(|needle| needle.first() < first);
        let to = self.needles.partition_point(|needle| needle.first() <= first);
        &self.needles[from..to]
    }
}

/// Whether a part of a text is all of it, a whole string in quotes, or a whole value of a form or an element.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    const QUOTES: [&[u8]; 7] = [b"\"", b"'", b"&quot;", b"&#34;", b"&#39;", b"\\u0022", b"%22"];
    const EQUALS: [&[u8]; 5] = [b"=", b"&equals;", b"&#61;", b"\\u003d", b"%3d"];
    let (from, to) = (start.saturating_sub(NEAR), text.len().min(end.saturating_add(NEAR)));
    let (before, after) = (text[from..start].trim_ascii_end(), text[end..to].trim_ascii_start());
    let is_all = from == 0 && before.is_empty() && to == text.len() && after.is_empty();
    let is_behind = |signs: &[&[u8]]| {
        let ends =
            |sign: &&[u8]| before.len() >= sign.len() && before[before.len() - sign.len()..].eq_ignore_ascii_case(sign);
        signs.iter().any(ends)
    };
    let followed_by = |signs: &[u8]| {
        let units = readings(after, 0);
        units.iter().flat_map(Readings::units).any(|unit| unit.ascii().is_some_and(|byte| signs.contains(&byte)))
    };
    let spaced = text.get(end).is_none_or(u8::is_ascii_whitespace);
    is_all
        || (is_behind(&QUOTES) && followed_by(b"\"'"))
        || (is_behind(&EQUALS) && (spaced || followed_by(b"&;\"'<")))
        || (is_behind(&[b">"]) && after.starts_with(b"<"))
}
