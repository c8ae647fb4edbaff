//! Every dependency of the SDK is explained in docs/dependencies.md: who adds one says what it is for and what it costs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the page's tables, as cells.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn each_direct_dependency_has_a_row_of_its_own() {
    let manifest = read("sdk/Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let lines = section.expect("[dependencies]").lines().filter(|line| !line.is_empty());
    let direct: BTreeSet<&str> = lines.filter_map(|line| line.split(['.', ' ']).next()).collect();
    assert!(direct.contains("reqwest") && direct.contains("serde"), "the manifest is read wrongly: {direct:?}");

    let page = read("docs/dependencies.md");
    let section = page.split("\n## Direct dependencies\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = rows(section.expect("a section of direct dependencies"));
    let named: BTreeSet<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    assert_eq!(named, direct, "docs/dependencies.md lists other dependencies than sdk/Cargo.toml has");
    for row in rows {
        assert!(row.len() == 5 && row.iter().all(|cell| !cell.is_empty()), "a cell is empty: {row:?}");
    }
}

#[test]
fn each_transitive_dependency_is_named() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    cargo.args(["--target", "x86_64-unknown-linux-gnu", "--package", "bitbucket-cloud"]);
    cargo.arg("--all-features");
    let output = cargo.current_dir(root()).output().expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let compiled: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(compiled.len() > 50, "the tree is read wrongly: {compiled:?}");
    let page = read("docs/dependencies.md");
    let missing: Vec<_> = compiled
        .into_iter()
        .filter(|name| !name.is_empty() && *name != "bitbucket-cloud" && !page.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "docs/dependencies.md does not name {missing:?}");
}
