//! Swapped sides: what came is gone, what was is. Each finding turns into its mirror.

use std::collections::BTreeSet;

use bitbucket_codegen::diff::{Comparison, Finding};

use crate::fixture::{compare_both_ways, lines};
use crate::random::{composed, edits};

/// What a rule becomes when the sides are swapped; the others stay what they are.
const MIRRORS: [(&str, &str); 26] = [
    ("op-added", "op-removed"),
    ("op-deprecated", "op-undeprecated"),
    ("op-became-paged", "op-lost-paging"),
    ("features-gained", "features-lost"),
    ("param-added-optional", "param-removed"),
    ("param-added-required", "param-removed"),
    ("param-became-required", "param-became-optional"),
    ("body-added", "body-removed"),
    ("body-became-required", "body-became-optional"),
    ("resp-became-body", "resp-became-empty"),
    ("type-added", "type-removed"),
    ("type-became-sent", "type-no-longer-sent"),
    ("type-trait-gained", "type-trait-lost"),
    ("accessor-added", "accessor-removed"),
    ("field-added", "field-removed"),
    ("field-added-required", "field-removed"),
    ("field-became-required", "field-became-optional"),
    ("field-became-writable", "field-became-read-only"),
    ("field-deprecated", "field-undeprecated"),
    ("union-branch-added", "union-branch-removed"),
    ("enum-value-added", "enum-value-removed"),
    ("enum-opened", "enum-closed"),
    ("scope-added", "scope-removed"),
    ("param-deprecated", "param-undeprecated"),
    ("resp-header-added", "resp-header-removed"),
    ("scheme-added", "scheme-removed"),
];

/// One side of which has nothing to say: a new name that is not locked, a schema that is reached again.
const ONE_WAY: [&str; 2] = ["gen-name-new", "gen-orphan-schema"];

/// Both ways of a rule under one name.
fn pair(rule: &str) -> &str {
    MIRRORS.iter().find(|(left, right)| [*left, *right].contains(&rule)).map_or(rule, |(_, right)| right)
}

/// Rule and values, so that the mirror of a finding has the same text. Names of subjects are those of one side.
fn text(finding: &Finding, swapped: bool) -> String {
    let (old, new) = if swapped { (&finding.new, &finding.old) } else { (&finding.old, &finding.new) };
    format!("{} {old:?} {new:?}", pair(finding.rule))
}

fn texts(comparison: &Comparison, swapped: bool) -> BTreeSet<String> {
    let told = comparison.findings.iter().filter(|finding| !ONE_WAY.contains(&finding.rule));
    told.map(|finding| text(finding, swapped)).collect()
}

#[test]
fn each_edit_swapped_is_its_mirror() {
    for (name, edit) in edits() {
        let (old, new) = composed(&[edit]);
        let (there, back) = compare_both_ways(&old, &new);
        assert_eq!((there.removed, there.added), (back.added, back.removed), "{name}");
        assert_eq!(texts(&there, false), texts(&back, true), "{name}:\n{:#?}\n{:#?}", lines(&there), lines(&back));
    }
}
