//! What enters leaves: every operation as a method, every schema as a type or with the reason why not.

use std::collections::{BTreeMap, BTreeSet};

use bitbucket_codegen::model::TypeRef;
use bitbucket_codegen::read::decisions::Decisions;
use bitbucket_codegen::{generate, prepare, read};
use heck::ToUpperCamelCase;
use serde_json::Value;
use syn::{ImplItem, Item, ReceiverKind, Type};

use crate::inputs::Vendored;

const VERBS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn operations_of(document: &Value) -> usize {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().keys()).filter(|key| VERBS.contains(&key.as_str())).count()
}

#[test]
fn every_operation_of_the_document_is_a_method() {
    let vendored = Vendored::read();
    let mut document: Value = serde_json::from_str(&vendored.document).unwrap();
    assert_eq!(operations_of(&document), 298);
    // Five are withdrawn, one is new.
    read::overlay::apply(&mut document, &vendored.overlay()).unwrap();
    assert_eq!(operations_of(&document), 294);
    let output = vendored.generate();
    assert_eq!(output.report.operations, 294);
    assert_eq!(methods(&output.package).values().sum::<usize>(), 294);
    let derived: Vec<_> = output.report.derived.iter().filter(|line| line.starts_with("derived: ")).collect();
    assert!(derived.is_empty(), "not in the lock: {derived:?}");
}

#[test]
fn every_name_of_the_lock_is_a_method_exactly_once() {
    let vendored = Vendored::read();
    let locked = Decisions::read(&vendored.inputs()).unwrap().operations.entries;
    assert_eq!(locked.len(), 294);
    let methods = methods(&vendored.generate().package);
    for entry in locked.values() {
        let name = (entry.group.clone(), entry.name.clone());
        assert_eq!(methods.get(&name), Some(&1), "`{}` in the group `{}`", entry.name, entry.group);
    }
}

#[test]
fn every_schema_is_a_type_or_another_one_or_is_reported_as_dropped() {
    let vendored = Vendored::read();
    let inputs = vendored.inputs();
    let before = read::read(&inputs.document, inputs.overlay.as_ref()).unwrap().api;
    let schemas: BTreeSet<String> = before.components.as_ref().unwrap().schemas.keys().cloned().collect();
    assert!(schemas.len() > 200, "{}", schemas.len());

    let prepared = prepare(&inputs, None, &mut |_| {}).unwrap();
    let output = vendored.generate();
    let model = vendored.model();
    let emitted = types(&output.package);
    let names: BTreeSet<String> = model.types.iter().map(|ty| ty.name.clone()).collect();
    assert_eq!(emitted, names, "what the model has is what is emitted");
    assert_eq!(output.report.types, names.len());

    let own: BTreeSet<&str> = model.types.iter().map(|ty| ty.schema.as_str()).collect();
    let objects: BTreeMap<&str, &TypeRef> = model.schemas.iter().map(|(name, ty)| (name.as_str(), ty)).collect();
    let collapsed = |schema: &str| {
        let renamed = prepared.document.renamed.iter().find(|(_, old)| *old == schema).map(|(new, _)| new.as_str());
        let typed = renamed.unwrap_or(schema).to_upper_camel_case();
        prepared.decisions.types.collapse.contains_key(&typed)
    };
    for schema in &schemas {
        let stands_for = objects.get(schema.as_str());
        if let Some(name) = stands_for.and_then(|ty| ty.named()) {
            assert!(names.contains(name), "`{schema}` would be `{name}`, which is no type");
        }
        let kept = own.contains(schema.as_str()) || stands_for.is_some() || collapsed(schema);
        let dropped = output.report.dropped.get(schema);
        assert!(kept || dropped.is_some(), "`{schema}` is lost");
        assert!(!(own.contains(schema.as_str()) && dropped.is_some()), "`{schema}` is a type and dropped");
        assert!(dropped.is_none_or(|reason| !reason.trim().is_empty()), "`{schema}` is dropped without a reason");
    }
}

#[test]
fn the_document_alone_generates_too() {
    let vendored = Vendored::read();
    let output = generate(&vendored.plain(), &mut |_| {}).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(output.report.operations, 298);
    assert_eq!(methods(&output.package).values().sum::<usize>(), 298);
    assert!(output.report.overlay.is_empty());
    let derived: Vec<_> = output.report.derived.iter().filter(|line| line.starts_with("derived: ")).collect();
    assert_eq!(derived.len(), 5, "the withdrawn ones are in no lock: {derived:?}");
}

#[test]
fn nothing_of_the_vendored_document_lacks_a_description() {
    let output = Vendored::read().generate();
    let undescribed: Vec<_> =
        output.report.derived.iter().filter(|line| line.starts_with("no description of ")).collect();
    assert!(undescribed.is_empty(), "describe them in spec/: {undescribed:?}");
    // What stands where a description is missing.
    for said in ["The member `", "The parameter `", "The words of `", "` as Bitbucket sends it.", "What to send."] {
        let found = output.package.iter().find(|(path, text)| path.ends_with(".rs") && text.contains(said));
        assert!(found.is_none(), "{:?} has {said:?}", found.map(|(path, _)| path));
    }
}

/// How often the struct of a group has a method of this name; handles and requests have impls of their own.
fn methods(package: &BTreeMap<String, String>) -> BTreeMap<(String, String), usize> {
    let mut methods = BTreeMap::new();
    for (path, item) in items(package, "src/generated/groups/") {
        let Item::Impl(block) = item else { continue };
        let group = path.rsplit(['/', '.']).nth(1).unwrap_or_default();
        if !matches!(&*block.self_ty, Type::Path(own) if own.path.segments.last().is_some_and(|own| own.ident == group.to_upper_camel_case()))
        {
            continue;
        }
        for member in block.items {
            if let ImplItem::Fn(method) = member
                && method
                    .sig
                    .receiver()
                    .is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
            {
                *methods.entry((group.to_owned(), method.sig.ident.to_string())).or_default() += 1;
            }
        }
    }
    methods
}

fn types(package: &BTreeMap<String, String>) -> BTreeSet<String> {
    let names = items(package, "src/generated/types/").into_iter().filter_map(|(_, item)| match item {
        Item::Struct(item) => Some(item.ident),
        Item::Enum(item) => Some(item.ident),
        Item::Type(item) => Some(item.ident),
        _ => None,
    });
    names.map(|name| name.to_string()).collect()
}

fn items<'p>(package: &'p BTreeMap<String, String>, folder: &str) -> Vec<(&'p str, Item)> {
    let files = package.iter().filter(|(path, _)| path.starts_with(folder));
    let parsed = files.flat_map(|(path, text)| {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        file.items.into_iter().map(move |item| (path.as_str(), item))
    });
    parsed.collect()
}
