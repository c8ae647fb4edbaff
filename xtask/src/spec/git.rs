//! Reads from the repository by git's own commands.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow, bail};

/// Patterns of the tags of releases.
const RELEASES: [&str; 2] = ["v[0-9]*", "bitbucket-cloud-v[0-9]*"];

/// The repository around the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Whether there is one.
    pub(crate) fn exists(&self) -> Result<bool> {
        Ok(self.ask(&["rev-parse", "--git-dir"])?.is_some())
    }

    /// The commit of a revision; `None` where git knows none.
    pub(crate) fn commit(&self, revision: &str) -> Result<Option<String>> {
        if revision.starts_with('-') {
            return Ok(None);
        }
        self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
    }

    /// The last tag of a release that leads to a commit.
    pub(crate) fn last_release(&self, commit: &str) -> Result<Option<String>> {
        let matching = RELEASES.map(|pattern| format!("--match={pattern}"));
        self.ask(&["describe", "--tags", "--abbrev=0", &matching[0], &matching[1], commit])
    }

    /// Whether a commit comes before another one.
    pub(crate) fn is_before(&self, first: &str, second: &str) -> bool {
        first != second && matches!(self.ask(&["merge-base", "--is-ancestor", first, second]), Ok(Some(_)))
    }

    /// The texts of files as they were in a commit; those that were not there are left out.
    pub(crate) fn files(&self, commit: &str, paths: &[&str]) -> Result<BTreeMap<String, String>> {
        let mut child = self
            .git(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("git: cannot be started; install it, or compare files")?;
        let mut asked = child.stdin.take().ok_or_else(|| anyhow!("git: cat-file takes no input"))?;
        let request: String = paths.iter().map(|path| format!("{commit}:{path}\n")).collect();
        // The names are few and short, so they fit into the pipe before anything is read.
        asked.write_all(request.as_bytes()).context("git: cat-file does not listen")?;
        drop(asked);
        let mut answer = Vec::new();
        child.stdout.take().ok_or_else(|| anyhow!("git: cat-file gives no output"))?.read_to_end(&mut answer)?;
        if !child.wait()?.success() {
            bail!("git: cat-file failed at {commit}; is the repository whole?");
        }
        let mut files = BTreeMap::new();
        let mut rest = answer.as_slice();
        for path in paths {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| anyhow!("git: cat-file ends early"))?;
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            rest = &rest[end + 1..];
            if head.ends_with(" missing") {
                continue;
            }
            let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).unwrap_or_default();
            let text = rest.get(..size).ok_or_else(|| anyhow!("git: cat-file ends early"))?;
            let text = String::from_utf8(text.to_vec()).map_err(|_| anyhow!("read: {commit}:{path}: not UTF-8"))?;
            files.insert((*path).to_owned(), text);
            rest = rest.get(size + 1..).unwrap_or_default();
        }
        Ok(files)
    }

    /// The first line that a command prints; `None` where it fails.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>> {
        let output = self
            .git(arguments)
            .stderr(Stdio::null())
            .output()
            .context("git: cannot be started; install it, or compare files")?;
        let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(line))
    }

    fn git(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(arguments);
        command
    }
}
