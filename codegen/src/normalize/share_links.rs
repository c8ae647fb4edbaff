//! Replaces inline copies of the `link` schema by references to it.
//!
//! Bitbucket writes `{href, name}` out wherever a link occurs, several hundred times.

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::visit;
use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

pub(super) fn share_links(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    if !document.schema("link").is_some_and(is_link) {
        return Ok(Vec::new());
    }
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            for property in object.properties.values_mut() {
                if matches!(property, ReferenceOr::Item(inner) if is_link(inner)) {
                    *property = ReferenceOr::Reference { reference: format!("{SCHEMAS}link") };
                    count += 1;
                }
            }
        }
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(items) = &mut array.items
                && matches!(items, ReferenceOr::Item(inner) if is_link(inner))
            {
                *items = ReferenceOr::Reference { reference: format!("{SCHEMAS}link") };
                count += 1;
            }
        }
        _ => {}
    });
    Ok(vec![format!("{count} places")])
}

fn is_link(schema: &Schema) -> bool {
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { return false };
    let mut names: Vec<_> = object.properties.keys().map(String::as_str).collect();
    names.sort_unstable();
    names == ["href", "name"]
        && object.properties.values().all(|property| {
            matches!(property.as_item().map(|inner| &inner.schema_kind), Some(SchemaKind::Type(Type::String(text))) if text.enumeration.is_empty())
        })
}
