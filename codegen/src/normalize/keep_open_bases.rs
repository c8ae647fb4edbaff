//! Lets a base keep the members of the subtype that arrives in its place, in a map beside its own fields.
//!
//! Bitbucket's bases are nearly empty and nothing in the schema leads to the subtypes; without the map the state of a
//! pipeline would be lost.

use openapiv3::{AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaData, SchemaKind, Type};

use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn keep_open_bases(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let bases: Vec<_> =
        document.subtypes.iter().filter(|(_, subtypes)| !subtypes.is_empty()).map(|(base, _)| base.clone()).collect();
    for base in &bases {
        if let Some(ReferenceOr::Item(schema)) = document.schemas().get_mut(base)
            && let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind
        {
            // An empty schema makes a map; plain `true` would be ignored.
            let anything =
                Schema { schema_data: SchemaData::default(), schema_kind: SchemaKind::Any(AnySchema::default()) };
            object.additional_properties = Some(AdditionalProperties::Schema(Box::new(ReferenceOr::Item(anything))));
        }
    }
    Ok(bases)
}
