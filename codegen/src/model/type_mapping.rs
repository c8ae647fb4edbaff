//! Which Rust type each schema becomes: a type of its own, another schema's type, a page, or a type written by hand.
//!
//! `collapse` decides it; whoever needs the type of a schema, or of a place in the document, asks here.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty};

use super::TypeRef;
use crate::document::SCHEMAS;

/// The Rust type that a schema becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MappedType {
    /// A type of its own, of this name.
    Own(String),
    /// The type of this name, which another schema has as its own.
    SameAs(String),
    /// A page of the items that this schema describes.
    Page(String),
    /// A type that is written by hand.
    Handwritten(TypeRef),
}

/// The Rust type of every schema.
#[derive(Debug, Default)]
pub(super) struct TypeMapping {
    by_schema: BTreeMap<String, MappedType>,
    /// Schemas by the name that the type space gives their types.
    by_type_space_name: BTreeMap<String, String>,
}

impl TypeMapping {
    /// A mapping of these schemas.
    pub(super) fn new(by_schema: BTreeMap<String, MappedType>) -> Self {
        let by_type_space_name = by_schema.keys().map(|schema| (type_space_name(schema), schema.clone())).collect();
        Self { by_schema, by_type_space_name }
    }

    /// The Rust type that a schema becomes.
    pub(super) fn of(&self, schema: &str) -> Option<&MappedType> {
        self.by_schema.get(schema)
    }

    /// Every schema with its Rust type.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &MappedType)> {
        self.by_schema.iter().map(|(schema, mapped)| (schema.as_str(), mapped))
    }

    /// Gives a schema a type of its own, whatever was decided before.
    pub(super) fn insert_own(&mut self, schema: &str, name: String) {
        self.by_schema.insert(schema.to_owned(), MappedType::Own(name));
    }

    /// The schema that becomes the type of this name.
    pub(super) fn schema_of(&self, name: &str) -> Option<&str> {
        self.iter().find(|(_, mapped)| matches!(mapped, MappedType::Own(own) if own == name)).map(|(schema, _)| schema)
    }

    /// The type of what a schema describes.
    pub(super) fn reference(&self, schema: &str) -> TypeRef {
        match self.of(schema) {
            Some(MappedType::Own(name) | MappedType::SameAs(name)) => TypeRef::Named(name.clone()),
            Some(MappedType::Page(items)) => TypeRef::Page(Box::new(self.reference(items))),
            Some(MappedType::Handwritten(ty)) => ty.clone(),
            None => TypeRef::Json,
        }
    }

    /// The type of a place, which refers to a schema or is written out.
    pub(super) fn place(&self, place: &ReferenceOr<Schema>) -> TypeRef {
        if let Some(schema) = target(place) {
            return self.reference(schema);
        }
        let ReferenceOr::Item(schema) = place else { return TypeRef::Json };
        match &schema.schema_kind {
            SchemaKind::Type(Type::String(text)) => match &text.format {
                VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => TypeRef::Timestamp,
                VariantOrUnknownOrEmpty::Item(StringFormat::Binary) => TypeRef::Bytes,
                _ => TypeRef::Text,
            },
            SchemaKind::Type(Type::Integer(_)) => TypeRef::Integer,
            SchemaKind::Type(Type::Number(_)) => TypeRef::Number,
            SchemaKind::Type(Type::Boolean(_)) => TypeRef::Boolean,
            SchemaKind::Type(Type::Array(list)) => {
                let items = list.items.clone().map(ReferenceOr::unbox);
                TypeRef::List(Box::new(items.map_or(TypeRef::Json, |items| self.part(&items))))
            }
            SchemaKind::Type(Type::Object(object)) => {
                let values = match &object.additional_properties {
                    Some(AdditionalProperties::Schema(values)) => self.part(values),
                    _ => TypeRef::Json,
                };
                TypeRef::Map(Box::new(values))
            }
            _ => TypeRef::Json,
        }
    }

    /// The type of a part of a list or a map, in which bytes are text: JSON has no others.
    fn part(&self, place: &ReferenceOr<Schema>) -> TypeRef {
        match self.place(place) {
            TypeRef::Bytes => TypeRef::Text,
            other => other,
        }
    }

    /// A type with our names in the place of the type space's.
    pub(super) fn resolve(&self, ty: &TypeRef) -> TypeRef {
        match ty {
            TypeRef::Named(typed) => match self.by_type_space_name.get(typed) {
                Some(schema) => self.reference(schema),
                None => TypeRef::Json,
            },
            TypeRef::List(inner) => TypeRef::List(Box::new(self.resolve(inner))),
            TypeRef::Map(inner) => TypeRef::Map(Box::new(self.resolve(inner))),
            TypeRef::Page(inner) => TypeRef::Page(Box::new(self.resolve(inner))),
            other => other.clone(),
        }
    }
}

/// Name of a schema's type in the type space, and the key of `types.toml`.
pub(super) fn type_space_name(schema: &str) -> String {
    schema.to_upper_camel_case()
}

/// The component that a place refers to, also through an `allOf` of one that carries a description.
pub(super) fn target(place: &ReferenceOr<Schema>) -> Option<&str> {
    match place {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS),
        ReferenceOr::Item(Schema { schema_kind: SchemaKind::AllOf { all_of }, .. }) => match all_of.as_slice() {
            [ReferenceOr::Reference { reference }] => reference.strip_prefix(SCHEMAS),
            _ => None,
        },
        ReferenceOr::Item(_) => None,
    }
}
