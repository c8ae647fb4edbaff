//! Gives the types that are sent one chainable setter per field.

use quote::quote;
use syn::{Fields, Item, Type, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::TypeItem;
use crate::emit::docs;
use crate::error::Error;

pub(super) fn add_setters(types: &mut [TypeItem], context: &Context<'_>) -> Result<(), Error> {
    for item in types.iter_mut().filter(|item| context.sent.contains(&item.name)) {
        let Item::Struct(definition) = &item.item else { continue };
        let Fields::Named(fields) = &definition.fields else { continue };
        let setters: Vec<_> = fields
            .named
            .iter()
            .filter_map(|field| {
                let name = field.ident.as_ref()?;
                let inner = generic_of(&field.ty, "Option")?;
                let doc = docs::attributes(&format!("Sets `{}`.", name.to_string().trim_end_matches('_')));
                let (argument, value) = argument_for(inner, name);
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
fn argument_for(field: &Type, name: &syn::Ident) -> (Type, proc_macro2::TokenStream) {
    if let Some(item) = generic_of(field, "Vec") {
        return (parse_quote!(impl IntoIterator<Item = #item>), quote!(#name.into_iter().collect()));
    }
    if let Some(inner) = generic_of(field, "Box") {
        return (inner.clone(), quote!(Box::new(#name)));
    }
    match field {
        Type::Path(path) if path.path.is_ident("String") => (parse_quote!(impl Into<String>), quote!(#name.into())),
        other => (other.clone(), quote!(#name)),
    }
}
