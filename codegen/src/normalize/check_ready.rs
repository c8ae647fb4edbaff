//! Refuses what progenitor would panic on or turn into code that does not compile, with its place.

use std::collections::BTreeSet;

use openapiv3::{Parameter, ParameterSchemaOrContent, QueryStyle, ReferenceOr, Schema, SchemaKind};

use crate::document::{Context, Document, verbs};
use crate::error::Error;
use crate::names::path_parameters;
use crate::source::escape;

const PASS: &str = "check_ready";

pub(super) fn check_ready(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let refuse = |pointer: String, problem: String, hint: &str| Err(Error::at(PASS, context.source, pointer, problem, hint));
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else {
            let hint = "write the operations out";
            return refuse(format!("#/paths/{}", escape(path)), "a path given by reference is not supported".to_owned(), hint);
        };
        for verb in ["OPTIONS", "TRACE"] {
            if verbs(item).into_iter().any(|(known, operation)| known == verb && operation.is_some()) {
                let hint = "remove it in the overlay";
                return refuse(crate::document::pointer(path, verb), format!("{verb} operations are not supported"), hint);
            }
        }
    }
    for known in &document.operations {
        let Some(operation) = document.openapi(known) else { continue };
        let mut declared = BTreeSet::new();
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let ReferenceOr::Item(parameter) = parameter else { continue };
            let pointer = format!("{}/parameters/{index}", known.pointer());
            let data = parameter.parameter_data_ref();
            match parameter {
                Parameter::Cookie { .. } => {
                    return refuse(pointer, format!("`{}` is a cookie parameter", data.name), "cookies are not sent; remove it");
                }
                Parameter::Query { style, .. } if *style != QueryStyle::Form => {
                    let hint = "only style `form` is sent";
                    return refuse(pointer, format!("`{}` has an unsupported query style", data.name), hint);
                }
                Parameter::Path { .. } => {
                    declared.insert(data.name.clone());
                }
                _ => {}
            }
            if matches!(data.format, ParameterSchemaOrContent::Content(_)) {
                let hint = "give it a schema instead of content";
                return refuse(pointer, format!("`{}` is described by content", data.name), hint);
            }
        }
        let wanted: BTreeSet<String> = path_parameters(&known.path).into_iter().collect();
        if let Some(name) = wanted.symmetric_difference(&declared).next() {
            let problem = if wanted.contains(name) { "is in the path but not declared" } else { "is declared but not in the path" };
            let hint = "path and parameters must agree; mend it in the overlay";
            return refuse(known.pointer(), format!("path parameter `{name}` {problem}"), hint);
        }
    }
    for (name, schema) in document.api.components.iter().flat_map(|components| &components.schemas) {
        if let ReferenceOr::Item(Schema { schema_kind: SchemaKind::Not { .. }, .. }) = schema {
            let hint = "no Rust type says what something is not";
            return refuse(format!("#/components/schemas/{}", escape(name)), "`not` is not supported".to_owned(), hint);
        }
    }
    Ok(vec![format!("{} operations", document.operations.len())])
}
