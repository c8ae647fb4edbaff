//! Refuses references that lead nowhere or out of the document.

use serde_json::Value;

use crate::document::{Context, Document};
use crate::error::Error;
use crate::source::escape;

pub(super) fn check_references(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let root = serde_json::to_value(&document.api).unwrap_or_default();
    let mut count = 0;
    walk(&root, &root, "#", &mut count).map_err(|(pointer, reference)| {
        Error::at(
            "check_references",
            context.source,
            pointer,
            format!("`{reference}` does not exist in the document"),
            "only references within the document are followed; add the component or mend the $ref in the overlay",
        )
    })?;
    Ok(vec![format!("{count} references")])
}

fn walk(root: &Value, node: &Value, pointer: &str, count: &mut usize) -> Result<(), (String, String)> {
    match node {
        Value::Object(object) => {
            for (key, value) in object {
                let pointer = format!("{pointer}/{}", escape(key));
                match value {
                    Value::String(reference) if key == "$ref" => {
                        *count += 1;
                        if reference.strip_prefix('#').and_then(|target| root.pointer(target)).is_none() {
                            return Err((pointer, reference.clone()));
                        }
                    }
                    value => walk(root, value, &pointer, count)?,
                }
            }
            Ok(())
        }
        Value::Array(array) => array
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| walk(root, value, &format!("{pointer}/{index}"), count)),
        _ => Ok(()),
    }
}
