//! Refuses references that lead nowhere or out of the document.

use serde_json::Value;

use crate::document::{Context, Document};
use crate::error::Error;
use crate::source::escape;

pub(super) fn check_references(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    walk(&document.json, &document.json, &mut count).map_err(|(pointer, reference)| {
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

/// The pointer of the first dangling reference is built while returning: building one per node would be slow.
fn walk(root: &Value, node: &Value, count: &mut usize) -> Result<(), (String, String)> {
    match node {
        Value::Object(object) => object.iter().try_for_each(|(key, value)| {
            let found = match value {
                Value::String(reference) if key == "$ref" => {
                    *count += 1;
                    match reference.strip_prefix('#').and_then(|target| root.pointer(target)) {
                        Some(_) => Ok(()),
                        None => Err((String::new(), reference.clone())),
                    }
                }
                value => walk(root, value, count),
            };
            found.map_err(|(pointer, reference)| (format!("/{}{pointer}", escape(key)), reference))
        }),
        Value::Array(array) => array.iter().enumerate().try_for_each(|(index, value)| {
            walk(root, value, count).map_err(|(pointer, reference)| (format!("/{index}{pointer}"), reference))
        }),
        _ => Ok(()),
    }
}
