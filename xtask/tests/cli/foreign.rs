//! Other revisions of Bitbucket's document, where they are at hand.

use std::path::PathBuf;

use tempfile::tempdir;

use crate::run::{files, generate, root};

/// The document beside the workspace; `None`, with a message, where it is not there.
fn reference(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/reference").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn generates(name: &str) {
    let Some(spec) = reference(name) else { return };
    let folder = tempdir().unwrap();
    let out = folder.path().join("crate");
    let run = generate(&spec, &out);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let notes: Vec<&str> = run.stderr.lines().collect();
    assert!(notes.len() == 1 && notes[0].ends_with("`cargo xtask passes` with the same flags lists them"), "{notes:?}");
    let written = files(&out);
    assert_eq!(run.stdout, format!("{0}: {1} of {1} files changed\n", out.display(), written.len()));
    assert!(written.contains_key("src/generated/groups/pipelines.rs"), "{:?}", written.keys());
}

#[test]
fn the_document_of_june_2025() {
    generates("bitbucket-cloud-2025-06.json");
}

#[test]
fn the_document_of_june_2026() {
    generates("bitbucket-cloud-2026-06.json");
}

#[test]
fn the_document_of_july_2026() {
    generates("bitbucket-cloud-2026-07.json");
}
