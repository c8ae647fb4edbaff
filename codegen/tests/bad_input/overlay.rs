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
    assert_eq!(
        refusal(&RENAME.replace("schemas.thing.", "schemas.stuff.")),
        "overlay: overlay.yaml:4 action `rename`: `$.components.schemas.stuff.properties` matches nothing; \
         upstream has moved or mended it: adapt the target or delete the action"
    );
}

#[test]
fn an_old_value_that_is_not_the_expected_one() {
    assert_eq!(
        refusal(&RENAME.replace("{name: {type: string}}", "{name: {type: integer}}")),
        "overlay: overlay.yaml:4 action `rename`: \
         at #/components/schemas/thing/properties/name/type: \"string\" where x-expect has \"integer\"; \
         upstream has changed: check whether the correction is still needed, then adapt x-expect or delete the \
         action"
    );
    assert_eq!(
        refusal(&RENAME.replace("{name: {type: string}}", "{name: null}")),
        "overlay: overlay.yaml:4 action `rename`: \
         at #/components/schemas/thing/properties/name: {\"type\":\"string\"} where x-expect has nothing; \
         upstream has changed: check whether the correction is still needed, then adapt x-expect or delete the \
         action"
    );
    assert_eq!(
        refusal(&RENAME.replace("{name: {type: string}}", "{title: {}}")),
        "overlay: overlay.yaml:4 action `rename`: \
         at #/components/schemas/thing/properties/title: nothing where x-expect has {}; \
         upstream has changed: check whether the correction is still needed, then adapt x-expect or delete the \
         action"
    );
}

#[test]
fn a_text_that_is_no_yaml() {
    assert_eq!(
        refusal(&RENAME.replace("{name: {type: string}}", "{name: {type: string}")),
        "overlay: overlay.yaml:8: \
         not a readable overlay: while parsing a flow mapping, did not find expected ',' or '}'; \
         every action needs target, x-name, x-reason, x-expect and one of update, remove, copy"
    );
    assert_eq!(
        refusal(""),
        "overlay: overlay.yaml:1: not a readable overlay: unexpected end of input; \
         every action needs target, x-name, x-reason, x-expect and one of update, remove, copy"
    );
}

#[test]
fn a_target_that_is_no_json_path() {
    assert_eq!(
        refusal(&RENAME.replace("$.components", "$..[components")),
        "overlay: overlay.yaml:4 action `rename`: \
         `$..[components.schemas.thing.properties` is no JSONPath: at position 3, must start with lowercase \
         alpha or '_'; RFC 9535 is the grammar"
    );
}

#[test]
fn an_action_that_does_two_things_or_none() {
    assert_eq!(
        refusal(&format!("{RENAME}    remove: true\n")),
        "overlay: overlay.yaml:4 action `rename`: exactly one of update, remove and copy is needed; \
         split it into actions that do one thing each"
    );
    assert_eq!(
        refusal(&RENAME.replace("    update: {title: {type: string}}\n", "")),
        "overlay: overlay.yaml:4 action `rename`: exactly one of update, remove and copy is needed; \
         split it into actions that do one thing each"
    );
}

#[test]
fn two_actions_with_one_name() {
    let (_, action) = RENAME.split_once("actions:\n").unwrap();
    assert_eq!(
        refusal(&format!("{RENAME}{action}")),
        "overlay: overlay.yaml:4 action `rename`: two actions have this name; give each its own x-name"
    );
}

#[test]
fn another_version_of_the_overlay_specification() {
    assert_eq!(
        refusal(&RENAME.replace("overlay: 1.1.0", "overlay: 1.0.0")),
        "overlay: overlay.yaml:1: overlay version 1.0.0 is not supported; write `overlay: 1.1.0`"
    );
    assert_eq!(
        refusal(&RENAME.replace("overlay: 1.1.0", "overlay: 1.10.0")),
        "overlay: overlay.yaml:1: overlay version 1.10.0 is not supported; write `overlay: 1.1.0`"
    );
}

