//! Causes in the other files of `spec/`: what is found, and the file and line that it is said to stand in.

use bitbucket_codegen::diff::{self, Comparison, Spot, Terms, render};

use serde_json::json;

use crate::fixture::{OVERLAY, Spec, check, compare, compare_under, lines};

fn changed(change: impl FnOnce(&mut Spec)) -> Comparison {
    let (old, mut new) = (Spec::new(), Spec::new());
    change(&mut new);
    let comparison = compare(&old, &new);
    check(&comparison);
    comparison
}

/// From an overlay back to that of the fixture.
fn changed_back(overlay: &str) -> Comparison {
    let mut old = Spec::new();
    overlay.clone_into(&mut old.overlay);
    let comparison = compare(&old, &Spec::new());
    check(&comparison);
    comparison
}

/// Where the only finding stands on the new side, or stood on the old one.
fn place(comparison: &Comparison) -> String {
    let [finding] = comparison.findings.as_slice() else { panic!("{:#?}", lines(comparison)) };
    let show = |spot: &Spot| format!("{}:{}", spot.file, spot.line);
    let spot = finding.new_spot.as_ref().filter(|spot| !spot.parent).or(finding.old_spot.as_ref());
    spot.or(finding.new_spot.as_ref()).map(show).unwrap_or_default()
}

fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).unwrap() + 1
}

#[test]
fn an_action_that_is_added() {
    let action = "- x-name: thing-weight
  x-reason: Every thing has one.
  target: $.components.schemas.thing.properties
  x-expect: {weight: null}
  update: {weight: {type: integer}}
";
    let comparison = changed(|spec| spec.overlay = format!("{OVERLAY}{action}"));
    assert_eq!(lines(&comparison), ["extends field-added types::Thing.weight: – → Option<i64>"]);
    let expected = line_of(&format!("{OVERLAY}{action}"), "thing-weight");
    assert_eq!(place(&comparison), format!("spec/corrections.overlay.yaml:{expected}"));
}

#[test]
fn an_action_with_many_targets_is_one_finding_for_each_member() {
    let action = "- x-name: dates
  x-reason: Seen live.
  target: $.components.schemas['thing', 'owner'].properties
  x-expect: {seen_on: null, left_on: null}
  update: {seen_on: {type: string}, left_on: {type: string}}
";
    let comparison = changed(|spec| spec.overlay = format!("{OVERLAY}{action}"));
    assert_eq!(
        lines(&comparison),
        [
            "extends field-added types::Owner.left_on and 1 more: – → Option<String>",
            "extends field-added types::Owner.seen_on and 1 more: – → Option<String>",
        ]
    );
    let finding = &comparison.findings[0];
    assert_eq!(finding.note, "and types::Thing.left_on");
    assert_eq!(finding.reached_by, ["things.create", "things.get", "things.list", "things.update"]);
    assert!(finding.added.iter().any(|line| line.starts_with("types::Thing.left_on")), "{:?}", finding.added);
    assert!(finding.added.iter().any(|line| line.starts_with("types::Owner.left_on")), "{:?}", finding.added);
}

/// What accepts one finding must not accept another that was merged from other places.
#[test]
fn a_merged_finding_is_known_by_all_that_was_merged() {
    let action = |targets: &str| {
        let action = format!(
            "- x-name: dates
  x-reason: Seen live.
  target: $.components.schemas[{targets}].properties
  x-expect: {{seen_on: null}}
  update: {{seen_on: {{type: string}}}}
"
        );
        let mut old = Spec::new();
        old.at("/components/schemas")["yard"] = json!({"type": "object", "properties": {"name": {"type": "string"}}});
        old.at("/components/schemas/thing/properties")["yard"] = json!({"$ref": "#/components/schemas/yard"});
        let mut new = old.clone();
        new.overlay = format!("{OVERLAY}{action}");
        compare(&old, &new)
    };
    let [first, second, again, alone] =
        ["'owner', 'thing'", "'owner', 'yard'", "'thing', 'owner'", "'owner'"].map(action);
    let line = |comparison: &Comparison| lines(comparison).remove(0);
    assert_eq!(line(&first), "extends field-added types::Owner.seen_on and 1 more: – → Option<String>");
    assert_eq!(line(&first), line(&second));
    let print = |comparison: &Comparison| comparison.findings[0].fingerprint.clone();
    assert_ne!(print(&first), print(&second));
    assert_eq!(print(&first), print(&again));
    // As it was before merged findings counted.
    assert_eq!(print(&alone), "fbd603276513b1b7");

    // A fact about parameters, and a member that subtypes inherit.
    let fact = |method: &str| {
        let fact = format!(
            "\n[[parameter]]\nname = \"fields\"\nin = \"query\"\ntype = \"string\"\ndoc = \"Fields.\"\nwhere = {{ {method}answers = \"json\" }}\nreason = \"tried\"\n"
        );
        changed(|spec| spec.facts.push_str(&fact))
    };
    let (reads, all) = (fact("method = \"GET\", "), fact(""));
    assert_eq!(line(&reads), line(&all));
    assert_ne!(print(&reads), print(&all));
}

