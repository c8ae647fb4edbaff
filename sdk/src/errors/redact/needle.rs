//! One text to look for: a secret, a line of one, or what its base64 has in common wherever it is encoded.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use super::escapes::{MAX_ESCAPE, Readings, Unit, may_be_escape, readings};
use crate::serialization::joined;

/// A secret with fewer characters is replaced only where it stands alone, and a beginning of one is shown.
pub(super) const MIN: usize = 6;
/// How many characters are compared for nothing.
const FREE: usize = 4;
/// Lines of at least this many bytes are looked for on their own, such as those of a private key.
const MIN_LINE: usize = 16;

/// A text to look for. Runs of white space are one space.
pub(super) struct Needle {
    text: SecretString,
    /// The base64 of a secret, in either alphabet. Another character with bits of it may follow.
    base64: bool,
    /// Whether it counts only where it stands alone.
    pub(super) alone: bool,
}

impl Needle {
    fn new(text: &str, base64: bool, alone: bool) -> Option<Self> {
        let text = joined(text.split_ascii_whitespace(), " ");
        (!text.is_empty()).then(|| Self { text: text.into(), base64, alone })
    }

    /// What to look for because of a secret.
    pub(super) fn of(secret: &str, out: &mut Vec<Self>) {
        let secret = secret.trim();
        let alone = secret.chars().count() < MIN;
        out.extend(Self::new(secret, false, alone));
        if alone {
            out.extend(Self::new(&STANDARD_NO_PAD.encode(secret), true, true));
            return;
        }
        // What stands before it decides how its bits are cut into characters. Those with bits of a neighbour are left
        // out.
        for before in 0..3 {
            let encoded = STANDARD_NO_PAD.encode([&b"\0\0"[..before], secret.as_bytes()].concat());
            let whole = (before + secret.len()) * 8 / 6;
            out.extend(encoded.get((before * 8).div_ceil(6)..whole).and_then(|core| Self::new(core, true, false)));
        }
        let lines = secret.lines().map(str::trim).filter(|line| line.len() >= MIN_LINE && line.len() < secret.len());
        out.extend(lines.filter(|line| !line.starts_with("-----")).filter_map(|line| Self::new(line, false, false)));
    }

    pub(super) fn first(&self) -> u8 {
        self.text.expose_secret().as_bytes().first().copied().unwrap_or_default()
    }

    fn key(&self) -> (&str, bool) {
        (self.text.expose_secret(), self.base64)
    }

    /// Where the needle ends if it begins at `start`, or the part of it with which the text ends. `steps` is how many
    /// more characters may be compared, apart from the first ones.
    pub(super) fn end(&self, text: &[u8], start: usize, steps: &mut usize) -> Option<usize> {
        let needle = self.text.expose_secret().as_bytes();
        // Characters that were found, and the place of the next one. Where a place has several readings that fit, the
        // others wait.
        let mut here = (0, start);
        let mut waiting = Vec::new();
        let mut cut = None;
        loop {
            let (done, at) = here;
            if done >= FREE {
                *steps = steps.checked_sub(1)?;
            }
            let Some(expected) = needle.get(done..).filter(|rest| !rest.is_empty()) else {
                return Some(if self.base64 { end_of_base64(text, at) } else { at });
            };
            if done >= MIN && !self.alone {
                cut = cut.max(end_of_cut(text, at));
            }
            let mut next = None;
            let mut found = |state| match next {
                None => next = Some(state),
                Some(_) => waiting.push(state),
            };
            // White space is looked for in any form, and may be missing.
            if expected[0] == b' ' {
                found((done + 1, at));
            }
            for unit in readings(text, at).iter().flat_map(|found| found.units().iter().rev()) {
                let is_space = unit.ascii().is_some_and(|byte| byte.is_ascii_whitespace());
                if self.base64 {
                    if unit.ascii().map(standard) == expected.first().copied() {
                        found((done + 1, unit.next));
                    } else if is_space && done > 0 {
                        found((done, unit.next));
                    }
                } else if expected[0] == b' ' {
                    if is_space {
                        found((done, unit.next));
                    }
                } else if expected.starts_with(unit.bytes()) {
                    found((done + unit.bytes().len(), unit.next));
                }
            }
            match next.or_else(|| waiting.pop()) {
                Some(state) => here = state,
                None => return cut,
            }
        }
    }
}

/// By the text, so that those with the same first byte are beside each other.
impl Ord for Needle {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Needle {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Needle {}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

/// The alphabet for URLs as the standard one.
pub(super) fn standard(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    }
}

/// The end of base64 with its last bits and its padding.
fn end_of_base64(text: &[u8], at: usize) -> usize {
    let mut end = at;
    let fits = |unit: &&Unit| unit.ascii().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte));
    if let Some(unit) = readings(text, end).iter().flat_map(Readings::units).find(fits) {
        end = unit.next;
    }
    for _ in 0..2 {
        let padding =
            readings(text, end).and_then(|found| found.units().iter().find(|unit| unit.ascii() == Some(b'=')).copied());
        let Some(unit) = padding else { break };
        end = unit.next;
    }
    end
}

/// The end of what was found if the text was cut off here, perhaps within an escape: it ends, or a string or an element
/// in it does, or dots follow.
fn end_of_cut(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let cut = (0..=rest.len().min(MAX_ESCAPE)).take_while(|length| may_be_escape(&rest[..*length]));
    cut.map(|length| at + length).find(|end| is_end(text, *end))
}

fn is_end(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let quoted = || readings(text, at).is_some_and(|found| found.units().iter().any(|unit| unit.ascii() == Some(b'"')));
    rest.iter().all(u8::is_ascii_whitespace)
        || rest == "\u{fffd}".as_bytes()
        || rest.starts_with(b"...")
        || rest.starts_with("…".as_bytes())
        || rest.starts_with(b"<")
        || quoted()
}
