//! Copies the parameters of a path into each of its operations; an operation's own parameter wins.

use openapiv3::{Parameter, ReferenceOr};

use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn merge_path_parameters(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    for (path, item) in &mut document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let shared = std::mem::take(&mut item.parameters);
        if shared.is_empty() {
            continue;
        }
        touched.push(path.clone());
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.head,
            &mut item.patch,
            &mut item.options,
        ];
        for operation in operations.into_iter().flatten() {
            let own: Vec<_> = operation.parameters.iter().map(key).collect();
            let inherited = shared.iter().filter(|parameter| !own.contains(&key(parameter))).cloned();
            operation.parameters.extend(inherited.collect::<Vec<_>>());
        }
    }
    Ok(touched)
}

/// A parameter is identified by its place and its name.
fn key(parameter: &ReferenceOr<Parameter>) -> (u8, String) {
    match parameter {
        ReferenceOr::Reference { reference } => (0, reference.clone()),
        ReferenceOr::Item(parameter) => {
            let place = match parameter {
                Parameter::Path { .. } => 1,
                Parameter::Query { .. } => 2,
                Parameter::Header { .. } => 3,
                Parameter::Cookie { .. } => 4,
            };
            (place, parameter.parameter_data_ref().name.clone())
        }
    }
}
