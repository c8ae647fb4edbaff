//! The table behind the tests that read and write every model: by the schema's name in the document, and which operation
//! answers with which.

use openapiv3::{ReferenceOr, SchemaKind, StatusCode, Type};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, type_name};
use crate::document::{Operation, SCHEMAS};

/// The table as Rust source.
#[must_use]
pub fn emit(model: &Model<'_>) -> TokenStream {
    let document = model.document;
    let objects = document.api.components.iter().flat_map(|components| &components.schemas).filter(|(_, schema)| {
        let kind = schema.as_item().map(|schema| &schema.schema_kind);
        matches!(kind, Some(SchemaKind::Type(Type::Object(object))) if !object.properties.is_empty())
    });
    let models = objects.map(|(schema, _)| {
        let (wire, model) = (document.wire_type(schema), format_ident!("{}", type_name(schema)));
        quote!((#wire, again::<types::#model>, schema_of::<types::#model>))
    });
    let answers = document.operations.iter().filter_map(|operation| {
        let (method, path, schema) = (&operation.method, &operation.path, answer(model, operation)?);
        Some(quote!((#method, #path, #schema)))
    });
    quote! {
        //! Every model, and which operation answers with which.

        use bitbucket_cloud::types;

        use crate::{Again, SchemaOf, again, schema_of};

        /// Schema, the function that reads and writes its model, and the one that describes it.
        pub(crate) const MODELS: &[(&str, Again, SchemaOf)] = &[#(#models),*];

        /// Method, path template and schema of the answer.
        pub(crate) const ANSWERS: &[(&str, &str, &str)] = &[#(#answers),*];
    }
}

fn answer(model: &Model<'_>, operation: &Operation) -> Option<String> {
    let responses = &model.document.openapi(operation)?.responses.responses;
    let response = responses.get(&StatusCode::Range(2))?.as_item()?;
    let name = match response.content.get("application/json")?.schema.as_ref()? {
        ReferenceOr::Reference { reference } => reference.strip_prefix(SCHEMAS)?,
        ReferenceOr::Item(_) => return None,
    };
    Some(model.document.wire_type(name).to_owned())
}
