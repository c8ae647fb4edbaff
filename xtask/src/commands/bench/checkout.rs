//! The workspace at another revision, beside the working copy, which stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::measure;

/// Checks a revision out into a folder. It shares the objects of the repository and leaves no trace in it.
pub(crate) fn create(root: &Path, revision: &str, folder: &Path) -> Result<PathBuf> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments);
        command
    };
    let commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
        .current_dir(root)
        .output()
        .context("bench: git cannot be started")?;
    anyhow::ensure!(
        commit.status.success(),
        "bench: --against {revision}: no such revision; `git fetch` gets what a shallow clone lacks"
    );
    let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
    let clone = git(&["clone", "--quiet", "--shared", "--no-checkout", "--"]).arg(root).arg(folder).output();
    let clone = clone.context("bench: git cannot be started")?;
    anyhow::ensure!(clone.status.success(), "bench: git clone: {}", String::from_utf8_lossy(&clone.stderr));
    measure::run(git(&["checkout", "--quiet", "--detach", &commit]).current_dir(folder))
        .context("bench: git checkout")?;
    Ok(folder.to_owned())
}
