//! The types: in the file of the group that uses them, or in `shared` where several do; each behind the features that
//! reach it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::rust::{self, From};
use super::{docs, structs, unions};
use crate::model::{Model, OpenEnum, Shape, Type};

pub(super) fn emit(model: &Model) -> BTreeMap<String, TokenStream> {
    let mut own: BTreeMap<&str, Vec<TokenStream>> = BTreeMap::new();
    let mut shared: BTreeMap<&str, (Vec<TokenStream>, BTreeSet<String>)> = BTreeMap::new();
    for ty in &model.types {
        if ty.groups.len() == 1 {
            own.entry(&ty.home).or_default().push(definition(model, ty, None));
        } else {
            let (items, users) = shared.entry(&ty.home).or_default();
            items.push(definition(model, ty, cfg_of_groups(model, &ty.groups).as_ref()));
            users.extend(ty.groups.iter().cloned());
        }
    }
    let mut files = BTreeMap::new();
    let modules = own.into_iter().map(|(home, items)| {
        let doc = format!(" Types that only the group `{home}` needs.");
        files.insert(format!("src/generated/types/{home}.rs"), file(&doc, &items));
        module(home, rust::cfg_attribute(model.feature(home).into_iter()).as_ref())
    });
    let modules: Vec<_> = modules.collect();
    let mut users_of_all = BTreeSet::new();
    let shared_modules = shared.into_iter().map(|(home, (items, users))| {
        let doc =
            format!(" Types near the group `{home}` that others need as well, each behind the features that reach it.");
        files.insert(format!("src/generated/types/shared/{home}.rs"), file(&doc, &items));
        let module = module(home, cfg_of_groups(model, &users).as_ref());
        users_of_all.extend(users);
        module
    });
    let shared_modules: Vec<_> = shared_modules.collect();
    let shared = (!shared_modules.is_empty()).then(|| {
        let cfg = rust::cfg_attribute(features(model, &users_of_all));
        quote! {
            #cfg
            mod shared {
                #(#shared_modules)*
            }
            #cfg
            pub use shared::*;
        }
    });
    let doc = docs::inner_attributes(
        "What Bitbucket sends and takes.\n\nEvery field is optional: the service leaves out what it does not know, and `null` reads as absent. Unknown\nfields are ignored, unknown words are kept.\n\n- everywhere: [`Page`], [`Links`], [`Link`], [`Uuid`], [`Timestamp`], [`TypeName`], [`Unknown`]",
    );
    let by_group = by_group(model);
    let index = quote! {
        #(#doc)*
        #by_group

        #[allow(unused_imports, reason = "not every group has all of them")]
        pub use crate::serialization::{Link, Links, Page, Timestamp, TypeName, Unknown, Uuid};

        #(#modules)*

        #shared
    };
    files.insert("src/generated/types.rs".to_owned(), index);
    files
}

/// A line per group with the types that are nearest to it. The lines are only in builds with all groups, such as that of
/// docs.rs: a link must lead somewhere.
fn by_group(model: &Model) -> TokenStream {
    let lines = model.groups.iter().filter_map(|group| {
        let of_group = model.types.iter().filter(|ty| ty.home == group.module);
        let links: Vec<String> = of_group.map(|ty| format!("[`{}`]", ty.name)).collect();
        let module = &group.module;
        (!links.is_empty()).then(|| format!(" - [`{module}`](crate::{module}): {}", links.join(", ")))
    });
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() { TokenStream::new() } else { quote!(#![cfg_attr(feature = "full", #(doc = #lines),*)]) }
}

fn module(home: &str, cfg: Option<&TokenStream>) -> TokenStream {
    let module = format_ident!("{home}");
    quote! {
        #cfg
        mod #module;
        #cfg
        pub use #module::*;
    }
}

fn file(doc: &str, items: &[TokenStream]) -> TokenStream {
    let deprecated = items.iter().any(|item| item.to_string().contains("# [deprecated]"));
    let allow = deprecated
        .then(|| quote!(#![allow(deprecated, reason = "members that are deprecated are read and sent all the same")]));
    quote! {
        #![doc = #doc]
        #allow

        #[allow(unused_imports, clippy::wildcard_imports, reason = "types of the other files")]
        use crate::types::*;

        #(#items)*
    }
}

/// `cfg` over the features of the groups, or nothing where every group uses it.
fn cfg_of_groups(model: &Model, groups: &BTreeSet<String>) -> Option<TokenStream> {
    if groups.len() == model.groups.len() { None } else { rust::cfg_attribute(features(model, groups)) }
}

fn features<'m>(model: &'m Model, groups: &'m BTreeSet<String>) -> impl Iterator<Item = &'m str> {
    model.groups.iter().filter(|group| groups.contains(&group.module)).map(|group| group.feature.as_str())
}

/// A type and what is implemented for it, each item behind its `cfg`.
fn definition(model: &Model, ty: &Type, cfg: Option<&TokenStream>) -> TokenStream {
    let mut items = match &ty.shape {
        Shape::Struct(shape) => structs::emit(model, ty, shape),
        Shape::Enum(words) => open_enum(ty, words),
        Shape::Union(union) => unions::emit(model, ty, union),
        Shape::Alias(inner) => {
            let (name, doc) = (format_ident!("{}", ty.name), rust::type_docs(ty));
            let inner = rust::ty(inner, From::Types);
            Vec::from([quote!(#doc pub type #name = #inner;)])
        }
    };
    if let Some((_, field)) = model.identifiers.iter().find(|(owner, _)| *owner == ty.name) {
        let (name, field) = (format_ident!("{}", ty.name), format_ident!("{field}"));
        let member = if matches!(ty.shape, Shape::Union(_)) { quote!(#field()) } else { quote!(#field) };
        let text = field.to_string();
        items.push(quote!(crate::transport::identified_by!(#name, member: #text, value: #member);));
    }
    quote!(#(#cfg #items)*)
}

fn open_enum(ty: &Type, words: &OpenEnum) -> Vec<TokenStream> {
    let (name, doc) = (format_ident!("{}", ty.name), rust::type_docs(ty));
    let fallback = format_ident!("{}", words.fallback);
    let variants = words.values.iter().map(|word| {
        let (variant, doc) = (format_ident!("{}", word.variant), docs::attributes(&format!("`{}`", word.wire)));
        quote!(#(#doc)* #variant,)
    });
    let table = words.values.iter().map(|word| {
        let (variant, wire) = (format_ident!("{}", word.variant), &word.wire);
        quote!(#variant = #wire)
    });
    Vec::from([
        quote! {
            #doc
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// A word that this version of the crate does not know, as it was sent.
                #fallback(String),
            }
        },
        quote!(crate::serialization::open_enum!(#name, unknown: #fallback, values: [#(#table),*]);),
    ])
}
