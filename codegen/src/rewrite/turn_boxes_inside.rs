//! Writes `Option<Box<T>>` where typify writes `Box<Option<T>>`: a type that holds itself would send `null`.

use syn::{Fields, Item, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::TypeItem;
use crate::error::Error;

pub(super) fn turn_boxes_inside(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        let Item::Struct(definition) = &mut item.item else { continue };
        let Fields::Named(fields) = &mut definition.fields else { continue };
        for field in &mut fields.named {
            let Some(inner) = generic_of(&field.ty, "Box").and_then(|boxed| generic_of(boxed, "Option")) else {
                continue;
            };
            field.ty = parse_quote!(Option<Box<#inner>>);
        }
    }
    Ok(())
}
