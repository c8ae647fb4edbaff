//! `source.toml`: where the document comes from, what it is, and what of it is left out.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use toml_edit::DocumentMut;

use crate::diff::LeftOut;
use crate::error::Error;
use crate::source::Source;

const PASS: &str = "read decisions";

/// The part of the file that an update reads.
#[derive(Debug, Deserialize)]
pub(super) struct Origin {
    /// Where version 3 of the document is published.
    pub(super) openapi_3: String,
    /// What is not taken over.
    pub(super) left_out: LeftOut,
    operations: OperationCounts,
}

#[derive(Debug, Deserialize)]
struct OperationCounts {
    left_out: usize,
}

impl Origin {
    /// How many operations of the published document are not in ours.
    pub(super) fn left_out_operations(&self) -> usize {
        self.operations.left_out
    }
}

/// Reads the file.
pub(super) fn read(source: &Source<'_>) -> Result<Origin, Error> {
    toml::from_str(source.text).map_err(|error| {
        let line = error.span().map(|span| source.line_of_offset(span.start));
        let problem = error.message().replace('\n', " ");
        Error::in_line(PASS, source, line, "", problem, "spec/README.md describes the fields")
    })
}

/// The file about another document. Comments stay. A document that is the same as before keeps its month.
pub(super) fn write(
    source: &Source<'_>,
    document: &Value,
    text: &str,
    month: &str,
    (all, kept): (usize, usize),
) -> Result<String, Error> {
    let mut file: DocumentMut = source.text.parse().map_err(|error: toml_edit::TomlError| {
        let problem = error.message().replace('\n', " ");
        Error::in_line(PASS, source, None, "", problem, "spec/README.md describes the fields")
    })?;
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if file.get("sha256").and_then(toml_edit::Item::as_str) == Some(&digest) {
        return Ok(source.text.to_owned());
    }
    let mut set = |key: &str, value: toml_edit::Value| {
        if let Some(old) = file.get_mut(key).and_then(toml_edit::Item::as_value_mut) {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
    };
    if let Some(revision) = document.get("x-revision").and_then(Value::as_str) {
        set("revision", revision.into());
    }
    set("as_of", month.into());
    set("sha256", digest.into());
    for (key, count) in [("upstream", all), ("left_out", all - kept), ("vendored", kept)] {
        if let Some(old) = file.get_mut("operations").and_then(|table| table.get_mut(key)) {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            *old = toml_edit::value(count);
        }
    }
    Ok(file.to_string())
}
