//! Objects of several kinds, told apart by `type`, wherever it stands in the object.
//!
//! Members before `type` are held back as text; once the kind is known they are read, and so is the rest, straight from
//! the input. Where `type` comes first, as in what this crate writes, nothing is held back.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::kind::Named;
use super::object::{Name, expecting, rest};
use super::{Object, TypeName, Unknown};

/// How deep objects that hold back members may be in one another. What the service sends is far below.
const DEEPEST: u8 = 32;

/// An enum over the kinds of an object.
pub(crate) trait Variants: Sized {
    /// What all kinds share.
    type Base: Object;
    /// Value of `type` for each kind.
    const TYPES: &'static [&'static str];
    /// Where `type` is absent: the member that tells, and the kind for each of its values.
    const TOLD_BY: Option<(&'static str, &'static [(&'static str, usize)])>;
    /// Name for messages.
    const NAME: &'static str;

    /// Reads the kind with this index in `TYPES`.
    fn read<'de, A: MapAccess<'de>>(index: usize, found: Found<'de, A>) -> Result<Self, A::Error>;

    /// Keeps an object of another kind.
    fn unknown(object: Unknown<Self::Base>) -> Self;
}

/// Reads and writes an enum:
/// `variants!(State, "state", (), None, { "state_pending" Pending StatePending as_pending is_pending name });`
///
/// The last word of an entry is the member that tells the kind where `type` is absent; a kind need not have it.
macro_rules! variants {
    (
        $name:ident, $base_type:literal, $base:ty, $told_by:expr,
        { $($type:literal $variant:ident $model:ident $accessor:ident $question:ident $($told:ident)?),* $(,)? }
    ) => {
        impl $crate::model::Variants for $name {
            type Base = $base;
            const TYPES: &'static [&'static str] = &[$($type),*];
            const TOLD_BY: Option<(&'static str, &'static [(&'static str, usize)])> = $told_by;
            const NAME: &'static str = $base_type;

            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                index: usize,
                found: $crate::model::Found<'de, A>,
            ) -> Result<Self, A::Error> {
                match Self::TYPES.get(index).copied().unwrap_or_default() {
                    $($type => {
                        #[allow(unused_variables, reason = "not every kind has the member")]
                        let (mut value, kind, told) = $crate::model::fill::<$model, A>(found)?;
                        value.type_ = kind;
                        $(value.$told = told.map(|word| word.as_ref().into()).or(value.$told);)?
                        Ok(Self::$variant(value.into()))
                    })*
                    other => Err(::serde::de::Error::unknown_variant(other, Self::TYPES)),
                }
            }

            #[inline]
            fn unknown(object: $crate::types::Unknown<$base>) -> Self {
                Self::Unknown(Box::new(object))
            }
        }

        impl $name {
            /// Value of `type` for the kind, or what an unknown object says.
            #[must_use]
            #[inline]
            pub fn type_name(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(_) => Some($type),)*
                    Self::Unknown(object) => object.type_name(),
                }
            }

            $(
                #[doc = concat!("The `", $type, "`, if it is one.")]
                #[must_use]
                #[inline]
                pub fn $accessor(&self) -> Option<&$model> {
                    match self {
                        Self::$variant(value) => Some(value),
                        _ => None,
                    }
                }

                #[doc = concat!("Whether it is a `", $type, "`.")]
                #[must_use]
                #[inline]
                pub fn $question(&self) -> bool {
                    matches!(self, Self::$variant(_))
                }
            )*

            /// Whether it is of a kind that this version of the crate does not know.
            #[must_use]
            #[inline]
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }

        $(
            impl From<$model> for $name {
                #[inline]
                fn from(value: $model) -> Self {
                    Self::$variant(value.into())
                }
            }
        )*

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::read_variant(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }
    };
}
pub(crate) use variants;

/// An object whose kind has been found.
pub(crate) struct Found<'de, A> {
    kind: Option<TypeName>,
    /// The word that would have told the kind, if it came before `type`: it need not be held back as text.
    told: Option<Cow<'de, str>>,
    /// Members that came before `type`.
    held: Vec<(Cow<'de, str>, Box<RawValue>)>,
    /// Members that are still to come.
    rest: A,
}

/// What is read of a kind: its members, what is to be kept as `type`, and the word that tells it.
type Filled<'de, T> = (T, Option<TypeName>, Option<Cow<'de, str>>);

/// Reads the members of a kind.
pub(crate) fn fill<'de, T: Object, A: MapAccess<'de>>(mut found: Found<'de, A>) -> Result<Filled<'de, T>, A::Error> {
    let mut value = T::empty();
    for (name, text) in &found.held {
        if let Err(error) = value.member(name, &mut Held::new(text.get())) {
            return Err(A::Error::custom(crate::json::inside(name, text.get(), &error)));
        }
    }
    rest(&mut value, &mut found.rest)?;
    Ok((value, found.kind, found.told))
}

/// Reads an object of one of several kinds.
pub(crate) fn read_variant<'de, D: Deserializer<'de>, E: Variants>(deserializer: D) -> Result<E, D::Error> {
    struct Kinds<E>(PhantomData<E>);

    impl<'de, E: Variants> Visitor<'de> for Kinds<E> {
        type Value = E;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            expecting(E::NAME, f)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<E, A::Error> {
            let mut held: Vec<(Cow<'de, str>, Box<RawValue>)> = Vec::new();
            let mut told = None;
            while let Some(Name(name)) = object.next_key()? {
                if Some(name.as_ref()) == E::TOLD_BY.map(|(member, _)| member) {
                    match object.next_value_seed(Word)? {
                        Ok(word) => told = word,
                        Err(other) => held.push((name, to_raw_value(&other).map_err(A::Error::custom)?)),
                    }
                    continue;
                }
                if name != "type" {
                    held.push((name, object.next_value()?));
                    continue;
                }
                match object.next_value_seed(one_of(E::TYPES))? {
                    Some(Ok(index)) => {
                        let kind = E::TYPES.get(index).copied().map(TypeName::known);
                        return E::read(index, Found { kind, told, held, rest: object });
                    }
                    Some(Err(other)) => return keep(Some(other), told, &held, object),
                    None => {}
                }
            }
            let words = E::TOLD_BY.map(|(_, words)| words).unwrap_or_default();
            match words.iter().find(|(word, _)| Some(*word) == told.as_deref()) {
                Some((_, index)) => E::read(*index, Found { kind: None, told, held, rest: object }),
                None => keep(None, told, &held, object),
            }
        }
    }

    deserializer.deserialize_map(Kinds(PhantomData))
}

/// Keeps an object of another kind.
fn keep<'de, E: Variants, A: MapAccess<'de>>(
    kind: Option<String>,
    told: Option<Cow<'_, str>>,
    held: &[(Cow<'_, str>, Box<RawValue>)],
    mut rest: A,
) -> Result<E, A::Error> {
    let mut object = Map::new();
    for (name, text) in held {
        object.insert(name.clone().into_owned(), serde_json::from_str(text.get()).map_err(A::Error::custom)?);
    }
    if let (Some((member, _)), Some(word)) = (E::TOLD_BY, told) {
        object.insert(member.to_owned(), Value::String(word.into_owned()));
    }
    object.extend(kind.map(|kind| ("type".to_owned(), Value::String(kind))));
    while let Some((name, value)) = rest.next_entry()? {
        object.insert(name, value);
    }
    Ok(E::unknown(Unknown::new(object)))
}

/// Reads `type`: the index of a kind, or another name.
fn one_of(types: &'static [&'static str]) -> Named<impl FnOnce(&str) -> Result<usize, String>> {
    Named(move |name: &str| types.iter().position(|known| *known == name).ok_or_else(|| name.to_owned()))
}

/// Reads a word, `null`, or something else.
struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = Result<Option<Cow<'de, str>>, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Word {
    type Value = Result<Option<Cow<'de, str>>, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }

    fn visit_borrowed_str<E: Error>(self, word: &'de str) -> Result<Self::Value, E> {
        Ok(Ok(Some(Cow::Borrowed(word))))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        Ok(Ok(Some(Cow::Owned(word.to_owned()))))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Err(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(Err)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(object)).map(Err)
    }
}

/// One member that was held back, as the rest of an object.
pub(super) struct Held<'de> {
    text: &'de str,
}

impl<'de> Held<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text }
    }
}

thread_local! {
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

impl<'de> MapAccess<'de> for Held<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        // serde_json counts the depth anew for each text.
        let depth = DEPTH.get();
        if depth >= DEEPEST {
            return Err(Self::Error::custom("objects are nested too deeply"));
        }
        DEPTH.set(depth + 1);
        let value = seed.deserialize(&mut serde_json::Deserializer::from_str(self.text));
        DEPTH.set(depth);
        value
    }
}
