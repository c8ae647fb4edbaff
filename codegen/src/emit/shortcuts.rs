//! Accessors through chains of optional members.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::rust::{self, From};
use crate::model::{Field, MemberPath, Model, PathStep, Shape, Shortcut, Type, TypeRef};

/// The accessor.
pub(super) fn emit(model: &Model, owner: &Type, shortcut: &Shortcut) -> TokenStream {
    let (name, doc) = (format_ident!("{}", shortcut.name), docs::attributes(&shortcut.docs));
    let argument = shortcut.argument.as_ref().map(|argument| {
        let argument = format_ident!("{argument}");
        quote!(, #argument: &str)
    });
    let chain = Chain { model, argument: shortcut.argument.as_deref() };
    let paths = shortcut.paths.iter().map(|path| chain.path(owner, path, shortcut.ty.as_ref()));
    let (result, value) = match (&shortcut.ty, shortcut.paths.as_slice()) {
        (None, _) => {
            let paths = paths.collect::<Vec<_>>();
            (quote!(bool), quote!(#(#paths)||*))
        }
        (Some(ty), [MemberPath { steps, when: None }]) => (result_of(ty), chain.straight(owner, steps)),
        (Some(ty), _) => {
            let mut paths = paths;
            let first = paths.next().unwrap_or_default();
            let others = shortcut.paths.iter().skip(1).zip(paths).map(|(path, value)| match path {
                MemberPath { steps, when: None } if steps.len() == 1 => quote!(.or(#value)),
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
    fn path(&self, owner: &Type, path: &MemberPath, ty: Option<&TypeRef>) -> TokenStream {
        let value = self.steps(owner, &path.steps, ty.is_none());
        match &path.when {
            None => value,
            Some((steps, values)) => {
                let decides = self.steps(owner, steps, false);
                let is_enum = !matches!(
                    steps.last(),
                    Some(PathStep::Field(_, TypeRef::Text) | PathStep::Shared(_, TypeRef::Text))
                );
                let word = if is_enum { quote!(word.as_str()) } else { quote!(word) };
                let holds = quote!(#decides.is_some_and(|word| matches!(#word, #(#values)|*)));
                if ty.is_some() { quote!(#value.filter(|_| #holds)) } else { quote!((#holds && #value)) }
            }
        }
    }

    /// A single path, with `?` after each step.
    fn straight(&self, owner: &Type, steps: &[PathStep]) -> TokenStream {
        let mut at = Some(owner);
        let mut value = quote!(self);
        for (index, step) in steps.iter().enumerate() {
            let last = index + 1 == steps.len();
            let next = self.step(at, step, false, last);
            value = if last { quote!(#value #next) } else { quote!(#value #next?) };
            at = self.after(at, step);
        }
        value
    }

    /// An expression of the type `Option`, or of the type `bool` where the last step only asks for a variant.
    fn steps(&self, owner: &Type, steps: &[PathStep], asks: bool) -> TokenStream {
        let mut at = Some(owner);
        let mut value = quote!(self);
        for (index, step) in steps.iter().enumerate() {
            let last = index + 1 == steps.len();
            let next = self.step(at, step, last && asks, last);
            let binding = match at {
                Some(ty) => format_ident!("{}", variable(&ty.name)),
                None => format_ident!("links"),
            };
            let closure = method(at, step, last && asks).unwrap_or_else(|| quote!(|#binding| #binding #next));
            value = match (index, last && asks) {
                (0, _) => quote!(self #next),
                (_, true) => quote!(#value.is_some_and(#closure)),
                (_, false) => quote!(#value.and_then(#closure)),
            };
            at = self.after(at, step);
        }
        value
    }

    /// The member access of one step, as it follows a value of the type before it.
    fn step(&self, at: Option<&Type>, step: &PathStep, asks: bool, last: bool) -> TokenStream {
        match step {
            PathStep::Field(name, ty) => {
                let boxed = field(at, name).is_some_and(|field| field.boxed);
                let name = format_ident!("{name}");
                match ty {
                    TypeRef::Boolean | TypeRef::Integer | TypeRef::Number if last => quote!(.#name),
                    TypeRef::Text | TypeRef::List(_) => quote!(.#name.as_deref()),
                    _ if boxed => quote!(.#name.as_deref()),
                    _ => quote!(.#name.as_ref()),
                }
            }
            PathStep::Shared(name, _) => {
                let name = format_ident!("{name}");
                quote!(.#name())
            }
            PathStep::Variant(name) => {
                let name = name.to_snake_case();
                let question = format_ident!("{}_{name}", if asks { "is" } else { "as" });
                quote!(.#question())
            }
            PathStep::Relation(relation) => quote!(.get(#relation).first()),
            PathStep::NamedRelation(relation) => {
                let argument = format_ident!("{}", self.argument.unwrap_or("name"));
                quote!(.get(#relation).iter().find(|link| link.name.as_deref() == Some(#argument)))
            }
            PathStep::Href => quote!(.href.as_deref()),
        }
    }

    /// The type that a step leads to.
    fn after(&self, at: Option<&Type>, step: &PathStep) -> Option<&Type> {
        match step {
            PathStep::Field(_, ty) | PathStep::Shared(_, ty) => self.model.type_named(ty.named()?),
            PathStep::Variant(name) => match &at?.shape {
                Shape::Union(union) => {
                    let variant = union.variants.iter().find(|variant| variant.name == *name)?;
                    self.model.type_named(&variant.payload)
                }
                _ => None,
            },
            PathStep::Relation(_) | PathStep::NamedRelation(_) | PathStep::Href => None,
        }
    }
}

/// The method of a union that a step is, where it is nothing more than a call of it.
fn method(at: Option<&Type>, step: &PathStep, asks: bool) -> Option<TokenStream> {
    let name = match step {
        PathStep::Variant(name) => format!("{}_{}", if asks { "is" } else { "as" }, name.to_snake_case()),
        PathStep::Shared(name, _) => name.clone(),
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
