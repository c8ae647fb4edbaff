//! The types: in the file of the group that uses them, or in `shared` where several do; each behind the features that
//! reach it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, docs, type_name};
use crate::document::references;
use crate::rewrite::read_types::TypeItem;

pub(super) fn emit(model: &Model<'_>) -> BTreeMap<String, TokenStream> {
    let nearest = nearest(model);
    let mut own: BTreeMap<&str, Vec<TokenStream>> = BTreeMap::new();
    let mut shared: BTreeMap<&str, (Vec<TokenStream>, BTreeSet<String>)> = BTreeMap::new();
    for item in &model.types {
        let groups = model.reach.get(&item.schema).cloned().unwrap_or_default();
        let home = nearest.get(&item.schema).map_or("general", String::as_str);
        let home =
            model.groups.iter().find(|group| group.module == home).map_or("general", |group| group.module.as_str());
        if groups.len() == 1 {
            own.entry(home).or_default().push(definition(item, None));
        } else {
            let (items, users) = shared.entry(home).or_default();
            items.push(definition(item, gate(model, &groups).as_ref()));
            users.extend(groups);
        }
    }
    let mut modules = Vec::new();
    let mut shared_modules = Vec::new();
    let mut files = BTreeMap::new();
    for (home, items) in own {
        let module = format_ident!("{home}");
        let feature = model.groups.iter().find(|group| group.module == home).map(|group| &group.feature);
        let gate = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
        modules.push(quote! {
            #gate
            mod #module;
            #gate
            pub use #module::*;
        });
        let doc = format!(" Types that only the group `{home}` needs.");
        files.insert(format!("src/generated/types/{home}.rs"), file(&doc, &items));
    }
    let mut all_users = BTreeSet::new();
    for (home, (items, users)) in shared {
        let module = format_ident!("{home}");
        let gate = gate(model, &users);
        shared_modules.push(quote! {
            #gate
            mod #module;
            #gate
            pub use #module::*;
        });
        all_users.extend(users);
        let doc =
            format!(" Types near the group `{home}` that others need as well, each behind the features that reach it.");
        files.insert(format!("src/generated/types/shared/{home}.rs"), file(&doc, &items));
    }
    let doc = docs::inner_attributes(
        "What Bitbucket sends and takes.\n\nEvery field is optional: the service leaves out what it does not know, and `null` reads as absent. Unknown\nfields are ignored, unknown words are kept.",
    );
    let shared_gate = features(model, &all_users);
    let index = quote! {
        #(#doc)*

        #[allow(unused_imports, reason = "not every group has all of them")]
        pub use crate::model::{Timestamp, TypeName, Unknown, Uuid};

        #(#modules)*

        #shared_gate
        mod shared {
            #(#shared_modules)*
        }
        #shared_gate
        pub use shared::*;
    };
    files.insert("src/generated/types.rs".to_owned(), index);
    files
}

fn file(doc: &str, items: &[TokenStream]) -> TokenStream {
    quote! {
        #![doc = #doc]

        #[allow(unused_imports, clippy::wildcard_imports, reason = "types of the other files")]
        use crate::types::*;

        #(#items)*
    }
}

/// The group that comes to a type first, going from its operations through the schemas; the first by name where several
/// are equally near.
fn nearest(model: &Model<'_>) -> BTreeMap<String, String> {
    let document = model.document;
    let mut nearest = BTreeMap::new();
    let mut front: Vec<(String, String)> = Vec::new();
    for group in &model.groups {
        for operation in model.operations_of(&group.module) {
            let schemas = document.openapi(operation).map(references).unwrap_or_default();
            front.extend(schemas.into_iter().map(|schema| (group.module.clone(), schema)));
        }
    }
    while !front.is_empty() {
        front.sort();
        let mut next = Vec::new();
        for (group, schema) in front {
            if nearest.contains_key(&type_name(&schema)) {
                continue;
            }
            nearest.insert(type_name(&schema), group.clone());
            let further = document.schema(&schema).map(references).unwrap_or_default();
            let subtypes = document.subtypes.get(&schema).cloned().unwrap_or_default();
            next.extend(further.into_iter().chain(subtypes).map(|schema| (group.clone(), schema)));
        }
        front = next;
    }
    nearest
}

/// `cfg` over the features of the groups, or nothing where every group uses it.
fn gate(model: &Model<'_>, groups: &BTreeSet<String>) -> Option<TokenStream> {
    if groups.len() == model.groups.len() {
        return None;
    }
    Some(features(model, groups))
}

/// `cfg` over the features of the groups.
fn features(model: &Model<'_>, groups: &BTreeSet<String>) -> TokenStream {
    let features = model.groups.iter().filter(|group| groups.contains(&group.module)).map(|group| &group.feature);
    quote!(#[cfg(any(#(feature = #features),*))])
}

fn definition(item: &TypeItem, gate: Option<&TokenStream>) -> TokenStream {
    let definition = &item.item;
    let impls = item.impls.iter().map(|block| quote!(#gate #block));
    quote! {
        #gate
        #definition
        #(#impls)*
    }
}
