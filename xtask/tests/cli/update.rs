//! `spec update` as a person runs it: what is written, what is not, and what it says.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::copy::Copy;
use crate::run::files;

/// A workspace of its own, and a document beside it that upstream could publish.
struct Given {
    copy: Copy,
    beside: TempDir,
}

impl Given {
    fn new(change: impl FnOnce(&mut Value)) -> Self {
        let copy = Copy::with_sources();
        let mut document: Value =
            serde_json::from_str(&fs::read_to_string(copy.path("bitbucket.json")).unwrap()).unwrap();
        change(&mut document);
        let beside = tempfile::tempdir().unwrap();
        fs::write(beside.path().join("new.json"), document.to_string()).unwrap();
        Self { copy, beside }
    }

    fn run(&self, flags: &[&str]) -> crate::run::Run {
        let from = self.beside.path().join("new.json");
        self.copy.run(&[&["spec", "update", "--from", from.to_str().unwrap()], flags].concat())
    }
}

#[test]
fn a_new_member_reaches_the_crate_and_a_second_run_changes_nothing() {
    let given = Given::new(|document| {
        document["components"]["schemas"]["branchrestriction"]["allOf"][1]["properties"]["rockets"] =
            json!({"type": "integer", "description": "Theirs."});
    });
    let run = given.run(&["--month", "2031-01"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("properties/rockets/description"), "{}", run.stderr);
    assert!(run.stdout.lines().any(|line| line == "changed: spec/bitbucket.json"), "{}", run.stdout);
    let after = files(given.copy.root());
    assert!(
        after["sdk/src/generated/types/branch_restrictions.rs"].contains("rockets"),
        "the crate has no such member"
    );
    assert!(after["spec/source.toml"].contains("as_of = \"2031-01\""));
    assert!(!after["spec/bitbucket.json"].contains("Theirs"));
    let again = given.run(&[]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "nothing has changed\n"), "{again:?}");
    assert!(files(given.copy.root()) == after, "the second run has written something");
}

#[test]
fn decisions_that_no_longer_fit_write_nothing_unless_it_is_a_draft() {
    let given = Given::new(|document| {
        document["paths"].as_object_mut().unwrap().remove("/workspaces/{workspace}/settings/gpg/public-key").unwrap();
        document["components"]["schemas"]["error"]["properties"]["error"]["properties"]["detail"]["type"] =
            json!("object");
    });
    let before = files(given.copy.root());
    let run = given.run(&[]);
    assert_eq!(run.code, Some(10), "{run:?}");
    for part in ["spec/operations.toml:", "spec/corrections.overlay.yaml:", "nothing was written"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(files(given.copy.root()) == before, "something was written");
    let draft = given.run(&["--draft", "--month", "2031-01"]);
    assert_eq!(draft.code, Some(10), "{draft:?}");
    let after = files(given.copy.root());
    let changed: Vec<_> =
        after.iter().filter(|(path, text)| before.get(*path) != Some(text)).map(|(path, _)| path.as_str()).collect();
    assert_eq!(changed, ["spec/bitbucket.json", "spec/source.toml", "spec/upstream-prose.txt"]);
}

#[test]
fn what_cannot_be_read_is_one_line() {
    let given = Given::new(|_| {});
    let cases = [
        ("<html>", "HTML"),
        ("{\"openapi\": \"3.0.0\", \"paths\": {", "ends in the middle"),
        ("{\"swagger\": \"2.0\"}", "publishes version 3 at"),
    ];
    for (text, part) in cases {
        fs::write(given.beside.path().join("new.json"), text).unwrap();
        let before = files(given.copy.root());
        let run = given.run(&[]);
        assert!(run.refusal().contains(part), "{}", run.refusal());
        assert!(files(given.copy.root()) == before, "something was written");
    }
    fs::write(given.beside.path().join("new.json"), [0xff, 0xfe]).unwrap();
    assert!(given.run(&[]).refusal().contains("not UTF-8 at byte 0"));
    let run = given.copy.run(&["spec", "update", "--from", "http://localhost/x"]);
    assert!(run.refusal().contains("begins with https://"));
    // The name is reserved for what does not exist.
    let run = given.copy.run(&["spec", "update", "--from", "https://nowhere.invalid/x.json"]);
    assert!(run.refusal().contains("download it by hand and give the file with --from"), "{}", run.refusal());
}
