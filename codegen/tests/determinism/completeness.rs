//! What enters leaves: every operation as a method, every schema as a type or with the reason why not.

use std::collections::{BTreeMap, BTreeSet};

use bitbucket_codegen::decisions::Decisions;
use bitbucket_codegen::document::Context;
use bitbucket_codegen::{emit, normalize, read};
use serde_json::Value;
use syn::{ImplItem, Item, ReceiverKind};

use crate::inputs::Vendored;

const VERBS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

#[test]
fn every_operation_of_the_document_is_a_method() {
    let vendored = Vendored::read();
    let document: Value = serde_json::from_str(&vendored.document).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations =
        items.flat_map(|item| item.as_object().unwrap().keys()).filter(|key| VERBS.contains(&key.as_str()));
    assert_eq!(operations.count(), 298);
    let output = vendored.generate();
    assert_eq!(output.report.operations, 298);
    assert_eq!(methods(&output.package).values().sum::<usize>(), 298);
    assert!(output.report.derived.is_empty(), "not in the lock: {:?}", output.report.derived);
}

#[test]
fn every_id_of_the_lock_is_a_method_exactly_once() {
    let vendored = Vendored::read();
    let locked = decisions(&vendored).operations;
    assert_eq!(locked.len(), 298);
    let methods = methods(&vendored.generate().package);
    for entry in locked.values() {
        let name = heck::ToSnakeCase::to_snake_case(entry.id.as_str());
        assert_eq!(methods.get(&name), Some(&1), "`{}` in the group `{}`", entry.id, entry.group);
    }
}

#[test]
fn every_schema_is_a_type_or_is_reported_as_dropped() {
    let vendored = Vendored::read();
    let input = (vendored.document(), vendored.overlay());
    let (before, _) = read::read(&input.0, Some(&input.1)).unwrap();
    let schemas = before.api.components.as_ref().unwrap().schemas.keys();
    let schemas: BTreeSet<String> = schemas.cloned().collect();
    assert!(schemas.len() > 200, "{}", schemas.len());

    let decisions = decisions(&vendored);
    let operations = vendored.operations();
    let context = Context { source: &input.0, decisions: &decisions, operations_file: &operations };
    let mut after = before.clone();
    normalize(&mut after, &context, None).unwrap();
    let renamed: BTreeMap<_, _> = after.renamed.iter().map(|(new, old)| (old.as_str(), new.as_str())).collect();

    let output = vendored.generate();
    let types = types(&output.package);
    for schema in &schemas {
        let name = renamed.get(schema.as_str()).copied().unwrap_or(schema);
        let emitted = types.contains(&emit::type_name(name));
        let dropped = output.report.dropped.get(schema);
        assert!(emitted != dropped.is_some(), "`{schema}`: emitted is {emitted}, dropped {dropped:?}");
        assert!(dropped.is_none_or(|reason| !reason.trim().is_empty()), "`{schema}` is dropped without a reason");
    }
    assert_eq!(output.report.types, types.len());
}

fn decisions(vendored: &Vendored) -> Decisions {
    Decisions::read(&vendored.operations(), &vendored.groups(), true).unwrap()
}

/// How often a method of this name is in a group's handle. Only those take `&self`: the setters of a request consume it.
fn methods(package: &BTreeMap<String, String>) -> BTreeMap<String, usize> {
    let mut methods = BTreeMap::new();
    for item in items(package, "src/generated/groups/") {
        let Item::Impl(block) = item else { continue };
        for member in block.items {
            if let ImplItem::Fn(method) = member
                && method
                    .sig
                    .receiver()
                    .is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
            {
                *methods.entry(method.sig.ident.to_string()).or_default() += 1;
            }
        }
    }
    methods
}

fn types(package: &BTreeMap<String, String>) -> BTreeSet<String> {
    let names = items(package, "src/generated/types/").into_iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident),
        Item::Enum(item) => Some(item.ident),
        Item::Type(item) => Some(item.ident),
        _ => None,
    });
    names.map(|name| name.to_string()).collect()
}

fn items(package: &BTreeMap<String, String>, folder: &str) -> Vec<Item> {
    let files = package.iter().filter(|(path, _)| path.starts_with(folder));
    files
        .flat_map(|(path, text)| syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}")).items)
        .collect()
}
