//! Groups behind a handle that knows a workspace or a repository: the same methods, less the arguments it knows. The
//! group of the handle itself has its methods on the handle.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::groups::{Argument, arguments, deprecated, request_name, summary};
use super::{client, docs, rust};
use crate::model::{Group, Handle, Model, Operation};

pub(super) fn emit(model: &Model, group: &Group) -> Option<TokenStream> {
    let handles: Vec<TokenStream> = model.handles.iter().filter_map(|handle| one(model, group, handle)).collect();
    if handles.is_empty() {
        return None;
    }
    let module = format_ident!("{}", group.module);
    let doc = format!(" The group `{}` behind handles.", group.module);
    let handles = quote!(#(#handles)*);
    let text = handles.to_string();
    let display = text.contains("impl Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let identify = text.contains("impl Identify").then(|| quote!(Identify, id,));
    let multipart = text.contains(": Multipart").then(|| quote!(Multipart,));
    let types = text.contains("types ::").then(|| quote!(types,));
    Some(quote! {
        #![doc = #doc]

        #display
        #[allow(clippy::wildcard_imports, reason = "a request per method")]
        use crate::generated::groups::#module::*;
        use crate::{#identify #multipart client, #types};

        #handles
    })
}

fn one(model: &Model, group: &Group, handle: &Handle) -> Option<TokenStream> {
    let owner = format_ident!("{}", handle.name);
    if handle.group == group.module {
        let operations = model.operations_of(&group.module).filter(|operation| handle.covers(operation));
        let methods = operations.map(|operation| method(model, group, handle, operation, &quote!(self)));
        return Some(quote! {
            impl client::#owner {
                #(#methods)*
            }
        });
    }
    if !client::has_group(model, handle, group) {
        return None;
    }
    let name = format_ident!("{}{}", handle.prefix, group.handle);
    let doc = docs::attributes(&format!(
        "{} For one {}; made by [`{}::{}`](client::{}::{}).",
        group.doc,
        handle.prefix.to_lowercase(),
        handle.name,
        group.module,
        handle.name,
        group.module
    ));
    let operations = model.operations_of(&group.module).filter(|operation| handle.covers(operation));
    let methods = operations.map(|operation| method(model, group, handle, operation, &quote!(self.scope)));
    Some(quote! {
        #(#doc)*
        #[derive(Debug, Clone, Copy)]
        pub struct #name<'s> {
            pub(crate) scope: &'s client::#owner,
        }

        impl<'s> #name<'s> {
            pub(in crate::generated) fn new(scope: &'s client::#owner) -> Self {
                Self { scope }
            }

            #(#methods)*
        }
    })
}

fn method(model: &Model, group: &Group, handle: &Handle, operation: &Operation, owner: &TokenStream) -> TokenStream {
    let name = format_ident!("{}", operation.name);
    let request = request_name(operation);
    let module = format_ident!("{}", group.module);
    let doc = docs::attributes(&format!("{} See [`{}::{name}`].", summary(operation), group.handle));
    let arguments = arguments(model, operation);
    let known = |argument: &Argument| {
        argument.path.as_deref().and_then(|wire| handle.method_for(wire)).map(|method| format_ident!("{method}"))
    };
    let inputs = arguments
        .iter()
        .filter(|argument| known(argument).is_none())
        .map(|Argument { name, ty, .. }| quote!(#name: #ty));
    let values = arguments.iter().map(|argument| match known(argument) {
        Some(method) => quote!(#owner.#method()),
        None => {
            let name = &argument.name;
            quote!(#name)
        }
    });
    let allow = operation.deprecation.as_ref().map(|_| quote!(#[allow(deprecated, reason = "deprecated itself")]));
    let deprecated = deprecated(operation);
    let inline =
        rust::inline(arguments.iter().filter(|argument| known(argument).is_none()).map(|argument| &argument.ty));
    quote! {
        #(#doc)*
        #deprecated
        #allow
        #inline
        pub fn #name(&self, #(#inputs),*) -> #request {
            #owner.client().#module().#name(#(#values),*)
        }
    }
}
