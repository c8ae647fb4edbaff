//! Unions: objects with several variants, distinguished by `type`, wherever it is in the object.
//!
//! Members before `type` are buffered as text and read once the variant is known; the members after it are read from
//! the input directly. If `type` comes first, as when this crate writes it, nothing is buffered.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::buffered_member::BufferedMember;
use super::object::{MemberName, expecting, read_rest};
use super::type_name::ReadTypeName;
use super::{Object, TypeName, Unknown};

/// An enum over the variants of an object.
pub(crate) trait Union: Sized {
    /// The members that all variants share.
    type Base: Object;
    /// Value of `type` for each variant.
    const OBJECT_TYPES: &'static [&'static str];
    /// The discriminator for objects without `type`.
    const DISCRIMINATOR: Option<Discriminator>;
    /// Name of the union in error messages.
    const SCHEMA: &'static str;

    /// Reads the variant with this index in `OBJECT_TYPES`.
    fn read<'de, A: MapAccess<'de>>(index: usize, object: UnionObject<'de, A>) -> Result<Self, A::Error>;

    /// Keeps an object of an unknown variant.
    fn unknown(object: Unknown<Self::Base>) -> Self;
}

/// The member that distinguishes objects without `type`, and its values for each variant, in their order.
#[derive(Clone, Copy)]
pub(crate) struct Discriminator {
    pub(crate) member: &'static str,
    pub(crate) values: &'static [&'static [&'static str]],
}

impl Discriminator {
    fn variant_of(self, value: &str) -> Option<usize> {
        self.values.iter().position(|values| values.contains(&value))
    }
}

/// Implements serialization for a union, with `as_…` and `is_…` for each variant:
///
/// ```text
/// union!(
///     State, schema: "state", base: (), discriminator: "name", variants: [
///         Pending {
///             object_type: "state_pending", model: StatePending,
///             get: as_pending, is: is_pending, name: ["PENDING"]
///         },
///         Done { object_type: "state_done", model: StateDone, get: as_done, is: is_done },
///     ]
/// );
/// ```
///
/// The last key of a variant is the field of its model with the discriminator, and the values of this variant; a
/// variant need not have one.
macro_rules! union {
    (
        $name:ident, schema: $schema:literal, base: $base:ty, $(discriminator: $discriminator:literal,)? variants: [
            $($variant:ident {
                object_type: $object_type:literal, model: $model:ident, get: $get:ident, is: $is:ident
                $(, $field:ident: [$($value:literal),*])?
            }),* $(,)?
        ]
    ) => {
        impl $crate::serialization::Union for $name {
            type Base = $base;
            const OBJECT_TYPES: &'static [&'static str] = &[$($object_type),*];
            const DISCRIMINATOR: Option<$crate::serialization::Discriminator> =
                $crate::serialization::union!(@discriminator $($discriminator)?, [$([$($($value),*)?]),*]);
            const SCHEMA: &'static str = $schema;

            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                index: usize,
                object: $crate::serialization::UnionObject<'de, A>,
            ) -> Result<Self, A::Error> {
                match Self::OBJECT_TYPES.get(index).copied().unwrap_or_default() {
                    $($object_type => {
                        #[allow(unused_variables, reason = "not every variant has the discriminator")]
                        let (mut value, type_name, discriminator) =
                            $crate::serialization::read_variant::<$model, A>(object)?;
                        value.type_ = type_name;
                        $(value.$field = discriminator.map(|text| text.as_ref().into()).or(value.$field);)?
                        Ok(Self::$variant(value.into()))
                    })*
                    other => Err(::serde::de::Error::unknown_variant(other, Self::OBJECT_TYPES)),
                }
            }

            #[inline]
            fn unknown(object: $crate::serialization::Unknown<$base>) -> Self {
                Self::Unknown(Box::new(object))
            }
        }

        impl $name {
            /// Value of `type` for the variant; for an unknown variant, that of the object.
            #[must_use]
            #[inline]
            pub fn type_name(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(_) => Some($object_type),)*
                    Self::Unknown(object) => object.type_name(),
                }
            }

            $(
                #[doc = concat!("The `", $object_type, "`, if it is one.")]
                #[must_use]
                #[inline]
                pub fn $get(&self) -> Option<&$model> {
                    match self {
                        Self::$variant(value) => Some(value),
                        _ => None,
                    }
                }

                #[doc = concat!("Whether it is a `", $object_type, "`.")]
                #[must_use]
                #[inline]
                pub fn $is(&self) -> bool {
                    matches!(self, Self::$variant(_))
                }
            )*

            /// Whether this version of the crate does not know the variant.
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
                $crate::serialization::read_union(deserializer)
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
    (@discriminator, $values:tt) => { None };
    (@discriminator $member:literal, [$([$($value:literal),*]),*]) => {
        Some($crate::serialization::Discriminator { member: $member, values: &[$(&[$($value),*]),*] })
    };
}
pub(crate) use union;

