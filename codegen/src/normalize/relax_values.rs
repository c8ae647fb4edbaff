//! Takes away the constraints that would become validating newtypes: lengths, patterns, bounds, unique items, defaults.
//!
//! `format: uuid` goes too, because Bitbucket's UUIDs carry braces; `date-time` stays where the service sends RFC 3339.

use openapiv3::{IntegerFormat, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty};

use super::visit;
use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn relax_values(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| {
        schema.schema_data.title = None;
        schema.schema_data.default = None;
        schema.schema_data.example = None;
        schema.schema_data.discriminator = None;
        schema.schema_data.extensions.clear();
        match &mut schema.schema_kind {
            SchemaKind::Type(Type::String(text)) => {
                text.pattern = None;
                text.min_length = None;
                text.max_length = None;
                let binary = matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Binary));
                let date_time = matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::DateTime));
                if !binary && !date_time {
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
            _ => return,
        }
        count += 1;
    });
    Ok(vec![format!("{count} schemas")])
}
