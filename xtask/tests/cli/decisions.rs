//! Decisions in `spec/` that are wrong: exit code 2, one line with place and hint, nothing written.

use crate::copy::Copy;

#[test]
fn the_copy_that_the_tests_change_is_fine() {
    let copied = Copy::new().run(&["model"]);
    assert_eq!((copied.code, copied.stderr.as_str()), (Some(0), ""));
    assert!(copied.stdout == crate::run::xtask(["model"]).stdout, "the copy is another one");
}

#[test]
fn a_table_that_no_file_has() {
    let copy = Copy::new();
    copy.change("operations.toml", "[verbs]", "[verb]");
    let message = copy.refusal();
    let start = "error: read decisions: spec/operations.toml:";
    assert!(message.starts_with(start) && message.contains(": unknown field `verb`, expected one of "), "{message}");
    assert!(message.ends_with("; spec/README.md describes the fields"), "{message}");
}

#[test]
fn a_name_that_breaks_a_rule() {
    let copy = Copy::new();
    let entry = "id = \"getPipelinesForRepository\"\ngroup = \"pipelines\"\nname = \"";
    let line = copy.change("operations.toml", &format!("{entry}list\""), &format!("{entry}fetch\""));
    assert_eq!(
        copy.refusal(),
        format!(
            "error: name operations: spec/operations.toml:{line} operation `getPipelinesForRepository`: `fetch` is no \
             verb of the SDK; [verbs] in operations.toml is closed; docs/naming.md says when it grows"
        )
    );
}

#[test]
fn two_operations_of_one_name() {
    let copy = Copy::new();
    let entry = "id = \"getPipelineStepsForRepository\"\ngroup = \"pipelines\"\nname = \"";
    let line = copy.change("operations.toml", &format!("{entry}list_steps\""), &format!("{entry}list\""));
    assert_eq!(
        copy.refusal(),
        format!(
            "error: name operations: spec/operations.toml:{line} operation `getPipelineStepsForRepository`: two \
             operations are called `list`, a GET and a GET; tell them apart by noun or owner in operations.toml"
        )
    );
}

#[test]
fn a_type_that_is_not_there() {
    let copy = Copy::new();
    let line = copy.change("types.toml", "[rename]", "[rename]\nNoSuchType = \"Thing\"") + 1;
    let message = copy.refusal();
    let start = format!("error: collapse: spec/types.toml:{line} [rename] `NoSuchType`: no type of the document has");
    assert!(message.starts_with(&start), "{message}");
}

#[test]
fn a_type_that_differs_from_what_stands_for_it() {
    let copy = Copy::new();
    let line = copy.change("types.toml", "Committer = \"Author\"", "Committer = \"Branch\"");
    let message = copy.refusal();
    let start = format!("error: collapse: spec/types.toml:{line} [collapse] `Committer`: the member `");
    assert!(message.starts_with(&start), "{message}");
    assert!(message.contains("only what has the same members or values is one type"), "{message}");
}

#[test]
fn a_fact_that_takes_nothing() {
    let copy = Copy::new();
    let line = copy.append(
        "facts.toml",
        "\n[[list]]\nwhere = { path_ends = [\"/nowhere\"] }\npage_len = 10\nreason = \"A test.\"\n",
    ) + 1;
    assert_eq!(
        copy.refusal(),
        format!(
            "error: facts: spec/facts.toml:{line} list rule: the selector takes no operation of the document; \
             correct the selector, or delete the rule"
        )
    );
}

#[test]
fn a_shortcut_that_leads_nowhere() {
    let copy = Copy::new();
    let path = "path = \"source.branch.name\"";
    copy.change("shortcuts.toml", path, "path = \"source.branch.nane\"");
    let message = copy.refusal();
    let end = "shortcut `PullRequest.source_branch`: `nane` in `source.branch.nane` is no field of `";
    assert!(message.starts_with("error: shortcuts: spec/shortcuts.toml:") && message.contains(end), "{message}");
}

#[test]
fn a_withdrawn_operation_that_the_document_has() {
    let copy = Copy::new();
    let path = "/repositories/{workspace}/{repo_slug}/pipelines";
    let line = copy.append(
        "withdrawn.toml",
        &format!(
            "\n[[operation]]\nmethod = \"GET\"\npath = \"{path}\"\nsince = \"2026-10\"\ninstead = \"nothing\"\nreason = \"A test.\"\n"
        ),
    ) + 3;
    assert_eq!(
        copy.refusal(),
        format!(
            "error: withdrawn: spec/withdrawn.toml:{line} GET {path}: the document still has it; \
             remove it in the overlay, or delete the entry when the service offers it again"
        )
    );
}

#[test]
fn a_member_of_ours_that_is_misspelt() {
    let copy = Copy::new();
    copy.change(
        "corrections.overlay.yaml",
        "x-required-on-send: [title, source.branch.name as source_branch]",
        "x-required-on-sent: [title, source.branch.name as source_branch]",
    );
    let message = copy.refusal();
    assert!(message.contains("x-required-on-sent"), "{message}");
    assert!(message.starts_with("error: overlay: spec/corrections.overlay.yaml:"), "{message}");
}
