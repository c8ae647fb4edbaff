//! Drops the derives that promise an order: words and objects have none.

use syn::Item;

use super::Context;
use super::read_types::{TypeItem, without_derives};
use crate::error::Error;

pub(super) fn drop_orders(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        match &mut item.item {
            Item::Struct(item) => without_derives(&mut item.attrs, &["Ord", "PartialOrd"]),
            Item::Enum(item) => without_derives(&mut item.attrs, &["Ord", "PartialOrd"]),
            _ => {}
        }
    }
    Ok(())
}
