//! Changes a selected node: the semantics of `update` and `remove` in Overlay 1.1.

use serde_json::{Map, Value};

use super::pointer;
use crate::source::escape;

/// Removes the selected node.
pub(super) fn delete(document: &mut Value, tokens: &[String]) -> Result<(), String> {
    let Some((last, parents)) = tokens.split_last() else {
        return Err("the root cannot be removed".to_owned());
    };
    match document.pointer_mut(&pointer(parents)) {
        Some(Value::Object(object)) => {
            object.shift_remove(last);
            Ok(())
        }
        Some(Value::Array(array)) => match last.parse::<usize>() {
            Ok(index) if index < array.len() => {
                array.remove(index);
                Ok(())
            }
            _ => Err("is gone".to_owned()),
        },
        _ => Err("is gone".to_owned()),
    }
}

/// The rule for a selected node: objects are merged, an array gets one more entry, a scalar is replaced.
pub(super) fn update_node(node: &mut Value, update: &Value, at: &str, added: &mut Vec<String>) -> Result<(), String> {
    match (node, update) {
        (Value::Object(object), Value::Object(update)) => merge(object, update, at, added),
        (Value::Object(_), other) => Err(format!("an object cannot be merged with {}", json_type(other))),
        (Value::Array(array), entry) => {
            array.push(entry.clone());
            Ok(())
        }
        (scalar, Value::Object(_) | Value::Array(_)) => Err(format!("{} cannot become a composite", json_type(scalar))),
        (scalar, update) => {
            *scalar = update.clone();
            Ok(())
        }
    }
}

/// Merges an object into another; `added` gets the pointers of what is new.
fn merge(
    object: &mut Map<String, Value>,
    update: &Map<String, Value>,
    at: &str,
    added: &mut Vec<String>,
) -> Result<(), String> {
    for (key, value) in update {
        let at = format!("{at}/{}", escape(key));
        match (object.get_mut(key), value) {
            (None, value) => {
                added.push(at);
                object.insert(key.clone(), value.clone());
            }
            (Some(Value::Object(inner)), Value::Object(update)) => merge(inner, update, &at, added)?,
            (Some(Value::Array(array)), Value::Array(entries)) => array.extend(entries.iter().cloned()),
            (Some(old), new) if !old.is_object() && !old.is_array() && !new.is_object() && !new.is_array() => {
                *old = new.clone();
            }
            (Some(old), new) => {
                return Err(format!("member `{key}` is {} and cannot take {}", json_type(old), json_type(new)));
            }
        }
    }
    Ok(())
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => "a scalar",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_merged_is_named_by_its_type() {
        let refused = |mut node: Value, update: Value| update_node(&mut node, &update, "#", &mut Vec::new()).err();
        for (node, update, problem) in [
            (json!({"a": []}), json!({"a": 1}), "member `a` is an array and cannot take a scalar"),
            (json!({"a": {}}), json!({"a": []}), "member `a` is an object and cannot take an array"),
            (json!({"a": 1}), json!({"a": {}}), "member `a` is a scalar and cannot take an object"),
            (json!({}), json!([1]), "an object cannot be merged with an array"),
            (json!(1), json!([1]), "a scalar cannot become a composite"),
        ] {
            assert_eq!(refused(node, update).as_deref(), Some(problem));
        }
    }

    #[test]
    fn what_is_not_there_cannot_be_removed() {
        let tokens = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        for gone in ["list/2", "list/x", "text/0", "none/0"] {
            let mut document = json!({"list": [1, 2], "text": "t"});
            assert_eq!(delete(&mut document, &tokens(gone)), Err("is gone".to_owned()), "{gone}");
        }
    }
}
