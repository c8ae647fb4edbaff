//! Keeps the values of members with `format: password` out of `Debug`; beside a `secured: false` they may be shown.

use std::collections::BTreeSet;

use openapiv3::{ReferenceOr, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty};
use quote::quote;
use syn::{Fields, Item, parse_quote};

use super::Context;
use super::read_types::{TypeItem, wire_name, without_derives};
use crate::emit::type_name;
use crate::error::Error;

pub(super) fn hide_secrets(types: &mut [TypeItem], context: &Context<'_>) -> Result<(), Error> {
    let schemas: Vec<_> =
        context.document.api.components.iter().flat_map(|components| components.schemas.keys()).collect();
    for schema in schemas {
        let secrets = secrets_of(context, schema);
        let name = type_name(schema);
        let Some(item) = types.iter_mut().find(|item| item.name == name && !secrets.is_empty()) else { continue };
        let Item::Struct(definition) = &mut item.item else { continue };
        let Fields::Named(fields) = &definition.fields else { continue };
        let secured = fields.named.iter().any(|field| wire_name(field) == "secured");
        let name_ident = definition.ident.clone();
        let shown = fields.named.iter().filter_map(|field| {
            let (ident, wire) = (field.ident.as_ref()?, wire_name(field));
            Some(match (secrets.contains(&wire), secured) {
                (false, _) => quote!(.field(#wire, &self.#ident)),
                (true, true) => {
                    quote!(.field(#wire, &crate::redact::hidden(&self.#ident, self.secured != Some(false))))
                }
                (true, false) => quote!(.field(#wire, &crate::redact::hidden(&self.#ident, true))),
            })
        });
        let block: Item = parse_quote! {
            impl std::fmt::Debug for #name_ident {
                #[inline]
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(#name)#(#shown)*.finish()
                }
            }
        };
        item.impls.push(block);
        without_derives(&mut definition.attrs, &["Debug"]);
    }
    Ok(())
}

/// Names of the members that hold secrets.
fn secrets_of(context: &Context<'_>, schema: &str) -> BTreeSet<String> {
    let Some(SchemaKind::Type(Type::Object(object))) =
        context.document.schema(schema).map(|schema| &schema.schema_kind)
    else {
        return BTreeSet::new();
    };
    let is_secret = |property: &ReferenceOr<Box<openapiv3::Schema>>| {
        property.as_item().is_some_and(|schema| {
            matches!(
                &schema.schema_kind,
                SchemaKind::Type(Type::String(text))
                    if matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Password))
            )
        })
    };
    object.properties.iter().filter(|(_, property)| is_secret(property)).map(|(name, _)| name.clone()).collect()
}
