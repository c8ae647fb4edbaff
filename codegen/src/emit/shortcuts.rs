//! Accessors that lead through chains of optional members.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::rust::{self, From};
use crate::model::{Field, Hop, Model, Shape, Shortcut, Type, TypeRef, Way};

/// The accessor.
pub(super) fn emit(model: &Model, owner: &Type, shortcut: &Shortcut) -> TokenStream {
    let (name, doc) = (format_ident!("{}", shortcut.name), docs::attributes(&shortcut.docs));
    let argument = shortcut.argument.as_ref().map(|argument| {
        let argument = format_ident!("{argument}");
        quote!(, #argument: &str)
    });
    let chain = Chain { model, argument: shortcut.argument.as_deref() };
    let ways = shortcut.ways.iter().map(|way| chain.way(owner, way, shortcut.ty.as_ref()));
    let (result, value) = match (&shortcut.ty, shortcut.ways.as_slice()) {
        (None, _) => {
            let ways = ways.collect::<Vec<_>>();
            (quote!(bool), quote!(#(#ways)||*))
        }
        (Some(ty), [Way { hops, when: None }]) => (result_of(ty), chain.straight(owner, hops)),
        (Some(ty), _) => {
            let mut ways = ways;
            let first = ways.next().unwrap_or_default();
            let others = shortcut.ways.iter().skip(1).zip(ways).map(|(way, value)| match way {
                Way { hops, when: None } if hops.len() == 1 => quote!(.or(#value)),
                _ => quote!(.or_else(|| #value)),
            });
            (result_of(ty), quote!(#first #(#others)*))
        }
    };
    quote! {
        #(#doc)*
        #[inline]
        pub fn #name(&self #argument) -> #result {
            #value
        }
    }
}

/// What an accessor gives: text and lists as slices, numbers and truth values copied, all else by reference.
fn result_of(ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::Text => quote!(Option<&str>),
        TypeRef::Boolean | TypeRef::Integer | TypeRef::Number => {
            let ty = rust::ty(ty, From::Types);
            quote!(Option<#ty>)
        }
        TypeRef::List(item) => {
            let item = rust::ty(item, From::Types);
            quote!(Option<&[#item]>)
        }
        other => {
            let ty = rust::ty(other, From::Types);
            quote!(Option<&#ty>)
        }
    }
}

struct Chain<'m> {
    model: &'m Model,
    argument: Option<&'m str>,
}

impl Chain<'_> {
    fn way(&self, owner: &Type, way: &Way, ty: Option<&TypeRef>) -> TokenStream {
        let value = self.hops(owner, &way.hops, ty.is_none());
        match &way.when {
            None => value,
            Some((hops, words)) => {
                let decides = self.hops(owner, hops, false);
                let is_enum =
                    !matches!(hops.last(), Some(Hop::Field(_, TypeRef::Text) | Hop::Shared(_, TypeRef::Text)));
                let word = if is_enum { quote!(word.as_str()) } else { quote!(word) };
                let holds = quote!(#decides.is_some_and(|word| matches!(#word, #(#words)|*)));
                if ty.is_some() { quote!(#value.filter(|_| #holds)) } else { quote!((#holds && #value)) }
            }
        }
    }

    /// The one way there is: what is missing ends it.
    fn straight(&self, owner: &Type, hops: &[Hop]) -> TokenStream {
        let mut at = Some(owner);
        let mut value = quote!(self);
        for (index, hop) in hops.iter().enumerate() {
            let last = index + 1 == hops.len();
            let next = self.hop(at, hop, false, last);
            value = if last { quote!(#value #next) } else { quote!(#value #next?) };
            at = self.after(at, hop);
        }
        value
    }

    /// An expression of the type `Option`, or of the type `bool` where the last hop only asks for a variant.
    fn hops(&self, owner: &Type, hops: &[Hop], asks: bool) -> TokenStream {
        let mut at = Some(owner);
        let mut value = quote!(self);
        for (index, hop) in hops.iter().enumerate() {
            let last = index + 1 == hops.len();
            let next = self.hop(at, hop, last && asks, last);
            let binding = match at {
                Some(ty) => format_ident!("{}", variable(&ty.name)),
                None => format_ident!("links"),
            };
            let step = method(at, hop, last && asks).unwrap_or_else(|| quote!(|#binding| #binding #next));
            value = match (index, last && asks) {
                (0, _) => quote!(self #next),
                (_, true) => quote!(#value.is_some_and(#step)),
                (_, false) => quote!(#value.and_then(#step)),
            };
            at = self.after(at, hop);
        }
        value
    }

    /// The member access of one hop, as it follows a value of the type before it.
    fn hop(&self, at: Option<&Type>, hop: &Hop, asks: bool, last: bool) -> TokenStream {
        match hop {
            Hop::Field(name, ty) => {
                let boxed = field(at, name).is_some_and(|field| field.boxed);
                let name = format_ident!("{name}");
                match ty {
                    TypeRef::Boolean | TypeRef::Integer | TypeRef::Number if last => quote!(.#name),
                    TypeRef::Text | TypeRef::List(_) => quote!(.#name.as_deref()),
                    _ if boxed => quote!(.#name.as_deref()),
                    _ => quote!(.#name.as_ref()),
                }
            }
            Hop::Shared(name, _) => {
                let name = format_ident!("{name}");
                quote!(.#name())
            }
            Hop::Variant(name) => {
                let name = name.to_snake_case();
                let question = format_ident!("{}_{name}", if asks { "is" } else { "as" });
                quote!(.#question())
            }
            Hop::Relation(relation) => quote!(.get(#relation).first()),
            Hop::NamedRelation(relation) => {
                let argument = format_ident!("{}", self.argument.unwrap_or("name"));
                quote!(.get(#relation).iter().find(|link| link.name.as_deref() == Some(#argument)))
            }
            Hop::Href => quote!(.href.as_deref()),
        }
    }

    /// The type that a hop leads to.
    fn after(&self, at: Option<&Type>, hop: &Hop) -> Option<&Type> {
        match hop {
            Hop::Field(_, ty) | Hop::Shared(_, ty) => self.model.type_named(ty.named()?),
            Hop::Variant(name) => match &at?.shape {
                Shape::Union(union) => {
                    let variant = union.variants.iter().find(|variant| variant.name == *name)?;
                    self.model.type_named(&variant.payload)
                }
                _ => None,
            },
            Hop::Relation(_) | Hop::NamedRelation(_) | Hop::Href => None,
        }
    }
}

/// The method of a union that a hop is, where it is nothing more than a call of it.
fn method(at: Option<&Type>, hop: &Hop, asks: bool) -> Option<TokenStream> {
    let name = match hop {
        Hop::Variant(name) => format!("{}_{}", if asks { "is" } else { "as" }, name.to_snake_case()),
        Hop::Shared(name, _) => name.clone(),
        _ => return None,
    };
    let (ty, name) = (format_ident!("{}", at?.name), format_ident!("{name}"));
    Some(quote!(#ty::#name))
}

fn field<'t>(at: Option<&'t Type>, name: &str) -> Option<&'t Field> {
    match &at?.shape {
        Shape::Struct(shape) => shape.field(name),
        _ => None,
    }
}

/// A name for a value of a type: the last word of it.
fn variable(ty: &str) -> String {
    let snake = ty.to_snake_case();
    let last = snake.rsplit('_').next().unwrap_or("value").to_owned();
    if syn::parse_str::<syn::Ident>(&last).is_ok() { last } else { format!("{last}_") }
}
