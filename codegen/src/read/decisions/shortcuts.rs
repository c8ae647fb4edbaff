//! `shortcuts.toml`: accessors through chains of optional members.

use serde::Deserialize;

use super::{PASS, is_snake_case, parse};
use crate::error::Error;
use crate::source::Source;

/// One accessor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortcutEntry {
    /// Rust name of the type that has it.
    #[serde(rename = "type")]
    pub owner: String,
    /// Name of the accessor.
    pub name: String,
    /// What it gives, and when nothing.
    pub doc: String,
    /// The path through the members; of several, the first that leads to a value.
    pub path: Paths,
    /// Whether the path ends at a variant of a union, and only that is asked.
    #[serde(default)]
    pub is: bool,
}

/// One path or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Paths {
    /// In order of preference. Tried first: a list of three texts could be read as a conditional path too.
    Several(Vec<Path>),
    /// The only one.
    One(Path),
}

/// A path through members.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Path {
    /// Segments with dots between them.
    Plain(String),
    /// The same, taken only where another member has a certain value.
    Conditional(Conditional),
}

/// A path that is only taken under a condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditional {
    /// The path.
    pub path: String,
    /// The path to the member that decides.
    pub when: String,
    /// Its value as it is sent, or several of them.
    pub is: Values,
}

/// One value or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// The only one.
    One(String),
    /// Any of them.
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShortcutsFile {
    #[serde(default)]
    shortcut: Vec<ShortcutEntry>,
}

impl ShortcutEntry {
    /// The paths, in order of preference.
    #[must_use]
    pub fn paths(&self) -> &[Path] {
        match &self.path {
            Paths::One(path) => std::slice::from_ref(path),
            Paths::Several(paths) => paths,
        }
    }

    /// Its line in the file, for messages.
    #[must_use]
    pub fn line(&self, source: &Source<'_>) -> Option<usize> {
        let mut owner = false;
        source.text.lines().enumerate().find_map(|(index, line)| {
            let line = line.trim();
            if line.starts_with("[[") {
                owner = false;
            }
            owner |= line.starts_with("type") && line.contains(&format!("\"{}\"", self.owner));
            (owner && line.starts_with("name") && line.contains(&format!("\"{}\"", self.name))).then_some(index + 1)
        })
    }
}

impl Values {
    /// The values.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

/// Reads `shortcuts.toml`.
///
/// # Errors
/// A file that is no TOML of the right form, a shortcut without a name, a doc or a path.
pub fn read(source: &Source<'_>) -> Result<Vec<ShortcutEntry>, Error> {
    let file: ShortcutsFile = parse(source)?;
    for (index, shortcut) in file.shortcut.iter().enumerate() {
        let refuse = |problem: &str, hint: &str| {
            let subject = format!("shortcut `{}.{}`", shortcut.owner, shortcut.name);
            Err(Error::in_line(PASS, source, shortcut.line(source), subject, problem, hint))
        };
        if !is_snake_case(&shortcut.name) {
            let hint = "use lower-case letters, digits and underscores, and no word of Rust";
            return refuse("its name is no name for an accessor", hint);
        }
        if shortcut.doc.trim().is_empty() {
            return refuse("the doc is empty", "say what it gives, and when nothing");
        }
        if shortcut.paths().is_empty() {
            return refuse("there is no path", "give at least one");
        }
        let same = |other: &ShortcutEntry| other.owner == shortcut.owner && other.name == shortcut.name;
        if file.shortcut[..index].iter().any(same) {
            return refuse("it is there twice", "keep one entry");
        }
    }
    Ok(file.shortcut)
}
