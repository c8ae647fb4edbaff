//! Walks over the schemas of a document, so that passes say only what they change.

use openapiv3::{
    AdditionalProperties, OpenAPI, Parameter, ParameterData, ParameterSchemaOrContent, ReferenceOr, Schema, SchemaKind,
    Type,
};

use crate::document::verbs;

/// Calls `visit` with every schema that is written out, inner ones first.
pub(super) fn each_schema(api: &mut OpenAPI, visit: &mut dyn FnMut(&mut Schema)) {
    each_place(api, &mut |place| in_reference(place, visit));
}

/// Calls `visit` with every reference to a schema.
pub(super) fn each_reference(api: &mut OpenAPI, visit: &mut dyn FnMut(&mut String)) {
    each_place(api, &mut |place| references_at(place, visit));
}

/// Calls `visit` with every place outside of schemas where one may stand.
fn each_place(api: &mut OpenAPI, visit: &mut dyn FnMut(&mut ReferenceOr<Schema>)) {
    if let Some(components) = &mut api.components {
        components.schemas.values_mut().for_each(&mut *visit);
    }
    for item in api.paths.paths.values_mut() {
        let ReferenceOr::Item(item) = item else { continue };
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.options,
            &mut item.head,
            &mut item.patch,
            &mut item.trace,
        ];
        for operation in operations.into_iter().flatten() {
            for parameter in &mut operation.parameters {
                if let Some(schema) = item_mut(parameter).and_then(parameter_schema) {
                    visit(schema);
                }
            }
            let body = operation.request_body.as_mut().and_then(item_mut);
            let responses = operation.responses.responses.values_mut().chain(&mut operation.responses.default);
            let content = body
                .into_iter()
                .flat_map(|body| body.content.values_mut())
                .chain(responses.filter_map(item_mut).flat_map(|response| response.content.values_mut()));
            for media in content {
                if let Some(schema) = &mut media.schema {
                    visit(schema);
                }
            }
        }
    }
}

fn references_at(place: &mut ReferenceOr<Schema>, visit: &mut dyn FnMut(&mut String)) {
    match place {
        ReferenceOr::Reference { reference } => visit(reference),
        ReferenceOr::Item(schema) => references_in(schema, visit),
    }
}

fn references_at_boxed(place: &mut ReferenceOr<Box<Schema>>, visit: &mut dyn FnMut(&mut String)) {
    match place {
        ReferenceOr::Reference { reference } => visit(reference),
        ReferenceOr::Item(schema) => references_in(schema, visit),
    }
}

/// Calls `visit` with the references inside a schema.
fn references_in(schema: &mut Schema, visit: &mut dyn FnMut(&mut String)) {
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            if let Some(AdditionalProperties::Schema(values)) = &mut object.additional_properties {
                references_at(values, visit);
            }
            object.properties.values_mut().for_each(|property| references_at_boxed(property, visit));
        }
        SchemaKind::Type(Type::Array(array)) => {
            array.items.iter_mut().for_each(|items| references_at_boxed(items, visit));
        }
        SchemaKind::Type(_) => {}
        SchemaKind::Not { not } => references_at(not, visit),
        SchemaKind::OneOf { one_of: parts }
        | SchemaKind::AllOf { all_of: parts }
        | SchemaKind::AnyOf { any_of: parts } => parts.iter_mut().for_each(|part| references_at(part, visit)),
        SchemaKind::Any(any) => {
            let parts = any.one_of.iter_mut().chain(&mut any.all_of).chain(&mut any.any_of);
            parts.for_each(|part| references_at(part, visit));
            any.properties.values_mut().for_each(|property| references_at_boxed(property, visit));
            any.items.iter_mut().for_each(|items| references_at_boxed(items, visit));
        }
    }
}

/// Calls `visit` with the schemas inside `schema` and then with itself.
pub(super) fn in_schema(schema: &mut Schema, visit: &mut dyn FnMut(&mut Schema)) {
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            object.properties.values_mut().for_each(|property| in_boxed(property, visit));
            if let Some(AdditionalProperties::Schema(schema)) = &mut object.additional_properties {
                in_reference(schema, visit);
            }
        }
        SchemaKind::Type(Type::Array(array)) => array.items.iter_mut().for_each(|items| in_boxed(items, visit)),
        SchemaKind::Type(_) | SchemaKind::Not { .. } => {}
        SchemaKind::OneOf { one_of: parts }
        | SchemaKind::AllOf { all_of: parts }
        | SchemaKind::AnyOf { any_of: parts } => {
            parts.iter_mut().for_each(|part| in_reference(part, visit));
        }
        SchemaKind::Any(any) => {
            any.properties.values_mut().for_each(|property| in_boxed(property, visit));
            any.items.iter_mut().for_each(|items| in_boxed(items, visit));
            let parts = any.one_of.iter_mut().chain(&mut any.all_of).chain(&mut any.any_of);
            parts.for_each(|part| in_reference(part, visit));
        }
    }
    visit(schema);
}

fn in_reference(schema: &mut ReferenceOr<Schema>, visit: &mut dyn FnMut(&mut Schema)) {
    if let ReferenceOr::Item(schema) = schema {
        in_schema(schema, visit);
    }
}

fn in_boxed(schema: &mut ReferenceOr<Box<Schema>>, visit: &mut dyn FnMut(&mut Schema)) {
    if let ReferenceOr::Item(schema) = schema {
        in_schema(schema, visit);
    }
}

/// The schema of a parameter that has one.
pub(super) fn parameter_schema(parameter: &mut Parameter) -> Option<&mut ReferenceOr<Schema>> {
    match &mut data_mut(parameter).format {
        ParameterSchemaOrContent::Schema(schema) => Some(schema),
        ParameterSchemaOrContent::Content(_) => None,
    }
}

/// The common part of a parameter.
pub(super) fn data_mut(parameter: &mut Parameter) -> &mut ParameterData {
    match parameter {
        Parameter::Query { parameter_data, .. }
        | Parameter::Header { parameter_data, .. }
        | Parameter::Path { parameter_data, .. }
        | Parameter::Cookie { parameter_data, .. } => parameter_data,
    }
}

/// Every operation of the document with its verb and path.
pub(super) fn operations(api: &OpenAPI) -> impl Iterator<Item = (&str, &'static str, &openapiv3::Operation)> {
    api.paths.paths.iter().flat_map(|(path, item)| {
        let item = item.as_item();
        item.into_iter()
            .flat_map(|item| verbs(item))
            .filter_map(move |(verb, operation)| Some((path.as_str(), verb, operation?)))
    })
}

/// Every operation of the document with its path, for changes.
pub(super) fn operations_mut(api: &mut OpenAPI) -> impl Iterator<Item = (&str, &mut openapiv3::Operation)> {
    api.paths.paths.iter_mut().flat_map(|(path, item)| {
        let item = item_mut(item);
        item.into_iter()
            .flat_map(|item| {
                [
                    &mut item.get,
                    &mut item.put,
                    &mut item.post,
                    &mut item.delete,
                    &mut item.options,
                    &mut item.head,
                    &mut item.patch,
                    &mut item.trace,
                ]
                .into_iter()
                .flatten()
            })
            .map(move |operation| (path.as_str(), operation))
    })
}

/// The item, unless it is given by reference.
pub(super) fn item_mut<T>(place: &mut ReferenceOr<T>) -> Option<&mut T> {
    match place {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { .. } => None,
    }
}
