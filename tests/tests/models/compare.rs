//! How what was written differs from what was read.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// Members that the model does not know, with the path without indices.
    pub(crate) unknown: BTreeMap<String, usize>,
    /// Values that came out otherwise.
    pub(crate) changed: Vec<String>,
}

/// A page always has its list: where the service leaves it out, or sends `null`, it is empty.
fn is_list_of_a_page(path: &str, written: &Value) -> bool {
    path == "values" && written.as_array().is_some_and(Vec::is_empty)
}

impl Differences {
    pub(crate) fn of(read: &Value, written: &Value) -> Self {
        let mut found = Self::default();
        found.compare("", read, written);
        found
    }

    fn compare(&mut self, path: &str, read: &Value, written: &Value) {
        match (read, written) {
            (Value::Object(read), Value::Object(written)) => {
                for (name, value) in read {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    match written.get(name) {
                        Some(other) if value.is_null() && is_list_of_a_page(&path, other) => {}
                        Some(other) => self.compare(&path, value, other),
                        None if value.is_null() => {}
                        None => *self.unknown.entry(path).or_default() += 1,
                    }
                }
                for (name, _) in written.iter().filter(|(name, value)| {
                    !(read.contains_key(*name) || (path.is_empty() && is_list_of_a_page(name, value)))
                }) {
                    self.changed.push(format!("{path}.{name} was added"));
                }
            }
            (Value::Array(read), Value::Array(written)) => {
                let read: Vec<_> = read.iter().filter(|value| !value.is_null()).collect();
                if read.len() != written.len() {
                    self.changed.push(format!("{path}: {} items became {}", read.len(), written.len()));
                }
                for (value, other) in read.into_iter().zip(written) {
                    self.compare(path, value, other);
                }
            }
            (read, written) if read == written => {}
            (read, written) => self.changed.push(format!("{path}: {read} became {written}")),
        }
    }
}
