//! Objects of an unknown variant.

use std::fmt;

use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Object;
use super::buffered::read_shared;

/// An object whose variant this version of the crate does not know, or that does not tell its variant. It is kept as it
/// was received; `B` has the members that all variants share.
#[derive(Clone)]
pub struct Unknown<B = ()> {
    object: Map<String, Value>,
    base: B,
}

#[allow(private_bounds, reason = "made by the readers of this crate only")]
impl<B: Object> Unknown<B> {
    /// Reads the members of the base; the object has all members.
    pub(super) fn new(object: Map<String, Value>) -> Self {
        let mut base = B::empty();
        if size_of::<B>() != 0 {
            for (name, value) in &object {
                // A member that cannot be read is only in the object, and so is a list with an item that cannot.
                if read_shared(name, value, &mut base).is_err() {
                    let _ = read_shared(name, &Value::Null, &mut base);
                }
            }
        }
        Self { object, base }
    }
}

impl<B> Unknown<B> {
    /// The object as it was received.
    #[must_use]
    pub fn object(&self) -> &Map<String, Value> {
        &self.object
    }

    /// The members that all variants share.
    #[must_use]
    pub fn base(&self) -> &B {
        &self.base
    }

    /// Value of `type`, if there is one.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        self.object.get("type").and_then(Value::as_str)
    }
}

impl<B> fmt::Debug for Unknown<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.object).finish()
    }
}

impl<B> Serialize for Unknown<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl<B> schemars::JsonSchema for Unknown<B> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Unknown".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "description": "An object of a variant that is not known." })
    }
}
