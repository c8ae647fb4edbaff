//! Words: enums of strings that stay open. Bitbucket adds words without notice, so each type keeps what it does not know.
//!
//! The generated types are made by the macro; nothing here knows any of them.

use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

/// Makes words of an enum whose last variant keeps what is not known:
/// `words!(Light, Unknown, Green = "GREEN", Red = "RED");`
macro_rules! words {
    ($name:ident, $unknown:ident, $($variant:ident = $word:literal),*) => {
        impl $name {
            /// The words that this version of the crate knows.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word as it is sent.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::$unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::$unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            #[inline]
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
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
                crate::word::deserialize(deserializer)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": Self::WORDS })
            }
        }
    };
}
pub(crate) use words;

/// Reads a string and makes a word of it.
pub(crate) fn deserialize<'de, D, W>(deserializer: D) -> Result<W, D::Error>
where
    D: Deserializer<'de>,
    W: for<'w> From<&'w str>,
{
    struct Word<W>(PhantomData<W>);

    impl<W: for<'w> From<&'w str>> Visitor<'_> for Word<W> {
        type Value = W;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a word")
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<W, E> {
            Ok(W::from(word))
        }
    }

    deserializer.deserialize_str(Word(PhantomData))
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
    words!(Light, Unknown, Green = "GREEN", Red = "RED");

    #[test]
    fn known_and_unknown_words_survive_the_round_trip() -> Result<(), serde_json::Error> {
        let lights: Vec<Light> = serde_json::from_str(r#"["GREEN", "BLINK\u0041"]"#)?;
        assert_eq!(lights, [Light::Green, Light::Unknown("BLINKA".to_owned())]);
        assert_eq!(serde_json::to_string(&lights)?, r#"["GREEN","BLINKA"]"#);
        assert_eq!("RED".parse(), Ok(Light::Red));
        assert_eq!(Light::WORDS, ["GREEN", "RED"]);
        assert_eq!(Light::Red.as_ref(), Light::Red.to_string());
        Ok(())
    }

    #[test]
    fn what_is_no_string_is_refused() {
        assert!(serde_json::from_str::<Light>("3").is_err());
    }
}
