//! Sample values for schemas and parameters, valid by the document: what the table test sends and is answered with.

use openapiv3::{ReferenceOr, Schema, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty};
use serde_json::{Map, Value, json};

use crate::document::{Document, SCHEMAS};

/// Maximum depth of a sample; deeper objects are left out, which every type allows.
const MAX_DEPTH: usize = 3;

/// A sample of a schema.
pub(super) fn of(document: &Document, schema: &ReferenceOr<Schema>) -> Value {
    value(document, schema, &mut Vec::new()).unwrap_or_else(|| json!({}))
}

/// A sample of a body, without a `type` that the service refuses.
pub(super) fn of_body(document: &Document, schema: &ReferenceOr<Schema>) -> Value {
    let mut sample = of(document, schema);
    let name = match schema {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS),
        ReferenceOr::Item(_) => None,
    };
    if let (Some(members), true) = (sample.as_object_mut(), name.is_some_and(|name| document.untyped.contains(name))) {
        members.remove("type");
    }
    sample
}

fn value(document: &Document, schema: &ReferenceOr<Schema>, trail: &mut Vec<String>) -> Option<Value> {
    match schema {
        ReferenceOr::Item(schema) => written_out(document, schema, trail),
        ReferenceOr::Reference { reference } => {
            let name = reference.strip_prefix(SCHEMAS)?;
            // What holds nothing else is no deeper, such as the values of an enum.
            if let Some(schema) = document.schema(name).filter(|schema| is_scalar(schema)) {
                return written_out(document, schema, trail);
            }
            if trail.len() >= MAX_DEPTH || trail.iter().any(|seen| seen == name) {
                return None;
            }
            trail.push(name.to_owned());
            let sample = named(document, name, trail);
            trail.pop();
            sample
        }
    }
}

/// A sample of a component schema; of a base, that of its first variant.
fn named(document: &Document, name: &str, trail: &mut Vec<String>) -> Option<Value> {
    let variant = document.unions.get(name).and_then(|union| union.subtypes.first());
    let mut sample = written_out(document, document.schema(variant.map_or(name, String::as_str))?, trail)?;
    if let (Some(variant), Value::Object(members)) = (variant, &mut sample) {
        members.insert("type".to_owned(), json!(document.wire_type(variant)));
        members.sort_keys();
    }
    Some(sample)
}

fn written_out(document: &Document, schema: &Schema, trail: &mut Vec<String>) -> Option<Value> {
    if let Some(example) = &schema.schema_data.example {
        return Some(example.clone());
    }
    Some(match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => match text.enumeration.iter().flatten().next() {
            Some(value) => json!(value),
            None if matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::DateTime)) => {
                json!("2026-01-02T03:04:05.678Z")
            }
            None => json!("text"),
        },
        SchemaKind::Type(Type::Integer(_)) => json!(4_294_967_301_i64),
        SchemaKind::Type(Type::Number(_)) => json!(1.5),
        SchemaKind::Type(Type::Boolean(_)) => json!(true),
        SchemaKind::Type(Type::Array(array)) => {
            let items = array.items.clone().map(ReferenceOr::unbox);
            json!(items.and_then(|items| value(document, &items, trail)).into_iter().collect::<Vec<_>>())
        }
        SchemaKind::Type(Type::Object(object)) => {
            let mut members = Map::new();
            for (name, property) in &object.properties {
                if let Some(sample) = value(document, &property.clone().unbox(), trail) {
                    members.insert(name.clone(), sample);
                }
            }
            members.sort_keys();
            Value::Object(members)
        }
        SchemaKind::AllOf { all_of } if all_of.len() == 1 => value(document, all_of.first()?, trail)?,
        SchemaKind::Any(_) => json!("anything"),
        SchemaKind::OneOf { one_of: parts } | SchemaKind::AnyOf { any_of: parts } => {
            value(document, parts.first()?, trail)?
        }
        SchemaKind::AllOf { .. } | SchemaKind::Not { .. } => json!({}),
    })
}

fn is_scalar(schema: &Schema) -> bool {
    use Type::{Boolean, Integer, Number, String};
    matches!(schema.schema_kind, SchemaKind::Type(String(_) | Integer(_) | Number(_) | Boolean(_)))
}

/// A sample of a parameter: what must be encoded is in it on purpose.
pub(super) fn of_parameter(document: &Document, name: &str, schema: &ReferenceOr<Schema>) -> Value {
    match of(document, schema) {
        Value::String(text) if text == "text" => json!(match name {
            "workspace" => "acme",
            "repo_slug" => "rocket",
            "path" => "docs/read me.md",
            "name" | "revision" => "feature/ä b",
            "spec" | "revspec" => "main..topic",
            "q" => "name ~ \"a&b\"",
            "sort" => "-created_on",
            "fields" => "+values.a,next",
            name if name.ends_with("uuid") || name.ends_with("uid") => "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}",
            _ => "a+b%20=c",
        }),
        Value::Number(_) => json!(7),
        other => other,
    }
}
