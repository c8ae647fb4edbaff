//! What the rules make of the types of June 2026: `by_rule.txt` has those they change, `unchanged.txt` the others.

use std::collections::BTreeSet;

use bitbucket_codegen::Source;
use bitbucket_codegen::model::names::types::type_name;
use bitbucket_codegen::read::decisions::TypeNames;

fn names() -> TypeNames {
    let source = Source { name: "types.toml", text: include_str!("../../../spec/types.toml") };
    TypeNames::read(&source).unwrap_or_else(|error| panic!("{error}"))
}

fn by_rule() -> Vec<(&'static str, &'static str)> {
    include_str!("by_rule.txt").lines().filter_map(|line| line.split_once(' ')).collect()
}

#[test]
fn names_of_types_follow_from_the_rules() {
    let names = names();
    for (derived, name) in by_rule() {
        assert_eq!(type_name(derived, &names), name);
    }
    assert_eq!(by_rule().len(), 30);
}

#[test]
fn other_names_of_types_stay_what_they_are() {
    let (names, unchanged) = (names(), include_str!("unchanged.txt"));
    for name in unchanged.lines() {
        assert_eq!(type_name(name, &names), name);
    }
    assert_eq!(unchanged.lines().count(), 137);
}

#[test]
fn names_of_types_are_distinct() {
    let names = names();
    let renamed = names.rename.values().map(|entry| entry.text.as_str());
    let all = renamed.chain(by_rule().into_iter().map(|(_, name)| name)).chain(include_str!("unchanged.txt").lines());
    let mut seen = BTreeSet::new();
    for name in all {
        assert!(seen.insert(name), "two types are called {name}");
    }
}
