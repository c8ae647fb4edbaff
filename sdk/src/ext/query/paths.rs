//! Turns a JSON value into pairs of path and text: the form in which the service accepts in the query what is otherwise
//! a body.

use serde_json::Value;

/// The pairs, in the order of the value. Objects and lists are flattened, `null` is left out.
#[inline]
pub(crate) fn pairs(value: &Value) -> Result<Vec<(String, String)>, String> {
    if !value.is_object() {
        return Err("the query is not an object".into());
    }
    let mut pairs = Vec::new();
    walk(String::new(), value, &mut pairs)?;
    Ok(pairs)
}

#[inline]
fn walk(path: String, value: &Value, pairs: &mut Vec<(String, String)>) -> Result<(), String> {
    match value {
        Value::Null => {}
        Value::Bool(value) => pairs.push((path, value.to_string())),
        Value::Number(value) => pairs.push((path, value.to_string())),
        Value::String(value) => pairs.push((path, value.clone())),
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                walk(format!("{path}[{at}]"), value, pairs)?;
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                if key.is_empty() || key.contains(['.', '[', ']']) {
                    return Err(format!("the key `{key}` cannot be part of a path"));
                }
                walk(if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, pairs)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_and_lists_are_flattened() {
        let value = json!({
            "a": {"b": {"c": "x y"}, "none": null},
            "list": [{"k": 1, "v": [true, [2.5]]}, null, "s", {}],
            "empty": {}, "no": [], "n": -7, "big": u64::MAX, "f": false, "blank": "",
        });
        let mut found = pairs(&value).unwrap();
        found.sort_unstable();
        let wanted = [
            ("a.b.c", "x y"),
            ("big", "18446744073709551615"),
            ("blank", ""),
            ("f", "false"),
            ("list[0].k", "1"),
            ("list[0].v[0]", "true"),
            ("list[0].v[1][0]", "2.5"),
            ("list[2]", "s"),
            ("n", "-7"),
        ];
        let wanted = wanted.map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(found, wanted);
    }

    #[test]
    fn keys_that_no_path_can_hold_are_refused() {
        for value in [json!({"a.b": 1}), json!({"a": {"b[0]": 1}}), json!({"": 1}), json!([1]), json!("x"), json!(null)]
        {
            assert!(pairs(&value).is_err(), "{value}");
        }
    }
}
