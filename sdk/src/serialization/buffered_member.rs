//! A member of an object that is buffered as text until its type is known.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Error, MapAccess};

/// Maximum nesting of objects with buffered members. The service stays far below.
const MAX_DEPTH: u8 = 32;

/// One buffered member, as a `MapAccess`.
pub(super) struct BufferedMember<'de> {
    text: &'de str,
}

impl<'de> BufferedMember<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text }
    }
}

thread_local! {
    static HELD_DEPTH: Cell<u8> = const { Cell::new(0) };
}

impl<'de> MapAccess<'de> for BufferedMember<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        // serde_json's own limit starts again for each text.
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
