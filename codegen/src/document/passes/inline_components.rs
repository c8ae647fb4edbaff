//! Puts shared parameters, request bodies and responses where they are used, and drops the shared copies.

use indexmap::IndexMap;
use openapiv3::{Components, ReferenceOr};

use crate::document::{Context, Document};
use crate::error::Error;
use crate::source::escape;

pub(super) fn inline_components(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let Components { schemas, parameters, request_bodies, responses, .. } =
        document.api.components.take().unwrap_or_default();
    document.api.components = Some(Components { schemas, ..Components::default() });
    let mut inline = ComponentInliner { context, touched: Vec::new() };
    for (path, item) in &mut document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let pointer = format!("#/paths/{}", escape(path));
        inline.each(&mut item.parameters, "parameters", &parameters, &pointer)?;
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("head", &mut item.head),
            ("patch", &mut item.patch),
            ("options", &mut item.options),
        ];
        for (verb, operation) in operations {
            let Some(operation) = operation else { continue };
            let pointer = format!("{pointer}/{verb}");
            inline.each(&mut operation.parameters, "parameters", &parameters, &pointer)?;
            if let Some(body) = &mut operation.request_body {
                inline.one(body, "requestBodies", &request_bodies, &format!("{pointer}/requestBody"))?;
            }
            for (status, response) in &mut operation.responses.responses {
                inline.one(response, "responses", &responses, &format!("{pointer}/responses/{status}"))?;
            }
            if let Some(response) = &mut operation.responses.default {
                inline.one(response, "responses", &responses, &format!("{pointer}/responses/default"))?;
            }
        }
    }
    inline.touched.sort();
    inline.touched.dedup();
    Ok(inline.touched)
}

struct ComponentInliner<'a> {
    context: &'a Context<'a>,
    touched: Vec<String>,
}

impl ComponentInliner<'_> {
    fn each<T: Clone>(
        &mut self,
        places: &mut [ReferenceOr<T>],
        section: &str,
        components: &IndexMap<String, ReferenceOr<T>>,
        pointer: &str,
    ) -> Result<(), Error> {
        for (index, place) in places.iter_mut().enumerate() {
            self.one(place, section, components, &format!("{pointer}/{section}/{index}"))?;
        }
        Ok(())
    }

    /// Follows a reference, also through a component that is a reference itself.
    fn one<T: Clone>(
        &mut self,
        place: &mut ReferenceOr<T>,
        section: &str,
        components: &IndexMap<String, ReferenceOr<T>>,
        pointer: &str,
    ) -> Result<(), Error> {
        let ReferenceOr::Reference { reference } = place else { return Ok(()) };
        let first = reference.clone();
        let prefix = format!("#/components/{section}/");
        let mut target = first.strip_prefix(&prefix).and_then(|name| components.get(name));
        for _ in 0..components.len() {
            let Some(ReferenceOr::Reference { reference }) = target else { break };
            target = reference.strip_prefix(&prefix).and_then(|name| components.get(name));
        }
        let Some(ReferenceOr::Item(item)) = target else {
            return Err(Error::at(
                "inline_components",
                self.context.source,
                format!("{pointer}/$ref"),
                format!("`{first}` does not lead to one of the {section}"),
                format!("the $ref leads to #/components/{section}/NAME, and not in a circle"),
            ));
        };
        self.touched.push(first);
        *place = ReferenceOr::Item(item.clone());
        Ok(())
    }
}
