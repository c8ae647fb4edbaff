//! `passes` shows what the generator did to the document.

use bitbucket_codegen::document::passes::PASSES;
use serde_json::Value;

use crate::run::{root, xtask};

#[test]
fn every_pass_is_listed_with_its_reason() {
    let run = xtask(["passes"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    for pass in PASSES {
        let line = run.stdout.lines().find(|line| line.starts_with(&format!("  {} (", pass.name)));
        assert!(line.is_some_and(|line| line.ends_with(pass.reason)), "{}:\n{}", pass.name, run.stdout);
    }
}

#[test]
fn what_became_of_schemas_is_listed() {
    let listed = xtask(["passes"]).stdout;
    assert!(listed.contains("\n  pipeline_target: a union of pipeline_commit_target, "), "{listed}");
    assert!(listed.contains("\n  branch: a struct, because "), "{listed}");
    assert!(listed.contains("\n  default_reviewer: no operation reaches it\n"), "{listed}");
    assert!(listed.ends_with("\ndecided without an entry in spec/: none\n"), "new names are to be locked: {listed}");
}

#[test]
fn what_a_foreign_document_leaves_to_the_rules_is_listed() {
    let listed = xtask(["passes", "--no-overlay"]).stdout;
    let (_, derived) = listed.split_once("\ndecided without an entry in spec/ (").unwrap();
    assert!(derived.contains("\n  derived: "), "{derived}");
}

#[test]
fn verbose_names_the_corrections() {
    let run = xtask(["passes", "--verbose"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("\n    error-detail-any-type (1 places): "), "{}", &run.stdout[..2000]);
}

#[test]
fn a_dump_is_the_document_after_the_pass() {
    let before = dump("check_references");
    let after = dump("flatten_all_of");
    let all_of = |document: &Value| document["components"]["schemas"]["pipeline"]["allOf"].is_array();
    assert!(all_of(&before) && !all_of(&after));
    assert!(after["components"]["schemas"]["pipeline"]["properties"]["state"].is_object());
}

#[test]
fn the_document_with_its_corrections_can_be_dumped_before_any_pass() {
    let corrected = dump("overlay");
    let vendored = std::fs::read_to_string(root().join("spec/bitbucket.json")).unwrap();
    let vendored: Value = serde_json::from_str(&vendored).unwrap();
    let comment = "/components/schemas/comment/allOf/0";
    assert_eq!(vendored.pointer(comment).unwrap()["$ref"], "#/components/schemas/object");
    assert_eq!(corrected.pointer(comment).unwrap()["$ref"], Value::Null);
}

fn dump(pass: &str) -> Value {
    let run = xtask(["passes", "--dump", pass]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn every_pass_can_be_dumped() {
    let last = PASSES.last().unwrap();
    assert!(dump(last.name)["paths"].is_object());
}

#[test]
fn a_pass_that_does_not_exist() {
    let run = xtask(["passes", "--dump", "nonsense"]);
    let names: Vec<_> = PASSES.iter().map(|pass| pass.name).collect();
    assert_eq!(
        run.refusal(),
        format!(
            "error: passes: --dump nonsense: no document pass has this name; there are overlay, {}",
            names.join(", ")
        )
    );
}
