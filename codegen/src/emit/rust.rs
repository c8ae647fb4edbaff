//! Types of the model as Rust writes them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::model::{Model, Shape, Type, TypeRef};

/// Where a type is written: inside of the module of types, or with `types::` in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// Inside of the module of types.
    Types,
    /// From anywhere else in the crate.
    Outside,
}

/// The type in Rust.
pub(super) fn ty(ty: &TypeRef, from: From) -> TokenStream {
    let own = |name: &str| {
        let name = format_ident!("{name}");
        match from {
            From::Types => quote!(#name),
            From::Outside => quote!(types::#name),
        }
    };
    match ty {
        TypeRef::Text => quote!(String),
        TypeRef::Boolean => quote!(bool),
        TypeRef::Integer => quote!(i64),
        TypeRef::Number => quote!(f64),
        TypeRef::Json => quote!(serde_json::Value),
        TypeRef::Timestamp => own("Timestamp"),
        TypeRef::Uuid => own("Uuid"),
        TypeRef::TypeName => own("TypeName"),
        TypeRef::Bytes => quote!(bytes::Bytes),
        TypeRef::List(inner) => {
            let inner = self::ty(inner, from);
            quote!(Vec<#inner>)
        }
        TypeRef::Map(inner) if **inner == TypeRef::Json => quote!(serde_json::Map<String, serde_json::Value>),
        TypeRef::Map(inner) => {
            let inner = self::ty(inner, from);
            quote!(std::collections::BTreeMap<String, #inner>)
        }
        TypeRef::Named(name) => own(name),
        TypeRef::Page(inner) => {
            let (page, inner) = (own("Page"), self::ty(inner, from));
            quote!(#page<#inner>)
        }
        TypeRef::Links => own("Links"),
        TypeRef::Link => own("Link"),
    }
}

/// Whether values of the type are passed as `impl Into<…>`: text and types of text, open enums, and unions.
pub(super) fn converts(model: &Model, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Text | TypeRef::Timestamp | TypeRef::Uuid | TypeRef::TypeName => true,
        TypeRef::Named(name) => {
            matches!(model.type_named(name).map(|ty| &ty.shape), Some(Shape::Enum(_) | Shape::Union(_)))
        }
        _ => false,
    }
}

/// Whether it is an open enum.
pub(super) fn is_open_enum(model: &Model, ty: &TypeRef) -> bool {
    let TypeRef::Named(name) = ty else { return false };
    matches!(model.type_named(name).map(|ty| &ty.shape), Some(Shape::Enum(_)))
}

/// The type of an argument, and the expression that converts it into the type of the field.
pub(super) fn argument(model: &Model, ty: &TypeRef, name: &syn::Ident, from: From) -> (TokenStream, TokenStream) {
    match ty {
        TypeRef::List(item) => {
            let rust = self::ty(item, from);
            match converts(model, item) {
                true => (
                    quote!(impl IntoIterator<Item = impl Into<#rust>>),
                    quote!(#name.into_iter().map(Into::into).collect()),
                ),
                false => (quote!(impl IntoIterator<Item = #rust>), quote!(#name.into_iter().collect())),
            }
        }
        ty => {
            let rust = self::ty(ty, from);
            match converts(model, ty) {
                true => (quote!(impl Into<#rust>), quote!(#name.into())),
                false => (rust, quote!(#name)),
            }
        }
    }
}

/// `#[doc(alias = …)]` with the other names under which people may search, as many in one attribute as its line holds.
pub(super) fn aliases(names: &[String]) -> TokenStream {
    const LINE: usize = 69;
    let mut lines: Vec<Vec<&String>> = Vec::new();
    for name in names {
        let fits =
            |line: &&mut Vec<&String>| line.iter().map(|other| other.len() + 4).sum::<usize>() + name.len() < LINE;
        match lines.last_mut().filter(fits) {
            Some(line) => line.push(name),
            None => lines.push(Vec::from([name])),
        }
    }
    let attributes = lines.iter().map(|line| match line.as_slice() {
        [one] => quote!(#[doc(alias = #one)]),
        several => quote!(#[doc(alias(#(#several),*))]),
    });
    quote!(#(#attributes)*)
}

/// `#[inline]`, which generic functions do not need: they are compiled by those who call them anyway.
pub(super) fn inline<'t>(mut arguments: impl Iterator<Item = &'t TokenStream>) -> Option<TokenStream> {
    let generic = arguments.any(|ty| ty.to_string().contains("impl "));
    (!generic).then(|| quote!(#[inline]))
}

/// `cfg` over features, or nothing where there are none.
pub(super) fn cfg_attribute<'f>(features: impl Iterator<Item = &'f str>) -> Option<TokenStream> {
    let features: Vec<_> = features.collect();
    match features.as_slice() {
        [] => None,
        [one] => Some(quote!(#[cfg(feature = #one)])),
        several => Some(quote!(#[cfg(any(#(feature = #several),*))])),
    }
}

/// What is said above a type, and its other names.
pub(super) fn type_docs(ty: &Type) -> TokenStream {
    let text = match ty.docs.trim() {
        "" => match ty.shape {
            Shape::Enum(_) => format!("The values of `{}`.", ty.name),
            _ => format!("`{}` as Bitbucket sends it.", ty.name),
        },
        text => docs::safe(text),
    };
    let (doc, aliases) = (docs::attributes(&text), aliases(&ty.aliases));
    quote!(#(#doc)* #aliases)
}
