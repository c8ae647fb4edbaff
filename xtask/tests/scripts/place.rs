//! A clone with its remote, and the programs that the scripts find there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir};

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    /// Both outputs.
    pub(crate) said: String,
}

/// A folder with `clone`, `remote.git`, `bin` and whatever a test needs.
pub(crate) struct Place(TempDir);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Place {
    /// A clone of a repository that has these files of the real one; folders with all that is in them.
    pub(crate) fn new(paths: &[&str]) -> Self {
        let place = Self(tempdir().unwrap());
        for path in [".ci"].iter().chain(paths) {
            let target = place.path("clone").join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            let mut copy = Command::new("cp");
            assert!(copy.arg("-R").arg(root().join(path)).arg(target).status().unwrap().success());
        }
        place.program("cargo", "[ \"$1\" = xtask ] || exit 99\nshift\nexec \"$XTASK\" \"$@\"\n");
        place.git(&["init", "--quiet", "--initial-branch", "main"]);
        place.git(&["add", "--all"]);
        place.commit("the beginning");
        let remote = place.path("remote.git");
        assert!(
            Command::new("git")
                .args(["clone", "--quiet", "--bare"])
                .arg(place.path("clone"))
                .arg(&remote)
                .status()
                .unwrap()
                .success()
        );
        place.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts a program of bash where scripts find it.
    pub(crate) fn program(&self, name: &str, text: &str) {
        self.write(&format!("bin/{name}"), format!("#!/usr/bin/env bash\nset -euo pipefail\n{text}"));
        fs::set_permissions(self.path("bin").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs git in the clone.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.path("clone")).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        let output = git.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["commit", "--quiet", "--no-verify", "--message", message]);
    }

    /// Runs a script of the clone.
    pub(crate) fn run(&self, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let script = format!(".ci/{script}");
        self.bash(&[&[script.as_str()], arguments].concat(), variables)
    }

    /// Runs bash in the clone.
    pub(crate) fn bash(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new("bash");
        command.args(arguments).current_dir(self.path("clone"));
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.path("bin").display()));
        command.env("XTASK", env!("CARGO_BIN_EXE_xtask")).env("CARGO_MANIFEST_DIR", self.path("clone/xtask"));
        command.env("FAKE", self.path("")).env("GH_REPO", "acme/rocket").env("GH_TOKEN", "s3cret-token");
        for variable in [
            "GITHUB_ACTIONS",
            "GITHUB_OUTPUT",
            "GITHUB_STEP_SUMMARY",
            "REQUIRE",
            // The list of the run that these tests are part of.
            "SKIPPED",
            "CARGO_TARGET_DIR",
            "RUSTUP_TOOLCHAIN",
        ] {
            command.env_remove(variable);
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(!said.contains("s3cret"), "{said}");
        Run { code: output.status.code(), said }
    }
}
