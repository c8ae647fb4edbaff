//! Gives strings that are more than text a type of their own: `type`, UUIDs, points in time.

use syn::{Fields, Item, Type, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::{TypeItem, wire_name};
use crate::error::Error;

pub(super) fn name_values(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        let Item::Struct(definition) = &mut item.item else { continue };
        let Fields::Named(fields) = &mut definition.fields else { continue };
        for field in &mut fields.named {
            let Some(inner) = generic_of(&field.ty, "Option") else { continue };
            let item = generic_of(inner, "Vec").unwrap_or(inner);
            let wire = wire_name(field);
            let named: Type = match wire.as_str() {
                "type" if is_string(inner) => parse_quote!(TypeName),
                wire if is_string(item) && is_identifier(wire) => parse_quote!(Uuid),
                _ if generic_of(item, "DateTime").is_some() => parse_quote!(Timestamp),
                _ => continue,
            };
            field.ty = match generic_of(inner, "Vec") {
                Some(_) => parse_quote!(Option<Vec<#named>>),
                None => parse_quote!(Option<#named>),
            };
        }
    }
    Ok(())
}

fn is_identifier(wire: &str) -> bool {
    ["uuid", "_uuid", "_uuids"].iter().any(|end| wire == *end || (end.starts_with('_') && wire.ends_with(end)))
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("String"))
}
