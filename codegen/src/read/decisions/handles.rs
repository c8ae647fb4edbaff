//! `handles.toml`: handles that know the beginning of a path. The structs themselves are written by hand.

use serde::Deserialize;
use toml::Table;

use super::{PASS, parse};
use crate::error::Error;
use crate::source::Source;

/// A handle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandleEntry {
    /// Name of the struct.
    pub name: String,
    /// First part of the names of its groups.
    pub prefix: String,
    /// Module of the group that is the handle itself.
    pub group: String,
    /// Path parameters it knows, each with the method that gives it.
    knows: Table,
    /// Path parameters with which an operation belongs to a narrower handle.
    #[serde(default)]
    pub leaves: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlesFile {
    #[serde(default)]
    handle: Vec<HandleEntry>,
}

impl HandleEntry {
    /// Path parameters it knows, each with the method that gives it.
    pub fn knows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.knows.iter().filter_map(|(parameter, method)| Some((parameter.as_str(), method.as_str()?)))
    }
}

/// Reads `handles.toml`.
///
/// # Errors
/// A file that is no TOML of the right form, a handle that knows nothing.
pub fn read(source: &Source<'_>) -> Result<Vec<HandleEntry>, Error> {
    let file: HandlesFile = parse(source)?;
    for handle in &file.handle {
        if handle.knows.is_empty() || handle.knows.values().any(|method| !method.is_str()) {
            let line = source.line_containing(&format!("name = \"{}\"", handle.name));
            let hint = "name the path parameters, each with the method that gives it";
            let subject = format!("handle `{}`", handle.name);
            return Err(Error::in_line(PASS, source, line, subject, "`knows` says nothing", hint));
        }
    }
    Ok(file.handle)
}
