//! `new` of types that are sent: its arguments are the members that the service requires, however deep they are.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::rust::{self, From};
use crate::model::names::types::setter;
use crate::model::{ConstructorArgument, Model, Step, Struct};

/// The constructor, where it has arguments.
pub(super) fn emit(model: &Model, shape: &Struct) -> Option<TokenStream> {
    if shape.constructor.is_empty() {
        return None;
    }
    let mut text = "What the service insists on; the rest is set by the methods below.\n".to_owned();
    for argument in &shape.constructor {
        let docs = match argument.docs.trim() {
            "" => format!("the member `{}`.", argument.name),
            text => docs::safe(text).replace('\n', " "),
        };
        text.push_str(&format!("\n- `{}`: {docs}", argument.name));
    }
    let doc = docs::attributes(&text);
    let inputs = shape.constructor.iter().filter_map(|argument| {
        let name = format_ident!("{}", argument.name);
        let (ty, _) = rust::argument(model, &argument.path.last()?.ty, &name, From::Types);
        Some(quote!(#name: #ty))
    });
    let steps: Vec<(&ConstructorArgument, &[Step])> =
        shape.constructor.iter().map(|argument| (argument, argument.path.as_slice())).collect();
    let value = value(&quote!(Self), &steps);
    Some(quote! {
        #(#doc)*
        pub fn new(#(#inputs),*) -> Self {
            #value
        }
    })
}

/// An object with these arguments set, however deep.
fn value(owner: &TokenStream, arguments: &[(&ConstructorArgument, &[Step])]) -> TokenStream {
    let mut members: Vec<&Step> = Vec::new();
    let mut inside: BTreeMap<&str, Vec<(&ConstructorArgument, &[Step])>> = BTreeMap::new();
    for (argument, path) in arguments {
        let Some((first, rest)) = path.split_first() else { continue };
        if !members.iter().any(|member| member.field == first.field) {
            members.push(first);
        }
        inside.entry(&first.field).or_default().push((argument, rest));
    }
    let sets = members.into_iter().map(|step| {
        let setter = format_ident!("{}", setter(&step.field));
        let within = inside.get(step.field.as_str()).map(Vec::as_slice).unwrap_or_default();
        let value = match (within, &step.ty) {
            ([(argument, [])], _) => {
                let name = format_ident!("{}", argument.name);
                quote!(#name)
            }
            (within, ty) => value(&rust::ty(ty, From::Types), within),
        };
        quote!(.#setter(#value))
    });
    quote!(#owner::default()#(#sets)*)
}
