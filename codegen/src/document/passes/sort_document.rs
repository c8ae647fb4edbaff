//! Sorts paths and schemas, so that the order of the file does not reach the output.

use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn sort_document(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    document.api.paths.paths.sort_keys();
    document.schemas().sort_keys();
    document.operations.sort_by(|left, right| (&left.path, &left.method).cmp(&(&right.path, &right.method)));
    let identity = |parameter: &openapiv3::ReferenceOr<openapiv3::Parameter>| {
        parameter.as_item().map(|parameter| parameter.parameter_data_ref().name.clone())
    };
    document.each_operation(|_, operation| {
        operation.parameters.sort_by_key(identity);
        operation.responses.responses.sort_by(|left, _, right, _| left.to_string().cmp(&right.to_string()));
        Ok(())
    })?;
    Ok(Vec::new())
}
