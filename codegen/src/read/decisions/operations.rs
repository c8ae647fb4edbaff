//! `operations.toml`: the locked names of methods, and the vocabulary of names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Groups, PASS, Table, field_line, is_snake_case, parse, table};
use crate::error::Error;
use crate::source::Source;

/// What a repeated request does to the service; retries depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Sent twice, it leaves the same state as sent once.
    IdempotentWrite,
    /// Sent twice, it happens twice.
    NonIdempotentWrite,
}

impl Effect {
    /// How it is called in documentation and in the coverage table.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::IdempotentWrite => "idempotent write",
            Self::NonIdempotentWrite => "non-idempotent write",
        }
    }
}

/// One locked operation.
#[derive(Debug, Clone)]
pub struct OperationEntry {
    /// Upper-case HTTP method.
    pub method: String,
    /// Path template as in the document.
    pub path: String,
    /// Operation id: upstream's where it has one.
    pub id: String,
    /// Module name of the group.
    pub group: String,
    /// Method name of the SDK.
    pub name: String,
    /// Why the name does not follow the rules, where it does not.
    pub name_reason: Option<String>,
    /// Corrected effect class.
    pub effect: Option<Effect>,
    /// Why the derived effect class is wrong.
    pub effect_reason: Option<String>,
    /// Whether the name was derived and nobody has read it yet.
    pub review: bool,
    /// Place among all entries, from 0: the methods of a group stand in this order.
    pub place: usize,
    /// Line of the id, for messages.
    pub line: usize,
}

/// The file, read.
#[derive(Debug, Clone, Default)]
pub struct Operations {
    /// The verbs that a method may begin with, and when.
    pub verbs: Table,
    /// Arguments by the parameter they stand for, where the names differ.
    pub arguments: Table,
    /// Owners by the beginning of a path.
    pub owners: Table,
    /// Nouns after `list` that are no plural, and why.
    pub nouns: Table,
    /// Locked operations by method and path.
    pub entries: BTreeMap<(String, String), OperationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationsFile {
    #[serde(default)]
    verbs: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    arguments: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    owners: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    nouns: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    operation: Vec<Spanned<RawOperation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOperation {
    method: String,
    path: String,
    id: String,
    group: String,
    name: String,
    name_reason: Option<String>,
    effect: Option<Effect>,
    effect_reason: Option<String>,
    #[serde(default)]
    review: bool,
}

impl Operations {
    /// Reads `operations.toml`.
    ///
    /// # Errors
    /// A file that is no TOML of the right form, an empty text, a word that is not snake case, a repeated entry, a group that
    /// `groups` does not know, an effect without a reason.
    pub fn read(source: &Source<'_>, groups: &Groups) -> Result<Self, Error> {
        let OperationsFile { verbs, arguments, owners, nouns, operation } = parse(source)?;
        let mut operations = Self {
            verbs: table("verbs", verbs, source)?,
            arguments: table("arguments", arguments, source)?,
            owners: table("owners", owners, source)?,
            nouns: table("nouns", nouns, source)?,
            entries: BTreeMap::new(),
        };
        operations.check_words(source)?;
        for (place, operation) in operation.into_iter().enumerate() {
            let line = field_line(source, source.line_of_offset(operation.span().start), "id");
            let operation = operation.into_inner();
            operations.check(&operation, groups).map_err(|(problem, hint)| {
                Error::in_line(PASS, source, Some(line), format!("operation `{}`", operation.id), problem, hint)
            })?;
            let RawOperation { method, path, id, group, name, name_reason, effect, effect_reason, review } = operation;
            let key = (method.clone(), path.clone());
            let entry = OperationEntry {
                method,
                path,
                id,
                group,
                name,
                name_reason,
                effect,
                effect_reason,
                review,
                place,
                line,
            };
            operations.entries.insert(key, entry);
        }
        Ok(operations)
    }

    fn check_words(&self, source: &Source<'_>) -> Result<(), Error> {
        let of_keys = [("verbs", &self.verbs), ("nouns", &self.nouns)];
        let of_texts = [("arguments", &self.arguments), ("owners", &self.owners)];
        let keys =
            of_keys.iter().flat_map(|(name, table)| table.iter().map(move |(key, entry)| (name, key, key, entry)));
        let texts = of_texts
            .iter()
            .flat_map(|(name, table)| table.iter().map(move |(key, entry)| (name, key, &entry.text, entry)));
        for (name, key, word, entry) in keys.chain(texts) {
            if !is_snake_case(word) {
                let (subject, problem) = (format!("[{name}] `{key}`"), format!("`{word}` is no word in snake case"));
                let hint = "use lower-case letters, digits and underscores, and no word of Rust";
                return Err(Error::in_line(PASS, source, Some(entry.line), subject, problem, hint));
            }
        }
        match self.owners.iter().find(|(path, _)| !path.starts_with('/') || path.ends_with('/')) {
            None => Ok(()),
            Some((path, entry)) => {
                let (subject, problem) = (format!("[owners] `{path}`"), "it is no beginning of a path");
                let hint = "begin with a slash, and end without one";
                Err(Error::in_line(PASS, source, Some(entry.line), subject, problem, hint))
            }
        }
    }

    fn check(&self, operation: &RawOperation, groups: &Groups) -> Result<(), (String, &'static str)> {
        let RawOperation { method, path, id, group, name, .. } = operation;
        let texts = [("method", method), ("path", path), ("id", id), ("name", name)];
        if let Some((field, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err((format!("`{field}` is empty"), "every field has a text"));
        }
        if groups.by_module(group).is_none() {
            return Err((format!("unknown group `{group}`"), "groups.toml lists the module names"));
        }
        let reason = operation.effect_reason.as_deref().map(str::trim);
        if operation.effect.is_some() != reason.is_some() || reason == Some("") {
            let problem = "effect and effect_reason go together, and a reason is a text".to_owned();
            return Err((problem, "say why the class that follows from the method is wrong"));
        }
        if self.entries.contains_key(&(method.clone(), path.clone())) {
            return Err(("its method and path are listed twice".to_owned(), "keep one entry"));
        }
        Ok(())
    }

    /// Whose resource the path leads to, and the rest of the path: by the longest beginning that is known.
    #[must_use]
    pub fn owner<'o, 'p>(&'o self, path: &'p str) -> Option<(&'o str, &'p str)> {
        let known = self.owners.iter().filter_map(|(beginning, owner)| {
            let rest = path.strip_prefix(beginning.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((beginning.len(), owner.text.as_str(), rest))
        });
        known.max_by_key(|(length, ..)| *length).map(|(_, owner, rest)| (owner, rest))
    }
}
