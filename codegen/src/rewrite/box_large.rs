//! Puts large members into boxes: a list of pipelines should not be moved around with every member that a pull request
//! could have.

use std::collections::BTreeMap;

use syn::{Fields, Item, Type, parse_quote};

use super::Context;
use super::read_calls::generic_of;
use super::read_types::TypeItem;
use crate::emit::type_name;
use crate::error::Error;

/// Estimated bytes above which a value is put into a box.
pub(super) const LARGE: usize = 200;
/// Strings, lists, words, points in time: about three words each.
const TEXT: usize = 24;
const POINTER: usize = 8;

pub(super) fn box_large(types: &mut [TypeItem], context: &Context<'_>) -> Result<(), Error> {
    let mut sizes = Sizes::of(types, context);
    for item in types {
        let Item::Struct(definition) = &mut item.item else { continue };
        let Fields::Named(fields) = &mut definition.fields else { continue };
        for field in &mut fields.named {
            let Some(inner) = generic_of(&field.ty, "Option") else { continue };
            if sizes.of_type(inner) > LARGE {
                field.ty = parse_quote!(Option<Box<#inner>>);
            }
        }
    }
    Ok(())
}

/// Estimated sizes of types, as they are when large members are in boxes.
pub(super) struct Sizes {
    fields: BTreeMap<String, Vec<Type>>,
    /// Rust names of the kinds of a base.
    kinds: BTreeMap<String, Vec<String>>,
    known: BTreeMap<String, usize>,
}

impl Sizes {
    pub(super) fn of(types: &[TypeItem], context: &Context<'_>) -> Self {
        let fields = types.iter().filter_map(|item| match &item.item {
            Item::Struct(definition) => {
                Some((item.name.clone(), definition.fields.iter().map(|field| field.ty.clone()).collect()))
            }
            _ => None,
        });
        let kinds = context
            .document
            .kinds
            .iter()
            .map(|(base, kinds)| (type_name(base), kinds.subtypes.iter().map(|kind| type_name(kind)).collect()));
        Self { fields: fields.collect(), kinds: kinds.collect(), known: BTreeMap::new() }
    }

    /// Bytes of a struct or of an enum over kinds.
    pub(super) fn of_name(&mut self, name: &str) -> usize {
        if let Some(size) = self.known.get(name) {
            return *size;
        }
        // A type that holds itself does so through a box.
        self.known.insert(name.to_owned(), POINTER);
        let size = match (self.kinds.get(name).cloned(), self.fields.get(name).cloned()) {
            (Some(kinds), _) => {
                let largest = kinds.iter().map(|kind| self.of_struct(kind)).max().unwrap_or_default();
                POINTER + if largest > LARGE { POINTER } else { largest }
            }
            (None, Some(_)) => self.of_struct(name),
            (None, None) => TEXT,
        };
        self.known.insert(name.to_owned(), size);
        size
    }

    /// Bytes of a struct, also where it is a base.
    pub(super) fn of_struct(&mut self, name: &str) -> usize {
        let fields = self.fields.get(name).cloned().unwrap_or_default();
        fields.iter().map(|ty| self.of_member(ty)).sum()
    }

    fn of_member(&mut self, ty: &Type) -> usize {
        let size = self.of_type(generic_of(ty, "Option").unwrap_or(ty));
        if size > LARGE { POINTER } else { size }
    }

    fn of_type(&mut self, ty: &Type) -> usize {
        let Type::Path(path) = ty else { return TEXT };
        let Some(ident) = path.path.get_ident().map(ToString::to_string) else {
            return if generic_of(ty, "Box").is_some() { POINTER } else { TEXT };
        };
        match ident.as_str() {
            "bool" => 1,
            "i64" | "f64" => 2 * POINTER,
            _ => self.of_name(&ident),
        }
    }
}