#[test]
fn an_action_on_many_operations_is_one_finding_with_three_of_them() {
    let action = "- x-name: ends
  x-reason: Announced.
  target: $.paths.*['get', 'put', 'delete']
  x-expect: {deprecated: null}
  update: {deprecated: true, x-deprecation-reason: It ends.}
";
    let comparison = changed(|spec| spec.overlay = format!("{OVERLAY}{action}"));
    let [line] = &lines(&comparison)[..] else { panic!("{:#?}", lines(&comparison)) };
    assert!(line.starts_with("lint op-deprecated "), "{line}");
    assert_eq!(comparison.findings[0].reached_by.len(), 5);
    let text = render::text(&comparison, false);
    assert!(text.contains("(5 operations: logs.get_thing, things.delete, things.get, …)  (It ends.)"), "{text}");
    let back = changed_back(&format!("{OVERLAY}{action}"));
    assert_eq!(back.findings.len(), 1, "{:#?}", lines(&back));
}

#[test]
fn an_action_that_changes_what_a_constructor_asks_for() {
    let comparison = changed(|spec| spec.overlay = OVERLAY.replace("[name]", "[name, note]"));
    assert_eq!(
        lines(&comparison),
        ["compile constructor-changed types::Thing::new: new(name: String) → new(name: String, note: String)"]
    );
    assert_eq!(place(&comparison), "spec/corrections.overlay.yaml:4");
}

#[test]
fn an_action_that_is_deleted() {
    let header = OVERLAY.split("- x-name").next().unwrap().replace("actions:\n", "actions: []\n");
    let comparison = changed(|spec| spec.overlay = header);
    assert_eq!(lines(&comparison), ["compile constructor-changed types::Thing::new: new(name: String) → none"]);
    let finding = &comparison.findings[0];
    assert_eq!(finding.old_spot.as_ref().map(|spot| spot.file.as_str()), Some("spec/corrections.overlay.yaml"));
}

#[test]
fn a_locked_name() {
    let entry = |name: &str| {
        format!(
            "\n[[operation]]\nmethod = \"POST\"\npath = \"/boxes/{{box}}/things\"\nid = \"createThing\"\ngroup = \"things\"\nname = \"{name}\"\nname_reason = \"so\"\n"
        )
    };
    let (mut old, mut new) = (Spec::new(), Spec::new());
    old.operations.push_str(&entry("make_first"));
    new.operations.push_str(&entry("make_other"));
    let comparison = compare(&old, &new);
    check(&comparison);
    assert_eq!(lines(&comparison), ["compile op-renamed things().make_other: make_first → make_other"]);
    let expected = line_of(&new.operations, "createThing");
    assert_eq!(place(&comparison), format!("spec/operations.toml:{expected}"));
}

#[test]
fn a_type_that_is_renamed() {
    let comparison = changed(|spec| spec.types = "[rename]\nOwner = \"Keeper\"\n".to_owned());
    assert_eq!(lines(&comparison), ["compile type-renamed types::Keeper: Owner → Keeper"]);
    assert_eq!(place(&comparison), "spec/types.toml:2");
}

#[test]
fn a_variant_that_is_renamed() {
    let comparison = changed(|spec| spec.types = "[variant]\n\"ThingState::Old\" = \"Aged\"\n".to_owned());
    assert_eq!(lines(&comparison), ["compile enum-variant-renamed types::ThingState::Aged: Old → Aged"]);
    assert_eq!(place(&comparison), "spec/types.toml:2");
}

