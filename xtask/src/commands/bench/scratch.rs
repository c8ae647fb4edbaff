//! A folder that is gone afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Creates it in the folder for temporary files, which `TMPDIR` names.
    pub(crate) fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("bitbucket-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("bench: {} cannot be created; set TMPDIR", path.display()))?;
        Ok(Self(path))
    }

    /// A folder in it, which need not exist.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing is lost if it stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Empties a folder, so that what is built in it is built anew.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    Ok(())
}

/// Bytes of the files in a folder whose names end in one of these.
pub(crate) fn size(folder: &Path, ends: &[&str]) -> Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if ends.iter().any(|end| name.to_string_lossy().ends_with(end)) {
            size += entry.metadata()?.len();
        }
    }
    Ok(size)
}
