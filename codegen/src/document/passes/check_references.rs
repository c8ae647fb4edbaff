//! Refuses references that lead nowhere or out of the document.

use serde_json::Value;

use crate::document::{Context, Document};
use crate::error::Error;
use crate::source::escape;

pub(super) fn check_references(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    walk(&document.json, &document.json, false, &mut count).map_err(|(pointer, reference)| {
        Error::at(
            "check_references",
            context.source,
            format!("#{pointer}"),
            format!("`{reference}` does not exist in the document"),
            "only references within the document are followed; add the component or mend the $ref in the overlay",
        )
    })?;
    Ok(vec![format!("{count} references")])
}

/// The pointer of the first dangling reference is built while returning: building one per node would be slow. `names` says
/// that the keys of this node are names that the document gives, and not words of OpenAPI.
fn walk(root: &Value, node: &Value, names: bool, count: &mut usize) -> Result<(), (String, String)> {
    match node {
        Value::Object(object) => object.iter().try_for_each(|(key, value)| {
            let found = match value {
                Value::String(reference) if key == "$ref" && !names => {
                    *count += 1;
                    match reference.strip_prefix('#').and_then(|target| root.pointer(target)) {
                        Some(_) => Ok(()),
                        None => Err((String::new(), reference.clone())),
                    }
                }
                value if key == "$ref" && !names => Err((String::new(), value.to_string())),
                _ if !names && is_data(key) => Ok(()),
                value => walk(root, value, !names && NAMES.contains(&key.as_str()), count),
            };
            found.map_err(|(pointer, reference)| (format!("/{}{pointer}", escape(key)), reference))
        }),
        Value::Array(array) => array.iter().enumerate().try_for_each(|(index, value)| {
            walk(root, value, false, count).map_err(|(pointer, reference)| (format!("/{index}{pointer}"), reference))
        }),
        _ => Ok(()),
    }
}

/// Keys whose objects have names for keys.
const NAMES: [&str; 13] = [
    "callbacks",
    "content",
    "encoding",
    "headers",
    "links",
    "parameters",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "variables",
];

/// Values of the API, and what only its owner reads: whatever looks like a reference in them is none.
fn is_data(key: &str) -> bool {
    matches!(key, "default" | "enum" | "example" | "examples") || key.starts_with("x-")
}
