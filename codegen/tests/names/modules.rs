//! Names that a group cannot have, because the crate has something of that name already.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bitbucket_codegen::document::paths::module;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

#[test]
fn a_group_is_called_like_nothing_that_the_crate_has() {
    let root = text("sdk/src/lib.rs");
    let modules =
        root.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    let surface = text("sdk/api.txt");
    let methods = ["Client::", "RepositoryHandle::", "WorkspaceHandle::"].map(|owner| {
        surface.lines().filter_map(move |line| line.strip_prefix(owner)?.split(['(', '<']).next()).collect::<Vec<_>>()
    });
    let manifest = text("sdk/Cargo.toml");
    let features = manifest.split("[features]").nth(1).unwrap().split("# <generated").next().unwrap();
    let features =
        features.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).filter(|name| !name.starts_with('#'));

    let groups = text("spec/groups.toml");
    let groups: BTreeSet<&str> =
        groups.lines().filter_map(|line| line.strip_prefix("module = \"")?.strip_suffix('"')).collect();
    let operations = text("spec/operations.toml");
    let of_handles: BTreeSet<&str> =
        operations.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let taken: BTreeSet<String> = (modules.chain(methods.concat()).chain(features))
        .map(|name| name.replace('-', "_"))
        .filter(|name| !groups.contains(name.as_str()) && !of_handles.contains(name.as_str()))
        .collect();
    assert!(taken.contains("transport") && taken.contains("rate_limit") && taken.contains("native_tls"), "{taken:?}");
    let free: Vec<_> = taken.iter().filter(|name| module(name) == **name).collect();
    assert!(free.is_empty(), "add to TAKEN_MODULES of document/paths.rs: {free:?}");
}
