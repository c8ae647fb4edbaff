//! What is no difference: order, indentation, the place of a schema. And fingerprints, which say what and not where.

use serde_json::{Value, json};

use bitbucket_codegen::diff::{self, Terms};

use crate::fixture::{Spec, compare, lines};

#[test]
fn the_same_is_no_difference() {
    let comparison = compare(&Spec::new(), &Spec::new());
    assert!(comparison.findings.is_empty(), "{:#?}", lines(&comparison));
    assert_eq!((comparison.removed, comparison.added), (0, 0));
}

/// The document with the keys of every object in reverse.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            Value::Object(object.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        other => other.clone(),
    }
}

#[test]
fn order_and_indentation_are_no_difference() {
    let old = Spec::new();
    let mut new = Spec::new();
    new.document = reversed(&new.document);
    let text = new.document.to_string();
    old.side("old", |old| {
        new.side_of_text("new", &text, |new| {
            let comparison =
                diff::compare(&old.unwrap(), &new.unwrap(), &Terms { declared: "0.1.0", ..Terms::default() });
            assert!(comparison.findings.is_empty(), "{:#?}", lines(&comparison));
        });
    });
}

#[test]
fn a_parameter_of_the_path_may_stand_in_its_operations() {
    let mut new = Spec::new();
    let path = new.at("/paths/~1boxes~1{box}~1things~1{thing_id}~1log");
    let shared = path.as_object_mut().unwrap().remove("parameters").unwrap();
    path["get"]["parameters"] = shared;
    let comparison = compare(&Spec::new(), &new);
    assert!(comparison.findings.is_empty(), "{:#?}", lines(&comparison));
}

#[test]
fn a_shared_response_may_be_a_component() {
    let mut new = Spec::new();
    let response = new.at("/paths/~1boxes~1{box}~1things/post/responses/200").clone();
    new.at("/components")["responses"] = json!({"made": response});
    new.at("/paths/~1boxes~1{box}~1things/post/responses")["200"] = json!({"$ref": "#/components/responses/made"});
    let comparison = compare(&Spec::new(), &new);
    assert!(lines(&comparison).is_empty(), "{:#?}", lines(&comparison));
}

#[test]
fn fingerprints_hold_neither_lines_nor_prose() {
    let change = |spec: &mut Spec| {
        spec.at("/components/schemas/thing/properties").as_object_mut().unwrap().remove("note");
    };
    let (old, mut new) = (Spec::new(), Spec::new());
    change(&mut new);
    let first = compare(&old, &new);
    // Lines above, texts beside it, and an unrelated change.
    let mut longer = new.clone();
    longer.at("/info")["description"] = json!("More to read.");
    longer.at("/components/schemas/thing")["description"] = json!("Another text.");
    longer.at("/components/schemas/owner/properties")["age"] = json!({"type": "integer"});
    let second = compare(&old, &longer);
    let print = |comparison: &diff::Comparison| {
        let finding = comparison.findings.iter().find(|finding| finding.rule == "field-removed").unwrap();
        finding.fingerprint.clone()
    };
    assert_eq!(print(&first), print(&second));
    let mut other = Spec::new();
    other.at("/components/schemas/thing/properties").as_object_mut().unwrap().remove("size");
    assert_ne!(print(&first), print(&compare(&old, &other)));
}
