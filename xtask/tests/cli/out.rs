//! `generate --out DIR` writes a crate that stands alone and respects what a person put there.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::run::{Run, files, root, xtask};

fn generate(out: &Path) -> Run {
    xtask(["generate".as_ref(), "--out".as_ref(), out.as_os_str()])
}

#[test]
fn a_complete_crate() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("crate");
    let run = generate(&out);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));

    let written = files(&out);
    for path in ["Cargo.toml", "src/lib.rs", "src/generated.rs", "src/generated/types.rs"] {
        assert!(written.contains_key(path), "{path} is missing");
    }
    assert_eq!(run.stdout, format!("{0}: {1} of {1} files changed\n", out.display(), written.len()));
    assert!(written.keys().all(|path| !path.ends_with('~')), "temporary files are left");
    for (path, text) in files(&root().join("sdk/src")) {
        assert_eq!(written.get(&format!("src/{path}")), Some(&text), "src/{path}");
    }

    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(out.join("Cargo.toml"))
        .output()
        .unwrap();
    let metadata = String::from_utf8(cargo.stdout).unwrap();
    assert!(cargo.status.success(), "cargo reads the manifest: {}", String::from_utf8_lossy(&cargo.stderr));
    assert!(metadata.contains("\"name\":\"bitbucket-cloud\""), "{metadata}");
    assert!(!written["Cargo.toml"].contains("workspace = true"), "{}", written["Cargo.toml"]);
}

#[test]
fn two_runs_at_once_are_like_one() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("crate");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| generate(&out))).collect();
        for run in runs {
            let run = run.join().unwrap();
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        }
    });
    assert!(files(&out).keys().all(|path| !path.ends_with('~')), "temporary files are left");
    let check = xtask(["generate".as_ref(), "--check".as_ref(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(check.code, Some(0), "{}", check.stderr);
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = tempdir().unwrap();
    assert_eq!(generate(folder.path()).code, Some(0));
    let lib = folder.path().join("src/lib.rs");
    let time = fs::metadata(&lib).unwrap().modified().unwrap();
    let before = files(folder.path());
    let run = generate(folder.path());
    assert_eq!(run.stdout, format!("{}: 0 of {} files changed\n", folder.path().display(), before.len()));
    assert!(files(folder.path()) == before);
    assert_eq!(fs::metadata(&lib).unwrap().modified().unwrap(), time, "an equal file is not written");
}

#[test]
fn a_file_of_a_person_stays_and_a_stale_one_goes() {
    let folder = tempdir().unwrap();
    assert_eq!(generate(folder.path()).code, Some(0));
    let before = files(folder.path());
    let mine = folder.path().join("src/generated/mine.rs");
    let stale = folder.path().join("src/generated/groups/stale.rs");
    fs::write(&mine, "// by hand\n").unwrap();
    fs::copy(folder.path().join("src/generated/groups/pipelines.rs"), &stale).unwrap();
    fs::write(folder.path().join("src/generated/groups/refs.rs"), "damaged").unwrap();

    let run = generate(folder.path());
    assert_eq!(run.stdout, format!("{}: 2 of {} files changed\n", folder.path().display(), before.len()));
    assert!(!stale.exists(), "a file with the header that is generated no more");
    assert_eq!(fs::read_to_string(&mine).unwrap(), "// by hand\n");
    fs::remove_file(&mine).unwrap();
    assert!(files(folder.path()) == before);
}

#[test]
fn the_workspace_is_left_alone() {
    let folder = tempdir().unwrap();
    let before = [files(&root().join("sdk/src")), files(&root().join("docs"))];
    assert_eq!(generate(folder.path()).code, Some(0));
    assert!([files(&root().join("sdk/src")), files(&root().join("docs"))] == before);
}
