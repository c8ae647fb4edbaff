//! Unions: the enum over the variants, what all of them share, and the line that reads and writes it.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::rust::{self, From};
use super::structs::member_docs;
use super::{docs, shortcuts};
use crate::model::{Field, Model, Shape, Type, TypeRef, Union, Variant};

/// The enum and what is implemented for it.
pub(super) fn emit(model: &Model, ty: &Type, union: &Union) -> Vec<TokenStream> {
    let (name, doc) = (format_ident!("{}", ty.name), rust::type_docs(ty));
    let base = match &union.base {
        Some(base) => {
            let base = format_ident!("{base}");
            quote!(#base)
        }
        None => quote!(()),
    };
    let variants = union.variants.iter().map(|variant| {
        let (name, payload) = (format_ident!("{}", variant.name), format_ident!("{}", variant.payload));
        let doc = docs::attributes(&variant_docs(model, variant));
        let payload = if union.boxed { quote!(Box<#payload>) } else { quote!(#payload) };
        quote!(#(#doc)* #name(#payload),)
    });
    let mut items = Vec::from([quote! {
        #doc
        #[derive(Clone, Debug)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// Another variant, or an object that does not say which one it is, as it was sent.
            Unknown(Box<Unknown<#base>>),
        }
    }]);
    items.push(union_macro(model, ty, union, &base));
    let mut accessors: Vec<_> = union.shared.iter().map(|field| accessor(field, union)).collect();
    if let Some(fallback) = &union.fallback
        && !union.shared.iter().any(|field| field.name == fallback.field)
    {
        accessors.push(deciding_accessor(model, union, &fallback.field, &fallback.wire));
    }
    accessors.extend(union.shortcuts.iter().map(|shortcut| shortcuts::emit(model, ty, shortcut)));
    if !accessors.is_empty() {
        items.push(quote!(impl #name { #(#accessors)* }));
    }
    items
}

/// What is said of a variant: the first sentence about its payload, and the `type` that tells it.
fn variant_docs(model: &Model, variant: &Variant) -> String {
    let docs = model.type_named(&variant.payload).map_or("", |payload| payload.docs.trim());
    let sentence = docs.lines().next().and_then(|line| line.split(". ").next()).unwrap_or_default();
    match sentence.trim_end_matches('.') {
        "" => format!("`{}`", variant.wire),
        about => format!("{}. Its `type` is `{}`.", docs::safe(about), variant.wire),
    }
}

/// The field of a variant's payload by this name.
fn payload_field<'m>(model: &'m Model, variant: &Variant, name: &str) -> Option<&'m Field> {
    match &model.type_named(&variant.payload)?.shape {
        Shape::Struct(shape) => shape.field(name),
        _ => None,
    }
}

/// The invocation that reads and writes the union.
fn union_macro(model: &Model, ty: &Type, union: &Union, base: &TokenStream) -> TokenStream {
    let (name, wire) = (format_ident!("{}", ty.name), &ty.schema);
    let discriminator = union.fallback.as_ref().map(|fallback| {
        let member = &fallback.wire;
        quote!(discriminator: #member,)
    });
    let variants = union.variants.iter().enumerate().map(|(at, variant)| {
        let (name, payload) = (format_ident!("{}", variant.name), format_ident!("{}", variant.payload));
        let (wire, snake) = (&variant.wire, variant.name.to_snake_case());
        let (get, is) = (format_ident!("as_{snake}"), format_ident!("is_{snake}"));
        let fallback = union.fallback.as_ref();
        let values =
            fallback.filter(|fallback| payload_field(model, variant, &fallback.field).is_some()).map(|fallback| {
                let field = format_ident!("{}", fallback.field);
                let values = fallback.values.iter().filter(|(_, index)| *index == at).map(|(value, _)| value);
                quote!(, #field: [#(#values),*])
            });
        quote!(#name { object_type: #wire, model: #payload, get: #get, is: #is #values })
    });
    quote! {
        crate::serialization::union!(
            #name, schema: #wire, base: #base, #discriminator variants: [#(#variants),*]
        );
    }
}

/// A member that all variants share.
fn accessor(field: &Field, union: &Union) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let (result, value) = match &field.ty {
        TypeRef::Text => (quote!(&str), quote!(.as_deref())),
        TypeRef::Boolean | TypeRef::Integer | TypeRef::Number => (rust::ty(&field.ty, From::Types), quote!()),
        TypeRef::List(item) => {
            let item = rust::ty(item, From::Types);
            (quote!(&[#item]), quote!(.as_deref()))
        }
        other => {
            let ty = rust::ty(other, From::Types);
            (quote!(&#ty), if field.boxed { quote!(.as_deref()) } else { quote!(.as_ref()) })
        }
    };
    let names = union.variants.iter().map(|variant| format_ident!("{}", variant.name));
    let doc = docs::attributes(&member_docs(field));
    quote! {
        #(#doc)*
        #[inline]
        pub fn #name(&self) -> Option<#result> {
            match self {
                #(Self::#names(object) => object.#name #value,)*
                Self::Unknown(object) => object.base().#name #value,
            }
        }
    }
}

/// The member that decides where `type` is absent, as text: its words are another type in each variant.
fn deciding_accessor(model: &Model, union: &Union, field: &str, wire: &str) -> TokenStream {
    let name = format_ident!("{field}");
    let arms = union.variants.iter().map(|variant| {
        let variant_name = format_ident!("{}", variant.name);
        match payload_field(model, variant, field).map(|field| &field.ty) {
            Some(TypeRef::Text) => quote!(Self::#variant_name(object) => object.#name.as_deref(),),
            Some(_) => quote!(Self::#variant_name(object) => object.#name.as_ref().map(AsRef::as_ref),),
            None => quote!(Self::#variant_name(_) => None,),
        }
    });
    let values = union.fallback.iter().flat_map(|fallback| &fallback.values).map(|(value, _)| format!("`{value}`"));
    let values = values.collect::<Vec<_>>().join(", ");
    let doc = format!(" The value of `{wire}`, also of an unknown variant. Known: {values}.");
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #name(&self) -> Option<&str> {
            match self {
                #(#arms)*
                Self::Unknown(object) => object.object().get(#wire).and_then(|value| value.as_str()),
            }
        }
    }
}
