//! UUIDs as Bitbucket writes them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// An identifier in Bitbucket's form: a UUID in braces, such as `{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}`.
///
/// It can be created from any form in use: with or without braces, in quotes, in upper case. `Display` writes it in
/// braces and lower case, as paths and queries need it. Two forms of the same UUID are equal. A model keeps the text
/// that was received, even if it is not a UUID.
///
/// ```
/// use bitbucket_cloud::Uuid;
///
/// let uuid: Uuid = "3E0A6D6C-0D5A-4F0A-9D5E-6F1C2B7A8D90".parse()?;
/// assert_eq!(uuid.to_string(), "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}");
/// assert_eq!(uuid, Uuid::from("\"{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}\""));
/// assert!("rocket".parse::<Uuid>().is_err());
/// # Ok::<(), bitbucket_cloud::InvalidUuid>(())
/// ```
#[derive(Clone)]
pub struct Uuid(UuidForm);

#[derive(Clone)]
enum UuidForm {
    /// In braces and lower case, as usual.
    Braced(uuid::Uuid),
    /// Another form of a UUID, or something else.
    Text(Box<str>),
}

/// A text that is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUuid(String);

impl fmt::Display for InvalidUuid {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no UUID; one looks like {{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}}", self.0)
    }
}

impl std::error::Error for InvalidUuid {}

impl Uuid {
    /// A UUID from its bytes.
    #[must_use]
    #[inline]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(UuidForm::Braced(uuid::Uuid::from_bytes(bytes)))
    }

    /// The sixteen bytes; `None` if the service sent something that is not a UUID.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> Option<[u8; 16]> {
        match &self.0 {
            UuidForm::Braced(uuid) => Some(uuid.into_bytes()),
            UuidForm::Text(text) => parse(text).map(uuid::Uuid::into_bytes),
        }
    }

    /// The text in a body: as it was received, or the form in braces.
    #[inline]
    fn sent(&self) -> Cow<'_, str> {
        match &self.0 {
            UuidForm::Braced(_) => Cow::Owned(self.to_string()),
            UuidForm::Text(text) => Cow::Borrowed(text),
        }
    }
}

/// Parses the forms that the service uses. Others that the `uuid` crate accepts, such as those without hyphens, may be
/// something else here, for example a hash.
#[inline]
fn parse(text: &str) -> Option<uuid::Uuid> {
    // The usual form, with or without braces.
    if matches!(text.len(), 36 | 38)
        && let Ok(uuid) = uuid::Uuid::try_parse_ascii(text.as_bytes())
    {
        return Some(uuid);
    }
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    if text.len() == 36 { uuid::Uuid::try_parse(text).ok() } else { None }
}

/// Whether the text is in the form that `Display` writes.
#[inline]
fn is_braced(text: &str) -> bool {
    text.starts_with('{') && text.ends_with('}') && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

impl From<&str> for Uuid {
    /// A text that is not a UUID is kept as it is, because the service may understand it. Use `parse` to get an error
    /// instead.
    #[inline]
    fn from(text: &str) -> Self {
        match parse(text) {
            Some(uuid) if is_braced(text) => Self(UuidForm::Braced(uuid)),
            _ => Self(UuidForm::Text(text.into())),
        }
    }
}

impl From<String> for Uuid {
    #[inline]
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Uuid> for Uuid {
    #[inline]
    fn from(uuid: &Uuid) -> Self {
        uuid.clone()
    }
}

impl FromStr for Uuid {
    type Err = InvalidUuid;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidUuid> {
        parse(text).map(|uuid| Self(UuidForm::Braced(uuid))).ok_or_else(|| InvalidUuid(text.chars().take(80).collect()))
    }
}

impl From<Uuid> for String {
    #[inline]
    fn from(uuid: Uuid) -> Self {
        uuid.to_string()
    }
}

impl From<&Uuid> for String {
    #[inline]
    fn from(uuid: &Uuid) -> Self {
        uuid.to_string()
    }
}

impl PartialEq for Uuid {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self.as_bytes(), other.as_bytes()) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.sent() == other.sent(),
            _ => false,
        }
    }
}

impl Eq for Uuid {}

impl Hash for Uuid {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.as_bytes() {
            Some(bytes) => bytes.hash(state),
            None => self.sent().hash(state),
        }
    }
}

impl fmt::Display for Uuid {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uuid = match &self.0 {
            UuidForm::Braced(uuid) => *uuid,
            UuidForm::Text(text) => match parse(text) {
                Some(uuid) => uuid,
                None => return f.write_str(text),
            },
        };
        write!(f, "{:x}", uuid.braced())
    }
}

impl fmt::Debug for Uuid {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Uuid {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.sent())
    }
}

impl<'de> Deserialize<'de> for Uuid {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UuidVisitor;

        impl Visitor<'_> for UuidVisitor {
            type Value = Uuid;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID")
            }

            #[inline]
            fn visit_str<E: Error>(self, text: &str) -> Result<Uuid, E> {
                Ok(Uuid::from(text))
            }
        }

        deserializer.deserialize_str(UuidVisitor)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Uuid {
    #[inline]
    fn schema_name() -> Cow<'static, str> {
        "Uuid".into()
    }

    #[inline]
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A UUID, usually in braces." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}";

    #[test]
    fn all_forms_of_a_uuid_are_equal() {
        for form in [
            USUAL,
            "3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90",
            "\"{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}\"",
            " {3E0A6D6C-0D5A-4F0A-9D5E-6F1C2B7A8D90} ",
        ] {
            assert_eq!(Uuid::from(form), Uuid::from(USUAL), "{form}");
            assert_eq!(form.parse::<Uuid>().map(String::from), Ok(USUAL.to_owned()), "{form}");
            assert_eq!(Uuid::from(form).to_string(), USUAL);
        }
    }

    #[test]
    fn a_model_keeps_the_text_it_received() -> Result<(), serde_json::Error> {
        for text in [
            USUAL,
            "3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90",
            "{anonymized-uuid}",
            "",
            "{\u{e4}}",
            "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d9\u{e4}}",
        ] {
            let json = serde_json::to_string(text)?;
            let uuid: Uuid = serde_json::from_str(&json)?;
            assert_eq!(serde_json::to_string(&uuid)?, json);
        }
        Ok(())
    }

    #[test]
    fn parsing_refuses_what_is_not_a_uuid() {
        for text in
            ["", "{}", "rocket", "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d9}", "3e0a6d6c0d5a4f0a9d5e6f1c2b7a8d90----"]
        {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
