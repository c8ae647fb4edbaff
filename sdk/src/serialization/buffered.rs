//! Members of an object that are buffered as text until its type is known.
//!
//! What is nested in it may be buffered again, and each time serde_json counts the nesting from zero; so time, memory
//! and stack are bounded here.

use std::cell::Cell;

use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

use super::object::Members;
use super::{Object, json};

/// Maximum nesting of objects with buffered members: each level reads what is below it once more.
const MAX_BUFFERED: u8 = 16;
/// The same for objects of unknown variants, of which each keeps all that is below it.
const MAX_UNKNOWN: u8 = 4;
/// Maximum nesting of JSON in a buffered member, so that the stack does not overflow.
const MAX_NESTING: usize = 64;
/// Bytes that most objects need for what comes before `type`.
const FIRST: usize = 256;
const TOO_DEEP: &str = "objects are nested too deeply";

/// How many members are being read, each within the one before.
#[derive(Clone, Copy)]
struct Depth {
    buffered: u8,
    unknown: u8,
}

thread_local! {
    static DEPTH: Cell<Depth> = const { Cell::new(Depth { buffered: 0, unknown: 0 }) };
}

/// Members of an object, as the text of an object that has only these.
#[derive(Default)]
pub(super) struct Buffered {
    /// Without the closing brace.
    text: String,
    /// Names of the members that are nested too deeply to be read.
    deep: Vec<String>,
}

impl Buffered {
    /// Adds a member, whose value is valid JSON.
    #[inline]
    pub(super) fn push(&mut self, name: &str, value: &str) {
        self.text.reserve(if self.text.is_empty() { FIRST } else { name.len() + value.len() + 4 });
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        if name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            self.text.extend(["\"", name, "\":", value]);
        } else {
            self.text.extend([&*Value::from(name).to_string(), ":", value]);
        }
        // The members within this one are parts of its text.
        if DEPTH.get().buffered == 0 && !is_nested_at_most(MAX_NESTING, value) {
            self.deep.push(name.to_owned());
        }
    }

    /// Reads the members into a model; those that it does not know may be nested as they like.
    pub(super) fn read<T: Object>(self, model: &mut T) -> Result<(), serde_json::Error> {
        self.read_by(&mut |text| serde_json::Deserializer::from_str(text).deserialize_map(Members(model)))
    }

    /// `read` reads an object and tells whether all its members are known.
    #[inline]
    fn read_by(
        mut self,
        read: &mut dyn FnMut(&str) -> Result<bool, serde_json::Error>,
    ) -> Result<(), serde_json::Error> {
        if self.text.is_empty() {
            return Ok(());
        }
        for name in &self.deep {
            if read(&format!("{{{}:null}}", Value::from(&**name)))? {
                return Err(json::inside(name, TOO_DEEP));
            }
        }
        self.text.push('}');
        nested(false, || read(&self.text)).map_err(|error| json::inside_of(&self.text, &error))?;
        Ok(())
    }

    /// All members, whatever they are.
    #[inline]
    pub(super) fn into_object(mut self) -> Result<Map<String, Value>, serde_json::Error> {
        if self.text.is_empty() {
            return Ok(Map::new());
        }
        self.text.push('}');
        match serde_json::from_str(&self.text)? {
            Value::Object(object) => Ok(object),
            _ => Ok(Map::new()),
        }
    }
}

/// Reads a member of an object whose variant is unknown into what all variants share.
pub(super) fn read_shared<T: Object>(name: &str, value: &Value, base: &mut T) -> Result<(), serde_json::Error> {
    let mut member = Buffered::default();
    member.push(name, &value.to_string());
    nested(true, || member.read(base))
}

/// Counts that something is read within a member.
fn nested<T>(unknown: bool, read: impl FnOnce() -> Result<T, serde_json::Error>) -> Result<T, serde_json::Error> {
    let depth = DEPTH.get();
    let inner = Depth { buffered: depth.buffered + u8::from(!unknown), unknown: depth.unknown + u8::from(unknown) };
    if inner.buffered > MAX_BUFFERED || inner.unknown > MAX_UNKNOWN {
        return Err(serde_json::Error::custom(TOO_DEEP));
    }
    DEPTH.set(inner);
    let value = read();
    DEPTH.set(depth);
    value
}

/// Whether objects and lists of a valid JSON text are nested in no more than that many levels.
#[inline]
fn is_nested_at_most(limit: usize, text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' if depth == limit => return false,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::serialization::Link;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn members_are_read_whatever_their_names_and_values() {
        let mut members = Buffered::default();
        let object = json!({ "a\"\\\u{1}é": [1], "": null, "b c": { "name": "no" }, "name": "https", "href": "x" });
        for (name, value) in object.as_object().unwrap() {
            members.push(name, &value.to_string());
        }
        let mut link = Link::default();
        members.read(&mut link).unwrap();
        assert_eq!((link.name.as_deref(), link.href.as_deref()), (Some("https"), Some("x")));

        let mut members = Buffered::default();
        for (name, value) in object.as_object().unwrap() {
            members.push(name, &value.to_string());
        }
        assert_eq!(Value::from(members.into_object().unwrap()), object);
        assert!(Buffered::default().read(&mut link).is_ok());
        assert!(Buffered::default().into_object().unwrap().is_empty());
    }

    #[test]
    fn only_members_that_are_known_may_not_be_nested_too_deeply() {
        let mut members = Buffered::default();
        members.push("x", &nested(MAX_NESTING + 1));
        members.push("y", &nested(1_000));
        members.push("href", r#""x""#);
        let mut link = Link::default();
        members.read(&mut link).unwrap();
        assert_eq!(link.href.as_deref(), Some("x"));

        let mut members = Buffered::default();
        members.push("x", &nested(1_000));
        members.push("name", &nested(MAX_NESTING + 1));
        let error = members.read(&mut link).unwrap_err().to_string();
        assert!(error.contains(TOO_DEEP) && error.contains("name"), "{error}");
        let mut members = Buffered::default();
        members.push("name", &nested(MAX_NESTING));
        assert!(!members.read(&mut link).unwrap_err().to_string().contains(TOO_DEEP), "it is of another type");
    }

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        for (text, depth) in [
            ("1", 0),
            (r#""[[{{\"[[""#, 0),
            (r#""\\""#, 0),
            ("[]", 1),
            (r#"[{"a":[]},[],{"[[":"]]\\"}]"#, 3),
            ("[[],[],[]]", 2),
        ] {
            assert!(is_nested_at_most(depth, text), "{text}");
            assert!(depth == 0 || !is_nested_at_most(depth - 1, text), "{text}");
        }
    }
}
