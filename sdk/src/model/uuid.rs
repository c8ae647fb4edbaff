//! UUIDs as Bitbucket writes them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// An identifier in Bitbucket's form: a UUID in braces, such as `{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}`.
///
/// It is made of any form that is in use: with or without braces, in quotes, in upper case. It shows itself in braces and
/// in lower case, which is what paths and queries want. Two forms of one UUID are equal. A model keeps the text it was
/// sent, also where that is no UUID.
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
pub struct Uuid(Form);

#[derive(Clone)]
enum Form {
    /// In braces and lower case, as usual.
    Usual([u8; 16]),
    /// Another form of a UUID, or something else.
    Text(Box<str>),
}

/// A text that is no UUID.
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
    /// The UUID of these bytes.
    #[must_use]
    #[inline]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Form::Usual(bytes))
    }

    /// The sixteen bytes; `None` if the service sent something that is no UUID.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> Option<[u8; 16]> {
        match &self.0 {
            Form::Usual(bytes) => Some(*bytes),
            Form::Text(text) => parse(text),
        }
    }

    /// The text as it is sent in a body: what was received, or the form in braces.
    #[inline]
    fn sent(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Usual(_) => Cow::Owned(self.to_string()),
            Form::Text(text) => Cow::Borrowed(text),
        }
    }
}

/// Reads any form.
#[inline]
fn parse(text: &str) -> Option<[u8; 16]> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut uuid = [0; 16];
    let mut at = 0;
    for (index, byte) in uuid.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            if text.get(at) != Some(&b'-') {
                return None;
            }
            at += 1;
        }
        *byte = digit(*text.get(at)?)? << 4 | digit(*text.get(at + 1)?)?;
        at += 2;
    }
    Some(uuid)
}

#[inline]
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Whether printing the parsed UUID gives the text again.
#[inline]
fn is_usual(text: &str) -> bool {
    text.starts_with('{') && text.ends_with('}') && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

impl From<&str> for Uuid {
    /// Keeps a text that is no UUID as it is: the service may know what it means. Use `parse` to be told.
    #[inline]
    fn from(text: &str) -> Self {
        match parse(text) {
            Some(bytes) if is_usual(text) => Self(Form::Usual(bytes)),
            _ => Self(Form::Text(text.into())),
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
        parse(text).map(Self::from_bytes).ok_or_else(|| InvalidUuid(text.chars().take(80).collect()))
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
        let Some(bytes) = self.as_bytes() else { return f.write_str(&self.sent()) };
        f.write_str("{")?;
        for (at, byte) in bytes.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        f.write_str("}")
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
        struct Text;

        impl Visitor<'_> for Text {
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

        deserializer.deserialize_str(Text)
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
    fn every_form_is_one_uuid() {
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
    fn a_model_keeps_the_text_it_was_sent() -> Result<(), serde_json::Error> {
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
    fn what_is_no_uuid_is_refused_when_parsed() {
        for text in
            ["", "{}", "rocket", "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d9}", "3e0a6d6c0d5a4f0a9d5e6f1c2b7a8d90----"]
        {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
