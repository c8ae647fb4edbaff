//! Replaces serde's derives by one line that lists the members: `object!` in the SDK reads and writes them.
//!
//! The derives would be several hundred lines for each type, and know neither `null` in lists nor the default of `type`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::{TypeItem, wire_name, without_derives};
use crate::error::Error;

pub(super) fn list_members(types: &mut [TypeItem], context: &Context<'_>) -> Result<(), Error> {
    for item in types {
        let schema = context.schema_of(&item.name);
        let kind = schema.map_or("", |schema| context.document.wire_type(schema));
        let names_itself = context.sent.contains(&item.name)
            && schema
                .is_some_and(|schema| context.type_is_settled(schema) && !context.document.untyped.contains(schema));
        let Item::Struct(definition) = &mut item.item else { continue };
        let name = definition.ident.clone();
        let Fields::Named(fields) = &mut definition.fields else { continue };
        let all_optional = fields.named.iter().all(|field| generic_of(&field.ty, "Option").is_some());
        if !all_optional {
            continue;
        }
        let mut members: Vec<TokenStream> = Vec::new();
        let mut default = TokenStream::new();
        for field in &mut fields.named {
            let Some(ident) = field.ident.clone() else { continue };
            let wire = wire_name(field);
            let inner = generic_of(&field.ty, "Option");
            let reader = match inner {
                Some(inner) if is(inner, "TypeName") => {
                    if names_itself {
                        default = quote!(default #ident,);
                    }
                    quote!(kind)
                }
                Some(inner) if generic_of(inner, "Vec").is_some() => quote!(list),
                _ => quote!(value),
            };
            let member = quote!(#wire #ident #reader);
            // Written in this order: with `type` in front, a reader knows at once what is to come.
            if wire == "type" {
                members.insert(0, member);
            } else {
                members.push(member);
            }
            field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
            if ident != wire {
                field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(rename = #wire))]));
            }
        }
        without_derives(&mut definition.attrs, &["serde::Deserialize", "serde::Serialize", "Default"]);
        definition.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]));
        item.impls.push(parse_quote!(crate::model::object!(#name, #kind, #default { #(#members),* });));
    }
    Ok(())
}

fn is(ty: &syn::Type, name: &str) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident(name))
}
