//! A member of an object that was held back as text until it was known how to read it.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Error, MapAccess};

/// How deep objects that hold back members may be in one another. What the service sends is far below.
const MAX_DEPTH: u8 = 32;

/// One member that was held back, as the rest of an object.
pub(super) struct HeldMember<'de> {
    text: &'de str,
}

impl<'de> HeldMember<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text }
    }
}

thread_local! {
    static HELD_DEPTH: Cell<u8> = const { Cell::new(0) };
}

impl<'de> MapAccess<'de> for HeldMember<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        // serde_json counts the depth anew for each text.
        let depth = HELD_DEPTH.get();
        if depth >= MAX_DEPTH {
            return Err(Self::Error::custom("objects are nested too deeply"));
        }
        HELD_DEPTH.set(depth + 1);
        let value = seed.deserialize(&mut serde_json::Deserializer::from_str(self.text));
        HELD_DEPTH.set(depth);
        value
    }
}
