//! JSON pointers of what the model names: where in the corrected document a parameter or a member is written.

use serde_json::Value;

use super::side::Side;
use crate::document;
use crate::model::{Operation, Type};
use crate::source::escape;

/// The place of an operation.
pub(super) fn operation(operation: &Operation) -> String {
    document::pointer(&operation.path, &operation.method)
}

/// The place of a parameter: in the operation, or in its path.
pub(super) fn parameter(side: &Side<'_>, known: &Operation, wire: &str) -> String {
    let own = operation(known);
    let shared = format!("#/paths/{}", escape(&known.path));
    for place in [&own, &shared] {
        let list = at(&side.corrected, &format!("{place}/parameters")).and_then(Value::as_array);
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let pointer = parameter.get("$ref").and_then(Value::as_str);
            let target = pointer.and_then(|pointer| at(&side.corrected, pointer)).unwrap_or(parameter);
            if target.get("name").and_then(Value::as_str) == Some(wire) {
                return pointer.map_or_else(|| format!("{place}/parameters/{index}"), str::to_owned);
            }
        }
    }
    own
}

/// The place of a schema, wherever it is written.
pub(super) fn schema(side: &Side<'_>, ty: &Type) -> String {
    side.document.pointer_of(&ty.schema)
}

/// The place of a member, in the schema or in one that it extends.
pub(super) fn member(side: &Side<'_>, ty: &Type, wire: &str) -> String {
    let pointer = schema(side, ty);
    find_member(&side.corrected, &pointer, wire, 0).unwrap_or(pointer)
}

/// How deep schemas extend others; more is a circle, which the passes refuse.
const DEEPEST: usize = 16;

fn find_member(json: &Value, pointer: &str, wire: &str, depth: usize) -> Option<String> {
    let node = at(json, pointer).filter(|_| depth < DEEPEST)?;
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        return find_member(json, reference, wire, depth + 1);
    }
    if node.get("properties").is_some_and(|properties| properties.get(wire).is_some()) {
        return Some(format!("{pointer}/properties/{}", escape(wire)));
    }
    let parts = node.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    // What is written in place counts before what it extends.
    (0..parts).rev().find_map(|index| find_member(json, &format!("{pointer}/allOf/{index}"), wire, depth + 1))
}

/// The node at a pointer that may begin with `#`.
pub(super) fn at<'j>(json: &'j Value, pointer: &str) -> Option<&'j Value> {
    json.pointer(pointer.trim_start_matches('#'))
}