/// An object whose variant is known.
pub(crate) struct UnionObject<'de, A> {
    type_name: Option<TypeName>,
    /// The value of the discriminator, if it came before `type`; it is not buffered as text.
    discriminator: Option<Cow<'de, str>>,
    /// Members that came before `type`.
    buffered: Vec<(Cow<'de, str>, Box<RawValue>)>,
    /// Members that have not been read yet.
    rest: A,
}

/// The parts of a variant: its model, the `type` to keep, and the value of the discriminator.
type ReadVariant<'de, T> = (T, Option<TypeName>, Option<Cow<'de, str>>);

/// Reads the members of a variant.
pub(crate) fn read_variant<'de, T: Object, A: MapAccess<'de>>(
    mut object: UnionObject<'de, A>,
) -> Result<ReadVariant<'de, T>, A::Error> {
    let mut value = T::empty();
    for (name, text) in &object.buffered {
        if let Err(error) = value.read_member(name, &mut BufferedMember::new(text.get())) {
            return Err(A::Error::custom(super::json::inside(name, text.get(), &error)));
        }
    }
    read_rest(&mut value, &mut object.rest)?;
    Ok((value, object.type_name, object.discriminator))
}

/// Reads a union.
pub(crate) fn read_union<'de, D: Deserializer<'de>, E: Union>(deserializer: D) -> Result<E, D::Error> {
    struct UnionVisitor<E>(PhantomData<E>);

    impl<'de, E: Union> Visitor<'de> for UnionVisitor<E> {
        type Value = E;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            expecting(E::SCHEMA, f)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<E, A::Error> {
            let mut buffered: Vec<(Cow<'de, str>, Box<RawValue>)> = Vec::new();
            let mut discriminator = None;
            while let Some(MemberName(name)) = object.next_key()? {
                if Some(name.as_ref()) == E::DISCRIMINATOR.map(|discriminator| discriminator.member) {
                    match object.next_value_seed(TextOrOther)? {
                        Ok(text) => discriminator = text,
                        Err(other) => buffered.push((name, to_raw_value(&other).map_err(A::Error::custom)?)),
                    }
                    continue;
                }
                if name != "type" {
                    buffered.push((name, object.next_value()?));
                    continue;
                }
                match object.next_value_seed(one_of(E::OBJECT_TYPES))? {
                    Some(Ok(index)) => {
                        let type_name = E::OBJECT_TYPES.get(index).copied().map(TypeName::known);
                        return E::read(index, UnionObject { type_name, discriminator, buffered, rest: object });
                    }
                    Some(Err(other)) => return read_unknown(Some(other), discriminator, &buffered, object),
                    None => {}
                }
            }
            let variant = E::DISCRIMINATOR.zip(discriminator.as_deref());
            match variant.and_then(|(discriminator, value)| discriminator.variant_of(value)) {
                Some(index) => E::read(index, UnionObject { type_name: None, discriminator, buffered, rest: object }),
                None => read_unknown(None, discriminator, &buffered, object),
            }
        }
    }

    deserializer.deserialize_map(UnionVisitor(PhantomData))
}

/// Keeps an object of an unknown variant.
fn read_unknown<'de, E: Union, A: MapAccess<'de>>(
    type_name: Option<String>,
    discriminator: Option<Cow<'_, str>>,
    buffered: &[(Cow<'_, str>, Box<RawValue>)],
    mut rest: A,
) -> Result<E, A::Error> {
    let mut object = Map::new();
    for (name, text) in buffered {
        object.insert(name.clone().into_owned(), serde_json::from_str(text.get()).map_err(A::Error::custom)?);
    }
    if let (Some(Discriminator { member, .. }), Some(value)) = (E::DISCRIMINATOR, discriminator) {
        object.insert(member.to_owned(), Value::String(value.into_owned()));
    }
    object.extend(type_name.map(|name| ("type".to_owned(), Value::String(name))));
    while let Some((name, value)) = rest.next_entry()? {
        object.insert(name, value);
    }
    Ok(E::unknown(Unknown::new(object)))
}

/// Reads `type`: the index of a variant, or an unknown name.
fn one_of(types: &'static [&'static str]) -> ReadTypeName<impl FnOnce(&str) -> Result<usize, String>> {
    ReadTypeName(move |name: &str| types.iter().position(|known| *known == name).ok_or_else(|| name.to_owned()))
}

/// Reads a string, `null`, or any other value.
struct TextOrOther;

impl<'de> DeserializeSeed<'de> for TextOrOther {
    type Value = Result<Option<Cow<'de, str>>, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextOrOther {
    type Value = Result<Option<Cow<'de, str>>, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Ok(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Ok(Some(Cow::Owned(text.to_owned()))))
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
