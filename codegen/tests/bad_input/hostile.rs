//! Documents that were damaged by a machine: whatever is done to one node, the generator answers, does not panic, and
//! refuses what is bad before it reaches progenitor.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use serde_json::{Value, json};

use crate::given::{Given, minimal};

/// One of everything that the passes look at.
const MIDDLE: &str = include_str!("middle.json");

/// Steps that have nothing to refuse, because the passes refuse it before and know its place.
const INSIDE: [&str; 5] = ["progenitor", "join types", "progenitor_check", "emit", "print"];

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics are counted here, not printed; those of other tests still are.
fn stay_quiet() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                print(panic);
            }
        }));
    });
    QUIET.set(true);
}

/// JSON pointers of every node but the root.
fn pointers(node: &Value, pointer: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match node {
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(array) => array.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (token, child) in children {
        let pointer = format!("{pointer}/{token}");
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

fn split(pointer: &str) -> (&str, String) {
    let (parent, token) = pointer.rsplit_once('/').unwrap();
    (parent, token.replace("~1", "/").replace("~0", "~"))
}

fn delete(document: &mut Value, pointer: &str) {
    let (parent, token) = split(pointer);
    match document.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.shift_remove(&token)),
        Value::Array(array) => drop(array.remove(token.parse().unwrap())),
        scalar => panic!("{scalar} has no children"),
    }
}

/// Gives a member another name; `false` where the node is no member or the name is taken.
fn rename(document: &mut Value, pointer: &str, name: &str) -> bool {
    let (parent, token) = split(pointer);
    let Some(Value::Object(object)) = document.pointer_mut(parent) else { return false };
    if object.contains_key(name) {
        return false;
    }
    *object = std::mem::take(object)
        .into_iter()
        .map(|(key, value)| if key == token { (name.to_owned(), value) } else { (key, value) })
        .collect();
    true
}

/// Damages every node of `document` in every way, one at a time; counts the runs and returns what came too far.
fn failures_of(document: &Value) -> (usize, Vec<String>) {
    stay_quiet();
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let replacements = [json!(null), json!(""), json!("a b/ü$"), json!(-7), json!(true), json!([]), json!({})];
    let mut runs = 0;
    let mut failures = Vec::new();
    let mut run = |damage: String, damaged: &Value| {
        runs += 1;
        let given = Given { strict: false, ..Given::document(damaged) };
        match catch_unwind(AssertUnwindSafe(|| given.generate())) {
            Err(_) => failures.push(format!("{damage}: panicked")),
            Ok(Err(error)) if INSIDE.contains(&error.pass.as_str()) => failures.push(format!("{damage}: {error}")),
            Ok(_) => {}
        }
    };
    for place in &places {
        let mut damaged = document.clone();
        delete(&mut damaged, place);
        run(format!("without {place}"), &damaged);
        for replacement in &replacements {
            let mut damaged = document.clone();
            *damaged.pointer_mut(place).unwrap() = replacement.clone();
            run(format!("{place} = {replacement}"), &damaged);
        }
        for name in ["", "type", "Self", "9 ~/ü$"] {
            let mut damaged = document.clone();
            if rename(&mut damaged, place, name) {
                run(format!("{place} called `{name}`"), &damaged);
            }
        }
    }
    QUIET.set(false);
    (runs, failures)
}

#[test]
fn the_minimal_document_with_one_damaged_node() {
    let (runs, failures) = failures_of(&minimal());
    assert!(runs > 400, "{runs}");
    assert!(failures.is_empty(), "{} of {runs}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_document_with_one_of_everything_and_one_damaged_node() {
    let document: Value = serde_json::from_str(MIDDLE).unwrap();
    let whole = Given { strict: false, ..Given::document(&document) }.generate().unwrap();
    assert_eq!(whole.report.operations, 5);
    let (runs, failures) = failures_of(&document);
    assert!(runs > 2000, "{runs}");
    assert!(failures.is_empty(), "{} of {runs}:\n{}", failures.len(), failures.join("\n"));
}
