//! Looks things up in the regular document: after references, inheritance and inline schemas are resolved, before limits
//! and formats are forgotten.

use openapiv3::{ReferenceOr, Schema};

use super::side::Side;
use crate::document::verbs;
use crate::model::Operation;

/// An operation.
pub(super) fn operation<'s>(side: &'s Side<'_>, operation: &Operation) -> Option<&'s openapiv3::Operation> {
    let item = side.regular.paths.paths.get(&operation.path)?.as_item()?;
    verbs(item).into_iter().find(|(verb, _)| *verb == operation.method)?.1
}

/// The schemas by name.
pub(super) fn schemas<'s>(side: &'s Side<'_>) -> impl Iterator<Item = (&'s str, &'s Schema)> {
    let schemas = side.regular.components.iter().flat_map(|components| &components.schemas);
    schemas.filter_map(|(name, schema)| match schema {
        ReferenceOr::Item(schema) => Some((name.as_str(), schema)),
        ReferenceOr::Reference { .. } => None,
    })
}
