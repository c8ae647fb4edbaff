//! Builds the model, in order: types from schemas, operations, reachability, and what depends on both.

use std::collections::BTreeMap;

use openapiv3::{SchemaKind, Type as SchemaType};

use super::type_mapping::TypeMapping;
use super::{
    Model, Shape, Type, TypeRef, aliases, checks, collapse, constructors, groups, identifiers, method_names,
    operations, progenitor_check, reach, schemas, shortcuts,
};
use super::{sizes, type_space, unions};
use crate::document::{Context, Document};
use crate::error::Error;

/// A model, and what was decided while it was built.
#[derive(Debug)]
pub struct Built {
    /// The model.
    pub model: Model,
    /// What was decided without an entry in `spec/`, for review.
    pub derived: Vec<String>,
}

/// Builds the model of a document that has been through all passes.
///
/// # Errors
/// A name that breaks a rule, a decision that does not fit the document, or progenitor and the model at odds.
pub fn build(document: &Document, context: &Context<'_>) -> Result<Built, Error> {
    let progenitor = type_space::run(document, context)?;
    let (names, mut derived) = method_names::names(document, context)?;
    let (mut mapping, by_form) = collapse::decide(document, &names, context)?;
    derived.extend(by_form);
    derived.extend(schemas::check_collapses(document, &progenitor, &mut mapping, context)?);
    let mut types = schemas::types(document, &progenitor, &mapping, context)?;
    unions::build(&mut types, document, &mapping, context)?;
    aliases::cut_circles(&mut types);
    let mut operations = operations::operations(document, &names, &mapping, context)?;
    progenitor_check::check(&progenitor.tokens, document, &operations, &mapping, context)?;
    derived
        .extend(reach::set(&mut types, &operations).into_iter().map(|name| format!("no operation reaches `{name}`")));
    decide_sent_types(&mut types, document, &mapping);
    reach::set_secrets(&mut operations, &types);
    sizes::set(&mut types);
    constructors::set(&mut types, document, &mapping, context)?;
    shortcuts::set(&mut types, context)?;
    let identifiers = identifiers::set(&mut operations, &types, context)?;
    checks::run(&types, &operations, document, context)?;
    derived.extend(checks::undescribed(&types, &operations));
    let revision = document.api.extensions.get("x-revision").and_then(|value| value.as_str());
    let model = Model {
        revision: revision.unwrap_or(&document.api.info.version).to_owned(),
        groups: groups::groups(&operations, context.decisions),
        handles: groups::handles(context.decisions),
        operations,
        types: types.into_values().collect(),
        identifiers,
        withdrawn: context.decisions.withdrawn.clone(),
        schemas: objects(document, &mapping),
    };
    Ok(Built { model, derived })
}

/// The type of each object of the document.
fn objects(document: &Document, mapping: &TypeMapping) -> Vec<(String, TypeRef)> {
    let schemas = document.api.components.iter().flat_map(|components| &components.schemas);
    let objects = schemas.filter(|(_, schema)| {
        let kind = schema.as_item().map(|schema| &schema.schema_kind);
        matches!(kind, Some(SchemaKind::Type(SchemaType::Object(object))) if !object.properties.is_empty())
    });
    objects.map(|(name, _)| (document.wire_type(name).to_owned(), mapping.reference(name))).collect()
}

/// Callers never set the `type` of a variant of a union: it is filled in, or left out where the service refuses it.
fn decide_sent_types(types: &mut BTreeMap<String, Type>, document: &Document, mapping: &TypeMapping) {
    let is_variant = |name: &str| {
        let schema = mapping.schema_of(name);
        schema
            .is_some_and(|schema| document.unions.values().any(|union| union.subtypes.iter().any(|own| own == schema)))
    };
    for (name, ty) in types.iter_mut() {
        let untyped = mapping.schema_of(name).is_some_and(|schema| document.untyped.contains(schema));
        let variant = is_variant(name);
        let sent = ty.sent;
        let Shape::Struct(shape) = &mut ty.shape else { continue };
        for field in &mut shape.fields {
            field.sent &= sent && !(field.wire == "type" && (variant || untyped));
        }
        shape.writes_type = sent && variant && !untyped;
    }
}
