//! Drops every impl that typify adds to a type: copies of references, and conversions between words and enums, which the
//! SDK's own macro writes shorter. Derives that promise an order go as well.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Item, Meta};

use super::Context;
use super::read_types::TypeItem;
use crate::error::Error;

pub(super) fn keep_data_only(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        item.impls.clear();
        let attributes = match &mut item.item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
            if let Meta::List(list) = &mut attribute.meta {
                list.tokens = without_order(list.tokens.clone());
            }
        }
    }
    Ok(())
}

fn without_order(derives: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenStream> = vec![TokenStream::new()];
    for token in derives {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => kept.push(TokenStream::new()),
            token => {
                if let Some(last) = kept.last_mut() {
                    token.to_tokens(last);
                }
            }
        }
    }
    kept.retain(|derive| !derive.is_empty() && !matches!(derive.to_string().as_str(), "Ord" | "PartialOrd"));
    quote!(#(#kept),*)
}
