//! Refuses schemas that no Rust type can say, while their places are still those of the document.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;
use crate::source::escape;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

pub(super) fn check_schemas(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let refuse = |pointer: String, problem: String, hint: &str| {
        Err(Error::at("check_schemas", context.source, pointer, problem, hint))
    };
    let root = std::mem::take(&mut document.json);
    let mut schemas = Vec::new();
    outside(&root, "#", &mut schemas);
    for (pointer, schema) in &schemas {
        if let Some(Value::String(reference)) = schema.get("$ref") {
            if reference.strip_prefix(SCHEMAS).is_none_or(|name| name.contains('/')) {
                let hint = "the $ref of a schema leads to #/components/schemas/NAME";
                return refuse(format!("{pointer}/$ref"), format!("`{reference}` is no component schema"), hint);
            }
            if is_circle(&root, reference) {
                let hint = "a schema must say something of its own: break the circle of $ref";
                return refuse(format!("{pointer}/$ref"), format!("`{reference}` leads back to itself"), hint);
            }
        }
        if schema.get("not").is_some() {
            let hint = "no Rust type says what something is not";
            return refuse(format!("{pointer}/not"), "`not` is not supported".to_owned(), hint);
        }
        if let Some(Value::String(name)) = schema.get("type")
            && !TYPES.contains(&name.as_str())
        {
            let hint = "OpenAPI 3.0 knows array, boolean, integer, number, object and string";
            return refuse(format!("{pointer}/type"), format!("`{name}` is no type"), hint);
        }
    }
    Ok(vec![format!("{} schemas", schemas.len())])
}

/// Whether the references that start here never come to a schema that is written out.
fn is_circle(root: &Value, reference: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = Some(reference);
    while let Some(reference) = next {
        if !seen.insert(reference) {
            return true;
        }
        let schema = reference.strip_prefix('#').and_then(|target| root.pointer(target));
        next = schema.and_then(|schema| schema.get("$ref")?.as_str());
    }
    false
}

/// Walks over what is no schema itself.
fn outside<'v>(node: &'v Value, pointer: &str, found: &mut Vec<(String, &'v Value)>) {
    match node {
        Value::Object(object) => {
            for (key, value) in object.iter().filter(|(key, _)| !is_data(key)) {
                let child = format!("{pointer}/{}", escape(key));
                if key == "schema" || pointer == "#/components/schemas" {
                    within(value, child, found);
                } else {
                    outside(value, &child, found);
                }
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                outside(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn within<'v>(schema: &'v Value, pointer: String, found: &mut Vec<(String, &'v Value)>) {
    for key in ["items", "additionalProperties"] {
        if let Some(inner @ Value::Object(_)) = schema.get(key) {
            within(inner, format!("{pointer}/{key}"), found);
        }
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        within(property, format!("{pointer}/properties/{}", escape(name)), found);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for (index, part) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            within(part, format!("{pointer}/{key}/{index}"), found);
        }
    }
    found.push((pointer, schema));
}

/// Examples and extensions are data, whatever they look like.
fn is_data(key: &str) -> bool {
    key == "example" || key == "examples" || key.starts_with("x-")
}
