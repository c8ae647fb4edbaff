//! Replaces inline links by references to one schema: an object of `href` and `name` is a link.
//!
//! Bitbucket writes it out wherever a link occurs, several hundred times.

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::visit;
use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

pub(super) fn share_links(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let links = document.schemas().iter().find(|(_, schema)| schema.as_item().is_some_and(is_link));
    let Some(link) = links.map(|(name, _)| format!("{SCHEMAS}{name}")) else { return Ok(Vec::new()) };
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            for property in object.properties.values_mut() {
                if matches!(property, ReferenceOr::Item(inner) if is_link(inner)) {
                    *property = ReferenceOr::Reference { reference: link.clone() };
                    count += 1;
                }
            }
        }
        SchemaKind::Type(Type::Array(array)) => {
            if let Some(items) = &mut array.items
                && matches!(items, ReferenceOr::Item(inner) if is_link(inner))
            {
                *items = ReferenceOr::Reference { reference: link.clone() };
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
