//! Adds `Range` and `If-None-Match` to the operations that answer with a log.

use heck::ToSnakeCase;
use openapiv3::{Parameter, ReferenceOr};
use serde_json::json;

use crate::document::{Context, Document, Operation};
use crate::error::Error;

const HEADERS: [(&str, &str); 2] = [
    ("Range", "Bytes to answer with, such as `bytes=0-1023` or `bytes=-4096`."),
    ("If-None-Match", "An `ETag` of an earlier answer; nothing is sent again when it still holds."),
];

pub(super) fn accept_conditional_headers(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    document.each_operation(|known, operation| {
        if !is_log(known) {
            return Ok(());
        }
        for (name, description) in HEADERS {
            let exists = operation
                .parameters
                .iter()
                .filter_map(ReferenceOr::as_item)
                .any(|parameter| parameter.parameter_data_ref().name.to_snake_case() == name.to_snake_case());
            if exists {
                continue;
            }
            touched.push(format!("{}: {name}", known.id));
            let header =
                json!({"in": "header", "name": name, "description": description, "schema": {"type": "string"}});
            let header: Parameter = serde_json::from_value(header).map_err(|error| {
                let hint = "report this as a bug";
                Error::at("accept_conditional_headers", context.source, known.pointer(), error.to_string(), hint)
            })?;
            operation.parameters.push(ReferenceOr::Item(header));
        }
        Ok(())
    })?;
    Ok(touched)
}

/// Whether the operation answers with the log of a step or of one of its containers.
pub(crate) fn is_log(operation: &Operation) -> bool {
    operation.method == "GET" && (operation.path.ends_with("/log") || operation.path.ends_with("/logs/{log_uuid}"))
}
