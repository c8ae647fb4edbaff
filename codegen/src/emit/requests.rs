//! The requests of a group, in a file and module of their own: for each operation its static facts, a newtype around what
//! is sent, and a setter for each optional part.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::rust::{self, From};
use super::signatures::{
    body_docs, body_type, parameter_docs, parameter_type, put_body, put_parameter, request_name, static_name, summary,
};
use crate::model::{Answer, Group, Media, Model, Operation};
use crate::read::decisions::Effect;

/// The file of a group.
pub(super) fn emit(model: &Model, group: &Group) -> TokenStream {
    let doc = format!(
        " What the methods of [`{}`](super::{}) and of handles give: requests to set up and send.",
        group.handle, group.handle
    );
    let requests = model.operations_of(&group.module).map(|operation| one(model, group, operation));
    let requests = quote!(#(#requests)*);
    let imports = imports(&requests);
    quote! {
        #![doc = #doc]

        #imports

        #requests
    }
}

/// What the code needs from outside of its file.
fn imports(code: &TokenStream) -> TokenStream {
    let text = code.to_string();
    let multipart = text.contains(": Multipart").then(|| quote!(Multipart,));
    let types = text.contains("types ::").then(|| quote!(types,));
    let list = text.contains("list_request !").then(|| quote!(list_request,));
    let log = text.contains("log_request !").then(|| quote!(log_request,));
    quote! {
        use crate::transport::{#list #log request_methods};
        use crate::{Effect, #multipart Operation, Request, #types};
    }
}

fn one(model: &Model, group: &Group, operation: &Operation) -> TokenStream {
    let (request, meta) = (request_name(operation), static_name(operation));
    let (handle, name) = (&group.handle, &operation.name);
    let doc = docs::attributes(&format!("{} See [`{handle}::{name}`](super::{handle}::{name}).", summary(operation)));
    let setters = setters(model, operation);
    let block = (!setters.is_empty()).then(|| quote!(impl #request { #(#setters)* }));
    let answer = match operation.answer.decoded() {
        Some(ty) => {
            let ty = rust::ty(&ty, From::Outside);
            quote!(Json(#ty))
        }
        None if operation.answer == Answer::Bytes => quote!(Stream),
        None => quote!(Empty),
    };
    let facts = facts(operation);
    let log = log(model, operation);
    let list = match (&operation.answer, &operation.list) {
        (Answer::Page { item, .. }, Some(list)) => {
            let item = rust::ty(item, From::Outside);
            let max_page_len = Literal::u32_unsuffixed(list.page_len);
            let hidden = list.counts_hidden.then(|| quote!(, counts_hidden: true));
            Some(quote!(list_request!(#request, item: #item, max_page_len: #max_page_len #hidden);))
        }
        _ => None,
    };
    quote! {
        pub(super) static #meta: Operation = #facts;

        #(#doc)*
        #[must_use = "a request does nothing until it is sent"]
        pub struct #request(pub(super) Request);

        #block

        request_methods!(#request, answer: #answer);
        #list
        #log
    }
}

/// For the log of a step: which operation gets the step. It is the nearest one around the log.
fn log(model: &Model, operation: &Operation) -> Option<TokenStream> {
    if !operation.log {
        return None;
    }
    let around = |other: &&Operation| {
        other.method == "GET" && operation.path.strip_prefix(&other.path).is_some_and(|rest| rest.starts_with('/'))
    };
    let step = model.operations_of(&operation.group).filter(around).max_by_key(|other| other.path.len())?;
    let (request, step) = (request_name(operation), static_name(step));
    Some(quote!(log_request!(#request, step: #step);))
}

/// What is known of the operation before it is called.
fn facts(operation: &Operation) -> TokenStream {
    let name = operation.qualified_name();
    let id = operation.id.as_ref().map(|id| quote!(id: Some(#id),));
    let deprecated = operation.deprecation.as_ref().map(|reason| quote!(deprecated: Some(#reason),));
    let filters = &operation.filters;
    let filters = (!filters.is_empty()).then(|| quote!(filters: &[#(#filters),*],));
    let secrets = &operation.secrets;
    let secrets = (!secrets.is_empty()).then(|| quote!(secrets: &[#(#secrets),*],));
    let complete = id.is_some() && deprecated.is_some() && filters.is_some() && secrets.is_some();
    let rest = (!complete).then(|| quote!(..Operation::UNKNOWN));
    let (method, path, docs_url) = (&operation.method, &operation.path, &operation.docs);
    let scopes = &operation.scopes;
    let effect = match operation.effect {
        Effect::Read => quote!(Effect::Read),
        Effect::IdempotentWrite => quote!(Effect::IdempotentWrite),
        Effect::NonIdempotentWrite => quote!(Effect::NonIdempotentWrite),
    };
    quote! {
        Operation {
            name: #name,
            #id
            method: #method,
            path: #path,
            effect: #effect,
            scopes: &[#(#scopes),*],
            docs: #docs_url,
            #filters
            #deprecated
            #secrets
            #rest
        }
    }
}

/// A setter for each parameter and body that may be left out.
fn setters(model: &Model, operation: &Operation) -> Vec<TokenStream> {
    let setter = |name: &str, about: &str, ty: TokenStream, put: TokenStream| {
        let name = format_ident!("{name}");
        let doc = docs::attributes(about);
        let inline = rust::inline(std::iter::once(&ty));
        quote! {
            #(#doc)*
            #inline
            pub fn #name(self, #name: #ty) -> Self {
                Self(self.0 #put)
            }
        }
    };
    let parameters = operation.optional().filter_map(|parameter| {
        let put = put_parameter(model, parameter)?;
        Some(setter(&parameter.name, &parameter_docs(parameter), parameter_type(model, parameter), put))
    });
    let body = operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let name = if body.media == Media::Multipart { "form" } else { "body" };
        setter(name, &body_docs(body), body_type(body), put_body(body))
    });
    parameters.chain(body).collect()
}
