//! Takes lists and maps that hold themselves and nothing else out of their circle: there they hold any JSON.
//!
//! An object may hold itself, since it has a type of its own. A list or a map has none, and a Rust alias cannot.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind, Type};

use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

pub(super) fn break_circles(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in document.schemas() {
        let mut found = BTreeSet::new();
        each_held(schema, false, &mut |place, _| found.extend(target(place).map(str::to_owned)));
        holds.insert(name.clone(), found);
    }
    let reaches = |from: &str, to: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(name) = open.pop() {
            if name == to {
                return true;
            }
            if seen.insert(name) {
                open.extend(holds.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        false
    };
    let mut touched = Vec::new();
    for (name, schema) in document.schemas() {
        each_held(schema, false, &mut |place, held| {
            // What is nothing but references is refused elsewhere.
            if held && target(place).is_some_and(|target| reaches(target, name)) {
                let schema_kind = SchemaKind::Any(AnySchema::default());
                *place = ReferenceOr::Item(Schema { schema_data: Default::default(), schema_kind });
                touched.push(name.clone());
            }
        });
    }
    Ok(touched)
}

/// The component that a reference names.
fn target(place: &ReferenceOr<Schema>) -> Option<&str> {
    match place {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS),
        ReferenceOr::Item(_) => None,
    }
}

/// Calls `visit` with the references that a schema consists of: as items or values of a map, which are `held`, or as all
/// that it is.
fn each_held(place: &mut ReferenceOr<Schema>, held: bool, visit: &mut dyn FnMut(&mut ReferenceOr<Schema>, bool)) {
    let ReferenceOr::Item(schema) = place else { return visit(place, held) };
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(items) = &mut array.items {
                let mut inner = items.clone().unbox();
                each_held(&mut inner, true, visit);
                *items = boxed(inner);
            }
        }
        SchemaKind::Type(Type::Object(object)) if object.properties.is_empty() => {
            if let Some(AdditionalProperties::Schema(values)) = &mut object.additional_properties {
                each_held(values, true, visit);
            }
        }
        SchemaKind::AllOf { all_of } => {
            if let [only] = all_of.as_mut_slice() {
                each_held(only, held, visit);
            }
        }
        _ => {}
    }
}

fn boxed(place: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match place {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}
