//! Takes away the constraints that would become validating newtypes: lengths, patterns, bounds, unique items, defaults.
//!
//! A value that would have passed them becomes the example, for the table test to send.
//!
//! `format: uuid` goes too, because Bitbucket's UUIDs carry braces; `date-time` stays where the service sends RFC 3339, and
//! `password`, which keeps a value out of `Debug`.

use openapiv3::{AnySchema, IntegerFormat, Schema, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty};

use serde_json::Value;

use super::visit;
use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn relax_values(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| {
        schema.schema_data.title = None;
        schema.schema_data.default = None;
        schema.schema_data.example = example(schema);
        schema.schema_data.discriminator = None;
        schema.schema_data.extensions.clear();
        match &mut schema.schema_kind {
            SchemaKind::Type(Type::String(text)) => {
                text.pattern = None;
                text.min_length = None;
                text.max_length = None;
                let binary = matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Binary));
                let date_time = matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::DateTime));
                let secret = matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Password));
                if !binary && !date_time && !secret {
                    text.format = VariantOrUnknownOrEmpty::Empty;
                }
                text.enumeration.retain(Option::is_some);
            }
            SchemaKind::Type(Type::Integer(integer)) => {
                integer.minimum = None;
                integer.maximum = None;
                integer.exclusive_minimum = false;
                integer.exclusive_maximum = false;
                integer.multiple_of = None;
                integer.enumeration.clear();
                // Ids outgrow 32 bits without notice.
                integer.format = VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64);
            }
            SchemaKind::Type(Type::Number(number)) => {
                number.minimum = None;
                number.maximum = None;
                number.exclusive_minimum = false;
                number.exclusive_maximum = false;
                number.multiple_of = None;
                number.enumeration.clear();
                // `float` would lose digits.
                number.format = VariantOrUnknownOrEmpty::Empty;
            }
            SchemaKind::Type(Type::Boolean(boolean)) => boolean.enumeration.clear(),
            SchemaKind::Type(Type::Array(array)) => {
                array.min_items = None;
                array.max_items = None;
                array.unique_items = false;
            }
            SchemaKind::Type(Type::Object(object)) => {
                object.min_properties = None;
                object.max_properties = None;
            }
            // A type is missing or does not fit what stands beside it: what the constraints say is then unclear anyway.
            SchemaKind::Any(any) => {
                *any = AnySchema {
                    typ: any.typ.take(),
                    properties: std::mem::take(&mut any.properties),
                    required: std::mem::take(&mut any.required),
                    additional_properties: any.additional_properties.take(),
                    items: any.items.take(),
                    one_of: std::mem::take(&mut any.one_of),
                    all_of: std::mem::take(&mut any.all_of),
                    any_of: std::mem::take(&mut any.any_of),
                    ..AnySchema::default()
                };
            }
            _ => return,
        }
        count += 1;
    });
    Ok(vec![format!("{count} schemas")])
}

/// A value that fits the constraints, where an arbitrary one would not.
fn example(schema: &Schema) -> Option<Value> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) if text.enumeration.is_empty() => {
            let format = serde_json::to_value(&text.format).ok();
            let fitting = match format.as_ref().and_then(Value::as_str) {
                Some("uri") => "https://example.org/a",
                Some("email") => "someone@example.org",
                Some("uuid") => "3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90",
                Some("date") => "2026-01-02",
                _ if text.pattern.as_deref().is_some_and(|pattern| pattern.contains("[0-9a-f]")) => "3e0a6d6c0d5a4f0a",
                _ => return None,
            };
            Some(Value::from(fitting))
        }
        SchemaKind::Type(Type::Integer(integer)) => integer.maximum.or(integer.minimum).map(Value::from),
        SchemaKind::Type(Type::Number(number)) => number.maximum.or(number.minimum).map(Value::from),
        _ => None,
    }
}
