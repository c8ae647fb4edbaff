//! Gives a type to schemas that leave it out, or that have keys beside it that do not fit: openapiv3 keeps all their keys
//! and decides nothing. An enum of values that cannot be told apart as names is text.
//!
//! progenitor would infer a type from these keys, the model would take them for any JSON.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase;
use openapiv3::{AnySchema, ArrayType, BooleanType, IntegerType, NumberType, ObjectType, SchemaKind, StringType, Type};

use serde_json::Value;

use super::visit;
use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn settle_types(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| {
        if let SchemaKind::Type(Type::String(text)) = &mut schema.schema_kind
            && !context.decisions.strict
            && !have_names(&text.enumeration)
        {
            text.enumeration.clear();
            count += 1;
        }
        let SchemaKind::Any(any) = &mut schema.schema_kind else { return };
        if !any.one_of.is_empty() && !any.any_of.is_empty() {
            // Two lists of alternatives, of which each value is in both: what is said beside them still holds.
            any.one_of.clear();
            any.any_of.clear();
            count += 1;
        }
        if let Some(settled) = settled(any) {
            schema.schema_kind = SchemaKind::Type(settled);
            count += 1;
        }
    });
    Ok(vec![format!("{count} schemas")])
}

/// Whether each value gives a name of its own. A document that nobody has adapted keeps text where they do not; in the
/// vendored one that is a mistake, which `check_ready` refuses.
pub(super) fn have_names(values: &[Option<String>]) -> bool {
    let mut names = BTreeSet::new();
    values.iter().flatten().all(|value| {
        let name = value.replace('\'', "").to_upper_camel_case();
        !name.is_empty() && names.insert(name)
    })
}

/// The type of a schema, if it can be known: by its `type`, else by its members or items.
fn settled(any: &mut AnySchema) -> Option<Type> {
    let composed = !any.one_of.is_empty() || !any.all_of.is_empty() || !any.any_of.is_empty() || any.not.is_some();
    let has_members = !any.properties.is_empty() || any.additional_properties.is_some() || !any.required.is_empty();
    Some(match any.typ.as_deref() {
        _ if composed => return None,
        Some("string") => Type::String(text(any)),
        Some("integer") => Type::Integer(IntegerType::default()),
        Some("number") => Type::Number(NumberType::default()),
        Some("boolean") => Type::Boolean(BooleanType::default()),
        Some("object") => Type::Object(object(any)),
        None if has_members => Type::Object(object(any)),
        Some("array") => Type::Array(array(any)),
        None if any.items.is_some() => Type::Array(array(any)),
        None if !any.enumeration.is_empty()
            && any.enumeration.iter().all(|value| value.is_string() || value.is_null()) =>
        {
            Type::String(text(any))
        }
        _ => return None,
    })
}

/// Format and enum values stay: a secret is known by its format.
fn text(any: &mut AnySchema) -> StringType {
    let format = any.format.take().map(Value::String).unwrap_or_default();
    StringType {
        format: serde_json::from_value(format).unwrap_or_default(),
        enumeration: any.enumeration.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        ..StringType::default()
    }
}

fn object(any: &mut AnySchema) -> ObjectType {
    ObjectType {
        properties: std::mem::take(&mut any.properties),
        required: std::mem::take(&mut any.required),
        additional_properties: any.additional_properties.take(),
        ..ObjectType::default()
    }
}

fn array(any: &mut AnySchema) -> ArrayType {
    ArrayType { items: any.items.take(), min_items: None, max_items: None, unique_items: false }
}
