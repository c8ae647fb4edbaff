//! Types and members as a reader of the report expects them: short, in Rust.

use heck::ToUpperCamelCase;

use crate::model::{Answer, Body, Media, Operation, Parameter, Place, TypeRef};

/// A type in Rust, without paths.
pub(super) fn rust_type(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Text => "String".to_owned(),
        TypeRef::Boolean => "bool".to_owned(),
        TypeRef::Integer => "i64".to_owned(),
        TypeRef::Number => "f64".to_owned(),
        TypeRef::Json => "serde_json::Value".to_owned(),
        TypeRef::Timestamp => "Timestamp".to_owned(),
        TypeRef::Uuid => "Uuid".to_owned(),
        TypeRef::TypeName => "TypeName".to_owned(),
        TypeRef::Bytes => "Bytes".to_owned(),
        TypeRef::List(item) => format!("Vec<{}>", rust_type(item)),
        TypeRef::Map(value) => format!("BTreeMap<String, {}>", rust_type(value)),
        TypeRef::Named(name) => name.clone(),
        TypeRef::Page(item) => format!("Page<{}>", rust_type(item)),
        TypeRef::Links => "Links".to_owned(),
        TypeRef::Link => "Link".to_owned(),
    }
}

/// A field.
pub(super) fn field_type(ty: &TypeRef, boxed: bool) -> String {
    let ty = rust_type(ty);
    if boxed { format!("Option<Box<{ty}>>") } else { format!("Option<{ty}>") }
}

/// What a parameter takes.
pub(super) fn parameter_type(parameter: &Parameter) -> String {
    match &parameter.identifies {
        Some(resource) => format!("impl Identify<id::{resource}>"),
        None => rust_type(&parameter.ty),
    }
}

/// What a body is.
pub(super) fn body_type(body: &Body) -> String {
    match (body.media, &body.ty) {
        (Media::Multipart, _) => "Multipart".to_owned(),
        (Media::Bytes, _) | (_, None) => "Bytes".to_owned(),
        (_, Some(ty)) => format!("&{}", rust_type(ty)),
    }
}

/// What an operation answers.
pub(super) fn answer_type(answer: &Answer) -> String {
    match answer {
        Answer::Bytes => "ByteStream".to_owned(),
        Answer::Nothing => "()".to_owned(),
        other => other.decoded().as_ref().map(rust_type).unwrap_or_default(),
    }
}

/// A method: `pipelines().get`.
pub(super) fn method(operation: &Operation) -> String {
    format!("{}().{}", operation.group, operation.name)
}

/// An argument or a setter of an operation.
pub(super) fn parameter(operation: &Operation, parameter: &Parameter) -> String {
    if parameter.required {
        format!("{}({})", method(operation), parameter.name)
    } else {
        format!("{}().{}()", method(operation), parameter.name)
    }
}

/// Name of the request of a method.
pub(super) fn request(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Where a parameter goes.
pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    }
}
