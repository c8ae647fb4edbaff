//! The documents of `codegen/tests/documents`, each with shapes that Bitbucket's has not: generated, with one line about
//! what was decided, or refused as the file `.refused` says. `.ci/documents` compiles what is generated.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::run::{root, xtask};

#[test]
fn each_document_is_generated_or_refused_with_its_place() {
    let folder = root().join("codegen/tests/documents");
    let mut documents: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    documents.retain(|path| path.extension().is_some_and(|end| end == "json"));
    documents.sort();
    assert!(documents.len() >= 10, "{documents:?}");
    for document in documents {
        let out = tempdir().unwrap();
        let flags = ["generate".as_ref(), "--no-overlay".as_ref(), "--spec".as_ref(), document.as_os_str()];
        let run = xtask(flags.into_iter().chain(["--out".as_ref(), out.path().as_os_str()]));
        match fs::read_to_string(document.with_extension("refused")) {
            Ok(expected) => assert_eq!(without_line(run.refusal(), &document), expected.trim_end()),
            Err(_) => {
                assert_eq!(run.code, Some(0), "{}: {}", document.display(), run.stderr);
                assert!(run.stderr.lines().count() <= 1, "{}: {}", document.display(), run.stderr);
            }
        }
    }
}

#[test]
fn servers_of_a_single_path_are_not_ignored_in_silence() {
    let folder = tempdir().unwrap();
    let text = fs::read_to_string(root().join("codegen/tests/documents/bytes_only.json")).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let servers = serde_json::json!([{"url": "https://uploads.example.org"}]);
    let (path, item) = document["paths"].as_object_mut().unwrap().iter_mut().next().unwrap();
    let path = path.clone();
    item["servers"] = servers.clone();
    item["get"]["servers"] = servers;
    let spec = folder.path().join("servers.json");
    fs::write(&spec, document.to_string()).unwrap();
    let run = |flags: &[&str]| {
        let (spec, out) = (spec.to_str().unwrap(), folder.path().join("out"));
        xtask(["generate", "--spec", spec, "--out", out.to_str().unwrap()].iter().chain(flags))
    };
    let ignored = run(&["--no-overlay"]);
    let expected =
        format!("note: {path} and 1 more: servers of a single path are ignored, calls go to the address of the client");
    assert_eq!(ignored.stderr.lines().last(), Some(expected.as_str()), "{ignored:?}");
}

/// A message without the path and the line of the document, both of which it must have.
fn without_line(message: &str, document: &Path) -> String {
    let (pass, rest) = message.split_once(&format!(": {}:", document.display())).unwrap_or_else(|| panic!("{message}"));
    let (line, rest) = rest.split_once(' ').unwrap_or_else(|| panic!("{message}"));
    assert!(line.parse::<usize>().is_ok_and(|line| line > 1), "{message}");
    format!("{}: {rest}", pass.trim_start_matches("error: "))
}
