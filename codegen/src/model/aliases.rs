//! Takes aliases that hold themselves out of their circle: what they hold there is any JSON.
//!
//! An object may hold itself, since it has a type of its own. A list or a map has none: it is an alias, and Rust knows no
//! alias of itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Shape, Type, TypeRef};

/// Cuts them.
pub(super) fn cut_circles(types: &mut BTreeMap<String, Type>) {
    let aliases = types.iter().filter_map(|(name, ty)| match &ty.shape {
        Shape::Alias(of) => Some((name.clone(), of.named()?.to_owned())),
        _ => None,
    });
    let holds: BTreeMap<String, String> = aliases.collect();
    let is_circle = |name: &str| {
        let mut seen = BTreeSet::new();
        std::iter::successors(holds.get(name), |next| holds.get(*next))
            .take_while(|next| seen.insert(*next))
            .any(|next| next == name)
    };
    for (name, ty) in types.iter_mut() {
        if let Shape::Alias(of) = &mut ty.shape
            && is_circle(name)
        {
            cut(of);
        }
    }
}

/// Any JSON in the place of the name.
fn cut(ty: &mut TypeRef) {
    match ty {
        TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Page(inner) => cut(inner),
        _ => *ty = TypeRef::Json,
    }
}
