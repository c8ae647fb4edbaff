//! Finds misspelt extensions: an `x-` key that nothing reads would be a correction without effect.

use serde_json::Value;

/// The extensions that the generator reads or that the document has; any other in an update is a typing mistake.
const EXTENSIONS: [&str; 8] = [
    "x-atlassian-auth-types",
    "x-atlassian-oauth2-scopes",
    "x-deprecation-reason",
    "x-keep-struct",
    "x-read-only",
    "x-required-on-send",
    "x-revision",
    "x-type-on-send",
];

/// An `x-` key that nothing reads; `names` says that the keys of this object are names of members. Examples are data.
pub(super) fn unknown_extension(update: &Value, names: bool) -> Option<&str> {
    match update {
        Value::Object(object) => object.iter().find_map(|(key, value)| match key.as_str() {
            "example" | "examples" if !names => None,
            key if !names && key.starts_with("x-") && !EXTENSIONS.contains(&key) => Some(key),
            // What an extension holds is not OpenAPI.
            key if !names && key.starts_with("x-") => None,
            key => unknown_extension(value, !names && matches!(key, "properties" | "headers")),
        }),
        Value::Array(entries) => entries.iter().find_map(|entry| unknown_extension(entry, false)),
        _ => None,
    }
}

/// The extension that is spelt most like the key.
pub(super) fn nearest(key: &str) -> &'static str {
    EXTENSIONS.into_iter().min_by_key(|known| edit_distance(key, known)).unwrap_or_default()
}

/// The Levenshtein distance between two texts.
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, left) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, right) in other.chars().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = change.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
