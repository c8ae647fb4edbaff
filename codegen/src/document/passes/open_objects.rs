//! Opens every object: unknown fields are ignored, whatever `additionalProperties` says beside `properties`.

use openapiv3::{AdditionalProperties, SchemaKind, Type};

use super::visit;
use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn open_objects(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| {
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else { return };
        if !object.properties.is_empty() && object.additional_properties.take().is_some() {
            count += 1;
        } else if matches!(object.additional_properties, Some(AdditionalProperties::Any(false))) {
            object.additional_properties = None;
        }
    });
    Ok(vec![format!("{count} objects")])
}
