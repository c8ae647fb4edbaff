//! Facets of a schema: what it says beside its members, such as format, limits and default.

use serde_json::{Map, Value};

/// Limits that the models do not check.
const BOUNDS: [&str; 13] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// What is prose, or is compared elsewhere.
const ELSEWHERE: [&str; 11] = [
    "description",
    "title",
    "example",
    "externalDocs",
    "default",
    "enum",
    "properties",
    "required",
    "allOf",
    "additionalProperties",
    "deprecated",
];

/// The limits of a schema and of its items.
pub(super) fn bounds(schema: &Value) -> Value {
    keep(schema, &|key| BOUNDS.contains(&key))
}

/// Its form beside limits: type, format, whether it may be null.
pub(super) fn form(schema: &Value) -> Value {
    keep(schema, &|key| {
        let own = key.starts_with("x-") || key == "$ref";
        !own && !ELSEWHERE.contains(&key) && !BOUNDS.contains(&key)
    })
}

fn keep(schema: &Value, wanted: &dyn Fn(&str) -> bool) -> Value {
    let Value::Object(object) = schema else { return Value::Null };
    let mut kept = Map::new();
    for (key, value) in object {
        if key == "items" {
            let items = keep(value, wanted);
            if items.as_object().is_some_and(|items| !items.is_empty()) {
                kept.insert(key.clone(), items);
            }
        } else if wanted(key) {
            kept.insert(key.clone(), value.clone());
        }
    }
    kept.sort_keys();
    Value::Object(kept)
}

/// What differs between two sets of facets, in words.
pub(super) fn difference(old: &Value, new: &Value) -> (String, String) {
    let empty = Map::new();
    let (old, new) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
    let only = |these: &Map<String, Value>, those: &Map<String, Value>| {
        let own = these.iter().filter(|(key, value)| those.get(*key) != Some(value));
        let own: Vec<String> =
            own.map(|(key, value)| format!("{key} {}", short(Some(value))).trim_end().to_owned()).collect();
        if own.is_empty() { "none".to_owned() } else { own.join(", ") }
    };
    (only(old, new), only(new, old))
}

/// A value on one line.
pub(super) fn short(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
