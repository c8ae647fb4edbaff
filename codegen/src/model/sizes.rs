//! Decides which members and variants are boxed: large ones, so that moving a value stays cheap, and recursive ones, which
//! have no size otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::{Shape, Struct, Type, TypeRef};

/// Estimated bytes above which a value is boxed.
const LARGE: usize = 200;
/// Strings, lists, open enums, points in time: about three machine words each.
const TEXT: usize = 24;
const POINTER: usize = 8;

/// Decides it for every type.
pub(super) fn set(types: &mut BTreeMap<String, Type>) {
    let mut sizes = Sizes { types, known: BTreeMap::new() };
    let mut boxed_fields: BTreeSet<(String, String)> = BTreeSet::new();
    let mut boxed_unions: BTreeSet<String> = BTreeSet::new();
    let names: Vec<String> = sizes.types.keys().cloned().collect();
    for name in &names {
        match sizes.types.get(name).map(|ty| &ty.shape) {
            Some(Shape::Struct(shape)) => {
                for field in &shape.fields {
                    if field.boxed || sizes.of_value(&field.ty) > LARGE {
                        boxed_fields.insert((name.clone(), field.name.clone()));
                    }
                }
            }
            Some(Shape::Union(union)) => {
                let large = union.variants.iter().any(|variant| sizes.of_struct(&variant.payload) > LARGE);
                let recursive = union.variants.iter().any(|variant| reaches(sizes.types, &variant.payload, name));
                if large || recursive {
                    boxed_unions.insert(name.clone());
                }
            }
            _ => {}
        }
    }
    for (name, ty) in types.iter_mut() {
        match &mut ty.shape {
            Shape::Struct(shape) => {
                for field in &mut shape.fields {
                    field.boxed = boxed_fields.contains(&(name.clone(), field.name.clone()));
                }
            }
            Shape::Union(union) => {
                union.boxed = boxed_unions.contains(name);
                for field in &mut union.shared {
                    field.boxed = union
                        .base
                        .as_ref()
                        .is_some_and(|base| boxed_fields.contains(&(base.clone(), field.name.clone())));
                }
            }
            _ => {}
        }
    }
}

/// Names of the types that a type is made of.
pub(super) fn parts(ty: &Type) -> Vec<&str> {
    match &ty.shape {
        Shape::Struct(shape) => shape.fields.iter().filter_map(|field| field.ty.named()).collect(),
        Shape::Union(union) => {
            union.variants.iter().map(|variant| variant.payload.as_str()).chain(union.base.as_deref()).collect()
        }
        Shape::Alias(inner) => inner.named().into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

/// Whether a type can hold another one, however deep.
fn reaches(types: &BTreeMap<String, Type>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        for part in types.get(name).map(parts).unwrap_or_default() {
            if part == to {
                return true;
            }
            if seen.insert(part) {
                open.push(part);
            }
        }
    }
    false
}

/// Estimated sizes of types, with large members boxed.
struct Sizes<'t> {
    types: &'t BTreeMap<String, Type>,
    known: BTreeMap<String, usize>,
}

impl Sizes<'_> {
    fn of_name(&mut self, name: &str) -> usize {
        if let Some(size) = self.known.get(name) {
            return *size;
        }
        // A recursive type holds itself through a box.
        self.known.insert(name.to_owned(), POINTER);
        let size = match self.types.get(name).map(|ty| &ty.shape) {
            Some(Shape::Union(union)) => {
                let payloads = union.variants.iter().map(|variant| self.of_struct(&variant.payload));
                let maximum = payloads.max().unwrap_or_default();
                POINTER + if maximum > LARGE { POINTER } else { maximum }
            }
            Some(Shape::Struct(_)) => self.of_struct(name),
            Some(Shape::Alias(inner)) => self.of_value(inner),
            Some(Shape::Enum(_)) | None => TEXT,
        };
        self.known.insert(name.to_owned(), size);
        size
    }

    fn of_struct(&mut self, name: &str) -> usize {
        let Some(Shape::Struct(Struct { fields, .. })) = self.types.get(name).map(|ty| &ty.shape) else { return TEXT };
        let member = |size: usize| if size > LARGE { POINTER } else { size };
        fields.iter().map(|field| if field.boxed { POINTER } else { member(self.of_value(&field.ty)) }).sum()
    }

    fn of_value(&mut self, ty: &TypeRef) -> usize {
        match ty {
            TypeRef::Boolean => 1,
            TypeRef::Integer | TypeRef::Number => 2 * POINTER,
            TypeRef::Named(name) => self.of_name(name),
            _ => TEXT,
        }
    }
}
