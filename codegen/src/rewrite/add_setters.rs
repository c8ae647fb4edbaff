//! Gives the types that are sent one chainable setter per field.

use std::collections::BTreeSet;

use quote::quote;
use syn::{Fields, Item, Type, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::{TypeItem, wire_name};
use crate::emit::docs;
use crate::error::Error;

pub(super) fn add_setters(types: &mut [TypeItem], context: &Context<'_>) -> Result<(), Error> {
    // Enums are also made of their words and kinds.
    let mut convertible: BTreeSet<String> =
        types.iter().filter(|item| matches!(item.item, Item::Enum(_))).map(|item| item.name.clone()).collect();
    convertible.extend(["String", "TypeName", "Uuid", "Timestamp"].map(str::to_owned));
    for item in types.iter_mut().filter(|item| context.sent.contains(&item.name)) {
        let Some(schema) = context.schema_of(&item.name) else { continue };
        let Item::Struct(definition) = &item.item else { continue };
        let Fields::Named(fields) = &definition.fields else { continue };
        let setters: Vec<_> = fields
            .named
            .iter()
            .filter_map(|field| {
                let name = field.ident.as_ref()?;
                let inner = generic_of(&field.ty, "Option")?;
                let settled = wire_name(field) == "type" && context.type_is_settled(schema);
                let received = (schema.to_owned(), wire_name(field));
                if settled || context.document.received_only.contains(&received) {
                    return None;
                }
                let doc = docs::attributes(&format!("Sets `{}`.", name.to_string().trim_end_matches('_')));
                let (argument, value) = argument_for(inner, name, &convertible);
                Some(quote! {
                    #(#doc)*
                    #[must_use]
                    #[inline]
                    pub fn #name(mut self, #name: #argument) -> Self {
                        self.#name = Some(#value);
                        self
                    }
                })
            })
            .collect();
        if setters.is_empty() {
            continue;
        }
        let name = &definition.ident;
        item.impls.push(parse_quote! {
            impl #name {
                #(#setters)*
            }
        });
    }
    Ok(())
}

/// The argument type of a setter and the expression that makes the field's value of it.
fn argument_for(field: &Type, name: &syn::Ident, convertible: &BTreeSet<String>) -> (Type, proc_macro2::TokenStream) {
    if let Some(item) = generic_of(field, "Vec") {
        return match is_one_of(item, convertible) {
            true => (
                parse_quote!(impl IntoIterator<Item = impl Into<#item>>),
                quote!(#name.into_iter().map(Into::into).collect()),
            ),
            false => (parse_quote!(impl IntoIterator<Item = #item>), quote!(#name.into_iter().collect())),
        };
    }
    if let Some(inner) = generic_of(field, "Box") {
        return match is_one_of(inner, convertible) {
            true => (parse_quote!(impl Into<#inner>), quote!(Box::new(#name.into()))),
            false => (inner.clone(), quote!(Box::new(#name))),
        };
    }
    match field {
        ty if is_one_of(ty, convertible) => (parse_quote!(impl Into<#ty>), quote!(#name.into())),
        other => (other.clone(), quote!(#name)),
    }
}

fn is_one_of(ty: &Type, names: &BTreeSet<String>) -> bool {
    matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|ident| names.contains(&ident.to_string())))
}
