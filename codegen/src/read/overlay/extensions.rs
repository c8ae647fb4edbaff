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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_read_where_they_are_no_names_and_no_data() {
        let found = |update: Value| unknown_extension(&update, false).map(str::to_owned);
        for misspelt in [
            json!({"x-typo": 1}),
            json!({"schema": {"x-typo": 1}}),
            json!({"oneOf": [{"type": "string"}, {"x-typo": 1}]}),
            json!({"properties": {"name": {"x-typo": 1}}}),
            // Members may be called like a keyword.
            json!({"properties": {"example": {"x-typo": 1}}}),
            json!({"properties": {"properties": {"x-typo": 1}}}),
        ] {
            assert_eq!(found(misspelt.clone()).as_deref(), Some("x-typo"), "{misspelt}");
        }
        for fine in [
            json!({"x-revision": {"x-typo": 1}}),
            json!({"properties": {"x-typo": {"type": "string"}}}),
            json!({"headers": {"x-typo": {}}}),
            json!({"example": {"x-typo": 1}}),
            json!({"examples": [{"x-typo": 1}]}),
        ] {
            assert_eq!(found(fine.clone()), None, "{fine}");
        }
    }

    #[test]
    fn the_distance_is_that_of_levenshtein() {
        fn slow(one: &[u8], other: &[u8]) -> usize {
            let (Some((left, ones)), Some((right, others))) = (one.split_last(), other.split_last()) else {
                return one.len() + other.len();
            };
            let change = slow(ones, others) + usize::from(left != right);
            change.min(slow(ones, other) + 1).min(slow(one, others) + 1)
        }
        let words: Vec<String> = (0..32).map(|n| format!("{n:04b}").replace('0', "a").replace('1', "b")).collect();
        let words = words.iter().map(|word| word.trim_start_matches('a'));
        for (one, other) in words.clone().flat_map(|one| words.clone().map(move |other| (one, other))) {
            assert_eq!(edit_distance(one, other), slow(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(nearest("x-read-onyl"), "x-read-only");
    }
}
