//! All locked names of methods keep the rules, and deriving gives most of them.

use std::collections::{BTreeMap, BTreeSet};

use bitbucket_codegen::Source;
use bitbucket_codegen::model::names::methods::{Endpoint, ResponseKind, check, check_group, derive};
use bitbucket_codegen::read::decisions::{Groups, OperationEntry, Operations};

fn spec() -> (Groups, Operations) {
    let groups = Source { name: "groups.toml", text: include_str!("../../../spec/groups.toml") };
    let groups = Groups::read(&groups).unwrap_or_else(|error| panic!("{error}"));
    let operations = Source { name: "operations.toml", text: include_str!("../../../spec/operations.toml") };
    let operations = Operations::read(&operations, &groups).unwrap_or_else(|error| panic!("{error}"));
    (groups, operations)
}

/// The generator asks the document; here the name tells what the answer is said to be.
fn answer(entry: &OperationEntry) -> ResponseKind {
    match entry.name.split('_').next() {
        Some("list") => ResponseKind::Page,
        Some("is") => ResponseKind::Nothing,
        _ if entry.group == "search" => ResponseKind::Page,
        _ => ResponseKind::One,
    }
}

#[test]
fn locked_names_keep_the_rules() {
    let (groups, operations) = spec();
    let mut by_group: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for entry in operations.entries.values() {
        let group = groups.by_module(&entry.group).unwrap_or_else(|| panic!("no group {}", entry.group));
        let endpoint = Endpoint { method: &entry.method, path: &entry.path, answer: answer(entry) };
        if let Err(problem) = check(&entry.name, &endpoint, group, &operations) {
            panic!("{}.{}: {}; {}", entry.group, entry.name, problem.problem, problem.hint);
        }
        by_group.entry(&entry.group).or_default().push((&entry.name, &entry.method));
    }
    for (group, names) in &by_group {
        assert_eq!(check_group(names), Ok(()), "{group}");
    }
    assert_eq!((operations.entries.len(), by_group.len()), (294, groups.0.len()));
}

#[test]
fn deriving_gives_most_of_the_locked_names() {
    let (groups, operations) = spec();
    let (mut agree, mut refused) = (0, Vec::new());
    for entry in operations.entries.values() {
        let group = groups.by_module(&entry.group).unwrap_or_else(|| panic!("no group {}", entry.group));
        let endpoint = Endpoint { method: &entry.method, path: &entry.path, answer: answer(entry) };
        let name = derive(&entry.method, &entry.path, endpoint.answer, group, &operations);
        if name == entry.name {
            agree += 1;
        } else {
            println!("{}: locked {}, derived {name} ({} {})", entry.group, entry.name, entry.method, entry.path);
        }
        if let Err(problem) = check(&name, &endpoint, group, &operations) {
            refused.push(format!("{}.{name}: {}", entry.group, problem.problem));
        }
    }
    println!("{agree} of {} agree", operations.entries.len());
    assert!(agree >= 260, "{agree} of {} agree", operations.entries.len());
    // Of the standard's file name even the last word is too long: a person must find a shorter one.
    let too_long = "pipelines.get_openid_configuration_for_workspace: `get_openid_configuration_for_workspace` has 38 letters, the maximum is 35";
    assert_eq!(refused, [too_long]);
}

/// Methods of the extension traits that the handles of each group have, by `sdk/api.txt`.
fn extensions() -> BTreeMap<String, BTreeSet<String>> {
    let api = include_str!("../../../sdk/api.txt");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in api.lines() {
        let Some((handle, rest)) = line.split_once(" impl ext::") else { continue };
        let Some((_, named)) = rest.split_once(" for ") else { continue };
        let mut words = named.split("::");
        let Some(group) = words.find(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')) else { continue };
        let name = rest.split([' ', '<']).next().unwrap_or_default();
        let beginning = format!("ext::{name}::");
        let methods = api.lines().filter_map(|line| line.strip_prefix(beginning.as_str())?.split(['(', '<']).next());
        assert!(handle.contains("::"), "{line}");
        found.entry(group.to_owned()).or_default().extend(methods.map(str::to_owned));
    }
    found
}

#[test]
fn methods_of_extension_traits_are_taken() {
    let (groups, operations) = spec();
    let extensions = extensions();
    assert!(extensions.len() >= 6 && extensions["pipelines"].contains("run"), "{extensions:?}");
    for (module, methods) in &extensions {
        let taken = groups.by_module(module).map(|group| &group.taken);
        let free: Vec<_> = methods.iter().filter(|name| taken.is_none_or(|taken| !taken.contains(name))).collect();
        assert!(free.is_empty(), "`taken` of the group `{module}` in spec/groups.toml lacks {free:?}");
        let hidden = operations.entries.values().find(|entry| entry.group == *module && methods.contains(&entry.name));
        assert!(hidden.is_none(), "{hidden:?}");
    }
}
