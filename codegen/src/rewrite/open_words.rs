//! Makes enums of strings open: what the service adds is kept as `Unknown`.

use quote::{format_ident, quote};
use syn::{Item, ItemEnum, parse_quote};

use super::Context;
use super::read_types::{TypeItem, renamed};
use crate::emit::docs;
use crate::error::Error;

pub(super) fn open_words(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        let Item::Enum(definition) = &item.item else { continue };
        // An enum that carries data is no list of words.
        if definition.variants.iter().all(|variant| variant.fields.is_empty()) {
            (item.item, item.impls) = open(definition);
        }
    }
    Ok(())
}

fn open(item: &ItemEnum) -> (Item, Vec<Item>) {
    let name = &item.ident;
    let is_doc = |attribute: &&syn::Attribute| attribute.path().is_ident("doc");
    let doc = item.attrs.iter().filter(is_doc);
    let words: Vec<_> = item
        .variants
        .iter()
        .map(|variant| (&variant.ident, renamed(&variant.attrs).unwrap_or_else(|| variant.ident.to_string())))
        .collect();
    let variants = words.iter().map(|(ident, word)| {
        let doc = docs::attributes(&format!("`{word}`"));
        quote!(#(#doc)* #ident,)
    });
    let table = words.iter().map(|(ident, word)| quote!(#ident = #word));
    let taken = item.variants.iter().any(|variant| variant.ident == "Unknown");
    let fallback = format_ident!("{}", if taken { "Unrecognized" } else { "Unknown" });
    let definition = parse_quote! {
        #(#doc)*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A word that this version of the crate does not know, as it was sent.
            #fallback(String),
        }
    };
    (definition, vec![parse_quote!(crate::word::words!(#name, #fallback, #(#table),*);)])
}
