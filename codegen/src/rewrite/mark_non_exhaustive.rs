//! Marks every struct `#[non_exhaustive]`: fields are read and set by name, new ones break nobody.

use syn::{Item, parse_quote};

use super::Context;
use super::read_types::TypeItem;
use crate::error::Error;

pub(super) fn mark_non_exhaustive(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        if let Item::Struct(item) = &mut item.item {
            item.attrs.push(parse_quote!(#[non_exhaustive]));
        }
    }
    Ok(())
}