#[test]
fn an_action_that_lacks_or_misspells_a_member() {
    assert_eq!(
        refusal(&RENAME.replace("    x-reason: The service sends a title.\n", "")),
        "overlay: overlay.yaml:7: not a readable overlay: missing field `x-reason`; \
         every action needs target, x-name, x-reason, x-expect and one of update, remove, copy"
    );
    assert_eq!(
        refusal(&RENAME.replace("The service sends a title.", "''")),
        "overlay: overlay.yaml:4 action `rename`: x-reason is empty; \
         say what is wrong upstream and how that is known"
    );
    assert_eq!(
        refusal(&RENAME.replace("x-expect", "x-expects")),
        "overlay: overlay.yaml:7: \
         not a readable overlay: unknown field `x-expects`, expected one of target, description, update, remove, \
         copy, x-name, x-reason, x-expect; \
         every action needs target, x-name, x-reason, x-expect and one of update, remove, copy"
    );
}

#[test]
fn an_update_that_does_not_fit_the_node() {
    assert_eq!(
        refusal(&RENAME.replace("update: {title: {type: string}}", "update: 7")),
        "overlay: overlay.yaml:4 action `rename`: \
         at #/components/schemas/thing/properties: an object cannot be merged with a scalar; \
         see Overlay 1.1, Action Object"
    );
    assert_eq!(
        refusal(&RENAME.replace("update: {title: {type: string}}", "update: {name: 7}")),
        "overlay: overlay.yaml:4 action `rename`: \
         at #/components/schemas/thing/properties: member `name` is an object and cannot take a scalar; \
         see Overlay 1.1, Action Object"
    );
}

#[test]
fn a_copy_of_several_nodes() {
    assert_eq!(
        refusal(&RENAME.replace("update: {title: {type: string}}", "copy: $.paths.*")),
        "overlay: overlay.yaml:4 action `rename`: `$.paths.*` matches 2 nodes; \
         copy takes a path of exactly one node"
    );
}

#[test]
fn the_whole_document_as_a_target_of_removal() {
    let overlay = RENAME
        .replace("$.components.schemas.thing.properties", "$")
        .replace("{name: {type: string}}", "{}")
        .replace("update: {title: {type: string}}", "remove: true");
    assert_eq!(
        refusal(&overlay),
        "overlay: overlay.yaml:4 action `rename`: at #: the root cannot be removed; \
         see Overlay 1.1, Action Object"
    );
}

#[test]
fn a_correction_that_makes_the_document_invalid() {
    assert_eq!(
        refusal(&RENAME.replace("{title: {type: string}}", "{title: {type: 7}}")),
        "read: api.json:66 #/components/schemas/thing/properties/title/type: \
         not OpenAPI 3.0: invalid type: integer `7`, expected a string; see the OpenAPI 3.0 specification"
    );
}

#[test]
fn a_key_that_nothing_reads() {
    let with = |update: &str| {
        let target = RENAME.replace("schemas.thing.properties", "schemas.thing");
        target.replace("{name: {type: string}}", "{type: object}").replace("{title: {type: string}}", update)
    };
    let cases = [
        ("{x-requird-on-send: [name]}", "x-requird-on-send", "x-required-on-send"),
        ("{properties: {name: {x-readonly: true}}}", "x-readonly", "x-read-only"),
        ("{allOf: [{x-keep-structs: it is one}]}", "x-keep-structs", "x-keep-struct"),
    ];
    for (update, key, meant) in cases {
        assert_eq!(
            refusal(&with(update)),
            format!("overlay: overlay.yaml:4 action `rename`: nothing reads the key `{key}`; did you mean `{meant}`?")
        );
    }
    // Names of members, examples and what an extension holds are data.
    for update in [
        "{properties: {x-ray: {type: string}}}",
        "{example: {x-ray: 1}}",
        "{x-required-on-send: [name], x-atlassian-auth-types: [{x-ray: 1}]}",
    ] {
        let given = Given { overlay: Some(with(update)), ..Given::document(&minimal()) };
        given.generate().unwrap_or_else(|error| panic!("{update}: {error}"));
    }
    assert_eq!(
        refusal(&RENAME.replace("x-name", "x-title")),
        "overlay: overlay.yaml:4: not a readable overlay: unknown field `x-title`, \
         expected one of target, description, update, remove, copy, x-name, x-reason, x-expect; \
         every action needs target, x-name, x-reason, x-expect and one of update, remove, copy"
    );
}
