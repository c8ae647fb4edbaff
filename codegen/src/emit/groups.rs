//! One file per group: its handle with a method per operation, and a request builder per operation.

use heck::ToShoutySnakeCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Type, parse_quote};

use super::{Model, docs, method_name, type_name};
use crate::decisions::{Effect, Group};
use crate::document::{Body, Operation};
use crate::normalize::{is_log, largest_page};
use crate::rewrite::read_calls::{Answer, Argument, Call, Encoding, Place, generic_of};
use crate::rewrite::shorten_paths::Shorten;

/// Names that every builder has already.
const TAKEN: [&str; 7] = ["query", "header", "send", "send_as", "send_raw", "operation", "into_request"];

pub(super) fn emit(model: &Model<'_>, group: &Group) -> TokenStream {
    let handle = format_ident!("{}", type_name(&group.module));
    let operations = model.operations_of(&group.module);
    let methods = operations.iter().filter_map(|operation| Some(method(model, operation, model.call(operation)?)));
    let builders =
        operations.iter().filter_map(|operation| Some(builder(model, group, operation, model.call(operation)?)));
    let module_doc = docs::inner_attributes(&format!("Requests of the group `{}`. {}", group.module, group.doc));
    let doc = docs::attributes(&format!("{} Made by [`Client::{}`].", group.doc, group.module));
    let methods = quote!(#(#methods)*);
    let builders = quote!(#(#builders)*);
    let imports = imports(&quote!(#methods #builders));
    quote! {
        #(#module_doc)*

        #imports

        #(#doc)*
        #[derive(Debug, Clone, Copy)]
        pub struct #handle<'c> {
            client: &'c Client,
        }

        impl<'c> #handle<'c> {
            pub(in crate::generated) fn new(client: &'c Client) -> Self {
                Self { client }
            }

            #[allow(dead_code, reason = "not every group is extended")]
            pub(crate) fn client(self) -> &'c Client {
                self.client
            }

            #methods
        }

        #builders
    }
}

/// What the code needs from outside of its file.
fn imports(code: &TokenStream) -> TokenStream {
    let text = code.to_string();
    let display = text.contains("impl Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let multipart = text.contains("Multipart").then(|| quote!(Multipart,));
    let types = text.contains("types ::").then(|| quote!(types,));
    let paginate = text.contains("paginate !").then(|| quote!(ext::paginate::paginate,));
    let step_log = text.contains("step_log !").then(|| quote!(ext::log::step_log,));
    quote! {
        #display
        use crate::{Client, Effect, #multipart Operation, Request, #paginate #step_log macros::builder, #types};
    }
}

/// A required argument of a method.
pub(super) struct Required {
    pub(super) name: syn::Ident,
    /// Name of the parameter in the document, for path parameters.
    pub(super) wire: Option<String>,
    pub(super) ty: TokenStream,
}

/// Path parameters first, then required query parameters, then the body.
pub(super) fn required(operation: &Operation, call: &Call) -> Vec<Required> {
    let mut names = crate::names::path_parameters(&operation.path).into_iter();
    let mut required: Vec<Required> = call
        .arguments
        .iter()
        .filter(|argument| is_required(operation, argument))
        .map(|argument| {
            let wire = if argument.place == Place::Path { names.next() } else { None };
            Required { name: argument.name.clone(), wire, ty: argument_type(argument) }
        })
        .collect();
    if matches!(operation.body, Body::Multipart { required: true }) {
        required.push(Required { name: format_ident!("form"), wire: None, ty: quote!(Multipart) });
    }
    required
}

fn is_required(operation: &Operation, argument: &Argument) -> bool {
    match argument.place {
        Place::Body(_) => matches!(operation.body, Body::Typed { required: true }),
        _ => !argument.optional,
    }
}

/// How a caller gives a value of the argument.
fn argument_type(argument: &Argument) -> TokenStream {
    let ty = plain(&argument.ty);
    match argument.place {
        Place::Body(Encoding::Bytes) => quote!(impl Into<crate::Bytes>),
        Place::Body(_) => match generic_of(&ty, "Vec") {
            Some(item) => quote!(&[#item]),
            None => quote!(&#ty),
        },
        _ => match generic_of(&ty, "Vec") {
            Some(item) if is_string(item) => quote!(impl IntoIterator<Item = impl Into<String>>),
            Some(item) => quote!(impl IntoIterator<Item = impl Into<#item>>),
            None if argument.place == Place::Path && (is_text(&ty) || is_word(&ty)) => quote!(impl Display),
            None if is_text(&ty) => quote!(impl Into<String>),
            None if is_word(&ty) => quote!(impl Into<#ty>),
            None => quote!(#ty),
        },
    }
}

/// The statement that puts the value into the request.
fn put(model: &Model<'_>, argument: &Argument) -> TokenStream {
    let name = &argument.name;
    let ty = plain(&argument.ty);
    match &argument.place {
        Place::Path => TokenStream::new(),
        Place::Header(wire) => quote!(request.set_header(#wire, Into::<String>::into(#name));),
        Place::Body(Encoding::Json) if is_untyped(model, &ty) => quote!(request.set_untyped_json(#name);),
        Place::Body(Encoding::Json) => quote!(request.set_json(#name);),
        Place::Body(Encoding::Form) => quote!(request.set_form(#name);),
        Place::Body(Encoding::Bytes) => quote!(request.set_bytes("application/octet-stream", #name.into());),
        Place::Query(wire) => match generic_of(&ty, "Vec") {
            Some(item) if is_string(item) => {
                quote!(request.set_query_list(#wire, #name.into_iter().map(Into::<String>::into));)
            }
            Some(item) => quote!(request.set_query_list(#wire, #name.into_iter().map(Into::<#item>::into));),
            None if is_text(&ty) => quote!(request.set_query(#wire, Into::<String>::into(#name));),
            None if is_word(&ty) => quote!(request.set_query(#wire, Into::<#ty>::into(#name));),
            None if generic_of(&ty, "DateTime").is_some() => quote!(request.set_query(#wire, #name.to_rfc3339());),
            None => quote!(request.set_query(#wire, #name);),
        },
    }
}

/// Whether the service refuses the `type` of such an object.
fn is_untyped(model: &Model<'_>, ty: &Type) -> bool {
    let name = match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    model.document.untyped.iter().any(|schema| Some(type_name(schema)) == name)
}

/// The type without references and lifetimes, in short paths.
fn plain(ty: &Type) -> Type {
    let mut ty = match ty {
        Type::Reference(reference) => (*reference.elem).clone(),
        other => other.clone(),
    };
    Shorten.visit_type_mut(&mut ty);
    ty
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str")) || is_string(ty)
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("String"))
}

/// One of the generated enums.
fn is_word(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.first().is_some_and(|segment| segment.ident == "types"))
}

/// What is said above the method and above the scoped one.
pub(super) fn summary(model: &Model<'_>, operation: &Operation) -> String {
    let openapi = model.document.openapi(operation);
    let summary = openapi.and_then(|openapi| openapi.summary.clone()).unwrap_or_else(|| operation.id.clone());
    format!("{}.", docs::safe(&summary).trim_end_matches('.'))
}

pub(super) fn facts(operation: &Operation) -> String {
    let scopes = match operation.scopes.as_slice() {
        [] => "none".to_owned(),
        scopes => scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", "),
    };
    format!(
        "`{} {}` · OAuth scopes: {scopes} · effect: {} · [Bitbucket's page]({})",
        operation.method,
        operation.path,
        operation.effect.word(),
        operation.docs
    )
}

pub(super) fn deprecated(operation: &Operation) -> Option<TokenStream> {
    operation.deprecation.as_ref().map(|reason| quote!(#[deprecated = #reason]))
}

fn method(model: &Model<'_>, operation: &Operation, call: &Call) -> TokenStream {
    let name = format_ident!("{}", method_name(operation));
    let builder = format_ident!("{}", type_name(&method_name(operation)));
    let meta = format_ident!("{}", method_name(operation).to_shouty_snake_case());
    let openapi = model.document.openapi(operation);
    let description = docs::safe(&openapi.and_then(|openapi| openapi.description.clone()).unwrap_or_default());
    let mut text = format!("{}\n\n{}\n\n{}", summary(model, operation), description.trim(), facts(operation));
    let required = required(operation, call);
    if !required.is_empty() {
        text.push_str("\n\n");
        for Required { name, wire, .. } in &required {
            let wire = wire.clone().unwrap_or_else(|| wire_name(call, name));
            let about = describe_parameter(openapi, &wire).unwrap_or_else(|| describe_body(openapi, name));
            text.push_str(&format!("- `{name}`: {}\n", about.replace('\n', " ")));
        }
    }
    let doc = docs::attributes(&text.replace("\n\n\n\n", "\n\n"));
    let deprecated = deprecated(operation);
    let inputs = required.iter().map(|Required { name, ty, .. }| quote!(#name: #ty));
    let path =
        required.iter().filter_map(|Required { name, wire, .. }| wire.as_ref().map(|wire| quote!((#wire, &#name))));
    let puts: Vec<_> = call
        .arguments
        .iter()
        .filter(|argument| is_required(operation, argument))
        .map(|argument| put(model, argument))
        .filter(|put| !put.is_empty())
        .collect();
    let multipart =
        matches!(operation.body, Body::Multipart { required: true }).then(|| quote!(request.set_multipart(form);));
    let mutability = (!puts.is_empty() || multipart.is_some()).then(|| quote!(mut));
    quote! {
        #(#doc)*
        #deprecated
        #[inline]
        pub fn #name(&self, #(#inputs),*) -> #builder {
            let #mutability request = Request::operation(self.client, &#meta, &[#(#path),*]);
            #(#puts)*
            #multipart
            #builder { request }
        }
    }
}

fn wire_name(call: &Call, name: &syn::Ident) -> String {
    call.arguments
        .iter()
        .find(|argument| argument.name == *name)
        .and_then(|argument| match &argument.place {
            Place::Query(wire) | Place::Header(wire) => Some(wire.clone()),
            _ => None,
        })
        .unwrap_or_else(|| name.to_string())
}

fn describe_parameter(openapi: Option<&openapiv3::Operation>, wire: &str) -> Option<String> {
    let parameters = openapi?.parameters.iter().filter_map(openapiv3::ReferenceOr::as_item);
    let found = parameters.map(openapiv3::Parameter::parameter_data_ref).find(|data| data.name == wire)?;
    Some(found.description.as_deref().map_or_else(|| format!("The parameter `{wire}`."), docs::safe))
}

fn describe_body(openapi: Option<&openapiv3::Operation>, name: &syn::Ident) -> String {
    let body = openapi.and_then(|openapi| openapi.request_body.as_ref()?.as_item());
    let fallback = if name == "form" { "The multipart form to send." } else { "What to send." };
    body.and_then(|body| body.description.as_deref()).map_or_else(|| fallback.to_owned(), docs::safe)
}

fn builder(model: &Model<'_>, group: &Group, operation: &Operation, call: &Call) -> TokenStream {
    let name = method_name(operation);
    let builder = format_ident!("{}", type_name(&name));
    let meta = format_ident!("{}", name.to_shouty_snake_case());
    let handle = type_name(&group.module);
    let openapi = model.document.openapi(operation);
    let doc = docs::attributes(&format!(
        "`{} {}`, made by [`{handle}::{name}`].\n\n{}",
        operation.method,
        operation.path,
        summary(model, operation)
    ));
    let setters = call.arguments.iter().filter(|argument| !is_required(operation, argument)).map(|argument| {
        let setter = &argument.name;
        let shown = setter.to_string();
        let setter = if TAKEN.contains(&shown.as_str()) { format_ident!("{shown}_parameter") } else { setter.clone() };
        let argument = Argument { name: setter.clone(), ..argument.clone() };
        let about = match &argument.place {
            Place::Body(_) => describe_body(openapi, &setter),
            Place::Query(wire) | Place::Header(wire) => describe_parameter(openapi, wire).unwrap_or_default(),
            Place::Path => String::new(),
        };
        let about = if about.trim().is_empty() { format!("Sets `{shown}`.") } else { about };
        let doc = docs::attributes(&about);
        let ty = argument_type(&argument);
        let put = put(model, &argument);
        quote! {
            #(#doc)*
            #[inline]
            pub fn #setter(mut self, #setter: #ty) -> Self {
                let request = &mut self.request;
                #put
                self
            }
        }
    });
    let multipart = matches!(operation.body, Body::Multipart { required: false }).then(|| {
        quote! {
            /// The multipart form to send.
            #[inline]
            pub fn form(mut self, form: Multipart) -> Self {
                self.request.set_multipart(form);
                self
            }
        }
    });
    let setters: Vec<_> = setters.chain(multipart).collect();
    let block = (!setters.is_empty()).then(|| quote!(impl #builder { #(#setters)* }));
    let answer = match &call.answer {
        Answer::Json(ty) => {
            let ty: Type = parse_quote!(#ty);
            let ty = plain(&ty);
            quote!(json #ty)
        }
        Answer::Stream => quote!(stream),
        Answer::Empty => quote!(empty),
    };
    let (id, method, path, module, docs_url) =
        (&operation.id, &operation.method, &operation.path, &operation.group, &operation.docs);
    let effect = match operation.effect {
        Effect::Read => quote!(Effect::Read),
        Effect::IdempotentWrite => quote!(Effect::IdempotentWrite),
        Effect::Once => quote!(Effect::Once),
    };
    let scopes = &operation.scopes;
    let deprecated = match &operation.deprecation {
        Some(reason) => quote!(Some(#reason)),
        None => quote!(None),
    };
    let step_log = is_log(operation).then(|| quote!(step_log!(#builder);));
    let paginate = operation.items.as_ref().map(|items| {
        let item = format_ident!("{}", type_name(items));
        let largest = Literal::u32_unsuffixed(largest_page(operation));
        quote!(paginate!(#builder, types::#item, #largest);)
    });
    quote! {
        static #meta: Operation = Operation {
            id: #id,
            method: #method,
            path: #path,
            group: #module,
            effect: #effect,
            scopes: &[#(#scopes),*],
            docs: #docs_url,
            deprecated: #deprecated,
        };

        #(#doc)*
        #[must_use = "a request does nothing until it is sent"]
        pub struct #builder {
            request: Request,
        }

        #block

        builder!(#builder, #answer);
        #paginate
        #step_log
    }
}
