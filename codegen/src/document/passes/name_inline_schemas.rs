//! Moves inline objects, enums and compositions into the components, named after their place.
//!
//! Afterwards one component is one Rust type, which is what grouping by feature and distinct names build on.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, ObjectType, ReferenceOr, Schema, SchemaData, SchemaKind, StatusCode, Type};

use super::visit::{item_mut, parameter_schema};
use crate::document::{Context, Document, InlineSchema, SCHEMAS};
use crate::english::singular;
use crate::error::Error;
use crate::source::escape;

pub(super) fn name_inline_schemas(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut named = NamedSchemas {
        taken: document.schemas().keys().cloned().collect(),
        new: IndexMap::new(),
        places: BTreeMap::new(),
        parameter: None,
    };
    let mut components = std::mem::take(document.schemas());
    for (name, schema) in &mut components {
        if let ReferenceOr::Item(schema) = schema {
            named.within(name, &format!("#/components/schemas/{}", escape(name)), schema);
        }
    }
    document.each_operation(|known, operation| {
        let id = known.id.to_snake_case();
        let pointer = known.pointer();
        for parameter in operation.parameters.iter_mut().filter_map(item_mut) {
            let data = parameter.parameter_data_ref();
            let name = format!("{id}_{}", data.name.to_snake_case());
            let about = format!("Values of the parameter `{}` of `{id}`.", data.name);
            named.parameter = Some((known.id.clone(), data.name.clone()));
            if let Some(schema) = parameter_schema(parameter) {
                named.place(&name, &format!("{pointer}/parameters"), schema);
                if let Some(schema) = named.new.get_mut(&name) {
                    schema.schema_data.description.get_or_insert(about);
                }
            }
        }
        named.parameter = None;
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            for (media_type, media) in &mut body.content {
                // A multipart form is built by the caller; its schema names no type.
                if let Some(schema) = media.schema.as_mut().filter(|_| !media_type.starts_with("multipart/")) {
                    named.place(&format!("{id}_body"), &format!("{pointer}/requestBody"), schema);
                }
            }
        }
        let is_success = |status: &StatusCode| status.to_string().starts_with(['2', '3']);
        let responses = &mut operation.responses;
        // See unify_responses.
        let default = responses.default.as_mut().filter(|_| !responses.responses.keys().any(is_success));
        let listed = responses.responses.iter_mut().filter(|(status, _)| is_success(status));
        let listed = listed.map(|(status, response)| (status.to_string(), response));
        for (status, response) in listed.chain(default.map(|response| ("default".to_owned(), response))) {
            let ReferenceOr::Item(response) = response else { continue };
            for media in response.content.values_mut() {
                if let Some(schema) = &mut media.schema {
                    named.place(&format!("{id}_response"), &format!("{pointer}/responses/{status}"), schema);
                }
            }
        }
        Ok(())
    })?;
    document.inline = named.places;
    let touched = named.new.keys().cloned().collect();
    components.extend(named.new.into_iter().map(|(name, schema)| (name, ReferenceOr::Item(schema))));
    components.sort_keys();
    *document.schemas() = components;
    Ok(touched)
}

struct NamedSchemas {
    taken: BTreeSet<String>,
    new: IndexMap<String, Schema>,
    places: BTreeMap<String, InlineSchema>,
    /// The parameter whose values are being looked at.
    parameter: Option<(String, String)>,
}

