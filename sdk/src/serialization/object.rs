//! Plain objects: members that may each be absent, `null` or unknown.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::TypeName;

/// An object that is read member by member.
pub(crate) trait Object: Default {
    /// Value of `type` for this schema; empty if it has none.
    const SCHEMA: &'static str;

    /// No member is set, not even `type`, which `Default` may set.
    fn empty() -> Self {
        Self::default()
    }

    /// Reads one member; returns `false` if it is not known, without reading its value.
    fn read_member<'de, A: MapAccess<'de>>(&mut self, name: &str, object: &mut A) -> Result<bool, A::Error>;
}

/// For unions whose variants share no members.
impl Object for () {
    const SCHEMA: &'static str = "";

    fn read_member<'de, A: MapAccess<'de>>(&mut self, _: &str, _: &mut A) -> Result<bool, A::Error> {
        Ok(false)
    }
}

/// Implements serialization for a model:
///
/// ```text
/// object!(
///     Tag, schema: "tag", type_name: type_,
///     values: [name, tagger_date = "date"], lists: [parents]
/// );
/// ```
///
/// Each entry is a field; its member in JSON has the same name unless another one follows. `type_name` is the field for
/// `type`; as `default_type_name`, it is set in new values. In `lists`, items that are `null` are left out.
macro_rules! object {
    (
        $name:ident, schema: $schema:literal,
        $(type_name: $type_name:ident,)? $(default_type_name: $default:ident,)?
        values: [$($value:ident $(= $value_member:literal)?),*],
        lists: [$($list:ident $(= $list_member:literal)?),*]
    ) => {
        impl $crate::serialization::Object for $name {
            const SCHEMA: &'static str = $schema;

            $(
                #[inline]
                fn empty() -> Self {
                    Self { $default: None, ..Self::default() }
                }
            )?

            #[allow(unused_variables, reason = "there are objects without members")]
            fn read_member<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                object: &mut A,
            ) -> Result<bool, A::Error> {
                #[allow(unused_imports, reason = "there are objects without values")]
                use $crate::serialization::ReadValue as _;
                match name {
                    $("type" => $crate::serialization::read_type_name(object, $schema, &mut self.$type_name),)?
                    $("type" => $crate::serialization::read_type_name(object, $schema, &mut self.$default),)?
                    $($crate::serialization::object!(@member $value $(= $value_member)?) =>
                        $crate::serialization::Slot(&mut self.$value).read(object),)*
                    $($crate::serialization::object!(@member $list $(= $list_member)?) =>
                        $crate::serialization::read_list(object, &mut self.$list),)*
                    _ => Ok(false),
                }
            }
        }

        impl Default for $name {
            #[inline]
            fn default() -> Self {
                Self {
                    $($type_name: None,)?
                    $($default: Some($crate::serialization::TypeName::known($schema)),)?
                    $($value: None,)*
                    $($list: None,)*
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::serialization::read_object(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_mut, reason = "there are objects without members")]
                let mut object = $crate::serialization::ObjectWriter::begin(serializer);
                $(object.member("type", &self.$type_name);)?
                $(object.member("type", &self.$default);)?
                $(object.member($crate::serialization::object!(@member $value $(= $value_member)?), &self.$value);)*
                $(object.member($crate::serialization::object!(@member $list $(= $list_member)?), &self.$list);)*
                object.end()
            }
        }
    };
    (@member $field:ident) => { stringify!($field) };
    (@member $field:ident = $member:literal) => { $member };
}
pub(crate) use object;

/// Reads an object.
pub(crate) fn read_object<'de, D: Deserializer<'de>, T: Object>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::empty();
    deserializer.deserialize_map(Members(&mut value))?;
    Ok(value)
}

/// Reads members into an object. Like all visitors of models it returns nothing and fills what is there: code that holds
/// a model by value is compiled with the drop of all that may be in it.
pub(super) struct Members<'a, T>(pub(super) &'a mut T);

impl<'de, T: Object> Visitor<'de> for Members<'_, T> {
    /// Whether all members are known.
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(T::SCHEMA, f)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        let mut known = true;
        while let Some(MemberName(name)) = object.next_key()? {
            if !self.0.read_member(&name, &mut object)? {
                object.next_value::<IgnoredAny>()?;
                known = false;
            }
        }
        Ok(known)
    }
}

/// What was expected, for error messages.
pub(super) fn expecting(schema: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match schema {
        "" => f.write_str("an object"),
        schema => write!(f, "an object of type `{schema}`"),
    }
}

/// The name of a member, borrowed if the input allows it.
pub(super) struct MemberName<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for MemberName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = MemberName<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(MemberName(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// Reads a member that may be `null`. For a type in which something else counts as absent too, `Slot` has a method of its
/// own with this name, which Rust prefers to that of a trait.
pub(crate) trait ReadValue<'de> {
    fn read<A: MapAccess<'de>>(self, object: &mut A) -> Result<bool, A::Error>;
}

impl<'de, T: Deserialize<'de>> ReadValue<'de> for Slot<'_, T> {
    fn read<A: MapAccess<'de>>(self, object: &mut A) -> Result<bool, A::Error> {
        object.next_value_seed(self)?;
        Ok(true)
    }
}

/// Reads the member `type` of an object that is usually of the type `expected`.
pub(crate) fn read_type_name<'de, A: MapAccess<'de>>(
    object: &mut A,
    expected: &'static str,
    member: &mut Option<TypeName>,
) -> Result<bool, A::Error> {
    *member = object.next_value_seed(super::type_name::expected(expected))?;
    Ok(true)
}

/// Reads a list that may be `null`; items that are `null` are left out.
pub(crate) fn read_list<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    object: &mut A,
    member: &mut Option<Vec<T>>,
) -> Result<bool, A::Error> {
    object.next_value_seed(List(member))?;
    Ok(true)
}

/// Writes an object member by member. The first error is kept and returned at the end, so that the generated lists of
/// members need no check after each.
pub(crate) struct ObjectWriter<M: SerializeMap>(Result<M, M::Error>);

impl<M: SerializeMap> ObjectWriter<M> {
    pub(crate) fn begin<S>(serializer: S) -> Self
    where
        S: Serializer<SerializeMap = M, Ok = M::Ok, Error = M::Error>,
    {
        Self(serializer.serialize_map(None))
    }

    /// Writes a member if it is set.
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

/// Reads a value or `null` into an option.
pub(crate) struct Slot<'a, T>(pub(crate) &'a mut Option<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Slot<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = Some(T::deserialize(deserializer)?);
        Ok(())
    }
}

/// Reads a list or `null` into an option.
struct List<'a, T>(&'a mut Option<Vec<T>>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for List<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let list = self.0.insert(Vec::new());
        let mut item = None;
        while items.next_element_seed(Slot(&mut item))?.is_some() {
            list.extend(item.take());
        }
        Ok(())
    }
}
