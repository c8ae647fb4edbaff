//! Refuses what progenitor would panic on or turn into code that does not compile, with its place.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use indexmap::IndexMap;
use openapiv3::{Parameter, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr, SchemaKind, Type};
use serde_json::Value;

use super::settle_types::have_names;
use super::simplify_parameters::{ParameterValue, values};
use crate::document::paths::path_parameters;
use crate::document::{Context, Document, OperationInfo, RequestBody, verbs};
use crate::error::Error;
use crate::source::{Source, escape};

const PASS: &str = "check_ready";

pub(super) fn check_ready(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let refuse =
        |pointer: String, problem: String, hint: &str| Err(Error::at(PASS, context.source, pointer, problem, hint));
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else {
            let hint = "write the operations out";
            return refuse(
                format!("#/paths/{}", escape(path)),
                "a path given by reference is not supported".to_owned(),
                hint,
            );
        };
        for verb in ["OPTIONS", "TRACE"] {
            if verbs(item).into_iter().any(|(known, operation)| known == verb && operation.is_some()) {
                let hint = "remove it in the overlay";
                return refuse(
                    crate::document::pointer(path, verb),
                    format!("{verb} operations are not supported"),
                    hint,
                );
            }
        }
    }
    let mut touched = Vec::new();
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let own = verbs(item).into_iter().filter_map(|(verb, operation)| Some((verb, operation?)));
        let own = own.filter(|(_, operation)| !operation.servers.is_empty());
        let own = own.map(|(verb, _)| (format!("{verb} "), crate::document::pointer(path, verb)));
        let all = (!item.servers.is_empty()).then(|| (String::new(), format!("#/paths/{}", escape(path))));
        for (verb, place) in all.into_iter().chain(own) {
            if context.decisions.strict {
                let hint =
                    "a client has one, which gets its credentials: remove them, or the operation, in the overlay";
                return refuse(
                    format!("{place}/servers"),
                    "servers of a single path are not supported".to_owned(),
                    hint,
                );
            }
            touched.push(format!("{verb}{path}: its own servers are ignored"));
        }
    }
    let none = IndexMap::new();
    let schemas = document.api.components.as_ref().map_or(&none, |components| &components.schemas);
    for (name, schema) in schemas {
        let Some(SchemaKind::Type(Type::String(text))) = schema.as_item().map(|schema| &schema.schema_kind) else {
            continue;
        };
        if !have_names(&text.enumeration) {
            let hint = "each value becomes a variant: take the enum out in the overlay";
            let problem = "two values of the enum, or an empty one, give no name of their own";
            return refuse(document.pointer_of(name), problem.to_owned(), hint);
        }
    }
    for known in &document.operations {
        let Some(operation) = document.openapi(known) else { continue };
        let mut declared = BTreeSet::new();
        let mut arguments: BTreeSet<String> = match known.body {
            RequestBody::None => BTreeSet::from(["request".to_owned()]),
            RequestBody::Typed { .. } => BTreeSet::from(["request".to_owned(), "body".to_owned()]),
            RequestBody::Multipart { .. } => BTreeSet::from(["request".to_owned(), "form".to_owned()]),
        };
        for parameter in operation.parameters.iter().filter_map(ReferenceOr::as_item) {
            let data = parameter.parameter_data_ref();
            // Told only when something is refused, because the document is read once more for it.
            let place = || place_of(context.source, known, &data.name);
            if !arguments.insert(data.name.to_snake_case()) {
                let hint =
                    "a parameter becomes an argument, and body, form and request are taken: rename or remove one";
                return refuse(place(), format!("another argument is called `{}` as well", data.name), hint);
            }
            match parameter {
                Parameter::Cookie { .. } => {
                    return refuse(
                        place(),
                        format!("`{}` is a cookie parameter", data.name),
                        "cookies are not sent; remove it",
                    );
                }
                Parameter::Header { .. } if !is_header_name(&data.name) => {
                    let hint =
                        "letters, digits and hyphens make one: correct it, or remove the parameter, in the overlay";
                    return refuse(place(), format!("`{}` is no name of a header", data.name), hint);
                }
                Parameter::Query { style, .. } if *style != QueryStyle::Form => {
                    let hint = "only style `form` is sent";
                    return refuse(place(), format!("`{}` has an unsupported query style", data.name), hint);
                }
                Parameter::Path { style, .. } if *style != PathStyle::Simple => {
                    let hint = "only style `simple` is sent";
                    return refuse(place(), format!("`{}` has an unsupported path style", data.name), hint);
                }
                Parameter::Path { .. } if !data.required => {
                    let hint = "say `required: true`; nothing can be left out of a path";
                    return refuse(place(), format!("path parameter `{}` is not required", data.name), hint);
                }
                Parameter::Path { .. } => {
                    declared.insert(data.name.clone());
                }
                _ => {}
            }
            let schema = match &data.format {
                ParameterSchemaOrContent::Schema(schema) => schema,
                ParameterSchemaOrContent::Content(_) => {
                    let hint = "give it a schema instead of content";
                    return refuse(place(), format!("`{}` is described by content", data.name), hint);
                }
            };
            let is_query = matches!(parameter, Parameter::Query { .. });
            let (problem, hint) = match values(schema, schemas) {
                Some(ParameterValue::List(_)) if !is_query => {
                    ("is a list, which only a query takes", "give it one value, or remove it in the overlay")
                }
                Some(_) => continue,
                None => (
                    "is neither a value nor a list of values",
                    "text, numbers, truth values, enums and lists of them are sent: describe it so in the overlay, or remove it",
                ),
            };
            return refuse(place(), format!("`{}` {problem}", data.name), hint);
        }
        let written = path_parameters(&known.path);
        let wanted: BTreeSet<String> = written.iter().cloned().collect();
        if wanted.len() < written.len() {
            let hint = "each parameter of a path needs a name of its own";
            return refuse(known.pointer(), "a path parameter is in the path twice".to_owned(), hint);
        }
        if let Some(name) = wanted.symmetric_difference(&declared).next() {
            let problem = if wanted.contains(name) {
                "is in the path but not declared"
            } else {
                "is declared but not in the path"
            };
            let hint = "path and parameters must agree; mend it in the overlay";
            return refuse(known.pointer(), format!("path parameter `{name}` {problem}"), hint);
        }
        if let Some(problem) = unsendable(&known.path) {
            let hint = "what is fixed in a path is sent as it stands: correct the path, or remove it, in the overlay";
            return refuse(format!("#/paths/{}", escape(&known.path)), problem.to_owned(), hint);
        }
        if !has_pairs_of_braces(&known.path) {
            let hint = "a parameter is `{name}`, without a slash in it";
            let place = format!("#/paths/{}", escape(&known.path));
            return refuse(place, "a brace of the path has no other, or holds no name".to_owned(), hint);
        }
    }
    touched.push(format!("{} operations", document.operations.len()));
    Ok(touched)
}