#[test]
fn a_fact_about_a_parameter_is_one_finding() {
    let fact = "\n[[parameter]]\nname = \"fields\"\nin = \"query\"\ntype = \"string\"\ndoc = \"Fields.\"\nwhere = { method = \"GET\", answers = \"json\" }\nreason = \"tried\"\n";
    let comparison = changed(|spec| spec.facts.push_str(fact));
    assert_eq!(lines(&comparison), ["extends param-added-optional parameter fields: – → query: String"]);
    assert_eq!(comparison.findings[0].reached_by, ["things.get", "things.list"]);
    let mut spec = Spec::new();
    spec.facts.push_str(fact);
    assert_eq!(place(&comparison), format!("spec/facts.toml:{}", line_of(&spec.facts, "\"fields\"")));
}

#[test]
fn a_fact_about_members() {
    let comparison = changed(|spec| spec.facts = spec.facts.replace("[\"created_on\"]", "[\"created_on\", \"note\"]"));
    assert_eq!(lines(&comparison), ["compile field-became-read-only types::Thing.note: has a setter → has no setter"]);
    assert!(place(&comparison).starts_with("spec/facts.toml:"), "{}", place(&comparison));
}

#[test]
fn a_fact_about_lists() {
    let comparison = changed(|spec| spec.facts = spec.facts.replace("page_len = 100", "page_len = 50"));
    assert_eq!(
        lines(&comparison),
        ["runtime op-list-changed things().list: at most 100 per page, with size → at most 50 per page, with size"]
    );
    assert!(place(&comparison).starts_with("spec/facts.toml:"), "{}", place(&comparison));
    let hidden = "page_len = 100\ncounts_hidden = true";
    let comparison = changed(|spec| spec.facts = spec.facts.replace("page_len = 100", hidden));
    assert_eq!(
        lines(&comparison),
        [
            "runtime op-list-changed things().list: at most 100 per page, with size → at most 100 per page, with size that counts hidden items"
        ]
    );
}

#[test]
fn a_shortcut() {
    let comparison = changed(|spec| spec.shortcuts = spec.shortcuts.replace("owner.name", "owner.mail"));
    assert_eq!(
        lines(&comparison),
        ["runtime accessor-changed types::Thing::owner_name: String by owner.name → String by owner.mail"]
    );
    assert_eq!(place(&comparison), "spec/shortcuts.toml:4");
}

#[test]
fn an_identifier() {
    let comparison = changed(|spec| spec.identifiers.clear());
    let told = lines(&comparison);
    assert!(told.contains(&"compile type-trait-lost types::Thing: Identify by id → none".to_owned()), "{told:#?}");
    assert!(
        told.iter().all(|line| line.contains("param-type-changed") || line.contains("type-trait-lost")),
        "{told:#?}"
    );
}

#[test]
fn a_feature_and_a_module() {
    let comparison = changed(|spec| spec.groups = spec.groups.replace("feature = \"logs\"", "feature = \"log\""));
    assert_eq!(lines(&comparison), ["compile feature-renamed feature log: logs → log"]);
    assert!(place(&comparison).starts_with("spec/groups.toml:"));
    let comparison = changed(|spec| spec.groups = spec.groups.replace("module = \"logs\"", "module = \"texts\""));
    assert_eq!(
        lines(&comparison),
        [
            "compile group-renamed texts(): logs → texts",
            "compile op-renamed texts().get_thing_log: get_thing → get_thing_log",
        ]
    );
}

#[test]
fn what_only_the_lists_of_the_surface_show() {
    let lists = ["# a\na struct\nb struct\n", "# b\na struct\nc struct\n"];
    let terms = Terms { declared: "0.1.0", lists: Some(lists), ..Terms::default() };
    let comparison = compare_under(&Spec::new(), &Spec::new(), &terms);
    assert_eq!(lines(&comparison), ["compile unexplained sdk/api.txt: 1 line → 1 line"]);
    assert_eq!(
        (comparison.findings[0].removed.as_slice(), comparison.findings[0].added.as_slice()),
        (["b struct".to_owned()].as_slice(), ["c struct".to_owned()].as_slice())
    );
}

#[test]
fn every_rule_has_a_text_and_an_id_of_its_kind() {
    for rule in diff::RULES {
        assert!(rule.says.len() > 10 && !rule.says.ends_with('.'), "{}", rule.id);
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
    }
}
