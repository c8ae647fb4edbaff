//! `generate --check` compares and writes nothing.

use std::fs;

use tempfile::tempdir;

use crate::run::{files, root, xtask};

#[test]
fn a_changed_document_makes_files_stale_and_each_is_named() {
    let folder = tempdir().unwrap();
    let spec = folder.path().join("changed.json");
    let text = fs::read_to_string(root().join("spec/bitbucket.json")).unwrap();
    let summary = "\"summary\": \"Get a pipeline\"";
    assert_eq!(text.matches(summary).count(), 1);
    fs::write(&spec, text.replace(summary, "\"summary\": \"Get one pipeline\"")).unwrap();
    let before = files(&root().join("sdk/src"));

    let run = xtask(["generate".as_ref(), "--check".as_ref(), "--spec".as_ref(), spec.as_os_str()]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    let (last, stale) = lines.split_last().unwrap();
    assert!(stale.contains(&"changed: sdk/src/generated/groups/pipelines.rs"), "{}", run.stderr);
    assert!(stale.contains(&"changed: sdk/src/generated/groups/pipelines/requests.rs"), "{}", run.stderr);
    let count = stale.len();
    assert_eq!(
        *last,
        format!("error: {count} generated files are stale; run `cargo xtask generate` and commit the result")
    );
    assert!(files(&root().join("sdk/src")) == before, "--check has written something");
}

#[test]
fn what_is_missing_and_what_is_left_over_is_named_too() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("crate");
    let arguments = ["generate".as_ref(), "--out".as_ref(), out.as_os_str()];
    assert_eq!(xtask(arguments).code, Some(0));
    let types = out.join("src/generated/types.rs");
    let stale = out.join("src/generated/types/gone.rs");
    fs::copy(&types, &stale).unwrap();
    fs::remove_file(&types).unwrap();

    let run = xtask(arguments.into_iter().chain(["--check".as_ref()]));
    assert_eq!(run.code, Some(1));
    let expected = format!(
        "missing: {}\nleft over: {}\n\
         error: 2 generated files are stale; run `cargo xtask generate` and commit the result\n",
        types.display(),
        stale.display()
    );
    assert_eq!(run.stderr, expected);
    assert!(stale.exists() && !types.exists(), "--check has written something");
}

#[test]
fn nothing_is_made_in_a_folder_that_does_not_exist() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("crate");
    let run = xtask(["generate".as_ref(), "--check".as_ref(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains(&format!("missing: {}\n", out.join("Cargo.toml").display())), "{}", run.stderr);
    assert!(!out.exists());
}