/// What of a path would be no path any more in an address.
fn unsendable(path: &str) -> Option<&'static str> {
    let fixed: String = path.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after)).collect();
    if fixed.contains(['?', '#']) {
        Some("the path has a query or a fragment in it")
    } else if fixed.contains(|char: char| char.is_whitespace() || char.is_control() || char == '\\') {
        Some("the path has white space or a backslash in it")
    } else if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        Some("the path has a segment that leads somewhere else")
    } else {
        None
    }
}

/// Whether HTTP knows headers of this name.
fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Whether each brace of a path belongs to a parameter.
fn has_pairs_of_braces(path: &str) -> bool {
    let mut parts = path.split('{');
    let before = parts.next().unwrap_or_default();
    !before.contains('}')
        && parts.all(|part| {
            part.split_once('}')
                .is_some_and(|(name, after)| !name.is_empty() && !name.contains('/') && !after.contains('}'))
        })
}

/// Where the document declares a parameter: the passes have moved it.
fn place_of(source: &Source<'_>, known: &OperationInfo, name: &str) -> String {
    let document: Value = serde_json::from_str(source.text).unwrap_or_default();
    let owners = [known.pointer(), format!("#/paths/{}", escape(&known.path))];
    let place = owners.iter().find_map(|owner| {
        let pointer = format!("{owner}/parameters");
        let parameters = document.pointer(pointer.trim_start_matches('#'))?.as_array()?;
        let index = parameters.iter().position(|parameter| {
            let shared = parameter.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            let parameter = shared.and_then(|target| document.pointer(target)).unwrap_or(parameter);
            parameter.get("name").and_then(Value::as_str) == Some(name)
        })?;
        Some(format!("{pointer}/{index}"))
    });
    place.unwrap_or_else(|| known.pointer())
}
