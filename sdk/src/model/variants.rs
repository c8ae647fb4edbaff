//! Objects of several kinds, told apart by `type`, wherever it stands in the object.
//!
//! Members before `type` are held back as text; once the kind is known they are read, and so is the rest, straight from
//! the input. Where `type` comes first, as in what this crate writes, nothing is held back.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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
    fn read<'de, A: MapAccess<'de>>(index: usize, found: Found<A>) -> Result<Self, A::Error>;

    /// Keeps an object of another kind.
    fn unknown(object: Unknown<Self::Base>) -> Self;
}

/// Reads and writes an enum:
/// `variants!(PipelineState, "pipeline_state", (), None, { "pipeline_state_pending" Pending PipelineStatePending as_pending is_pending });`
macro_rules! variants {
    (
        $name:ident, $base_type:literal, $base:ty, $told_by:expr,
        { $($type:literal $variant:ident $model:ident $accessor:ident $question:ident),* $(,)? }
    ) => {
        impl $crate::model::Variants for $name {
            type Base = $base;
            const TYPES: &'static [&'static str] = &[$($type),*];
            const TOLD_BY: Option<(&'static str, &'static [(&'static str, usize)])> = $told_by;
            const NAME: &'static str = $base_type;

            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                index: usize,
                found: $crate::model::Found<A>,
            ) -> Result<Self, A::Error> {
                match Self::TYPES.get(index).copied().unwrap_or_default() {
                    $($type => {
                        let (mut value, kind) = $crate::model::fill::<$model, A>(found)?;
                        value.type_ = kind;
                        Ok(Self::$variant(value.into()))
                    })*
                    other => Err(::serde::de::Error::unknown_variant(other, Self::TYPES)),
                }
            }

            fn unknown(object: $crate::types::Unknown<$base>) -> Self {
                Self::Unknown(Box::new(object))
            }
        }

        impl $name {
            /// Value of `type` for the kind, or what an unknown object says.
            #[must_use]
            pub fn type_name(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(_) => Some($type),)*
                    Self::Unknown(object) => object.type_name(),
                }
            }

            $(
                #[doc = concat!("The `", $type, "`, if it is one.")]
                #[must_use]
                pub fn $accessor(&self) -> Option<&$model> {
                    match self {
                        Self::$variant(value) => Some(value),
                        _ => None,
                    }
                }

                #[doc = concat!("Whether it is a `", $type, "`.")]
                #[must_use]
                pub fn $question(&self) -> bool {
                    matches!(self, Self::$variant(_))
                }
            )*

            /// Whether it is of a kind that this version of the crate does not know.
            #[must_use]
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }

        $(
            impl From<$model> for $name {
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
pub(crate) struct Found<A> {
    kind: Option<TypeName>,
    /// Members that came before `type`.
    held: Vec<(String, Box<RawValue>)>,
    /// Members that are still to come.
    rest: A,
}

/// Reads the members of a kind; also gives what is to be kept as `type`.
pub(crate) fn fill<'de, T: Object, A: MapAccess<'de>>(mut found: Found<A>) -> Result<(T, Option<TypeName>), A::Error> {
    let mut value = T::empty();
    for (name, text) in &found.held {
        if let Err(error) = value.member(name, &mut Held::new(text.get())) {
            return Err(A::Error::custom(crate::json::inside(name, text.get(), &error)));
        }
    }
    rest(&mut value, &mut found.rest)?;
    Ok((value, found.kind))
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
            let mut held: Vec<(String, Box<RawValue>)> = Vec::new();
            while let Some(Name(name)) = object.next_key()? {
                if name != "type" {
                    held.push((name.into_owned(), object.next_value()?));
                    continue;
                }
                match object.next_value_seed(Type(E::TYPES))? {
                    Some(Ok(index)) => {
                        let kind = E::TYPES.get(index).copied().map(TypeName::known);
                        return E::read(index, Found { kind, held, rest: object });
                    }
                    Some(Err(other)) => return keep(Some(other), &held, object),
                    None => {}
                }
            }
            match told_by(E::TOLD_BY, &held) {
                Some(index) => E::read(index, Found { kind: None, held, rest: object }),
                None => keep(None, &held, object),
            }
        }
    }

    deserializer.deserialize_map(Kinds(PhantomData))
}

/// Which kind an object without `type` is.
fn told_by(table: Option<(&str, &'static [(&'static str, usize)])>, held: &[(String, Box<RawValue>)]) -> Option<usize> {
    let (member, words) = table?;
    let (_, text) = held.iter().find(|(name, _)| name == member)?;
    let word: String = serde_json::from_str(text.get()).ok()?;
    words.iter().find(|(known, _)| *known == word).map(|(_, index)| *index)
}

/// Keeps an object of another kind.
fn keep<'de, E: Variants, A: MapAccess<'de>>(
    kind: Option<String>,
    held: &[(String, Box<RawValue>)],
    mut rest: A,
) -> Result<E, A::Error> {
    let mut object = Map::new();
    for (name, text) in held {
        object.insert(name.clone(), serde_json::from_str(text.get()).map_err(A::Error::custom)?);
    }
    object.extend(kind.map(|kind| ("type".to_owned(), Value::String(kind))));
    while let Some((name, value)) = rest.next_entry()? {
        object.insert(name, value);
    }
    Ok(E::unknown(Unknown::new(object)))
}

/// Reads `type`: the index of a kind, another name, or nothing where it is `null`.
struct Type(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Type {
    type Value = Option<Result<usize, String>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Type {
    type Value = Option<Result<usize, String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a type")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Some(self.0.iter().position(|known| *known == name).ok_or_else(|| name.to_owned())))
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
        let value = seed.deserialize(&mut serde_json::Deserializer::from_slice(self.text.as_bytes()));
        DEPTH.set(depth);
        value
    }
}
