//! Finds the members that only the service sets: they need no setter, and what only they reach is never sent.
//!
//! Those are `readOnly` ones, what the overlay lists in `x-read-only` of a schema, and a few names that mean the same
//! everywhere.

use openapiv3::{ReferenceOr, SchemaKind, Type};
use serde_json::Value;

use crate::document::{Context, Document};
use crate::error::Error;

/// Addresses and times that the service fills in, whatever the object.
const ALWAYS: [&str; 4] = ["links", "created_on", "updated_on", "completed_on"];

pub(super) fn mark_received_only(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for (name, schema) in document.api.components.iter().flat_map(|components| &components.schemas) {
        let ReferenceOr::Item(schema) = schema else { continue };
        let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { continue };
        let listed = schema.schema_data.extensions.get("x-read-only").and_then(Value::as_array);
        let listed: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(unknown) = listed.iter().find(|member| !object.properties.contains_key(**member)) {
            return Err(Error::at(
                "mark_received_only",
                context.source,
                format!("#/components/schemas/{}", document.wire_type(name)),
                format!("`x-read-only` lists `{unknown}`, which is no property"),
                "correct the list in the overlay",
            ));
        }
        for (member, property) in &object.properties {
            let read_only = property.as_item().is_some_and(|property| property.schema_data.read_only);
            if read_only || listed.contains(&member.as_str()) || ALWAYS.contains(&member.as_str()) {
                found.push((name.clone(), member.clone()));
            }
        }
    }
    let report = found.iter().map(|(schema, member)| format!("{schema}.{member}")).collect();
    document.received_only = found.into_iter().collect();
    Ok(report)
}
