//! How an operation looks in Rust, for its method, its request and the handles: names, arguments, and how a value gets into
//! the request.

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::rust::{self, From};
use crate::model::{Body, Media, Model, Operation, Parameter, Place, TypeRef};

/// Name of the request of an operation.
pub(super) fn request_name(operation: &Operation) -> syn::Ident {
    format_ident!("{}", operation.name.to_upper_camel_case())
}

/// Name of the static facts of an operation.
pub(super) fn static_name(operation: &Operation) -> syn::Ident {
    format_ident!("{}", operation.name.to_shouty_snake_case())
}

/// An argument of a method: name, type, and the path parameter whose value it is.
pub(super) struct Argument {
    /// Whether an object may stand for it.
    pub(super) identifies: bool,
    pub(super) name: syn::Ident,
    pub(super) ty: TokenStream,
    pub(super) path: Option<String>,
    pub(super) docs: String,
}

/// Path parameters first, then required query parameters, then the body.
pub(super) fn arguments(model: &Model, operation: &Operation) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = operation
        .required()
        .map(|parameter| Argument {
            identifies: parameter.identifies.is_some(),
            name: format_ident!("{}", parameter.name),
            ty: parameter_type(model, parameter),
            path: (parameter.place == Place::Path).then(|| parameter.wire.clone()),
            docs: parameter_docs(parameter),
        })
        .collect();
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        let name = if body.media == Media::Multipart { "form" } else { "body" };
        arguments.push(Argument {
            identifies: false,
            name: format_ident!("{name}"),
            ty: body_type(body),
            path: None,
            docs: body_docs(body),
        });
    }
    arguments
}

/// What is said of a parameter.
pub(super) fn parameter_docs(parameter: &Parameter) -> String {
    match parameter.docs.trim() {
        "" => format!("The parameter `{}`.", parameter.wire),
        text => docs::safe(text),
    }
}

/// What is said of a body.
pub(super) fn body_docs(body: &Body) -> String {
    match (body.docs.trim(), body.media) {
        ("", Media::Multipart) => "The multipart form to send.".to_owned(),
        ("", _) => "What to send.".to_owned(),
        (text, _) => docs::safe(text),
    }
}

/// How a caller gives the value of a parameter.
pub(super) fn parameter_type(model: &Model, parameter: &Parameter) -> TokenStream {
    let ty = &parameter.ty;
    if let Some(resource) = &parameter.identifies {
        let resource = format_ident!("{resource}");
        return quote!(impl Identify<id::#resource>);
    }
    match (ty, parameter.place) {
        (TypeRef::List(item), _) => match &**item {
            TypeRef::Text => quote!(impl IntoIterator<Item = impl Into<String>>),
            item => {
                let rust = rust::ty(item, From::Outside);
                quote!(impl IntoIterator<Item = impl Into<#rust>>)
            }
        },
        (TypeRef::Text | TypeRef::Timestamp, Place::Path) => quote!(impl Display),
        (ty, Place::Path) if rust::is_open_enum(model, ty) => quote!(impl Display),
        (ty, _) => {
            let rust = rust::ty(ty, From::Outside);
            if rust::converts(model, ty) { quote!(impl Into<#rust>) } else { rust }
        }
    }
}

/// How a caller gives the body.
pub(super) fn body_type(body: &Body) -> TokenStream {
    match (body.media, &body.ty) {
        (Media::Multipart, _) => quote!(Multipart),
        (Media::Json | Media::Form, Some(TypeRef::List(item))) => {
            let item = rust::ty(item, From::Outside);
            quote!(&[#item])
        }
        (Media::Json | Media::Form, Some(ty)) => {
            let ty = rust::ty(ty, From::Outside);
            quote!(&#ty)
        }
        (Media::Bytes, _) | (_, None) => quote!(impl Into<crate::Bytes>),
    }
}

/// The call on a request that puts the value of a parameter into it.
pub(super) fn put_parameter(model: &Model, parameter: &Parameter) -> Option<TokenStream> {
    let (name, wire) = (format_ident!("{}", parameter.name), &parameter.wire);
    Some(match (parameter.place, &parameter.ty) {
        (Place::Path, _) => return None,
        (Place::Header, ty) if rust::converts(model, ty) => {
            let ty = rust::ty(ty, From::Outside);
            quote!(.with_header(#wire, Into::<#ty>::into(#name)))
        }
        (Place::Header, _) => quote!(.with_header(#wire, #name)),
        (Place::Query, TypeRef::List(item)) if parameter.joined => {
            let item = rust::ty(item, From::Outside);
            let texts = quote!(#name.into_iter().map(|value| Into::<#item>::into(value).to_string()));
            quote!(.with_query(#wire, #texts.collect::<Vec<_>>().join(",")))
        }
        (Place::Query, TypeRef::List(item)) => {
            let item = rust::ty(item, From::Outside);
            quote!(.with_query_list(#wire, #name.into_iter().map(Into::<#item>::into)))
        }
        (Place::Query, ty) if rust::converts(model, ty) => {
            let ty = rust::ty(ty, From::Outside);
            quote!(.with_query(#wire, Into::<#ty>::into(#name)))
        }
        (Place::Query, _) => quote!(.with_query(#wire, #name)),
    })
}

/// The call on a request that puts the body into it.
pub(super) fn put_body(body: &Body) -> TokenStream {
    let content_type = body.content_type.as_deref();
    let own = content_type.filter(|_| body.media != Media::Bytes).map(|own| quote!(.with_header("content-type", #own)));
    let put = match body.media {
        Media::Json if body.without_type => quote!(.with_untyped_json(body)),
        Media::Json => quote!(.with_json(body)),
        Media::Form => quote!(.with_form(body)),
        Media::Bytes => {
            let content_type = content_type.unwrap_or("application/octet-stream");
            quote!(.bytes(#content_type, body))
        }
        Media::Multipart => quote!(.with_multipart(form)),
    };
    quote!(#put #own)
}

/// The call on a request that asks for JSON of a media type of its own.
pub(super) fn put_accept(operation: &Operation) -> Option<TokenStream> {
    operation.accept.as_ref().map(|accept| quote!(.with_header("accept", #accept)))
}

/// What is said in one line of an operation.
pub(super) fn summary(operation: &Operation) -> String {
    format!("{}.", docs::safe(&operation.summary).trim_end_matches('.'))
}

/// `#[deprecated]`, where the operation is.
pub(super) fn deprecated(operation: &Operation) -> Option<TokenStream> {
    operation.deprecation.as_ref().map(|reason| quote!(#[deprecated = #reason]))
}
