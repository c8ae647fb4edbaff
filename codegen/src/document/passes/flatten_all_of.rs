//! Turns `allOf: [base, {…}]` into one object with all members, and remembers which schema extends which.
//!
//! What has a part that is no object, such as alternatives, is any JSON in a foreign document.
//!
//! The root of all objects, which declares the discriminator and nothing else, is not remembered as a base.

use indexmap::IndexMap;
use openapiv3::{AnySchema, ObjectType, ReferenceOr, Schema, SchemaKind, Type};

use super::simplify_parameters::says_nothing;
use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

pub(super) fn flatten_all_of(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let originals = document.schemas().clone();
    let mut touched = Vec::new();
    for (name, schema) in &originals {
        let ReferenceOr::Item(schema) = schema else { continue };
        let SchemaKind::AllOf { all_of } = &schema.schema_kind else { continue };
        if let Some(only) = alone(all_of, &originals) {
            let mut same = only.clone();
            same.schema_data.description = schema.schema_data.description.clone().or(same.schema_data.description);
            document.schemas().insert(name.clone(), ReferenceOr::Item(same));
            touched.push(name.clone());
            continue;
        }
        let mut members = Members::default();
        let pointer = document.pointer_of(name);
        collect(&pointer, schema, &originals, &mut members, &mut Vec::new(), context)?;
        if members.is_mixed {
            let any = SchemaKind::Any(AnySchema::default());
            let any = Schema { schema_data: schema.schema_data.clone(), schema_kind: any };
            document.schemas().insert(name.clone(), ReferenceOr::Item(any));
            touched.push(format!("{name}: any JSON"));
            continue;
        }
        if all_of.len() > 1 || matches!(all_of.first(), Some(ReferenceOr::Item(_))) {
            for base in all_of.iter().filter_map(base_name).filter(|base| !is_root(base, &originals)) {
                document.subtypes.entry(base.to_owned()).or_default().insert(name.clone());
            }
        }
        let mut flat = Schema {
            schema_data: schema.schema_data.clone(),
            schema_kind: SchemaKind::Type(Type::Object(ObjectType {
                properties: members.properties,
                required: members.required,
                ..ObjectType::default()
            })),
        };
        flat.schema_data.extensions.extend(members.extensions);
        flat.schema_data.description = members.description.or(flat.schema_data.description);
        document.schemas().insert(name.clone(), ReferenceOr::Item(flat));
        touched.push(name.clone());
    }
    Ok(touched)
}

/// What is no object, if an `allOf` has nothing else: it is the same as that.
fn alone<'s>(
    all_of: &'s [ReferenceOr<Schema>],
    schemas: &'s IndexMap<String, ReferenceOr<Schema>>,
) -> Option<&'s Schema> {
    // Deeper than anybody writes, and so also the way out of a circle.
    const MAX_DEPTH: usize = 64;
    let mut all_of = all_of;
    for _ in 0..MAX_DEPTH {
        let mut meaning = all_of.iter().filter(|part| !says_nothing(part));
        let (Some(only), None) = (meaning.next(), meaning.next()) else { return None };
        let mut schema = Some(only);
        for _ in 0..MAX_DEPTH {
            let Some(ReferenceOr::Reference { reference }) = schema else { break };
            schema = reference.strip_prefix(SCHEMAS).and_then(|name| schemas.get(name));
        }
        let Some(ReferenceOr::Item(schema)) = schema else { return None };
        match &schema.schema_kind {
            SchemaKind::AllOf { all_of: inner } => all_of = inner,
            SchemaKind::Type(Type::Object(_)) => return None,
            SchemaKind::Any(any) if any.typ.as_deref().is_none_or(|typ| typ == "object") => return None,
            _ => return Some(schema),
        }
    }
    None
}

#[derive(Default)]
struct Members {
    properties: IndexMap<String, ReferenceOr<Box<Schema>>>,
    required: Vec<String>,
    description: Option<String>,
    extensions: IndexMap<String, serde_json::Value>,
    /// A part is no object, and the document is one that nobody has adapted.
    is_mixed: bool,
}

/// Whether the schema has no member but the discriminator of its subtypes.
fn is_root(name: &str, schemas: &IndexMap<String, ReferenceOr<Schema>>) -> bool {
    let Some(ReferenceOr::Item(schema)) = schemas.get(name) else { return false };
    let Some(discriminator) = &schema.schema_data.discriminator else { return false };
    match &schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            object.properties.keys().all(|member| *member == discriminator.property_name)
        }
        _ => false,
    }
}

fn base_name(part: &ReferenceOr<Schema>) -> Option<&str> {
    match part {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS),
        ReferenceOr::Item(_) => None,
    }
}

/// Bases first, so that the nearer definition of a member wins.
fn collect(
    pointer: &str,
    schema: &Schema,
    schemas: &IndexMap<String, ReferenceOr<Schema>>,
    members: &mut Members,
    trail: &mut Vec<String>,
    context: &Context<'_>,
) -> Result<(), Error> {
    let refuse = |problem: String, hint: &str| Error::at("flatten_all_of", context.source, pointer, problem, hint);
    match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => {
            for part in all_of {
                match part {
                    ReferenceOr::Item(part) => {
                        if trail.is_empty() {
                            members.extensions.extend(part.schema_data.extensions.clone());
                        }
                        collect(pointer, part, schemas, members, trail, context)?;
                    }
                    ReferenceOr::Reference { reference } => {
                        let base = reference.rsplit('/').next().unwrap_or_default();
                        if trail.iter().any(|seen| seen == base) {
                            return Err(refuse(format!("`{base}` extends itself"), "break the circle of allOf"));
                        }
                        if let Some(ReferenceOr::Item(base_schema)) = schemas.get(base) {
                            trail.push(base.to_owned());
                            collect(pointer, base_schema, schemas, members, trail, context)?;
                            trail.pop();
                        }
                    }
                }
                members.description = match part {
                    ReferenceOr::Item(part) => part.schema_data.description.clone().or(members.description.take()),
                    // The description of a base does not describe its subtypes.
                    ReferenceOr::Reference { .. } if trail.is_empty() => None,
                    ReferenceOr::Reference { .. } => members.description.take(),
                };
            }
            Ok(())
        }
        SchemaKind::Type(Type::Object(object)) => {
            for (key, value) in &object.properties {
                members.properties.insert(key.clone(), value.clone());
            }
            members.required.extend(object.required.iter().cloned());
            Ok(())
        }
        SchemaKind::Any(any)
            if any.typ.as_deref().is_none_or(|typ| typ == "object")
                && any.one_of.is_empty()
                && any.any_of.is_empty() =>
        {
            for (key, value) in &any.properties {
                members.properties.insert(key.clone(), value.clone());
            }
            members.required.extend(any.required.iter().cloned());
            Ok(())
        }
        _ if !context.decisions.strict => {
            members.is_mixed = true;
            Ok(())
        }
        _ => Err(refuse(
            "allOf of something that is no object".to_owned(),
            "only objects can be merged; mend the composition in the overlay",
        )),
    }
}
