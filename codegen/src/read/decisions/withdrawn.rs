//! Operations that the service has withdrawn, as data in `withdrawn.toml`: what is gone since when, and what to use
//! instead. They are in no document that is generated from; `docs/coverage.md` and the error 410 name them.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{PASS, field_line, parse};
use crate::error::Error;
use crate::source::Source;

/// One operation that is gone.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// HTTP method in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Year and month of the first document without it.
    pub since: String,
    /// What to use instead.
    pub instead: String,
    /// How that is known.
    pub reason: String,
}

/// Methods that operations have.
const METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawnFile {
    #[serde(default)]
    operation: Vec<Spanned<Withdrawn>>,
}

/// Reads `withdrawn.toml`.
///
/// # Errors
/// A file that is no TOML of the right form, an entry that is there twice or says nothing.
pub fn read(source: &Source<'_>) -> Result<Vec<Withdrawn>, Error> {
    let file: WithdrawnFile = parse(source)?;
    let mut known: Vec<Withdrawn> = Vec::new();
    for entry in file.operation {
        let line = field_line(source, source.line_of_offset(entry.span().start), "path");
        let entry = entry.into_inner();
        let refuse = |problem: &str, hint: &str| {
            Err(Error::in_line(PASS, source, Some(line), format!("{} {}", entry.method, entry.path), problem, hint))
        };
        if [&entry.since, &entry.instead, &entry.reason].into_iter().any(|text| text.trim().is_empty()) {
            return refuse(
                "`since`, `instead` or `reason` is empty",
                "say when, what to use instead, and how it is known",
            );
        }
        if !METHODS.contains(&entry.method.as_str()) || !entry.path.starts_with('/') {
            return refuse(
                "it is no method with a path",
                "write the method in capitals and the path as the document did",
            );
        }
        let month = entry.since.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2);
        if month.is_none_or(|(year, month)| !(year.to_owned() + month).bytes().all(|byte| byte.is_ascii_digit())) {
            return refuse("`since` is no month", "write year and month: `2026-10`");
        }
        if known.iter().any(|other| (&other.method, &other.path) == (&entry.method, &entry.path)) {
            return refuse("it is there twice", "keep one entry");
        }
        known.push(entry);
    }
    Ok(known)
}
