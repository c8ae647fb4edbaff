//! Which program is started, and that it stands for the front: arguments, folder, exit code.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cargo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cargo.sh")
}

fn front(cargo: &Path, arguments: &[&str]) -> Output {
    let mut front = Command::new(env!("CARGO_BIN_EXE_xtask-front"));
    front.args(arguments).env("CARGO", cargo).current_dir("src").output().unwrap()
}

/// The lines of a cargo that was started for a package.
fn called(package: &str, arguments: &[&str]) -> String {
    let front = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = front.ancestors().nth(2).unwrap().join("Cargo.toml");
    let folder = front.join("src");
    let mut lines = vec![folder.to_str().unwrap(), "run", "--quiet", "--manifest-path", manifest.to_str().unwrap()];
    lines.extend(["--package", package, "--"]);
    lines.extend(arguments);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_demo_gets_what_follows_its_name() {
    let output = front(&cargo(), &["demo", "--repo", "acme/rocket", "demo"]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), called("bitbucket-demo", &["--repo", "acme/rocket", "demo"]));
}

#[test]
fn xtask_gets_everything_else_as_it_was_written() {
    for arguments in [&[][..], &["--help"], &["generate", "--spec", "a b.json", "--check"], &["help", "demo"]] {
        let output = front(&cargo(), arguments);
        assert_eq!(output.status.code(), Some(7));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), called("xtask", arguments));
    }
}

#[test]
fn a_cargo_that_is_not_there_is_an_error() {
    let output = front(Path::new("/nowhere/cargo"), &["generate"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("error: xtask: cargo cannot be started (") && message.lines().count() == 1,
        "{message}"
    );
}
