//! Takes the types out of progenitor's tree: structs, enums and aliases. What typify implements for them stays behind.

use syn::{Attribute, Expr, Field, Item, Lit, Meta};

/// A type and what is implemented for it.
#[derive(Debug, Clone)]
pub struct TypeItem {
    /// Rust name.
    pub name: String,
    /// Rust name of the schema it belongs to: its own, or that of the base it is a part of.
    pub schema: String,
    /// The definition.
    pub item: Item,
    /// Impls and macro calls, in order.
    pub impls: Vec<Item>,
}

/// The contents of `mod types`, sorted by name.
#[must_use]
pub fn read_types(file: &syn::File) -> Vec<TypeItem> {
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref().map(|(_, items)| items),
        _ => None,
    });
    let mut types: Vec<TypeItem> = module
        .into_iter()
        .flatten()
        .filter_map(|item| {
            let name = match item {
                Item::Struct(item) => item.ident.to_string(),
                Item::Enum(item) => item.ident.to_string(),
                Item::Type(item) => item.ident.to_string(),
                _ => return None,
            };
            Some(TypeItem { schema: name.clone(), name, item: item.clone(), impls: Vec::new() })
        })
        .collect();
    types.sort_by(|one, other| one.name.cmp(&other.name));
    types
}

/// Name of a field in JSON.
pub(crate) fn wire_name(field: &Field) -> String {
    renamed(&field.attrs).unwrap_or_else(|| {
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        ident.trim_start_matches("r#").to_owned()
    })
}

/// What `#[serde(rename = "…")]` says.
pub(crate) fn renamed(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // What cannot be read is another serde attribute, such as `default`.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let value: Expr = value.parse()?;
                if let (true, Expr::Lit(literal)) = (meta.path.is_ident("rename"), value)
                    && let Lit::Str(text) = literal.lit
                {
                    name = Some(text.value());
                }
            }
            Ok(())
        });
    }
    name
}

/// Removes derives by their written path.
pub(crate) fn without_derives(attributes: &mut Vec<Attribute>, unwanted: &[&str]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        if let Meta::List(list) = &mut attribute.meta {
            let text = list.tokens.to_string();
            let derives = text.split(',').map(|derive| derive.replace(' ', "")).filter(|derive| !derive.is_empty());
            let kept: Vec<_> = derives.filter(|derive| !unwanted.contains(&derive.as_str())).collect();
            list.tokens = kept.join(", ").parse().unwrap_or_default();
        }
    }
    attributes.retain(|attribute| {
        !matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("derive") && list.tokens.is_empty())
    });
}
