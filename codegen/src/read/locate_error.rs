//! Finds the smallest part of a document that cannot be read.
//!
//! openapiv3 reads paths and schemas through buffers that lose the place of an error. It is found by trying: the
//! member is the cause for which another value makes the part around it readable.

use openapiv3::{Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::source::escape;

/// JSON pointer and reason of the first path or component that cannot be read.
pub(super) fn locate(document: &Value) -> Option<(String, String)> {
    first::<PathItem>(document, "/paths")
        .or_else(|| first::<ReferenceOr<Schema>>(document, "/components/schemas"))
        .or_else(|| first::<ReferenceOr<Parameter>>(document, "/components/parameters"))
        .or_else(|| first::<ReferenceOr<RequestBody>>(document, "/components/requestBodies"))
        .or_else(|| first::<ReferenceOr<Response>>(document, "/components/responses"))
}

fn first<T: DeserializeOwned>(document: &Value, section: &str) -> Option<(String, String)> {
    let parts = document.pointer(section)?.as_object()?.iter().filter(|(name, _)| !name.starts_with("x-"));
    parts.into_iter().find_map(|(name, part)| {
        let reason = T::deserialize(part).err()?.to_string();
        Some((format!("#{section}/{}{}", escape(name), within::<T>(part)), reason))
    })
}

/// The deepest node whose value alone makes `part` unreadable.
fn within<T: DeserializeOwned>(part: &Value) -> String {
    let mut pointer = String::new();
    while let Some(child) = children(part, &pointer).into_iter().find(|child| is_cause::<T>(part, child)) {
        pointer = child;
    }
    pointer
}

fn children(part: &Value, pointer: &str) -> Vec<String> {
    match part.pointer(pointer) {
        Some(Value::Object(object)) => object.keys().map(|key| format!("{pointer}/{}", escape(key))).collect(),
        Some(Value::Array(array)) => (0..array.len()).map(|index| format!("{pointer}/{index}")).collect(),
        _ => Vec::new(),
    }
}

fn is_cause<T: DeserializeOwned>(part: &Value, pointer: &str) -> bool {
    let others = [json!(null), json!(""), json!("path"), json!(0), json!(true), json!([]), json!({})];
    let replaced = others.into_iter().any(|other| {
        let mut changed = part.clone();
        if let Some(node) = changed.pointer_mut(pointer) {
            *node = other;
        }
        T::deserialize(&changed).is_ok()
    });
    let mut without = part.clone();
    remove(&mut without, pointer);
    replaced || T::deserialize(&without).is_ok()
}

fn remove(part: &mut Value, pointer: &str) {
    let (parent, token) = pointer.rsplit_once('/').unwrap_or_default();
    match part.pointer_mut(parent) {
        Some(Value::Object(object)) => drop(object.shift_remove(&token.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(array)) => array.retain_mut({
            let mut index = 0..;
            move |_| index.next().is_none_or(|index: usize| token != index.to_string())
        }),
        _ => {}
    }
}
