//! Input that cannot be generated from and folders that cannot be written: exit code 2, one line, nothing written.

use std::fs;

use tempfile::tempdir;

use crate::run::xtask;

#[test]
fn a_document_that_does_not_exist() {
    let folder = tempdir().unwrap();
    let (spec, out) = (folder.path().join("none.json"), folder.path().join("out"));
    let run = xtask(["generate".as_ref(), "--spec".as_ref(), spec.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    let start = format!("error: read: {}: cannot be read (", spec.display());
    assert!(run.refusal().starts_with(&start), "{}", run.stderr);
    assert!(run.refusal().ends_with("); give the path of a file"), "{}", run.stderr);
    assert!(!out.exists());
}

#[test]
fn a_document_that_is_bad() {
    let cases: [(&[u8], &str); 3] = [
        (
            b"openapi: 3.0.3\n",
            ":1: not JSON: expected value, column 1; the document must be OpenAPI 3.0 as JSON; convert YAML first",
        ),
        (
            b"{\n  \"swagger\": \"2.0\"\n}\n",
            ":2 #/swagger: this is a Swagger 2.0 document; Bitbucket publishes an OpenAPI 3.0 document as well: \
             use swagger.v3.json",
        ),
        (b"{\"caf\xe9\": 1}", ": not UTF-8 at byte 5; the document must be OpenAPI 3.0 as JSON"),
    ];
    for (text, message) in cases {
        let folder = tempdir().unwrap();
        let (spec, out) = (folder.path().join("bad.json"), folder.path().join("out"));
        fs::write(&spec, text).unwrap();
        let run = xtask(["generate".as_ref(), "--spec".as_ref(), spec.as_os_str(), "--out".as_ref(), out.as_os_str()]);
        assert_eq!(run.refusal(), format!("error: read: {}{message}", spec.display()));
        assert!(!out.exists());
    }
}

#[test]
fn a_bad_document_leaves_an_earlier_crate_as_it_was() {
    let folder = tempdir().unwrap();
    let (spec, out) = (folder.path().join("bad.json"), folder.path().join("out"));
    fs::create_dir(&out).unwrap();
    fs::write(out.join("Cargo.toml"), "mine").unwrap();
    fs::write(&spec, "{}").unwrap();
    xtask(["generate".as_ref(), "--spec".as_ref(), spec.as_os_str(), "--out".as_ref(), out.as_os_str()]).refusal();
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(out.join("Cargo.toml")).unwrap(), "mine");
}

#[test]
fn an_overlay_that_no_longer_applies() {
    let folder = tempdir().unwrap();
    let overlay = folder.path().join("mine.yaml");
    let action = "- {target: $.gone, x-name: mend, x-reason: it is gone, x-expect: {}, remove: true}";
    fs::write(&overlay, format!("overlay: 1.1.0\ninfo: {{title: t, version: 1.0.0}}\nactions:\n{action}\n")).unwrap();
    let run = xtask(["generate".as_ref(), "--check".as_ref(), "--overlay".as_ref(), overlay.as_os_str()]);
    assert_eq!(
        run.refusal(),
        format!(
            "error: overlay: {}:4 action `mend`: `$.gone` matches nothing; \
             upstream has moved or mended it: adapt the target or delete the action",
            overlay.display()
        )
    );
}

#[test]
fn a_folder_that_cannot_be_made() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "a file where a folder must be").unwrap();
    for out in [file.clone(), file.join("crate"), file.join("deep/crate")] {
        let run = xtask(["generate".as_ref(), "--out".as_ref(), out.as_os_str()]);
        let start = format!("error: write: {}: the folder cannot be created (", out.display());
        assert!(run.refusal().starts_with(&start), "{}", run.stderr);
        assert!(run.refusal().ends_with("); choose another --out"), "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file where a folder must be");
}

#[test]
fn a_folder_where_a_file_must_be() {
    let folder = tempdir().unwrap();
    assert_eq!(xtask(["generate".as_ref(), "--out".as_ref(), folder.path().as_os_str()]).code, Some(0));
    let path = folder.path().join("src/generated/types.rs");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fs::remove_file(folder.path().join("src/lib.rs")).unwrap();
    let run = xtask(["generate".as_ref(), "--out".as_ref(), folder.path().as_os_str()]);
    assert!(run.refusal().starts_with(&format!("error: write: {}: cannot be ", path.display())), "{}", run.stderr);
    assert!(!folder.path().join("src/lib.rs").exists(), "nothing else was written");
}
