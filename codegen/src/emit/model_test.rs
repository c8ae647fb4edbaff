//! The table behind the tests that read and write every model: by the schema's name in the document, and which operation
//! answers with which.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust::{self, From};
use crate::model::{Model, TypeRef};

/// The table as Rust source.
#[must_use]
pub fn emit(model: &Model) -> TokenStream {
    let there = |ty: &TypeRef| ty.named().is_none_or(|name| model.type_named(name).is_some());
    let models = model.schemas.iter().filter(|(_, ty)| there(ty)).map(|(schema, ty)| {
        let ty = rust::ty(ty, From::Outside);
        quote!((#schema, again::<#ty>, schema_of::<#ty>))
    });
    let answers = model.operations.iter().filter_map(|operation| {
        let (method, path, schema) = (&operation.method, &operation.path, operation.answer_schema.as_ref()?);
        Some(quote!((#method, #path, #schema)))
    });
    quote! {
        //! Every model, and which operation answers with which.

        use bitbucket_cloud::types;

        use crate::{Again, SchemaOf, again, schema_of};

        /// Schema, the function that reads and writes its model, and the one that describes it.
        pub(crate) const MODELS: &[(&str, Again, SchemaOf)] = &[#(#models),*];

        /// Method, path and the schema of the answer.
        pub(crate) const ANSWERS: &[(&str, &str, &str)] = &[#(#answers),*];
    }
}
