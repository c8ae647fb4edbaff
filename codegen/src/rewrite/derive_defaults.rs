//! Derives `Default` for every struct whose fields all have an empty value, so that each can be filled step by step.

use syn::{Fields, Item, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::TypeItem;
use crate::error::Error;

pub(super) fn derive_defaults(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        let Item::Struct(definition) = &mut item.item else { continue };
        let Fields::Named(fields) = &definition.fields else { continue };
        let empty = |ty: &syn::Type| ["Option", "Vec", "Map"].iter().any(|name| generic_of(ty, name).is_some());
        let derived = definition.attrs.iter().any(|attribute| {
            attribute.path().is_ident("derive")
                && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string().split(", ").any(|name| name == "Default"))
        });
        if !derived && fields.named.iter().all(|field| empty(&field.ty)) {
            definition.attrs.push(parse_quote!(#[derive(Default)]));
        }
    }
    Ok(())
}
