//! Compares a selected node with the `x-expect` of its action.

use serde_json::Value;

use crate::source::escape;

/// Whether `node` fits `pattern`: listed members must be equal, `null` stands for an absent member.
pub(super) fn expect_fits(pattern: &Value, node: &Value, at: &str) -> Result<(), String> {
    let differs = |at: &str, found: &Value, expected: &Value| {
        Err(format!("at {at}: {} where x-expect has {}", shorten(found), shorten(expected)))
    };
    match (pattern, node) {
        (Value::Object(pattern), Value::Object(node)) => pattern.iter().try_for_each(|(key, expected)| {
            let at = format!("{at}/{}", escape(key));
            match (expected, node.get(key)) {
                (Value::Null, None) => Ok(()),
                (Value::Null, Some(found)) => differs(&at, found, &Value::Null),
                (expected, None) => differs(&at, &Value::Null, expected),
                (expected, Some(found)) => expect_fits(expected, found, &at),
            }
        }),
        (pattern, node) if pattern == node => Ok(()),
        (pattern, node) => differs(at, node, pattern),
    }
}

fn shorten(value: &Value) -> String {
    if value.is_null() {
        return "nothing".to_owned();
    }
    let text = value.to_string();
    if text.chars().count() <= 120 { text } else { text.chars().take(117).chain("...".chars()).collect() }
}
