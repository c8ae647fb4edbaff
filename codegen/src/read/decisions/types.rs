//! `types.toml`: names of types that the rules do not give, and types that are replaced by others.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{PASS, Table, parse, table};
use crate::error::Error;
use crate::source::Source;

/// The file, read.
#[derive(Debug, Clone, Default)]
pub struct TypeNames {
    /// Words that the document joins, and how they are split: `pagelen` is `page_len`.
    pub words: Table,
    /// Names of types other than the rules give.
    pub rename: Table,
    /// Names of variants other than the rules give, by `Union::Variant`.
    pub variant: Table,
    /// Types that disappear, and the type that stands in their place.
    pub collapse: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypesFile {
    #[serde(default)]
    words: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    rename: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    variant: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    collapse: BTreeMap<String, Spanned<String>>,
}

impl TypeNames {
    /// Reads `types.toml`.
    ///
    /// # Errors
    /// A file that is no TOML of the right form, an empty text, a word that is split into another one, a name that is
    /// none or is given twice, a collapse into a type that is not there any more.
    pub fn read(source: &Source<'_>) -> Result<Self, Error> {
        let TypesFile { words, rename, variant, collapse } = parse(source)?;
        let names = Self {
            words: table("words", words, source)?,
            rename: table("rename", rename, source)?,
            variant: table("variant", variant, source)?,
            collapse: table("collapse", collapse, source)?,
        };
        names.check().map_err(|(table, key, line, problem, hint)| {
            Error::in_line(PASS, source, Some(line), format!("[{table}] `{key}`"), problem, hint)
        })?;
        Ok(names)
    }

    fn check(&self) -> Result<(), (&'static str, String, usize, String, &'static str)> {
        for (key, entry) in &self.words {
            if entry.text.replace('_', "").to_ascii_lowercase() != *key {
                let problem = format!("`{}` does not join to `{key}`", entry.text);
                let hint = "the right side is the left one with underscores or capitals";
                return Err(("words", key.clone(), entry.line, problem, hint));
            }
        }
        let mut by_new: BTreeMap<&str, &str> = BTreeMap::new();
        let mut by_line: Vec<_> = self.rename.iter().collect();
        by_line.sort_by_key(|(_, entry)| entry.line);
        for (key, entry) in by_line {
            if !is_type_name(&entry.text) {
                let problem = format!("`{}` is no name of a type", entry.text);
                return Err(("rename", key.clone(), entry.line, problem, "write words with capitals: `PullRequest`"));
            }
            if let Some(other) = by_new.insert(&entry.text, key) {
                let problem = format!("`{}` is the new name of `{other}` too", entry.text);
                let hint = "give them two names, or move one of them to [collapse]";
                return Err(("rename", key.clone(), entry.line, problem, hint));
            }
        }
        for (key, entry) in &self.variant {
            let is_variant =
                key.split_once("::").is_some_and(|(union, name)| is_type_name(union) && is_type_name(name));
            if !is_variant {
                let problem = "it names no variant".to_owned();
                return Err(("variant", key.clone(), entry.line, problem, "write `Union::Variant`"));
            }
            if !is_type_name(&entry.text) {
                let problem = format!("`{}` is no name of a variant", entry.text);
                return Err(("variant", key.clone(), entry.line, problem, "write words with capitals: `InProgress`"));
            }
        }
        for (key, entry) in &self.collapse {
            let target = page_item(&entry.text).unwrap_or(&entry.text);
            let (problem, hint) = if !is_type_name(target) {
                (format!("`{}` is no type", entry.text), "write a name, or `Page<Name>`")
            } else if let Some(new) = self.rename.get(key) {
                let hint = "a type that disappears needs no name: keep one line";
                (format!("it is renamed to `{}` as well", new.text), hint)
            } else if self.collapse.contains_key(target) {
                (format!("`{target}` is collapsed itself"), "name the type that stays")
            } else if let Some(new) = self.rename.get(target).filter(|_| !by_new.contains_key(target)) {
                (format!("`{target}` is renamed to `{}`", new.text), "write the new name")
            } else {
                continue;
            };
            return Err(("collapse", key.clone(), entry.line, problem, hint));
        }
        Ok(())
    }
}

/// The item of `Page<Item>`.
#[must_use]
pub fn page_item(target: &str) -> Option<&str> {
    target.strip_prefix("Page<")?.strip_suffix('>')
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name != "Self"
}
