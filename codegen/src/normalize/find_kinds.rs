//! Finds the bases that become enums: others extend them, and `type` tells which one an object is.
//!
//! The overlay keeps a base as a struct with `x-keep-struct: reason`, and says with `x-type-on-send: refused` that an
//! object must not name its type when it is sent.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use serde_json::Value;

use crate::document::{Context, Document, Kinds, SCHEMAS};
use crate::error::Error;

/// Members that tell the kind where `type` is absent, if their words are distinct.
const TELLING: [&str; 2] = ["name", "status"];

pub(super) fn find_kinds(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut kinds = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for base in document.subtypes.keys() {
        let subtypes = descendants(document, base);
        let Some(schema) = document.schema(base).filter(|_| !subtypes.is_empty()) else { continue };
        let reason = match schema.schema_data.extensions.get("x-keep-struct").and_then(Value::as_str) {
            Some(reason) => Some(reason.to_owned()),
            None if !std::iter::once(base).chain(&subtypes).all(|name| has_type(document, name)) => {
                Some("not every subtype has a `type` to be known by".to_owned())
            }
            None => None,
        };
        match reason {
            Some(reason) => {
                kept.insert(base.clone(), reason);
            }
            None => {
                let told_by = TELLING.iter().find_map(|member| told_by(document, &subtypes, member));
                kinds.insert(base.clone(), Kinds { subtypes, told_by });
            }
        }
    }
    let untyped = document.api.components.iter().flat_map(|components| &components.schemas).filter(|(_, schema)| {
        let extensions = schema.as_item().map(|schema| &schema.schema_data.extensions);
        extensions.and_then(|extensions| extensions.get("x-type-on-send")).is_some_and(|value| value == "refused")
    });
    document.untyped = untyped.map(|(name, _)| name.clone()).collect();
    let report = kinds.iter().map(|(base, kinds)| format!("{base}: enum of {}", kinds.subtypes.join(", ")));
    let report = report.chain(kept.iter().map(|(base, reason)| format!("{base}: struct, because {reason}"))).collect();
    // Only what a base becomes an enum of is reached through it.
    document.subtypes =
        kinds.iter().map(|(base, kinds)| (base.clone(), kinds.subtypes.iter().cloned().collect())).collect();
    document.kinds = kinds;
    document.kept = kept;
    Ok(report)
}

/// All that extend the base, directly or through others.
fn descendants(document: &Document, base: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![base.to_owned()];
    while let Some(name) = open.pop() {
        for subtype in document.subtypes.get(&name).into_iter().flatten() {
            if subtype != base && document.schema(subtype).is_some() && found.insert(subtype.clone()) {
                open.push(subtype.clone());
            }
        }
    }
    found.into_iter().collect()
}

fn properties<'d>(
    document: &'d Document,
    schema: &str,
) -> Option<&'d indexmap::IndexMap<String, ReferenceOr<Box<Schema>>>> {
    match &document.schema(schema)?.schema_kind {
        SchemaKind::Type(Type::Object(object)) => Some(&object.properties),
        _ => None,
    }
}

/// Whether the schema has a `type` that is a plain string.
fn has_type(document: &Document, schema: &str) -> bool {
    let property = properties(document, schema).and_then(|properties| properties.get("type"));
    property.and_then(ReferenceOr::as_item).is_some_and(
        |property| matches!(&property.schema_kind, SchemaKind::Type(Type::String(text)) if text.enumeration.is_empty()),
    )
}

/// The words of a member by the index of the subtype they stand for; nothing if two subtypes share one.
fn told_by(document: &Document, subtypes: &[String], member: &str) -> Option<(String, Vec<(String, usize)>)> {
    let mut words = BTreeMap::new();
    for (index, subtype) in subtypes.iter().enumerate() {
        for word in words_of(document, subtype, member) {
            if words.insert(word, index).is_some() {
                return None;
            }
        }
    }
    (!words.is_empty()).then(|| (member.to_owned(), words.into_iter().collect()))
}

/// The words of a member, which may be written in place or have been given a name.
fn words_of(document: &Document, schema: &str, member: &str) -> Vec<String> {
    let property = properties(document, schema).and_then(|properties| properties.get(member));
    let named = |reference: &str| document.schema(reference.strip_prefix(SCHEMAS)?);
    let schema = match property {
        Some(ReferenceOr::Item(schema)) => match &schema.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.first() {
                Some(ReferenceOr::Reference { reference }) => named(reference),
                _ => None,
            },
            _ => Some(&**schema),
        },
        Some(ReferenceOr::Reference { reference }) => named(reference),
        None => None,
    };
    match schema.map(|schema| &schema.schema_kind) {
        Some(SchemaKind::Type(Type::String(text))) => text.enumeration.iter().flatten().cloned().collect(),
        _ => Vec::new(),
    }
}