impl NamedSchemas {
    /// Moves the schema at one place into the components, if it needs a name.
    fn place(&mut self, name: &str, pointer: &str, place: &mut ReferenceOr<Schema>) {
        let ReferenceOr::Item(schema) = place else { return };
        if let Some(reference) = only_reference(schema) {
            // An allOf of one reference that carries a description stays as it is where that helps the docs.
            if schema.schema_data.description.is_none() {
                *place = reference;
            }
            return;
        }
        if let SchemaKind::Type(Type::Array(array)) = &mut schema.schema_kind {
            if let Some(items) = &mut array.items {
                self.boxed(&singular(name), &format!("{pointer}/items"), items);
            }
            return;
        }
        if !deserves_name(schema) {
            if let SchemaKind::Type(Type::Object(ObjectType { additional_properties: Some(values), .. })) =
                &mut schema.schema_kind
                && let AdditionalProperties::Schema(values) = values
            {
                self.place(&format!("{name}_value"), &format!("{pointer}/additionalProperties"), values);
            }
            return;
        }
        let name = self.distinct(name);
        self.within(&name, pointer, schema);
        self.places
            .insert(name.clone(), InlineSchema { pointer: pointer.to_owned(), parameter: self.parameter.clone() });
        let reference = ReferenceOr::Reference { reference: format!("{SCHEMAS}{name}") };
        // The description belongs to the place, not to the schema.
        let new = match &schema.schema_data.description {
            None => reference,
            description => ReferenceOr::Item(Schema {
                schema_data: SchemaData { description: description.clone(), ..SchemaData::default() },
                schema_kind: SchemaKind::AllOf { all_of: vec![reference] },
            }),
        };
        if let ReferenceOr::Item(schema) = std::mem::replace(place, new) {
            self.new.insert(name, schema);
        }
    }

    fn boxed(&mut self, name: &str, pointer: &str, place: &mut ReferenceOr<Box<Schema>>) {
        let taken = std::mem::replace(place, ReferenceOr::Reference { reference: String::new() });
        let mut plain = taken.unbox();
        self.place(name, pointer, &mut plain);
        *place = match plain {
            ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
            ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
        };
    }

    /// Handles the schemas inside a named one.
    fn within(&mut self, name: &str, pointer: &str, schema: &mut Schema) {
        match &mut schema.schema_kind {
            SchemaKind::Type(Type::Object(object)) => {
                for (property, place) in &mut object.properties {
                    let pointer = format!("{pointer}/properties/{}", escape(property));
                    self.boxed(&format!("{name}_{}", property.to_snake_case()), &pointer, place);
                }
                if let Some(AdditionalProperties::Schema(values)) = &mut object.additional_properties {
                    self.place(&format!("{name}_value"), &format!("{pointer}/additionalProperties"), values);
                }
            }
            SchemaKind::Type(Type::Array(array)) => {
                if let Some(items) = &mut array.items {
                    self.boxed(&format!("{name}_item"), &format!("{pointer}/items"), items);
                }
            }
            // The inline parts of an allOf are the same type as the whole.
            SchemaKind::AllOf { all_of } => {
                for (index, part) in all_of.iter_mut().enumerate() {
                    if let Some(part) = item_mut(part) {
                        self.within(name, &format!("{pointer}/allOf/{index}"), part);
                    }
                }
            }
            SchemaKind::OneOf { one_of: parts } | SchemaKind::AnyOf { any_of: parts } => {
                for (index, part) in parts.iter_mut().enumerate() {
                    self.place(&format!("{name}_variant_{}", index + 1), &format!("{pointer}/{index}"), part);
                }
            }
            _ => {}
        }
    }

    fn distinct(&mut self, name: &str) -> String {
        let free = (1..)
            .map(|number| if number == 1 { name.to_owned() } else { format!("{name}_{number}") })
            .find(|name| !self.taken.contains(name))
            .unwrap_or_else(|| name.to_owned());
        self.taken.insert(free.clone());
        free
    }
}

/// `allOf: [{$ref}]` is the reference itself.
fn only_reference(schema: &Schema) -> Option<ReferenceOr<Schema>> {
    match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => match all_of.as_slice() {
            [ReferenceOr::Reference { reference }] => Some(ReferenceOr::Reference { reference: reference.clone() }),
            _ => None,
        },
        _ => None,
    }
}

fn deserves_name(schema: &Schema) -> bool {
    match &schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => !object.properties.is_empty(),
        SchemaKind::Type(Type::String(text)) => !text.enumeration.is_empty(),
        SchemaKind::AllOf { .. } | SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } => true,
        SchemaKind::Any(any) => !any.properties.is_empty(),
        _ => false,
    }
}
