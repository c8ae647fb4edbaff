//! Groups behind a handle that knows a workspace or a repository: the same methods, less the arguments it knows. The
//! group of the handle itself has its methods on the handle.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::signatures::{Argument, arguments, deprecated, request_name, summary};
use super::{client, docs, rust};
use crate::model::{Group, Handle, Model, Operation};

/// What the handles have of a group; it stands in the file of the group.
pub(super) fn emit(model: &Model, group: &Group) -> TokenStream {
    let handles = model.handles.iter().filter_map(|handle| one(model, group, handle));
    quote!(#(#handles)*)
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
    let (gives, owner_word) = (format!("{}::{}", handle.name, group.module), handle.prefix.to_lowercase());
    let doc = docs::attributes(&format!(
        "What [`{gives}`](client::{gives}) gives: the methods of the group for one {owner_word}, without the arguments that it knows.",
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
