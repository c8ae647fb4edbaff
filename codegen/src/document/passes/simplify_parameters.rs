//! Makes the values of parameters what a path, a query or a header can hold: text, numbers, truth values, enums and lists
//! of them. A union of such values is the kind that its parts share, or text.
//!
//! What is none of them stays as it is, and `check_ready` refuses it. Header parameters that OpenAPI says to ignore go, and in
//! a foreign document cookies that need not be sent.

use openapiv3::{
    AnySchema, BooleanType, IntegerType, NumberType, Parameter, ReferenceOr, Schema, SchemaKind, StringFormat,
    StringType, Type, VariantOrUnknownOrEmpty,
};

use super::visit::{item_mut, operations_mut, parameter_schema};
use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

/// What the body, the answer and the credentials decide.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

pub(super) fn simplify_parameters(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let schemas = document.schemas().clone();
    let mut touched = Vec::new();
    for (path, operation) in operations_mut(&mut document.api) {
        operation.parameters.retain(|parameter| {
            let ignored = matches!(parameter, ReferenceOr::Item(Parameter::Header { parameter_data, .. })
                if IGNORED_HEADERS.contains(&parameter_data.name.to_ascii_lowercase().as_str()));
            if ignored {
                touched.push(format!("{path}: a header that the client sets itself"));
            }
            let cookie = !context.decisions.strict
                && matches!(parameter, ReferenceOr::Item(Parameter::Cookie { parameter_data, .. }) if !parameter_data.required);
            if cookie {
                touched.push(format!("{path}: a cookie, which is not sent"));
            }
            !ignored && !cookie
        });
        for parameter in operation.parameters.iter_mut().filter_map(item_mut) {
            let name = parameter.parameter_data_ref().name.clone();
            let Some(place) = parameter_schema(parameter) else { continue };
            if let Some(simple) = simplified(place, &schemas) {
                touched.push(format!("{path}: {name}"));
                *place = simple;
            }
            // What is not given is left out; null has no form in an address or a header.
            if let ReferenceOr::Item(schema) = place
                && std::mem::take(&mut schema.schema_data.nullable)
            {
                touched.push(format!("{path}: {name} is never null"));
            }
        }
    }
    Ok(touched)
}

/// The kind of a value that is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
}

/// The values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterValue {
    One(Kind),
    List(Kind),
}

pub(super) type Schemas = indexmap::IndexMap<String, ReferenceOr<Schema>>;

/// What stands at a place, if a parameter can hold it.
pub(super) fn values(place: &ReferenceOr<Schema>, schemas: &Schemas) -> Option<ParameterValue> {
    within(place, schemas, 0)
}

fn within(place: &ReferenceOr<Schema>, schemas: &Schemas, depth: usize) -> Option<ParameterValue> {
    // Deeper than any scalar is described, and so also the way out of a circle.
    const MAX_DEPTH: usize = 16;
    if depth > MAX_DEPTH {
        return None;
    }
    let schema = match place {
        ReferenceOr::Item(schema) => schema,
        ReferenceOr::Reference { reference } => {
            return within(schemas.get(reference.strip_prefix(SCHEMAS)?)?, schemas, depth + 1);
        }
    };
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(_)) => Some(ParameterValue::One(Kind::Text)),
        SchemaKind::Type(Type::Integer(_)) => Some(ParameterValue::One(Kind::Integer)),
        SchemaKind::Type(Type::Number(_)) => Some(ParameterValue::One(Kind::Number)),
        SchemaKind::Type(Type::Boolean(_)) => Some(ParameterValue::One(Kind::Boolean)),
        SchemaKind::Type(Type::Array(array)) => {
            let items = array.items.clone().map(ReferenceOr::unbox);
            match items.map_or(Some(ParameterValue::One(Kind::Text)), |items| within(&items, schemas, depth + 1))? {
                ParameterValue::One(kind) => Some(ParameterValue::List(kind)),
                ParameterValue::List(_) => None,
            }
        }
        SchemaKind::Type(Type::Object(_)) | SchemaKind::Not { .. } => None,
        SchemaKind::AllOf { all_of } => {
            let meaning: Vec<_> = all_of.iter().filter(|part| !says_nothing(part)).collect();
            if meaning.is_empty() { None } else { common(&meaning, schemas, depth) }
        }
        SchemaKind::OneOf { one_of: parts } | SchemaKind::AnyOf { any_of: parts } => {
            common(&parts.iter().collect::<Vec<_>>(), schemas, depth)
        }
        SchemaKind::Any(any) => of_any(any, schemas, depth),
    }
}

