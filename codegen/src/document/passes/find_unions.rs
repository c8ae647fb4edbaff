//! Finds the bases that become unions: others extend them, and `type` tells which one an object is.
//!
//! The overlay keeps a base as a struct with `x-keep-struct: reason`. Which member decides where `type` is absent is a rule
//! of `facts.toml`.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use serde_json::Value;

use crate::document::{Context, Document, SCHEMAS, UnionBase};
use crate::error::Error;

const PASS: &str = "find_unions";

pub(super) fn find_unions(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let rules = &context.decisions.facts.discriminator;
    let mut used = vec![false; rules.len()];
    let mut unions = BTreeMap::new();
    let mut struct_bases = BTreeMap::new();
    for base in document.subtypes.keys() {
        let subtypes = descendants(document, base);
        let Some(schema) = document.schema(base).filter(|_| !subtypes.is_empty()) else { continue };
        let extension = schema.schema_data.extensions.get("x-keep-struct");
        if extension.is_some_and(|reason| reason.as_str().is_none_or(|reason| reason.trim().is_empty())) {
            let hint = "say why the base stays a struct";
            let problem = "`x-keep-struct` is no reason".to_owned();
            return Err(document.extension_error(PASS, context, (base, "x-keep-struct"), problem, hint));
        }
        let reason = match schema.schema_data.extensions.get("x-keep-struct").and_then(Value::as_str) {
            Some(reason) => Some(reason.to_owned()),
            None if !std::iter::once(base).chain(&subtypes).all(|name| has_type(document, name)) => {
                Some("not every subtype has a `type` to be known by".to_owned())
            }
            None => None,
        };
        match reason {
            Some(reason) => {
                struct_bases.insert(base.clone(), reason);
            }
            None => {
                let mut members = rules
                    .iter()
                    .enumerate()
                    .flat_map(|(index, rule)| rule.get_ref().members.iter().map(move |member| (index, member)));
                let fallback = members.find_map(|(index, member)| {
                    let fallback = fallback(document, &subtypes, member)?;
                    used[index] = true;
                    Some(fallback)
                });
                unions.insert(base.clone(), UnionBase { subtypes, fallback });
            }
        }
    }
    if let (Some(index), true, Some(source)) =
        (used.iter().position(|used| !used), context.decisions.strict, context.inputs.facts)
    {
        return Err(Error::in_line(
            PASS,
            &source,
            Some(source.line_of_offset(rules[index].span().start)),
            format!("discriminator `{}`", rules[index].get_ref().members.join("`, `")),
            "no union of the document is told apart by it",
            "correct the members, or delete the rule",
        ));
    }
    let report = unions.iter().map(|(base, union)| format!("{base}: union of {}", union.subtypes.join(", ")));
    let report =
        report.chain(struct_bases.iter().map(|(base, reason)| format!("{base}: struct, because {reason}"))).collect();
    // Only what a base becomes a union of is reached through it.
    document.subtypes =
        unions.iter().map(|(base, union)| (base.clone(), union.subtypes.iter().cloned().collect())).collect();
    document.unions = unions;
    document.struct_bases = struct_bases;
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

/// The values of a member by the index of the subtype they stand for; nothing if two subtypes share one.
fn fallback(document: &Document, subtypes: &[String], member: &str) -> Option<(String, Vec<(String, usize)>)> {
    let mut by_value = BTreeMap::new();
    for (index, subtype) in subtypes.iter().enumerate() {
        for value in values_of(document, subtype, member) {
            if by_value.insert(value, index).is_some() {
                return None;
            }
        }
    }
    (!by_value.is_empty()).then(|| (member.to_owned(), by_value.into_iter().collect()))
}

/// The enum values of a member, which may be written in place or have been given a name.
fn values_of(document: &Document, schema: &str, member: &str) -> Vec<String> {
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
