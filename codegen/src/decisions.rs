//! The human decisions beside the document: names, groups and effects, each entry checked against the document.
//!
//! An entry that the document does not know is an error for the vendored document (a typing mistake, or upstream
//! dropped an operation) and a note for a foreign one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Error;
use crate::names;
use crate::source::Source;

const PASS: &str = "read decisions";

/// What a repeated request does to the service; retries go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Sent twice, it leaves the same state as sent once.
    IdempotentWrite,
    /// Sent twice, it happens twice.
    Once,
}

impl Effect {
    /// The word used in documentation and in the coverage table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::IdempotentWrite => "idempotent write",
            Self::Once => "once",
        }
    }
}

/// One locked operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationEntry {
    /// Upper-case verb.
    pub method: String,
    /// Path template as in the document.
    pub path: String,
    /// Operation id: upstream's where it has one.
    pub id: String,
    /// Module name of the group.
    pub group: String,
    /// Corrected effect class.
    pub effect: Option<Effect>,
    /// Why the derived effect class is wrong.
    pub effect_reason: Option<String>,
}

/// One group of operations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The document's tag.
    pub tag: String,
    /// Module and accessor name.
    pub module: String,
    /// Cargo feature.
    pub feature: String,
    /// Bitbucket's page of this group, the part after `api-group-`.
    pub page: String,
    /// One line of documentation.
    pub doc: String,
}

/// All decision files, read.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Lock of operation names by method and path.
    pub operations: BTreeMap<(String, String), OperationEntry>,
    /// Groups by tag.
    pub groups: BTreeMap<String, Group>,
    /// Whether an entry that matches nothing is an error.
    pub strict: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationsFile {
    #[serde(default)]
    operation: Vec<OperationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupsFile {
    #[serde(default)]
    group: Vec<Group>,
}

impl Decisions {
    /// Reads `operations.toml` and `groups.toml`.
    ///
    /// # Errors
    /// A file that is no TOML of the right form, a repeated entry, a group no file knows, an effect without a reason.
    pub fn read(operations: &Source<'_>, groups: &Source<'_>, strict: bool) -> Result<Self, Error> {
        let mut decisions = Self { strict, ..Self::default() };
        for group in parse::<GroupsFile>(groups)?.group {
            let line = groups.line_containing(&format!("\"{}\"", group.tag));
            if !names::is_identifier(&group.module) || names::TAKEN_MODULES.contains(&group.module.as_str()) {
                return Err(Error::in_line(
                    PASS,
                    groups,
                    line,
                    format!("group `{}`", group.tag),
                    format!("`{}` is no module name", group.module),
                    "use lower-case letters, digits and underscores, and no word of Rust",
                ));
            }
            let other =
                decisions.group(&group.module).filter(|other| other.feature != group.feature || other.doc != group.doc);
            if let Some(other) = other {
                let problem =
                    format!("the module `{}` has another feature or doc under the tag `{}`", group.module, other.tag);
                let hint = "one module is one feature: make them equal or choose another module";
                return Err(Error::in_line(PASS, groups, line, format!("group `{}`", group.tag), problem, hint));
            }
            let tag = group.tag.clone();
            if decisions.groups.insert(tag.clone(), group).is_some() {
                return Err(Error::in_line(
                    PASS,
                    groups,
                    line,
                    format!("group `{tag}`"),
                    "the tag is listed twice",
                    "keep one entry",
                ));
            }
        }
        for entry in parse::<OperationsFile>(operations)?.operation {
            let line = operations.line_containing(&format!("id = \"{}\"", entry.id));
            let subject = format!("operation `{}`", entry.id);
            if !decisions.groups.values().any(|group| group.module == entry.group) {
                return Err(Error::in_line(
                    PASS,
                    operations,
                    line,
                    subject,
                    format!("unknown group `{}`", entry.group),
                    "groups.toml lists the module names",
                ));
            }
            let reason = entry.effect_reason.as_deref().map(str::trim);
            if entry.effect.is_some() != reason.is_some() || reason == Some("") {
                return Err(Error::in_line(
                    PASS,
                    operations,
                    line,
                    subject,
                    "effect and effect_reason go together, and a reason is a text",
                    "say why the class that follows from the method is wrong",
                ));
            }
            let key = (entry.method.clone(), entry.path.clone());
            if decisions.operations.insert(key, entry).is_some() {
                return Err(Error::in_line(
                    PASS,
                    operations,
                    line,
                    subject,
                    "its method and path are listed twice",
                    "keep one entry",
                ));
            }
        }
        Ok(decisions)
    }

    /// The group with this module name.
    #[must_use]
    pub fn group(&self, module: &str) -> Option<&Group> {
        self.groups.values().find(|group| group.module == module)
    }
}

fn parse<T: for<'de> Deserialize<'de>>(source: &Source<'_>) -> Result<T, Error> {
    toml::from_str(source.text).map_err(|error| {
        Error::in_line(
            PASS,
            source,
            error.span().map(|span| source.line_of_offset(span.start)),
            "",
            error.message().replace('\n', " "),
            "spec/README.md describes the fields",
        )
    })
}
