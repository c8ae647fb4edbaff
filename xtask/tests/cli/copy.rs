//! A copy of the workspace that a test may change.

use std::fs;
use std::path::Path;

use tempfile::{TempDir, tempdir};

use crate::run::{Run, command, files, root};

/// A copy of the decisions in a workspace of its own.
pub(crate) struct Copy(TempDir);

impl Copy {
    pub(crate) fn new() -> Self {
        let folder = tempdir().unwrap();
        for (path, text) in files(&root().join("spec")) {
            write(&folder.path().join("spec").join(path), &text);
        }
        write(&folder.path().join("sdk/Cargo.toml"), &fs::read_to_string(root().join("sdk/Cargo.toml")).unwrap());
        Self(folder)
    }

    /// The same with the sources of the SDK and what else is generated, so that everything can be generated into it.
    pub(crate) fn with_sources() -> Self {
        let copy = Self::new();
        for folder in ["sdk/src", "tests/tests/generated"] {
            for (path, text) in files(&root().join(folder)) {
                write(&copy.root().join(folder).join(path), &text);
            }
        }
        for file in ["sdk/api.txt", "docs/coverage.md"] {
            write(&copy.root().join(file), &fs::read_to_string(root().join(file)).unwrap());
        }
        copy
    }

    /// The folder of the workspace.
    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, file: &str) -> std::path::PathBuf {
        self.0.path().join("spec").join(file)
    }

    /// Replaces a text that is in the file exactly once; gives the line that it begins on.
    pub(crate) fn change(&self, file: &str, from: &str, to: &str) -> usize {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let parts: Vec<&str> = text.split(from).collect();
        assert_eq!(parts.len(), 2, "`{from}` is not once in {file}");
        fs::write(self.path(file), parts.join(to)).unwrap();
        parts[0].matches('\n').count() + 1
    }

    /// Adds lines at the end of the file; gives the line that they begin on.
    pub(crate) fn append(&self, file: &str, lines: &str) -> usize {
        let text = fs::read_to_string(self.path(file)).unwrap();
        fs::write(self.path(file), format!("{text}{lines}")).unwrap();
        text.matches('\n').count() + 1
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = command(arguments).env("CARGO_MANIFEST_DIR", self.0.path().join("xtask")).output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The message of a generation that must write nothing.
    pub(crate) fn refusal(&self) -> String {
        let before = files(self.0.path());
        let message = self.run(&["generate"]).refusal().to_owned();
        assert!(files(self.0.path()) == before, "something was written");
        message
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
