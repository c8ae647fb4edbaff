//! A member of an object that is buffered as text until its type is known.
//!
//! What is nested in it may be buffered again, and each time serde_json counts the nesting from zero; so time, memory
//! and stack are bounded here.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Error, MapAccess};

/// Maximum nesting of objects with buffered members: each level reads what is below it once more.
const MAX_BUFFERED: u8 = 16;
/// The same for objects of unknown variants, of which each keeps all that is below it.
const MAX_UNKNOWN: u8 = 4;
/// Maximum nesting of JSON in a buffered member, so that the stack does not overflow.
const MAX_NESTING: usize = 64;

/// One buffered member, as a `MapAccess`.
pub(super) struct BufferedMember<'de> {
    text: &'de str,
    unknown: bool,
}

impl<'de> BufferedMember<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, unknown: false }
    }

    /// A member of an object whose variant is unknown.
    pub(super) fn of_unknown(text: &'de str) -> Self {
        Self { text, unknown: true }
    }
}

/// How many members are being read, each within the one before.
#[derive(Clone, Copy)]
struct Depth {
    buffered: u8,
    unknown: u8,
}

thread_local! {
    static DEPTH: Cell<Depth> = const { Cell::new(Depth { buffered: 0, unknown: 0 }) };
}

impl<'de> MapAccess<'de> for BufferedMember<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let depth = DEPTH.get();
        // The members within this one are parts of its text.
        let nested = depth.buffered == 0 && !is_nested_at_most(MAX_NESTING, self.text);
        if nested || depth.buffered >= MAX_BUFFERED || (self.unknown && depth.unknown >= MAX_UNKNOWN) {
            return Err(Self::Error::custom("objects are nested too deeply"));
        }
        DEPTH.set(Depth { buffered: depth.buffered + 1, unknown: depth.unknown + u8::from(self.unknown) });
        let value = seed.deserialize(&mut serde_json::Deserializer::from_str(self.text));
        DEPTH.set(depth);
        value
    }
}

/// Whether objects and lists of a valid JSON text are nested in no more than that many levels.
fn is_nested_at_most(limit: usize, text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' if depth == limit => return false,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        for (text, depth) in [
            ("1", 0),
            (r#""[[{{\"[[""#, 0),
            (r#""\\""#, 0),
            ("[]", 1),
            (r#"[{"a":[]},[],{"[[":"]]\\"}]"#, 3),
            ("[[],[],[]]", 2),
        ] {
            assert!(is_nested_at_most(depth, text), "{text}");
            assert!(depth == 0 || !is_nested_at_most(depth - 1, text), "{text}");
        }
    }
}
