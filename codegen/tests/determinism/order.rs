//! The order of members in the document does not reach the output.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bitbucket_codegen::Output;
use serde_json::Value;

use crate::inputs::Vendored;

#[test]
fn generated_twice_the_bytes_are_the_same() {
    let vendored = Vendored::read();
    assert_same(&vendored.generate(), &vendored.generate());
}

#[test]
fn members_in_reverse_order_change_nothing() {
    assert_order_is_irrelevant(|members| members.reverse());
}

#[test]
fn members_in_the_order_of_a_hash_change_nothing() {
    assert_order_is_irrelevant(|members| members.sort_by_key(|(key, _)| hash(key)));
}

#[test]
fn shortest_members_last_change_nothing() {
    assert_order_is_irrelevant(|members| members.sort_by_key(|(key, _)| Reverse(key.len())));
}

#[test]
fn methods_stand_in_the_order_of_the_lock_and_new_ones_after_it() {
    let of_model = |vendored: &Vendored| {
        let operations = vendored.model().operations;
        operations.into_iter().map(|known| (known.group, known.method, known.path)).collect::<Vec<_>>()
    };
    let vendored = Vendored::read();
    let (words, entries) = vendored.operations.split_once("[[operation]]\n").unwrap();
    let mut entries: Vec<&str> = entries.split("[[operation]]\n").collect();
    let text =
        |entries: &[&str]| entries.iter().fold(words.to_owned(), |text, entry| text + "[[operation]]\n" + entry + "\n");
    let written = of_model(&vendored);

    // The other way round, and without the first two entries of the group `addon`, which are derived then.
    entries.reverse();
    entries.truncate(entries.len() - 2);
    let turned = Vendored { operations: text(&entries), ..Vendored::read() };
    let (new, known): (Vec<_>, Vec<_>) = written.into_iter().partition(|(_, _, path)| path == "/addon");
    let mut expected: Vec<_> = known.into_iter().rev().collect();
    expected.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    expected.splice(1..1, new);
    assert_eq!(of_model(&turned), expected);

    let pipelines = &turned.generate().package["src/generated/groups/pipelines.rs"];
    let place = |name: &str| pipelines.find(&format!("    pub fn {name}(")).unwrap();
    assert!(place("stop") < place("get") && place("get") < place("create"), "methods are written in this order too");
}

/// Compares the files of the vendored document with those of the same document in another order.
fn assert_order_is_irrelevant(order: fn(&mut Vec<(String, Value)>)) {
    let vendored = Vendored::read();
    let mut document: Value = serde_json::from_str(&vendored.document).unwrap();
    reorder(&mut document, order);
    let shuffled = Vendored { document: document.to_string(), ..Vendored::read() };
    assert_ne!(serde_json::to_string_pretty(&document).unwrap(), vendored.document.trim_end(), "nothing was moved");
    assert_same(&vendored.generate(), &shuffled.generate());
    let (left, right) = (vendored.model().to_json(), shuffled.model().to_json());
    assert!(left == right, "the model: {}", first_difference(Some(&left), Some(&right)));
}

fn reorder(node: &mut Value, order: fn(&mut Vec<(String, Value)>)) {
    match node {
        Value::Object(object) => {
            let mut members: Vec<_> = std::mem::take(object).into_iter().collect();
            order(&mut members);
            object.extend(members);
            object.values_mut().for_each(|value| reorder(value, order));
        }
        Value::Array(array) => array.iter_mut().for_each(|value| reorder(value, order)),
        _ => {}
    }
}

/// FNV-1a: the same on every machine and in every release of Rust.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Says which files differ and where first, rather than printing megabytes.
fn assert_same(left: &Output, right: &Output) {
    let differences: Vec<String> = [(&left.package, &right.package), (&left.workspace, &right.workspace)]
        .into_iter()
        .flat_map(|(left, right)| differences(left, right))
        .collect();
    assert!(differences.is_empty(), "{} files differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(left.report.dropped, right.report.dropped);
}

fn differences(left: &BTreeMap<String, String>, right: &BTreeMap<String, String>) -> Vec<String> {
    let mut paths: Vec<&String> = left.keys().chain(right.keys()).collect();
    paths.sort();
    paths.dedup();
    let differing = paths.into_iter().filter(|path| left.get(*path) != right.get(*path));
    differing.map(|path| format!("{path}: {}", first_difference(left.get(path), right.get(path)))).collect()
}

fn first_difference(left: Option<&String>, right: Option<&String>) -> String {
    let (Some(left), Some(right)) = (left, right) else { return "only one of the two has it".to_owned() };
    let lines = left.lines().zip(right.lines()).enumerate();
    lines
        .filter(|(_, (left, right))| left != right)
        .map(|(index, (left, right))| format!("line {}\n  {left}\n  {right}", index + 1))
        .next()
        .unwrap_or_else(|| "one is longer".to_owned())
}
