//! Unions: objects with several variants, distinguished by `type`, wherever it is in the object.
//!
//! Members before `type` are buffered as text and read once the variant is known; the members after it are read from
//! the input directly. If `type` comes first, as when this crate writes it, nothing is buffered.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::buffered::Buffered;
use super::object::{MemberName, Members, expecting};
use super::raw::Raw;
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
                    $($object_type => $crate::serialization::read_variant(
                        object,
                        |value: &mut $model, type_name, _discriminator| {
                            value.type_ = type_name;
                            $(
                                if let Some(text) = _discriminator {
                                    value.$field = Some(text.into());
                                }
                            )?
                        },
                        |value| Self::$variant($crate::serialization::OfBox::of_box(value)),
                    ),)*
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

/// An object that has been read as far as is needed to know its variant.
pub(crate) struct UnionObject<'de, A> {
    /// Index of the variant; `None` if it is unknown.
    variant: Option<usize>,
    type_name: Option<TypeName>,
    /// The value of the discriminator, if it came before `type`; it is not buffered as text.
    discriminator: Option<Cow<'de, str>>,
    /// Members that came before `type`.
    buffered: Buffered,
    /// Members that have not been read yet.
    rest: A,
}

impl<'de, A: MapAccess<'de>> UnionObject<'de, A> {
    /// Reads as far as is needed.
    fn read(
        mut object: A,
        types: &'static [&'static str],
        discriminator: Option<Discriminator>,
    ) -> Result<Self, A::Error> {
        let mut buffered = Buffered::default();
        let mut text = None;
        while let Some(MemberName(name)) = object.next_key()? {
            if discriminator.is_some_and(|discriminator| discriminator.member == name) {
                match object.next_value_seed(TextOrOther)? {
                    Ok(Some(value)) => text = Some(value),
                    Ok(None) => buffered.push(&name, "null"),
                    Err(other) => buffered.push(&name, &other.to_string()),
                }
            } else if name != "type" {
                buffered.push(&name, object.next_value_seed(Raw)?.get());
            } else if let Some(told) = object.next_value_seed(one_of(types))? {
                let (variant, type_name) = match told {
                    Ok(index) => (Some(index), types.get(index).copied().map(TypeName::known)),
                    Err(other) => (None, Some(other.into())),
                };
                return Ok(Self { variant, type_name, discriminator: text, buffered, rest: object });
            } else {
                buffered.push(&name, "null");
            }
        }
        let variant = discriminator.zip(text.as_deref()).and_then(|(member, value)| member.variant_of(value));
        Ok(Self { variant, type_name: None, discriminator: text, buffered, rest: object })
    }

    /// The whole object, for a variant that is unknown.
    fn into_object(mut self, discriminator: Option<Discriminator>) -> Result<Map<String, Value>, A::Error> {
        let mut object = self.buffered.into_object().map_err(A::Error::custom)?;
        if let (Some(Discriminator { member, .. }), Some(value)) = (discriminator, self.discriminator) {
            object.insert(member.to_owned(), Value::String(value.into_owned()));
        }
        object.extend(self.type_name.map(|name| ("type".to_owned(), Value::from(name.as_str()))));
        while let Some((name, value)) = self.rest.next_entry()? {
            object.insert(name, value);
        }
        Ok(object)
    }
}

/// Reads the members of a variant. `keep` takes `type` and the value of the discriminator.
pub(crate) fn read_variant<'de, E, T: Object, A: MapAccess<'de>>(
    object: UnionObject<'de, A>,
    keep: fn(&mut T, Option<TypeName>, Option<&str>),
    variant: fn(Box<T>) -> E,
) -> Result<E, A::Error> {
    let mut value = Box::new(T::empty());
    object.buffered.read(&mut *value).map_err(A::Error::custom)?;
    Members(&mut *value).visit_map(object.rest)?;
    keep(&mut value, object.type_name, object.discriminator.as_deref());
    Ok(variant(value))
}

/// What a variant has in it: a model, or a box of one.
pub(crate) trait OfBox<T> {
    fn of_box(value: Box<T>) -> Self;
}

impl<T> OfBox<T> for T {
    fn of_box(value: Box<T>) -> Self {
        *value
    }
}

impl<T> OfBox<T> for Box<T> {
    fn of_box(value: Box<T>) -> Self {
        value
    }
}

/// Reads a union.
pub(crate) fn read_union<'de, D: Deserializer<'de>, E: Union>(deserializer: D) -> Result<E, D::Error> {
    struct UnionVisitor<'a, E>(&'a mut Option<E>);

    impl<'de, E: Union> Visitor<'de> for UnionVisitor<'_, E> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            expecting(E::SCHEMA, f)
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
            let object = UnionObject::read(object, E::OBJECT_TYPES, E::DISCRIMINATOR)?;
            *self.0 = Some(match object.variant {
                Some(index) => E::read(index, object)?,
                None => E::unknown(Unknown::new(object.into_object(E::DISCRIMINATOR)?)),
            });
            Ok(())
        }
    }

    let mut read = None;
    deserializer.deserialize_map(UnionVisitor(&mut read))?;
    read.ok_or_else(|| D::Error::missing_field("type"))
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
