//! Takes the types out of progenitor's tree: each struct, enum or alias with the impls that belong to it.

use std::collections::BTreeMap;

use syn::{Item, ItemImpl, Type};

/// A type and what is implemented for it.
#[derive(Debug, Clone)]
pub struct TypeItem {
    /// Rust name.
    pub name: String,
    /// The definition.
    pub item: Item,
    /// Its impls, in order.
    pub impls: Vec<ItemImpl>,
}

/// The contents of `mod types`, sorted by name.
#[must_use]
pub fn read_types(file: &syn::File) -> Vec<TypeItem> {
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref().map(|(_, items)| items),
        _ => None,
    });
    let mut types: BTreeMap<String, TypeItem> = BTreeMap::new();
    for item in module.into_iter().flatten() {
        let name = match item {
            Item::Struct(item) => item.ident.to_string(),
            Item::Enum(item) => item.ident.to_string(),
            Item::Type(item) => item.ident.to_string(),
            _ => continue,
        };
        types.insert(name.clone(), TypeItem { name, item: item.clone(), impls: Vec::new() });
    }
    for item in module.into_iter().flatten() {
        let Item::Impl(block) = item else { continue };
        if let Some(owner) = self_name(&block.self_ty).and_then(|name| types.get_mut(&name)) {
            owner.impls.push(block.clone());
        }
    }
    types.into_values().collect()
}

fn self_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
