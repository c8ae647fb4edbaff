//! Open enums: enums of strings that keep unknown values, because Bitbucket adds values without notice.
//!
//! The macro implements the generated types; nothing here depends on any of them.

use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

/// Implements an enum whose last variant keeps unknown values: `open_enum!(Light, unknown: Unknown, values: [Green =
/// "GREEN", Red = "RED"]);`
macro_rules! open_enum {
    ($name:ident, unknown: $unknown:ident, values: [$($variant:ident = $value:literal),* $(,)?]) => {
        impl $name {
            /// The values that this version of the crate knows.
            pub const VALUES: &'static [&'static str] = &[$($value),*];

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$unknown(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::$unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            #[inline]
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::serialization::read_open_enum(deserializer)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": Self::VALUES })
            }
        }
    };
}
pub(crate) use open_enum;

/// Reads a string and converts it.
pub(crate) fn read_open_enum<'de, D, W>(deserializer: D) -> Result<W, D::Error>
where
    D: Deserializer<'de>,
    W: for<'v> From<&'v str>,
{
    struct ValueVisitor<W>(PhantomData<W>);

    impl<W: for<'v> From<&'v str>> Visitor<'_> for ValueVisitor<W> {
        type Value = W;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<W, E> {
            Ok(W::from(value))
        }
    }

    deserializer.deserialize_str(ValueVisitor(PhantomData))
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro writes for public types")]
mod tests {
    #[derive(Debug, PartialEq)]
    enum Light {
        Green,
        Red,
        Unknown(String),
    }
    open_enum!(Light, unknown: Unknown, values: [Green = "GREEN", Red = "RED"]);

    #[test]
    fn known_and_unknown_values_survive_the_round_trip() -> Result<(), serde_json::Error> {
        let lights: Vec<Light> = serde_json::from_str(r#"["GREEN", "BLINK\u0041"]"#)?;
        assert_eq!(lights, [Light::Green, Light::Unknown("BLINKA".to_owned())]);
        assert_eq!(serde_json::to_string(&lights)?, r#"["GREEN","BLINKA"]"#);
        assert_eq!("RED".parse(), Ok(Light::Red));
        assert_eq!(Light::VALUES, ["GREEN", "RED"]);
        assert_eq!(Light::Red.as_ref(), Light::Red.to_string());
        Ok(())
    }

    #[test]
    fn other_types_than_strings_are_refused() {
        assert!(serde_json::from_str::<Light>("3").is_err());
    }
}
