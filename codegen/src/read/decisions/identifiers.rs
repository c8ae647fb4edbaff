//! `identifiers.toml`: which member of which model gives the value of a path parameter.

use serde::Deserialize;
use toml::Spanned;

use super::{PASS, parse};
use crate::error::Error;
use crate::source::Source;

/// A path parameter and the member that it takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierEntry {
    /// Name of the parameter in the document.
    pub parameter: String,
    /// A part of the path, where one parameter means different things.
    pub under: Option<String>,
    /// Type and field, by their Rust names: `Pipeline.uuid`.
    pub member: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentifiersFile {
    #[serde(default)]
    identifier: Vec<Spanned<IdentifierEntry>>,
}

impl IdentifierEntry {
    /// Type and field.
    #[must_use]
    pub fn type_and_field(&self) -> (&str, &str) {
        self.member.split_once('.').unwrap_or((&self.member, ""))
    }

    /// Whether it speaks of a parameter in this path.
    #[must_use]
    pub fn covers(&self, parameter: &str, path: &str) -> bool {
        self.parameter == parameter && self.under.as_ref().is_none_or(|part| path.contains(part.as_str()))
    }
}

/// Reads `identifiers.toml`; each entry with its line.
///
/// # Errors
/// A file that is no TOML of the right form, a member that is no type and field, an entry that is there twice.
pub fn read(source: &Source<'_>) -> Result<Vec<(IdentifierEntry, usize)>, Error> {
    let file: IdentifiersFile = parse(source)?;
    let mut known: Vec<(IdentifierEntry, usize)> = Vec::new();
    for entry in file.identifier {
        let line = source.line_of_offset(entry.span().start);
        let entry = entry.into_inner();
        let refuse = |problem: &str, hint: &str| {
            Err(Error::in_line(PASS, source, Some(line), format!("parameter `{}`", entry.parameter), problem, hint))
        };
        let (ty, field) = entry.type_and_field();
        if ty.is_empty() || field.is_empty() {
            return refuse("`member` is no type with a field", "write them with a dot between: `Pipeline.uuid`");
        }
        if known.iter().any(|(other, _)| (&other.parameter, &other.under) == (&entry.parameter, &entry.under)) {
            return refuse("it is there twice", "keep one entry, or tell them apart by `under`");
        }
        known.push((entry, line));
    }
    Ok(known)
}
