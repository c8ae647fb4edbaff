//! Plain objects: members that may each be absent, `null` or unknown.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::TypeName;

/// An object that is filled member by member.
pub(crate) trait Object: Default {
    /// Value of `type` that stands for this schema; empty where there is none.
    const TYPE: &'static str;

    /// Nothing set, not even `type`, which `Default` may have.
    fn empty() -> Self {
        Self::default()
    }

    /// Reads one member; `false` if it is not known, and the value is then still to be read.
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, object: &mut A) -> Result<bool, A::Error>;
}

/// Bases without members of their own.
impl Object for () {
    const TYPE: &'static str = "";

    fn member<'de, A: MapAccess<'de>>(&mut self, _: &str, _: &mut A) -> Result<bool, A::Error> {
        Ok(false)
    }
}

/// Reads and writes a struct: `object!(Pipeline, "pipeline", { "uuid" uuid value, "values" values list });`
///
/// With `default type_,` before the members, `Default` fills in `type`. The last word of an entry is the function that
/// reads it.
macro_rules! object {
    ($name:ident, $type:literal, $(default $kind:ident,)? { $($wire:literal $member:ident $reader:ident),* $(,)? }) => {
        impl $crate::model::Object for $name {
            const TYPE: &'static str = $type;

            $(
                #[inline]
                fn empty() -> Self {
                    Self { $kind: None, ..Self::default() }
                }
            )?

            #[allow(unused_variables, reason = "there are objects without members")]
            fn member<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                object: &mut A,
            ) -> Result<bool, A::Error> {
                match name {
                    $($wire => $crate::model::$reader(object, $type, &mut self.$member),)*
                    _ => Ok(false),
                }
            }
        }

        impl Default for $name {
            #[inline]
            fn default() -> Self {
                #[allow(unused_mut, reason = "only some types name themselves")]
                let mut value = Self { $($member: None),* };
                $(value.$kind = Some($crate::types::TypeName::known($type));)?
                value
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::read(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_mut, reason = "there are objects without members")]
                let mut object = $crate::model::Writer::begin(serializer);
                $(object.member($wire, &self.$member);)*
                object.end()
            }
        }
    };
}
pub(crate) use object;

/// Reads a whole object.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Object>(deserializer: D) -> Result<T, D::Error> {
    struct Whole<T>(PhantomData<T>);

    impl<'de, T: Object> Visitor<'de> for Whole<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            expecting(T::TYPE, f)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
            let mut value = T::empty();
            rest(&mut value, &mut object)?;
            Ok(value)
        }
    }

    deserializer.deserialize_map(Whole(PhantomData))
}

/// Reads the members that are left.
pub(super) fn rest<'de, T: Object, A: MapAccess<'de>>(value: &mut T, object: &mut A) -> Result<(), A::Error> {
    while let Some(Name(name)) = object.next_key()? {
        if !value.member(&name, object)? {
            object.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

/// What an error says that should have been there.
pub(super) fn expecting(kind: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match kind {
        "" => f.write_str("an object"),
        kind => write!(f, "an object of type `{kind}`"),
    }
}

/// The name of a member, borrowed where the input allows it.
pub(super) struct Name<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Reads a member that may be `null`.
pub(crate) fn value<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    object: &mut A,
    _: &'static str,
    member: &mut Option<T>,
) -> Result<bool, A::Error> {
    *member = object.next_value()?;
    Ok(true)
}

/// Reads the member `type` of an object that is usually of the type `expected`.
pub(crate) fn kind<'de, A: MapAccess<'de>>(
    object: &mut A,
    expected: &'static str,
    member: &mut Option<TypeName>,
) -> Result<bool, A::Error> {
    *member = object.next_value_seed(super::kind::expected(expected))?;
    Ok(true)
}

/// Reads a list that may be `null` and may hold `null`, which is left out.
pub(crate) fn list<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    object: &mut A,
    _: &'static str,
    member: &mut Option<Vec<T>>,
) -> Result<bool, A::Error> {
    *member = object.next_value_seed(Nullable(List(PhantomData)))?;
    Ok(true)
}

/// Writes an object member by member. A failure ends the writing and is told at the end, so that the lists of members
/// need not ask after each.
pub(crate) struct Writer<M: SerializeMap>(Result<M, M::Error>);

impl<M: SerializeMap> Writer<M> {
    pub(crate) fn begin<S>(serializer: S) -> Self
    where
        S: Serializer<SerializeMap = M, Ok = M::Ok, Error = M::Error>,
    {
        Self(serializer.serialize_map(None))
    }

    /// Writes a member that is set.
    pub(crate) fn member<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let (Ok(object), Some(value)) = (&mut self.0, value)
            && let Err(error) = object.serialize_entry(name, value)
        {
            self.0 = Err(error);
        }
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0?.end()
    }
}

/// `null` or what the inner one reads.
pub(super) struct Nullable<V>(pub(super) V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Nullable<V> {
    type Value = Option<V::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Nullable<V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self.0).map(Some)
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Option<T>>()? {
            list.extend(item);
        }
        Ok(list)
    }
}
