//! Identifiers derived from names: the same workspace, run or step has the same UUID in every start of the server, so
//! that a failing test can be read twice. They must not be taken for random or secret values.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path segment may not hold unencoded.
const SEGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'<').add(b'>').add(b'?').add(b'{').add(b'}');

/// A UUID in braces, as Bitbucket writes them.
pub(crate) fn uuid(name: &str) -> String {
    let hex = hex(name, 32);
    format!("{{{}-{}-4{}-8{}-{}}}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// A commit hash of 40 digits.
pub(crate) fn commit_hash(name: &str) -> String {
    hex(name, 40)
}

/// `digits` hexadecimal digits.
pub(crate) fn hex(name: &str, digits: usize) -> String {
    let mut text = String::with_capacity(digits + 16);
    for round in 0_u64.. {
        if text.len() >= digits {
            break;
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{:016x}", fnv1a(round, name));
    }
    text.truncate(digits);
    text
}

/// Whether the text is a UUID in braces.
pub(crate) fn is_uuid(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return false };
    inner.len() == 36
        && inner.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// One path segment, percent-encoded once.
pub(crate) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn fnv1a(seed: u64, text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // FNV alone leaves the high bits of short names alike.
    (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_braces_and_is_stable() {
        assert!(is_uuid(&uuid("workspace/sample")));
        assert_eq!(uuid("a"), uuid("a"));
        assert_ne!(uuid("a"), uuid("b"));
        assert_eq!(commit_hash("main").len(), 40);
    }

    #[test]
    fn what_lacks_braces_or_digits_is_no_uuid() {
        let good = uuid("x");
        assert!(!is_uuid(good.trim_matches(['{', '}'])));
        assert!(!is_uuid(&good.replace('-', "0")));
        assert!(!is_uuid("%7B0%7D"));
    }
}
