//! Adds the query parameters that the service takes without saying so: `page` and `pagelen`, `q` and `sort` on every
//! list, `fields` on everything that answers with JSON.
//!
//! The pipelines list filters by parameters of its own and ignores `q`, so it gets none.

use openapiv3::{Parameter, ReferenceOr, StatusCode};
use serde_json::json;

use crate::document::{Context, Document, Operation};
use crate::error::Error;

/// Pull requests answer 400 to a larger `pagelen` instead of clamping it.
const SMALL_PAGES: [&str; 2] = ["/pullrequests", "/pullrequests/{pull_request_id}/activity"];

pub(super) fn add_list_parameters(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    document.each_operation(|known, operation| {
        let json = operation
            .responses
            .responses
            .get(&StatusCode::Range(2))
            .and_then(ReferenceOr::as_item)
            .is_some_and(|response| response.content.contains_key("application/json"));
        let mut wanted = Vec::new();
        if known.items.is_some() {
            wanted.push(("page", "integer", "Number of the page, 1-based; the first when left out.".to_owned()));
            wanted.push(("pagelen", "integer", format!("Items per page, at most {}.", largest_page(known))));
            if !filters_by_own_parameters(operation) {
                wanted.push(("q", "string", "Filter in Bitbucket's query language, such as `name ~ \"api\"`; not every list honors it.".to_owned()));
                wanted.push(("sort", "string", "Field to sort by, with a leading `-` for descending order; not every list honors it.".to_owned()));
            }
        }
        if json && known.method == "GET" {
            wanted.push(("fields", "string", "Fields to answer with: `a.b` for only these, `+a.b` to add, `-a.b` to leave out, comma-separated. A list needs `next` among them to be continued.".to_owned()));
        }
        for (name, kind, description) in wanted {
            if operation.parameters.iter().filter_map(ReferenceOr::as_item).any(|known| known.parameter_data_ref().name == name) {
                continue;
            }
            touched.push(format!("{}: {name}", known.id));
            let parameter = json!({"in": "query", "name": name, "description": description, "schema": {"type": kind}});
            let parameter: Parameter = serde_json::from_value(parameter).map_err(|error| {
                Error::at("add_list_parameters", context.source, known.pointer(), error.to_string(), "report this as a bug")
            })?;
            operation.parameters.push(ReferenceOr::Item(parameter));
        }
        Ok(())
    })?;
    Ok(touched)
}

/// The largest `pagelen` that the operation accepts.
pub(crate) fn largest_page(operation: &Operation) -> u32 {
    if SMALL_PAGES.iter().any(|suffix| operation.path.ends_with(suffix)) { 50 } else { 100 }
}

fn filters_by_own_parameters(operation: &openapiv3::Operation) -> bool {
    operation
        .parameters
        .iter()
        .filter_map(ReferenceOr::as_item)
        .any(|parameter| parameter.parameter_data_ref().name.starts_with("target."))
}
