//! One file per group: its struct with a method per operation, and the same methods behind the handles.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::signatures::{
    Argument, arguments, deprecated, put_accept, put_body, put_parameter, request_name, static_name, summary,
};
use super::{docs, handles, rust};
use crate::model::{Group, Model, Operation};

/// The group: its struct, and what the handles have of it.
pub(super) fn emit(model: &Model, group: &Group) -> TokenStream {
    let handle = format_ident!("{}", group.handle);
    let methods = model.operations_of(&group.module).map(|operation| method(model, operation));
    let module_doc = docs::inner_attributes(&module_docs(group));
    let doc = docs::attributes(&format!(
        "What [`Client::{0}`](crate::Client::{0}) gives: every method of the group.",
        group.module
    ));
    let methods = quote!(#(#methods)*);
    let behind = handles::emit(model, group);
    let imports = imports(&quote!(#methods #behind));
    quote! {
        #(#module_doc)*

        #imports

        pub mod requests;

        #(#doc)*
        #[derive(Debug, Clone, Copy)]
        pub struct #handle<'c> {
            pub(crate) api: &'c Transport,
        }

        impl<'c> #handle<'c> {
            #methods
        }

        #behind
    }
}

/// What is said above the module of a group: what it is, and what people come for.
fn module_docs(group: &Group) -> String {
    let Some(example) = &group.example else { return group.doc.clone() };
    let frame = "# async fn run(client: bitbucket_cloud::Client) -> Result<(), Box<dyn std::error::Error>> {";
    format!("{}\n\n```no_run\n{frame}\n{}\n# Ok(()) }}\n```", group.doc, example.trim())
}

/// What the code needs from outside of its file.
fn imports(code: &TokenStream) -> TokenStream {
    let text = code.to_string();
    let display = text.contains("impl Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let identify = text.contains("impl Identify").then(|| quote!(Identify, id,));
    let multipart = text.contains(": Multipart").then(|| quote!(Multipart,));
    let types = text.contains("types ::").then(|| quote!(types,));
    let scope = text.contains("client ::").then(|| quote!(client,));
    quote! {
        #display
        use requests::*;
        use crate::transport::Transport;
        use crate::{#identify #multipart Request, #scope #types};
    }
}

/// Address, scopes, effect and Bitbucket's page of an operation.
fn facts(operation: &Operation) -> String {
    let scopes = match operation.scopes.as_slice() {
        [] => "none".to_owned(),
        scopes => scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", "),
    };
    format!(
        "`{} {}` · OAuth scopes: {scopes} · effect: {} · [Bitbucket's page]({})",
        operation.method,
        operation.path,
        operation.effect.label(),
        operation.docs
    )
}

fn method(model: &Model, operation: &Operation) -> TokenStream {
    let name = format_ident!("{}", operation.name);
    let (request, meta) = (request_name(operation), static_name(operation));
    let arguments = arguments(model, operation);
    let mut parts = Vec::from([summary(operation), docs::safe(&operation.description)]);
    let list = arguments.iter().map(|Argument { name, docs, .. }| format!("- `{name}`: {}", docs.replace('\n', " ")));
    parts.push(list.collect::<Vec<_>>().join("\n"));
    parts.push(facts(operation));
    parts.retain(|part| !part.trim().is_empty());
    let doc = docs::attributes(&parts.join("\n\n"));
    let aliases = rust::aliases(&operation.aliases);
    let deprecated = deprecated(operation);
    let inline = rust::inline(arguments.iter().map(|argument| &argument.ty));
    let inputs = arguments.iter().map(|Argument { name, ty, .. }| quote!(#name: #ty));
    let path = arguments.iter().filter(|argument| argument.path.is_some());
    let path =
        path.map(|Argument { name, identifies, .. }| if *identifies { quote!(&#name.id()) } else { quote!(&#name) });
    let parameters = operation.required().filter_map(|parameter| put_parameter(model, parameter));
    let puts = parameters.chain(operation.body.as_ref().filter(|body| body.required).map(put_body));
    let puts = puts.chain(put_accept(operation));
    quote! {
        #(#doc)*
        #aliases
        #deprecated
        #inline
        pub fn #name(&self, #(#inputs),*) -> #request {
            #request(Request::operation(self.api, &#meta, &[#(#path),*])#(#puts)*)
        }
    }
}