/// Of a schema whose keys are mixed: by its type, else by its parts; of one that says nothing, text.
fn of_any(any: &AnySchema, schemas: &Schemas, depth: usize) -> Option<ParameterValue> {
    let parts: Vec<_> = any.one_of.iter().chain(&any.any_of).chain(&any.all_of).collect();
    match any.typ.as_deref() {
        Some("string") => Some(ParameterValue::One(Kind::Text)),
        Some("integer") => Some(ParameterValue::One(Kind::Integer)),
        Some("number") => Some(ParameterValue::One(Kind::Number)),
        Some("boolean") => Some(ParameterValue::One(Kind::Boolean)),
        Some(_) => None,
        None if !any.properties.is_empty() || any.additional_properties.is_some() || any.items.is_some() => None,
        None if parts.is_empty() => Some(ParameterValue::One(Kind::Text)),
        None => common(&parts, schemas, depth),
    }
}

/// What parts have in common: a list, if one of them is one.
fn common(parts: &[&ReferenceOr<Schema>], schemas: &Schemas, depth: usize) -> Option<ParameterValue> {
    let found: Vec<ParameterValue> =
        parts.iter().map(|part| within(part, schemas, depth + 1)).collect::<Option<Vec<ParameterValue>>>()?;
    let kind = |values: &ParameterValue| match values {
        ParameterValue::One(kind) | ParameterValue::List(kind) => *kind,
    };
    let first = kind(found.first()?);
    let kind = if found.iter().all(|values| kind(values) == first) { first } else { Kind::Text };
    let list = found.iter().any(|values| matches!(values, ParameterValue::List(_)));
    Some(if list { ParameterValue::List(kind) } else { ParameterValue::One(kind) })
}

/// A part of an `allOf` that has only a description, a default or the like.
pub(super) fn says_nothing(part: &ReferenceOr<Schema>) -> bool {
    let ReferenceOr::Item(Schema { schema_kind: SchemaKind::Any(any), .. }) = part else { return false };
    any.typ.is_none()
        && any.properties.is_empty()
        && any.required.is_empty()
        && any.additional_properties.is_none()
        && any.items.is_none()
        && any.enumeration.is_empty()
        && any.one_of.is_empty()
        && any.any_of.is_empty()
        && any.all_of.is_empty()
        && any.not.is_none()
}

/// A simple schema for a place that has none; `None` where it is simple, or where nothing can be done.
fn simplified(place: &ReferenceOr<Schema>, schemas: &Schemas) -> Option<ReferenceOr<Schema>> {
    if is_simple(place, schemas) {
        return None;
    }
    Some(match values(place, schemas)? {
        ParameterValue::One(kind) => ReferenceOr::Item(schema(kind)),
        ParameterValue::List(kind) => {
            let items = match place {
                ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::Array(array)), .. }) => {
                    array.items.clone().filter(|items| is_simple(&items.clone().unbox(), schemas))
                }
                _ => None,
            };
            ReferenceOr::Item(Schema {
                schema_data: Default::default(),
                schema_kind: SchemaKind::Type(Type::Array(openapiv3::ArrayType {
                    items: Some(items.unwrap_or_else(|| ReferenceOr::Item(Box::new(schema(kind))))),
                    min_items: None,
                    max_items: None,
                    unique_items: false,
                })),
            })
        }
    })
}

/// Whether a place can stay as it is: a value or a list of values, and of references those to an enum.
fn is_simple(place: &ReferenceOr<Schema>, schemas: &Schemas) -> bool {
    match place {
        ReferenceOr::Reference { reference } => {
            let target = reference.strip_prefix(SCHEMAS).and_then(|name| schemas.get(name));
            matches!(target, Some(ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::String(text)), .. }))
                if !text.enumeration.is_empty())
        }
        ReferenceOr::Item(schema) => match &schema.schema_kind {
            SchemaKind::Type(Type::String(text)) => {
                !matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Binary | StringFormat::Byte))
            }
            SchemaKind::Type(Type::Integer(_) | Type::Number(_) | Type::Boolean(_)) => true,
            SchemaKind::Type(Type::Array(array)) => {
                array.items.as_ref().is_some_and(|items| is_simple(&items.clone().unbox(), schemas))
            }
            SchemaKind::AllOf { all_of } => matches!(all_of.as_slice(), [only] if is_simple(only, schemas)),
            _ => false,
        },
    }
}

fn schema(kind: Kind) -> Schema {
    let typed = match kind {
        Kind::Text => Type::String(StringType::default()),
        Kind::Integer => Type::Integer(IntegerType::default()),
        Kind::Number => Type::Number(NumberType::default()),
        Kind::Boolean => Type::Boolean(BooleanType::default()),
    };
    Schema { schema_data: Default::default(), schema_kind: SchemaKind::Type(typed) }
}
