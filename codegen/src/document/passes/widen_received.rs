//! Makes every property optional and nullable, lists included.
//!
//! Required members are missing and null is common in what real servers send; sent types leave out what is unset.

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::visit;
use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn widen_received(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut count = 0;
    visit::each_schema(&mut document.api, &mut |schema| {
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else { return };
        object.required.clear();
        for property in object.properties.values_mut() {
            count += 1;
            match property {
                ReferenceOr::Item(inner) => inner.schema_data.nullable = true,
                ReferenceOr::Reference { reference } => {
                    let target = ReferenceOr::Reference { reference: reference.clone() };
                    *property = ReferenceOr::Item(Box::new(Schema {
                        schema_data: openapiv3::SchemaData { nullable: true, ..Default::default() },
                        schema_kind: SchemaKind::AllOf { all_of: vec![target] },
                    }));
                }
            }
        }
    });
    Ok(vec![format!("{count} properties")])
}
