//! Corrections that cannot be applied.

use crate::given::{Given, minimal};

const RENAME: &str = r#"overlay: 1.1.0
info: {title: Corrections, version: 1.0.0}
actions:
  - x-name: rename
    x-reason: The service sends a title.
    target: $.components.schemas.thing.properties
    x-expect: {name: {type: string}}
    update: {title: {type: string}}
"#;

fn refusal(overlay: &str) -> String {
    Given { overlay: Some(overlay.to_owned()), ..Given::document(&minimal()) }.refusal()
}

#[test]
fn the_overlay_that_the_tests_change_is_fine() {
    let given = Given { overlay: Some(RENAME.to_owned()), ..Given::document(&minimal()) };
    let applied = given.generate().unwrap().report.overlay;
    assert_eq!(applied[0].pointers, ["#/components/schemas/thing/properties"]);
}

#[test]
fn a_target_that_matches_nothing() {
    assert_eq!(refusal(&RENAME.replace("schemas.thing.", "schemas.stuff.")), "");
}

#[test]
fn an_old_value_that_is_not_the_expected_one() {
    assert_eq!(refusal(&RENAME.replace("{name: {type: string}}", "{name: {type: integer}}")), "");
    assert_eq!(refusal(&RENAME.replace("{name: {type: string}}", "{name: null}")), "");
    assert_eq!(refusal(&RENAME.replace("{name: {type: string}}", "{title: {}}")), "");
}

#[test]
fn a_text_that_is_no_yaml() {
    assert_eq!(refusal(&RENAME.replace("{name: {type: string}}", "{name: {type: string}")), "");
    assert_eq!(refusal(""), "");
}

#[test]
fn a_target_that_is_no_json_path() {
    assert_eq!(refusal(&RENAME.replace("$.components", "$..[components")), "");
}

#[test]
fn an_action_that_does_two_things_or_none() {
    assert_eq!(refusal(&format!("{RENAME}    remove: true\n")), "");
    assert_eq!(refusal(&RENAME.replace("    update: {title: {type: string}}\n", "")), "");
}

#[test]
fn two_actions_with_one_name() {
    let (_, action) = RENAME.split_once("actions:\n").unwrap();
    assert_eq!(refusal(&format!("{RENAME}{action}")), "");
}

#[test]
fn another_version_of_the_overlay_specification() {
    assert_eq!(refusal(&RENAME.replace("overlay: 1.1.0", "overlay: 1.0.0")), "");
    assert_eq!(refusal(&RENAME.replace("overlay: 1.1.0", "overlay: 1.10.0")), "");
}

#[test]
fn an_action_that_lacks_or_misspells_a_member() {
    assert_eq!(refusal(&RENAME.replace("    x-reason: The service sends a title.\n", "")), "");
    assert_eq!(refusal(&RENAME.replace("The service sends a title.", "''")), "");
    assert_eq!(refusal(&RENAME.replace("x-expect", "x-expects")), "");
}

#[test]
fn an_update_that_does_not_fit_the_node() {
    assert_eq!(refusal(&RENAME.replace("update: {title: {type: string}}", "update: 7")), "");
    assert_eq!(refusal(&RENAME.replace("update: {title: {type: string}}", "update: {name: 7}")), "");
}

#[test]
fn a_copy_of_several_nodes() {
    assert_eq!(refusal(&RENAME.replace("update: {title: {type: string}}", "copy: $.paths.*")), "");
}

#[test]
fn the_whole_document_as_a_target_of_removal() {
    let overlay = RENAME
        .replace("$.components.schemas.thing.properties", "$")
        .replace("{name: {type: string}}", "{}")
        .replace("update: {title: {type: string}}", "remove: true");
    assert_eq!(refusal(&overlay), "");
}

#[test]
fn a_correction_that_makes_the_document_invalid() {
    assert_eq!(refusal(&RENAME.replace("{title: {type: string}}", "{title: {type: 7}}")), "");
}
