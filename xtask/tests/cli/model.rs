//! `model` prints the API as the generator sees it, so that two of them can be compared.

use serde_json::Value;

use crate::run::xtask;

#[test]
fn the_model_is_json_and_the_same_each_time() {
    let first = xtask(["model"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""));
    assert!(first.stdout.ends_with("}\n") && !first.stdout.ends_with("\n\n"), "one newline at the end");
    assert!(xtask(["model"]).stdout == first.stdout, "the same inputs give another model");

    let model: Value = serde_json::from_str(&first.stdout).unwrap();
    for part in ["groups", "handles", "operations", "types", "withdrawn"] {
        assert!(model[part].as_array().is_some_and(|part| !part.is_empty()), "`{part}` is missing or empty");
    }
    let operations = model["operations"].as_array().unwrap();
    let list = operations.iter().find(|operation| operation["group"] == "pipelines" && operation["name"] == "list");
    let list = list.unwrap();
    assert_eq!(list["path"], "/repositories/{workspace}/{repo_slug}/pipelines");
    assert!(list["answer"].to_string().contains("Pipeline"), "{list}");
    assert_eq!(list["effect"], "read");
}

#[test]
fn a_model_without_the_overlay_has_what_only_the_document_says() {
    let run = xtask(["model", "--no-overlay"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let model: Value = serde_json::from_str(&run.stdout).unwrap();
    let listed = model["operations"].as_array().unwrap().iter().any(|operation| operation["path"] == "/workspaces");
    assert!(listed, "the overlay removes what is withdrawn, and was not to be applied");
}
