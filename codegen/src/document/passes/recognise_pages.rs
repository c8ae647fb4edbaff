//! Finds the operations that answer with a page envelope: an object with a list of `values` and a `next` or `pagelen`.

use std::collections::BTreeSet;

use openapiv3::{ReferenceOr, Schema, SchemaKind, StatusCode, Type};

use crate::document::{Context, Document, PageOf, SCHEMAS};
use crate::error::Error;

pub(super) fn recognise_pages(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let schemas = document.schemas().clone();
    let mut touched = Vec::new();
    document.each_operation(|known, operation| {
        let Some(ReferenceOr::Item(response)) = operation.responses.responses.get(&StatusCode::Range(2)) else {
            return Ok(());
        };
        let schema = response.content.get("application/json").and_then(|media| media.schema.as_ref());
        let Some(ReferenceOr::Reference { reference }) = schema else { return Ok(()) };
        let envelope = reference.trim_start_matches(SCHEMAS);
        let of = |name: &str| schemas.get(name).and_then(ReferenceOr::as_item).and_then(items);
        let items = of(envelope).filter(|items| {
            // Pages of pages without end are none.
            let mut seen = BTreeSet::from([envelope.to_owned()]);
            std::iter::successors(Some(items.clone()), |name| of(name)).all(|name| seen.insert(name))
        });
        known.page = items.map(|items| PageOf { envelope: envelope.to_owned(), items });
        touched.extend(known.page.iter().map(|page| format!("{}: {}", known.id, page.items)));
        Ok(())
    })?;
    Ok(touched)
}

/// The schema name of the values, if this is an envelope.
fn items(envelope: &Schema) -> Option<String> {
    let SchemaKind::Type(Type::Object(object)) = &envelope.schema_kind else { return None };
    if !object.properties.contains_key("next") && !object.properties.contains_key("pagelen") {
        return None;
    }
    let SchemaKind::Type(Type::Array(values)) = &object.properties.get("values")?.as_item()?.schema_kind else {
        return None;
    };
    match values.items.as_ref()? {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS).map(str::to_owned),
        // A reference with a description of its own.
        ReferenceOr::Item(inner) => match &inner.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [ReferenceOr::Reference { reference }] => reference.strip_prefix(SCHEMAS).map(str::to_owned),
                _ => None,
            },
            _ => None,
        },
    }
}
