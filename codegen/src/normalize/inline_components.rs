//! Puts shared parameters, request bodies and responses where they are used, and drops the shared copies.

use indexmap::IndexMap;
use openapiv3::{Components, ReferenceOr};

use crate::document::{Context, Document};
use crate::error::Error;

pub(super) fn inline_components(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let Components { schemas, parameters, request_bodies, responses, .. } =
        document.api.components.take().unwrap_or_default();
    document.api.components = Some(Components { schemas, ..Components::default() });
    let mut touched = Vec::new();
    for item in document.api.paths.paths.values_mut() {
        let ReferenceOr::Item(item) = item else { continue };
        resolve_all(&mut item.parameters, &parameters, &mut touched);
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.head, &mut item.patch, &mut item.options];
        for operation in operations.into_iter().flatten() {
            resolve_all(&mut operation.parameters, &parameters, &mut touched);
            resolve_all(&mut operation.request_body, &request_bodies, &mut touched);
            resolve_all(operation.responses.responses.values_mut(), &responses, &mut touched);
            resolve_all(&mut operation.responses.default, &responses, &mut touched);
        }
    }
    touched.sort();
    touched.dedup();
    Ok(touched)
}

fn resolve_all<'r, T: Clone + 'r>(
    places: impl IntoIterator<Item = &'r mut ReferenceOr<T>>,
    components: &IndexMap<String, ReferenceOr<T>>,
    touched: &mut Vec<String>,
) {
    for place in places {
        let ReferenceOr::Reference { reference } = place else { continue };
        let name = reference.rsplit('/').next().unwrap_or_default();
        if let Some(ReferenceOr::Item(item)) = components.get(name) {
            touched.push(reference.clone());
            *place = ReferenceOr::Item(item.clone());
        }
    }
}
