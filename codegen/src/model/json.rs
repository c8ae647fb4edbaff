//! The model as canonical JSON: the same bytes for the same API, and short enough to review. What fits on a line stands on
//! one, so that a changed member is one changed line.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Model, TypeRef};

/// Columns of a line.
const WIDTH: usize = 160;

impl Model {
    /// The model as canonical JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to be written: there are no maps but those with text as keys.
        let value = serde_json::to_value(self).unwrap_or_default();
        let mut text = String::new();
        write(&value, 0, &mut text);
        text.push('\n');
        text
    }
}

fn write(value: &Value, indent: usize, text: &mut String) {
    let line = one_line(value);
    let members: Vec<(Option<&str>, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (Some(name.as_str()), value)).collect(),
        Value::Array(items) => items.iter().map(|item| (None, item)).collect(),
        _ => Vec::new(),
    };
    if members.is_empty() || indent + line.len() <= WIDTH {
        text.push_str(&line);
        return;
    }
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    text.push(open);
    for (index, (name, member)) in members.into_iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(indent + 2));
        if let Some(name) = name {
            text.push_str(&format!("{}: ", Value::from(name)));
        }
        write(member, indent + 2, text);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(close);
}

/// A value on one line, with spaces where a person would put them.
fn one_line(value: &Value) -> String {
    match value {
        Value::Object(object) if !object.is_empty() => {
            let members: Vec<String> = object
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), one_line(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Boolean => f.write_str("boolean"),
            Self::Integer => f.write_str("integer"),
            Self::Number => f.write_str("number"),
            Self::Json => f.write_str("json"),
            Self::Timestamp => f.write_str("Timestamp"),
            Self::Uuid => f.write_str("Uuid"),
            Self::TypeName => f.write_str("TypeName"),
            Self::Bytes => f.write_str("bytes"),
            Self::List(item) => write!(f, "[{item}]"),
            Self::Map(value) => write!(f, "{{text: {value}}}"),
            Self::Named(name) => f.write_str(name),
            Self::Page(item) => write!(f, "Page<{item}>"),
            Self::Links => f.write_str("Links"),
            Self::Link => f.write_str("Link"),
        }
    }
}

impl Serialize for TypeRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fits_on_a_line_stands_on_one() {
        let long = "x".repeat(WIDTH);
        let mut text = String::new();
        write(&json!({"a": [1, {"b": "c"}], "long": [long, 2]}), 0, &mut text);
        assert_eq!(
            text,
            format!("{{\n  \"a\": [1, {{ \"b\": \"c\" }}],\n  \"long\": [\n    \"{long}\",\n    2\n  ]\n}}")
        );
    }
}
