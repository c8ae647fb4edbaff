//! What the first command of a newcomer builds. `cargo xtask demo` starts a program without dependencies and then the demo:
//! neither may come to need the generator, which takes longer to build than both.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the workspace").to_owned()
}

/// The packages that are compiled for a member, host side included, as cargo resolves them, `name version` each.
fn compiled(package: &str) -> Vec<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.args(["--package", package]).current_dir(root()).output().expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let words = text.lines().filter_map(|line| line.split_once(" v"));
    let names = words.map(|(name, rest)| format!("{name} {}", rest.split(' ').next().unwrap_or_default()));
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

#[test]
fn the_alias_starts_what_has_no_dependencies() {
    let config = fs::read_to_string(root().join(".cargo/config.toml")).expect(".cargo/config.toml");
    assert!(config.contains("xtask = \"run --quiet --package xtask-front --\""), "{config}");
    let packages = compiled("xtask-front");
    assert!(packages.len() == 1 && packages[0].starts_with("xtask-front "), "{packages:?}");
}

#[test]
fn the_demo_is_built_without_the_generator() {
    let packages = compiled("bitbucket-demo");
    let has = |name: &str| packages.iter().any(|package| package.split(' ').next() == Some(name));
    assert!(has("bitbucket-cloud") && has("bitbucket-tests") && has("reqwest"), "{packages:?}");
    for generator in ["bitbucket-codegen", "xtask", "progenitor-impl", "typify-impl", "prettyplease", "openapiv3"] {
        assert!(!has(generator), "the demo comes to need {generator}");
    }
    // What derive macros need of it, once.
    assert_eq!(packages.iter().filter(|package| package.starts_with("syn ")).count(), 1, "{packages:?}");
    // A few more than there are; each one costs whoever tries the crate first.
    assert!(packages.len() <= 135, "{} packages: {packages:?}", packages.len());
}

#[test]
fn the_generator_is_compiled_once() {
    // What cargo lists among duplicates in one version only is compiled for host and target with different features.
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--locked", "--duplicates", "--edges", "normal,build", "--depth", "0"]);
    let output = cargo.args(["--prefix", "none", "--package", "xtask"]).current_dir(root()).output();
    let text = String::from_utf8(output.expect("cargo tree").stdout).expect("UTF-8");
    let listed: Vec<&str> =
        text.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    assert!(listed.iter().any(|line| line.starts_with("syn v2")), "the list is read wrongly: {text}");
    let distinct: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(distinct.len(), listed.len(), "see [build-dependencies] of codegen/Cargo.toml: {text}");
}
