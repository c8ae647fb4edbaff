//! Holds `.github/workflows` and `bitbucket-pipelines.yml` to their rules, and every call of `cargo xtask` in the
//! repository to the commands that there are. Tests only.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::inputs;

mod calls;
mod pipelines;
mod rules;

fn read(path: impl AsRef<Path>) -> String {
    let path = inputs::root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

/// The workflows, as file names and texts.
fn workflows() -> Vec<(String, String)> {
    const FOLDER: &str = ".github/workflows";
    let entries = fs::read_dir(inputs::root().join(FOLDER)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("{FOLDER}/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(name))).collect()
}

/// The parts of `.ci/run`, from its answer to one that there is not.
fn parts() -> Vec<String> {
    let output = Command::new("bash").args([".ci/run", "no-such-part"]).current_dir(inputs::root()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line = String::from_utf8(output.stdout).unwrap();
    let parts = line.trim().strip_prefix("run: no part no-such-part; there are: ").expect("the list of the parts");
    parts.split(' ').map(str::to_owned).collect()
}

/// The scripts that look for the last release, or for what is merged.
const LOOK_BACK: [&str; 4] = [".ci/spec-diff", ".ci/spec-diff-bitbucket", ".ci/spec-update", ".ci/spec-update-push"];

/// The scripts of `.ci` that a text calls.
fn scripts(text: &str) -> BTreeSet<&str> {
    text.split([' ', '\n', '"', ';', '(', ')']).filter(|word| word.starts_with(".ci/")).collect()
}

#[test]
fn scripts_that_are_called_are_there_and_can_be_run() {
    let mut called = 0;
    let pipelines = [("bitbucket-pipelines.yml".to_owned(), read("bitbucket-pipelines.yml"))];
    for (name, text) in workflows().into_iter().chain(pipelines) {
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        for script in scripts(&code.join("\n").replace([',', '[', ']'], " ")) {
            let output = Command::new("git").args(["ls-files", "--stage", script]).current_dir(inputs::root()).output();
            let listed = String::from_utf8(output.unwrap().stdout).unwrap();
            assert!(listed.starts_with("100755 "), "{name}: {script} cannot be run: {listed}");
            called += 1;
        }
    }
    assert!(called > 8, "{called}");
}
