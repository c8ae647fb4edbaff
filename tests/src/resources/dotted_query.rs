//! A JSON value written as a query, the form in which on-demand runs take what is not YAML. Values stay strings; the
//! reader of the JSON has to accept `"true"` for true. It must not know what the names mean.

use serde_json::{Map, Value};

/// A list longer than this in a query is a mistake, not a run.
const MAX_INDEX: usize = 1000;

/// `target.ref_name=main&variables[0].key=K` as the JSON it stands for; all values are strings.
pub(super) fn to_json(query: &[(String, String)]) -> Value {
    let mut root = Value::Object(Map::new());
    for (name, value) in query {
        insert(&mut root, name, value);
    }
    root
}

/// Leaves out names that cannot be read, as the service ignores parameters it does not know.
fn insert(root: &mut Value, name: &str, value: &str) {
    let mut place = root;
    for part in name.split('.') {
        let (key, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            None => (part, None),
            Some((key, index)) => match index.parse::<usize>() {
                Ok(index) if index < MAX_INDEX => (key, Some(index)),
                _ => return,
            },
        };
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
        if let Some(index) = index {
            if !place.is_array() {
                *place = Value::Array(Vec::new());
            }
            if let Value::Array(list) = place {
                if list.len() <= index {
                    list.resize(index + 1, Value::Null);
                }
                place = &mut list[index];
            }
        }
    }
    *place = Value::String(value.to_owned());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dotted_query_is_json() {
        let query = [
            ("target.type", "pipeline_ref_target"),
            ("target.selector.pattern", "x"),
            ("variables[1].key", "B"),
            ("variables[0].key", "A"),
            ("odd[x].key", "ignored"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let wanted = json!({
            "target": {"type": "pipeline_ref_target", "selector": {"pattern": "x"}},
            "variables": [{"key": "A"}, {"key": "B"}],
        });
        assert_eq!(to_json(&query), wanted);
    }
}
