//! Brings a folder in line with generated files: writes what changed, deletes what is stale, leaves foreign files alone.
//!
//! Everything is planned before anything is written. Each file is written beside its place and moved there, so that a
//! full disk or a missing permission leaves no half file.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

/// What one file needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It has other contents.
    Write(PathBuf),
    /// It does not exist yet.
    Create(PathBuf),
    /// It was generated once and is no more.
    Delete(PathBuf),
}

/// The end of the names of files that are about to replace others.
pub(crate) const STAGED: &str = ".new~";

/// The difference between a folder and what should be in it.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Sorted by path.
    pub(crate) changes: Vec<Change>,
    contents: BTreeMap<PathBuf, String>,
}

impl Plan {
    /// Compares `files` (relative paths) with `root`; files below `owned` folders that start with `header` and are not
    /// among `files` are stale.
    pub(crate) fn new(root: &Path, files: &BTreeMap<String, String>, owned: &[&str], header: &str) -> Result<Self> {
        let mut plan = Self::default();
        for (path, text) in files {
            let path = root.join(path);
            match fs::read(&path) {
                Ok(old) if old == text.as_bytes() => continue,
                Ok(_) => plan.changes.push(Change::Write(path.clone())),
                Err(error) if is_absent(&error) => plan.changes.push(Change::Create(path.clone())),
                Err(error) => return Err(error).with_context(|| format!("write: {}: cannot be read", path.display())),
            }
            plan.contents.insert(path, text.clone());
        }
        for folder in owned {
            for path in files_below(&root.join(folder))? {
                let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                // A run beside this one may be about to rename it.
                let staged = relative.ends_with(STAGED);
                if !staged && !files.contains_key(&relative) && starts_with(&path, header) {
                    plan.changes.push(Change::Delete(path));
                }
            }
        }
        plan.changes.sort();
        Ok(plan)
    }

    /// Adds the changes of another folder.
    pub(crate) fn extend(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.contents.extend(other.contents);
    }

    /// Carries the plan out. Every folder is tried for writing first, so that one without permission stops everything.
    pub(crate) fn apply(&self) -> Result<()> {
        let (mut staged, mut made) = (Vec::new(), Vec::new());
        let outcome = self.stage(&mut staged, &mut made).and_then(|()| self.replace(&staged));
        if outcome.is_err() {
            for (temporary, _) in &staged {
                let _ = fs::remove_file(temporary);
            }
            // The innermost first; what is not empty stays.
            for folder in made.iter().rev() {
                let _ = fs::remove_dir(folder);
            }
        }
        outcome
    }

    fn replace(&self, staged: &[(PathBuf, PathBuf)]) -> Result<()> {
        for (temporary, path) in staged {
            fs::rename(temporary, path).with_context(|| format!("write: {}: cannot be replaced", path.display()))?;
        }
        for change in &self.changes {
            if let Change::Delete(path) = change {
                match fs::remove_file(path) {
                    Err(error) if !is_absent(&error) => {
                        return Err(error).with_context(|| format!("write: {}: cannot be deleted", path.display()));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Writes every file beside its place. `made` gets the folders that were not there, the outermost first.
    fn stage(&self, staged: &mut Vec<(PathBuf, PathBuf)>, made: &mut Vec<PathBuf>) -> Result<()> {
        for (path, text) in &self.contents {
            let Some(folder) = path.parent() else { bail!("write: {}: no folder to write to", path.display()) };
            let refuse = |problem: &str, error: &std::io::Error| {
                anyhow!("write: {}: {problem} ({error}); choose another --out", folder.display())
            };
            let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
            made.extend(missing.into_iter().rev().map(Path::to_owned));
            fs::create_dir_all(folder).map_err(|error| refuse("the folder cannot be created", &error))?;
            // Of this process alone: two runs at once must not rename each other's files.
            let temporary = path.with_extension(format!("{}{STAGED}", std::process::id()));
            staged.push((temporary.clone(), path.clone()));
            fs::write(&temporary, text).map_err(|error| refuse("the folder cannot be written to", &error))?;
        }
        Ok(())
    }
}

impl Change {
    /// The change as one line.
    pub(crate) fn describe(&self, root: &Path) -> String {
        let (label, path) = match self {
            Self::Write(path) => ("changed", path),
            Self::Create(path) => ("missing", path),
            Self::Delete(path) => ("left over", path),
        };
        format!("{label}: {}", path.strip_prefix(root).unwrap_or(path).display())
    }
}

/// Nothing is there. A path below a regular file counts as well: that is reported when the folder is created.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Files, and no symbolic links: what these lead to is somebody else's.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(files),
        Err(error) => return Err(error).with_context(|| format!("write: {}: cannot be listed", folder.display())),
    };
    for entry in entries {
        let refuse = || format!("write: {}: cannot be listed", folder.display());
        let entry = entry.with_context(refuse)?;
        let (path, kind) = (entry.path(), entry.file_type().with_context(refuse)?);
        if kind.is_dir() {
            files.extend(files_below(&path)?);
        } else if kind.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn starts_with(path: &Path, header: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.starts_with(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "// Generated";

    fn files(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn only_what_differs_is_written_and_only_our_own_is_deleted() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        fs::create_dir_all(root.join("g"))?;
        fs::write(root.join("g/same.rs"), "// Generated same")?;
        fs::write(root.join("g/stale.rs"), "// Generated old")?;
        fs::write(root.join("g/foreign.rs"), "// written by a person")?;
        let wanted = files(&[("g/same.rs", "// Generated same"), ("g/new.rs", "// Generated new")]);
        let plan = Plan::new(root, &wanted, &["g"], HEADER)?;
        assert_eq!(plan.changes, [Change::Create(root.join("g/new.rs")), Change::Delete(root.join("g/stale.rs"))]);
        plan.apply()?;
        assert!(
            root.join("g/new.rs").exists() && root.join("g/foreign.rs").exists() && !root.join("g/stale.rs").exists()
        );
        assert!(Plan::new(root, &wanted, &["g"], HEADER)?.changes.is_empty());
        Ok(())
    }

    #[test]
    fn a_file_that_cannot_be_replaced_leaves_nothing_beside_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        let plan = Plan::new(root, &files(&[("a/one.rs", "1"), ("b/two.rs", "2")]), &[], HEADER)?;
        fs::create_dir_all(root.join("b/two.rs"))?;
        assert!(plan.apply().is_err());
        assert_eq!(files_below(root)?, [root.join("a/one.rs")]);
        Ok(())
    }

    #[test]
    fn a_folder_that_cannot_be_written_leaves_everything_as_it_was() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        fs::write(root.join("b"), "a file where a folder must be")?;
        let wanted = files(&[("a/one.rs", "1"), ("b/two.rs", "2")]);
        let error = Plan::new(root, &wanted, &[], HEADER).and_then(|plan| plan.apply());
        assert!(error.is_err());
        assert!(!root.join("a").exists(), "the folder that was made for it is gone again");
        Ok(())
    }
}
